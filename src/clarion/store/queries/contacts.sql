-- Contacts: who they are, where they can be reached, what they agreed to.

-- name: insert_contact
-- Makes a contact; nothing when another one has the phone.
INSERT INTO contacts (workspace_id, name, phone, country, email, remark, language, zone,
    attributes, created_at, updated_at)
VALUES (:workspace_id, :name, :phone, :country, :email, :remark, :language, :zone,
    :attributes, :now, :now)
ON CONFLICT (workspace_id, phone) DO NOTHING
RETURNING id;

-- name: update_contact
-- Writes all of a contact's own fields.
UPDATE contacts SET name = :name, phone = :phone, country = :country, email = :email,
    remark = :remark, language = :language, zone = :zone, attributes = :attributes,
    updated_at = :now
WHERE workspace_id = :workspace_id AND id = :contact_id;

-- name: contact_by_phone
-- Who has this phone.
SELECT id FROM contacts WHERE workspace_id = :workspace_id AND phone = :phone;

-- name: lock_contacts
-- Contacts about to be changed, always locked in the order of their ids.
SELECT id, phone FROM contacts
WHERE workspace_id = :workspace_id AND id = ANY(:contact_ids::bigint[])
ORDER BY id
FOR UPDATE;

-- name: delete_contacts
-- Deletes contacts with all that is theirs.
DELETE FROM contacts WHERE workspace_id = :workspace_id AND id = ANY(:contact_ids::bigint[]);

-- name: contact_shapes
-- Contacts as they are shown: with groups, addresses and consents, in the order of their ids.
SELECT c.id, c.name, c.phone, c.country, c.email, c.remark, c.language, c.zone, c.attributes,
    c.created_at, c.updated_at,
    COALESCE((
        SELECT jsonb_agg(jsonb_build_object('id', g.id, 'name', g.name) ORDER BY g.id)
        FROM group_members m JOIN groups g ON g.id = m.group_id
        WHERE m.contact_id = c.id), '[]') AS groups,
    COALESCE((
        SELECT jsonb_agg(jsonb_build_object(
            'id', a.id, 'channel', a.channel, 'kind', a.kind, 'value', a.value) ORDER BY a.id)
        FROM addresses a WHERE a.contact_id = c.id), '[]') AS addresses,
    COALESCE((
        SELECT jsonb_object_agg(s.channel, s.state)
        FROM consents s WHERE s.contact_id = c.id), '{}') AS consents
FROM contacts c
WHERE c.workspace_id = :workspace_id AND c.id = ANY(:contact_ids::bigint[])
ORDER BY c.id;

-- name: list_contact_ids
-- The contacts of a workspace that fit, above a cursor.  The patterns may be null, the attributes
-- empty; `is_silent` wants those who never said anything about consent on the channel.
SELECT c.id FROM contacts c
WHERE c.workspace_id = :workspace_id
  AND c.id > :above_id
  AND (:name_pattern::text IS NULL OR lower(c.name) LIKE :name_pattern
      OR c.phone LIKE :phone_pattern::text)
  AND (:contact_ids::bigint[] IS NULL OR c.id = ANY(:contact_ids))
  AND NOT EXISTS (
      SELECT 1 FROM jsonb_each_text(:attributes::jsonb) AS f (key, value)
      WHERE c.attributes ->> f.key IS DISTINCT FROM f.value)
  AND (NOT :is_silent::boolean OR NOT EXISTS (
      SELECT 1 FROM consents s
      WHERE s.contact_id = c.id AND s.channel = :consent_channel::text))
ORDER BY c.id
LIMIT :limit;

-- name: list_member_ids
-- The same among the members of a group.
SELECT c.id FROM group_members m JOIN contacts c ON c.id = m.contact_id
WHERE m.group_id = :group_id
  AND m.contact_id > :above_id
  AND c.workspace_id = :workspace_id
  AND (:name_pattern::text IS NULL OR lower(c.name) LIKE :name_pattern
      OR c.phone LIKE :phone_pattern::text)
  AND (:contact_ids::bigint[] IS NULL OR c.id = ANY(:contact_ids))
  AND NOT EXISTS (
      SELECT 1 FROM jsonb_each_text(:attributes::jsonb) AS f (key, value)
      WHERE c.attributes ->> f.key IS DISTINCT FROM f.value)
  AND (NOT :is_silent::boolean OR NOT EXISTS (
      SELECT 1 FROM consents s
      WHERE s.contact_id = c.id AND s.channel = :consent_channel::text))
ORDER BY m.contact_id
LIMIT :limit;

-- name: list_contact_ids_by_consent
-- The contacts of a workspace with one state of consent on a channel, above a cursor.
SELECT c.id FROM consents s JOIN contacts c ON c.id = s.contact_id
WHERE s.channel = :consent_channel
  AND s.state = :consent_state
  AND s.contact_id > :above_id
  AND c.workspace_id = :workspace_id
  AND (:name_pattern::text IS NULL OR lower(c.name) LIKE :name_pattern
      OR c.phone LIKE :phone_pattern::text)
  AND (:contact_ids::bigint[] IS NULL OR c.id = ANY(:contact_ids))
  AND NOT EXISTS (
      SELECT 1 FROM jsonb_each_text(:attributes::jsonb) AS f (key, value)
      WHERE c.attributes ->> f.key IS DISTINCT FROM f.value)
