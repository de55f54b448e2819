-- Groups and who is in them.

-- name: insert_group
-- Makes a group; nothing when the name is taken.
INSERT INTO groups (workspace_id, name, is_system, created_at, updated_at)
VALUES (:workspace_id, :name, :is_system, :now, :now)
ON CONFLICT (workspace_id, name) DO NOTHING
RETURNING id;

-- name: group_by_name
-- A group by its exact name.
SELECT id, name, is_system FROM groups WHERE workspace_id = :workspace_id AND name = :name;

-- name: lock_group
-- A group that is about to be changed or deleted; nobody joins it meanwhile.
SELECT id, name, is_system FROM groups
WHERE workspace_id = :workspace_id AND id = :group_id
FOR UPDATE;

-- name: rename_group
-- Gives a group another name.
UPDATE groups SET name = :name, updated_at = :now
WHERE workspace_id = :workspace_id AND id = :group_id;

-- name: read_group
-- One group with its count of members (counted in the index alone).
SELECT g.id, g.name, g.is_system, g.created_at, g.updated_at,
    (SELECT count(*) FROM group_members m WHERE m.group_id = g.id) AS contact_count
FROM groups g
WHERE g.workspace_id = :workspace_id AND g.id = :group_id;

-- name: list_groups
-- Groups in the order in which they were made, with their counts, above a cursor.
SELECT g.id, g.name, g.is_system, g.created_at, g.updated_at,
    (SELECT count(*) FROM group_members m WHERE m.group_id = g.id) AS contact_count
FROM groups g
WHERE g.workspace_id = :workspace_id
  AND (:above_id::bigint IS NULL OR g.id > :above_id)
  AND (:name_part::text IS NULL OR strpos(lower(g.name), lower(:name_part)) > 0)
ORDER BY g.id
LIMIT :limit;

-- name: existing_groups
-- Which of these groups the workspace has; they stay until the transaction ends.
SELECT id, is_system FROM groups
WHERE workspace_id = :workspace_id AND id = ANY(:group_ids::bigint[])
ORDER BY id
FOR KEY SHARE;

-- name: campaigns_using
-- The campaigns that are not over and send to a group or leave it out.
SELECT id, code, name, status FROM campaigns
WHERE workspace_id = :workspace_id AND status <> 'ended' AND deleted_at IS NULL
  AND (:group_id::bigint = ANY(include_group_ids) OR :group_id::bigint = ANY(exclude_group_ids))
ORDER BY id;

-- name: move_members_without_another_group
-- Whoever is in this group only becomes a member of the other one.
INSERT INTO group_members (group_id, contact_id, added_at)
SELECT :to_group_id::bigint, m.contact_id, :now::timestamptz
FROM group_members m
WHERE m.group_id = :group_id::bigint
  AND NOT EXISTS (
      SELECT 1 FROM group_members o
      WHERE o.contact_id = m.contact_id AND o.group_id <> :group_id::bigint)
ON CONFLICT DO NOTHING;

-- name: has_members_without_another_group
-- Whether anybody is in this group only.
SELECT EXISTS (
    SELECT 1 FROM group_members m
    WHERE m.group_id = :group_id::bigint
      AND NOT EXISTS (
          SELECT 1 FROM group_members o
          WHERE o.contact_id = m.contact_id AND o.group_id <> :group_id::bigint));

-- name: delete_group
-- Deletes a group; its memberships go with it.
DELETE FROM groups WHERE workspace_id = :workspace_id AND id = :group_id;

-- name: add_members
-- Makes each of these contacts a member of each of these groups.
INSERT INTO group_members (group_id, contact_id, added_at)
SELECT g.id, c.id, :now::timestamptz
FROM unnest(:contact_ids::bigint[]) AS c (id), unnest(:group_ids::bigint[]) AS g (id)
ORDER BY g.id, c.id
ON CONFLICT DO NOTHING;

-- name: leave_system_group
-- Whoever has joined a group of people's own is no longer ungrouped.
DELETE FROM group_members m USING groups g
WHERE g.workspace_id = :workspace_id AND g.is_system AND m.group_id = g.id
  AND m.contact_id = ANY(:contact_ids::bigint[]);

-- name: remove_members
-- Takes these contacts out of these groups.
DELETE FROM group_members
WHERE group_id = ANY(:group_ids::bigint[]) AND contact_id = ANY(:contact_ids::bigint[]);

-- name: remove_members_from_others
-- Takes these contacts out of every group but these.
DELETE FROM group_members
WHERE group_id <> ALL(:group_ids::bigint[]) AND contact_id = ANY(:contact_ids::bigint[]);

-- name: contacts_only_in
-- Which of these contacts would be in no group without these groups.
SELECT c.id FROM unnest(:contact_ids::bigint[]) AS c (id)
WHERE NOT EXISTS (
    SELECT 1 FROM group_members m
    WHERE m.contact_id = c.id AND m.group_id <> ALL(:group_ids::bigint[]))
ORDER BY c.id;

-- name: contacts_without_group
-- Which of these contacts are in no group.
SELECT c.id FROM unnest(:contact_ids::bigint[]) AS c (id)
WHERE NOT EXISTS (SELECT 1 FROM group_members m WHERE m.contact_id = c.id)
ORDER BY c.id;
