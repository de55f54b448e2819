-- The columns of `people_joins`: a contact `c`, its address on a channel and the facts of consent.
c.name, c.phone, c.email, c.remark, c.country, c.language, c.zone, c.attributes,
    k.state AS consent_state, s.until_at AS suppressed_until_at, s.reason AS suppression_reason,
    a.kind AS address_kind, a.value AS address_value, w.sender_id AS known_sender_id
