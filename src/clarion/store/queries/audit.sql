-- name: insert_audit_entry
-- One line of the audit log.
INSERT INTO audit_entries
    (workspace_id, actor_kind, actor_id, actor_name, action, noun, noun_id, details, at)
VALUES
    (:workspace_id, :actor_kind, :actor_id, :actor_name, :action, :noun, :noun_id, :details, :at);

-- name: audit_entries_of
-- The newest entries about one thing, below a cursor.
SELECT id, actor_kind, actor_id, actor_name, action, noun, noun_id, details, at
FROM audit_entries
WHERE workspace_id = :workspace_id
  AND (:noun::text IS NULL OR noun = :noun)
  AND (:noun_id::bigint IS NULL OR noun_id = :noun_id)
  AND (:below_id::bigint IS NULL OR id < :below_id)
ORDER BY id DESC
LIMIT :limit;