ORDER BY s.contact_id
LIMIT :limit;

-- name: list_member_ids_by_consent
-- The same among the members of a group.
SELECT c.id FROM group_members m
JOIN consents s ON s.contact_id = m.contact_id
JOIN contacts c ON c.id = m.contact_id
WHERE m.group_id = :group_id
  AND s.channel = :consent_channel
  AND s.state = :consent_state
  AND m.contact_id > :above_id
  AND c.workspace_id = :workspace_id
  AND (:name_pattern::text IS NULL OR lower(c.name) LIKE :name_pattern
      OR c.phone LIKE :phone_pattern::text)
  AND (:contact_ids::bigint[] IS NULL OR c.id = ANY(:contact_ids))
  AND NOT EXISTS (
      SELECT 1 FROM jsonb_each_text(:attributes::jsonb) AS f (key, value)
      WHERE c.attributes ->> f.key IS DISTINCT FROM f.value)
ORDER BY m.contact_id
LIMIT :limit;

-- name: insert_address
-- Gives a contact another address; nothing when somebody has it already.
INSERT INTO addresses (workspace_id, contact_id, channel, kind, value, created_at)
VALUES (:workspace_id, :contact_id, :channel, :kind, :value, :now)
ON CONFLICT (workspace_id, channel, kind, value) DO NOTHING
RETURNING id;

-- name: address_owner
-- Who has an address.
SELECT contact_id FROM addresses
WHERE workspace_id = :workspace_id AND channel = :channel AND kind = :kind AND value = :value;

-- name: delete_address
-- Takes an address away from a contact.
DELETE FROM addresses
WHERE workspace_id = :workspace_id AND contact_id = :contact_id AND id = :address_id;

-- name: has_address
-- Whether a contact has any address besides its phone.
SELECT EXISTS (SELECT 1 FROM addresses WHERE contact_id = :contact_id);

-- name: upsert_consent
-- What the contact agrees to on a channel from now on.
INSERT INTO consents (contact_id, channel, state, source, reason, at)
VALUES (:contact_id, :channel, :state, :source, :reason, :at)
ON CONFLICT (contact_id, channel) DO UPDATE
SET state = excluded.state, source = excluded.source, reason = excluded.reason, at = excluded.at;

-- name: insert_consent_change
-- The history of consent is only ever added to.
INSERT INTO consent_changes (contact_id, channel, state, source, reason, at)
VALUES (:contact_id, :channel, :state, :source, :reason, :at);

-- name: opt_out_contacts
-- Opt-outs of many contacts with their history; who had opted out already stays as it was.
WITH changed AS (
    INSERT INTO consents (contact_id, channel, state, source, reason, at)
    SELECT c.id, :channel::text, 'opted_out', :source::text, :reason::text, :now::timestamptz
    FROM contacts c
    WHERE c.workspace_id = :workspace_id AND c.id = ANY(:contact_ids::bigint[])
    ORDER BY c.id
    ON CONFLICT (contact_id, channel) DO UPDATE
    SET state = excluded.state, source = excluded.source, reason = excluded.reason, at = excluded.at
    WHERE consents.state <> 'opted_out'
    RETURNING contact_id, channel, state, source, reason, at
)
INSERT INTO consent_changes (contact_id, channel, state, source, reason, at)
SELECT contact_id, channel, state, source, reason, at FROM changed;

-- name: raise_control_epoch
-- Tells every dispatcher to look again before it sends.
UPDATE control_epochs SET epoch = epoch + 1 WHERE id = 1;

-- name: read_consents
-- The present consent of a contact on every channel that it spoke about.
SELECT channel, state, source, reason, at FROM consents
WHERE contact_id = :contact_id ORDER BY channel;

-- name: consent_history
-- How consent changed, the newest first.
SELECT channel, state, source, reason, at FROM consent_changes
WHERE contact_id = :contact_id ORDER BY id DESC LIMIT :limit;

-- name: attribute_names
-- Every attribute that some contact of the workspace has.
SELECT DISTINCT k.name FROM contacts c
CROSS JOIN LATERAL jsonb_object_keys(c.attributes) AS k (name)
WHERE c.workspace_id = :workspace_id
ORDER BY k.name;

-- name: attribute_names_of_group
-- Every attribute that some member of a group has.
SELECT DISTINCT k.name FROM group_members m
JOIN contacts c ON c.id = m.contact_id
CROSS JOIN LATERAL jsonb_object_keys(c.attributes) AS k (name)
WHERE m.group_id = :group_id AND c.workspace_id = :workspace_id
ORDER BY k.name;

-- name: export_rows
-- Contacts for a file, with what they said on one channel.
SELECT c.id, c.phone, c.name, c.country, c.email, c.remark, c.language, c.zone, c.attributes,
    COALESCE(s.state = 'opted_out', false) AS is_opted_out
FROM contacts c
LEFT JOIN consents s ON s.contact_id = c.id AND s.channel = :channel
WHERE c.workspace_id = :workspace_id AND c.id = ANY(:contact_ids::bigint[])
ORDER BY c.id;

-- name: default_country
-- The country in which the workspace reads numbers without a country code.
SELECT default_country FROM workspaces WHERE id = :workspace_id;
