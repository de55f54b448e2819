-- What flows change about contacts, many at a time.

-- name: lock_changed_contacts
-- Contacts that flows are about to change, always locked in the order of their ids.
SELECT id FROM contacts
WHERE workspace_id = :workspace_id AND id = ANY(:contact_ids::bigint[])
ORDER BY id
FOR NO KEY UPDATE;

-- name: change_fields
-- Sets fields (null leaves one as it is), sets attributes and takes others away; the rest stays,
-- whoever wrote it meanwhile.
UPDATE contacts c
SET name = coalesce(r.name, c.name),
    language = coalesce(r.language, c.language),
    attributes = (c.attributes - ARRAY(SELECT jsonb_array_elements_text(r.removed::jsonb)))
        || r.attributes::jsonb,
    updated_at = :now::timestamptz
FROM unnest(
    :contact_ids::bigint[], :names::text[], :languages::text[], :attributes::text[],
    :removed::text[])
    AS r (contact_id, name, language, attributes, removed)
WHERE c.id = r.contact_id;

-- name: groups_named
-- The groups of a workspace by their names, but not the system's; they stay until the transaction
-- ends.
SELECT id, name FROM groups
WHERE workspace_id = :workspace_id AND name = ANY(:names::text[]) AND NOT is_system
ORDER BY id
FOR KEY SHARE;

-- name: join_groups
-- Makes contacts members, a group each.
INSERT INTO group_members (group_id, contact_id, added_at)
SELECT r.group_id, r.contact_id, :now::timestamptz
FROM unnest(:group_ids::bigint[], :contact_ids::bigint[]) AS r (group_id, contact_id)
ORDER BY r.group_id, r.contact_id
ON CONFLICT DO NOTHING;

-- name: leave_groups
-- Takes contacts out, of a group each.
DELETE FROM group_members m
USING unnest(:group_ids::bigint[], :contact_ids::bigint[]) AS r (group_id, contact_id)
WHERE m.group_id = r.group_id AND m.contact_id = r.contact_id;
