-- name: listeners_of_senders
-- The published flows that listen to some senders, in the order in which they are asked.
SELECT b.sender_id, f.id AS flow_id, f.published_version_id AS flow_version_id,
    w.zone AS workspace_zone, s.account_key, s.display_address, s.sender_key
FROM bindings b
JOIN flows f ON f.id = b.flow_id AND f.deleted_at IS NULL
    AND f.published_version_id IS NOT NULL
JOIN senders s ON s.id = b.sender_id
JOIN workspaces w ON w.id = b.workspace_id
WHERE b.sender_id = ANY(:sender_ids::bigint[])
ORDER BY b.sender_id, b.priority, b.id;

-- name: bind
-- Lets a flow listen to a sender; one that does already gets the new priority.
INSERT INTO bindings (workspace_id, flow_id, sender_id, priority, bound_at, bound_by)
VALUES (:workspace_id, :flow_id, :sender_id, :priority, :now, :bound_by)
ON CONFLICT (sender_id, flow_id)
DO UPDATE SET priority = excluded.priority, bound_at = excluded.bound_at,
    bound_by = excluded.bound_by
RETURNING id;

-- name: unbind
-- A flow listens to a sender no more.
DELETE FROM bindings
WHERE workspace_id = :workspace_id AND flow_id = :flow_id AND sender_id = :sender_id;

-- name: move_binding
-- A flow listens to another sender instead.
UPDATE bindings SET sender_id = :to_sender_id, bound_at = :now, bound_by = :bound_by
WHERE workspace_id = :workspace_id AND flow_id = :flow_id AND sender_id = :sender_id
RETURNING id;

-- name: bindings
-- Who listens to whom in a workspace, in the order in which they are asked; the conditions are
-- those of the published version, or of the draft.
SELECT b.id, b.flow_id, f.name AS flow_name, f.trigger_kind,
    f.published_version_id IS NOT NULL AS is_published, b.sender_id, s.name AS sender_name,
    s.channel, b.priority, b.bound_at, b.bound_by,
    coalesce(v.definition, f.draft) #> '{trigger,conditions}' AS conditions
FROM bindings b
JOIN flows f ON f.id = b.flow_id AND f.deleted_at IS NULL
LEFT JOIN flow_versions v ON v.id = f.published_version_id
JOIN senders s ON s.id = b.sender_id AND s.status <> 'removed'
WHERE b.workspace_id = :workspace_id
  AND (:flow_id::bigint IS NULL OR b.flow_id = :flow_id)
  AND (:sender_id::bigint IS NULL OR b.sender_id = :sender_id)
ORDER BY s.name, b.priority, b.id;
