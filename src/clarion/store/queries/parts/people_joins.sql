-- Joined to contacts `c`: consent and suppression on :channel, the address where there is no phone,
-- and the sender to whom the person wrote last.
LEFT JOIN consents k ON k.contact_id = c.id AND k.channel = :channel
LEFT JOIN suppressions s ON s.contact_id = c.id AND s.channel = :channel
LEFT JOIN LATERAL (
    SELECT a.kind, a.value FROM addresses a
    WHERE a.contact_id = c.id AND a.channel = :channel
    ORDER BY a.id LIMIT 1
) a ON c.phone IS NULL
LEFT JOIN LATERAL (
    SELECT w.sender_id FROM windows w
    JOIN senders n ON n.id = w.sender_id AND n.channel = :channel
    WHERE w.contact_id = c.id ORDER BY w.last_inbound_at DESC LIMIT 1
) w ON true
