-- Bulk actions: what was asked for, how far it is, and the file that it leaves behind.

-- name: insert_bulk_action
-- A new action; contacts that come after this moment are not its concern.
INSERT INTO bulk_actions (workspace_id, kind, filter, until_id, options, total_count,
    is_total_exact, actor_kind, actor_id, actor_name, actor_role, created_at)
VALUES (:workspace_id, :kind, :filter,
    coalesce((SELECT max(id) FROM contacts WHERE workspace_id = :workspace_id), 0), :options,
    :total_count, :is_total_exact, :actor_kind, :actor_id, :actor_name, :actor_role,
    :now::timestamptz)
RETURNING id;

-- name: read_bulk_action
-- One action, and whether it left a file behind.
SELECT b.id, b.kind, b.filter, b.options, b.status, b.reason, b.total_count, b.is_total_exact,
    b.done_count, b.changed_count, b.refused_count, b.actor_name, b.created_at, b.started_at,
    b.finished_at,
    EXISTS (SELECT FROM bulk_action_pieces p WHERE p.bulk_action_id = b.id) AS has_result
FROM bulk_actions b
WHERE b.workspace_id = :workspace_id AND b.id = :bulk_action_id;

-- name: list_bulk_actions
-- Actions, the newest first, below a cursor.
SELECT b.id, b.kind, b.filter, b.options, b.status, b.reason, b.total_count, b.is_total_exact,
    b.done_count, b.changed_count, b.refused_count, b.actor_name, b.created_at, b.started_at,
    b.finished_at,
    EXISTS (SELECT FROM bulk_action_pieces p WHERE p.bulk_action_id = b.id) AS has_result
FROM bulk_actions b
WHERE b.workspace_id = :workspace_id AND (:below_id::bigint IS NULL OR b.id < :below_id)
ORDER BY b.id DESC
LIMIT :limit;

-- name: start_bulk_action
-- A worker takes an action, or takes up one that another worker left behind.
UPDATE bulk_actions SET status = 'running', started_at = coalesce(started_at, :now::timestamptz)
WHERE id = :bulk_action_id AND status IN ('waiting', 'running')
RETURNING workspace_id, kind, filter, options;

-- name: set_options
-- What was found out before the first batch.
UPDATE bulk_actions SET options = :options WHERE id = :bulk_action_id AND status = 'running';

-- name: lock_bulk_action
-- An action under way, for one batch; whoever comes second waits, and then sees what is done.
SELECT b.id, b.workspace_id, b.kind, b.filter, b.until_id, b.options, b.reached_id, b.actor_kind,
    b.actor_id, b.actor_name, b.actor_role,
    (SELECT count(*) FROM bulk_action_pieces p WHERE p.bulk_action_id = b.id)::integer
        AS piece_count
FROM bulk_actions b
WHERE b.id = :bulk_action_id AND b.status = 'running'
FOR UPDATE OF b;

-- name: advance_bulk_action
-- A batch is done, maybe the last one; then what was estimated is known.
UPDATE bulk_actions SET
    reached_id = :reached_id::bigint,
    done_count = done_count + :done_count::bigint,
    changed_count = changed_count + :changed_count::bigint,
    refused_count = refused_count + :refused_count::bigint,
    total_count = CASE WHEN :is_last::boolean THEN done_count + :done_count
        ELSE greatest(total_count, done_count + :done_count) END,
    is_total_exact = is_total_exact OR :is_last,
    status = CASE WHEN :is_last THEN 'finished' ELSE status END,
    finished_at = CASE WHEN :is_last THEN :now::timestamptz END
WHERE id = :bulk_action_id;

-- name: end_bulk_action
-- The end before the end: failed, or cancelled by a person.
UPDATE bulk_actions SET status = :status, reason = :reason, finished_at = :now::timestamptz
WHERE id = :bulk_action_id AND status IN ('waiting', 'running');

-- name: insert_piece
-- Some lines of the file.
INSERT INTO bulk_action_pieces (bulk_action_id, number, bytes)
VALUES (:bulk_action_id, :number, :bytes);

-- name: read_piece
-- One piece of the file.
SELECT bytes FROM bulk_action_pieces WHERE bulk_action_id = :bulk_action_id AND number = :number;

-- name: delete_old_pieces
-- Files that nobody fetched in time.
DELETE FROM bulk_action_pieces p USING bulk_actions b
WHERE b.id = p.bulk_action_id AND b.finished_at < :before::timestamptz;
