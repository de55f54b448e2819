-- name: waiting_by_node
-- How many sessions of a flow wait at which node of which version.
SELECT v.number, s.state #>> '{wait,node}' AS node_id, count(*) AS waiting_count
FROM sessions s
JOIN flow_versions v ON v.id = s.flow_version_id
WHERE s.workspace_id = :workspace_id AND s.flow_id = :flow_id AND s.status = 'waiting'
GROUP BY 1, 2
ORDER BY 1, 2;

-- name: count_waiting_elsewhere
-- How many sessions of a flow wait in other versions than this one.
SELECT count(*) FROM sessions
WHERE flow_id = :flow_id AND status = 'waiting' AND flow_version_id <> :flow_version_id;

-- name: insert_changeover
-- What shall become of those who wait in other versions.
INSERT INTO changeovers
    (workspace_id, flow_id, flow_version_id, mode, node_ids, waiting_count, asked_by, started_at)
VALUES (:workspace_id, :flow_id, :flow_version_id, :mode, :node_ids, :waiting_count, :asked_by,
    :now)
RETURNING id;

-- name: changeovers_page
-- The changeovers of a flow, the newest first.
SELECT c.id, c.flow_id, v.number, c.mode, c.status, c.waiting_count, c.moved_count,
    c.stopped_count, c.kept_count, c.asked_by, c.started_at, c.finished_at
FROM changeovers c
JOIN flow_versions v ON v.id = c.flow_version_id
WHERE c.workspace_id = :workspace_id AND c.flow_id = :flow_id
  AND (:below_id::bigint IS NULL OR c.id < :below_id)
ORDER BY c.id DESC
LIMIT :limit;

-- name: running_changeovers
-- Changeovers that are not finished: the sweep makes sure that a job works on them.
SELECT id FROM changeovers WHERE status = 'running' ORDER BY id;

-- name: lock_changeover
-- A changeover that is not finished, for the one job that works on it.
SELECT id, flow_id, flow_version_id, mode, node_ids, above_id
FROM changeovers WHERE id = :changeover_id AND status = 'running'
FOR UPDATE;

-- name: next_waiting
-- The next sessions that wait in other versions, locked in the order that everybody keeps.
SELECT id, flow_version_id, campaign_id, occurrence_id,
    coalesce(state->>'node', 'start') AS node_id,
    (state #>> '{wait,node}') = ANY(:node_ids::text[]) AS can_move
FROM sessions
WHERE flow_id = :flow_id AND status = 'waiting' AND id > :above_id
  AND flow_version_id <> :flow_version_id
ORDER BY id
LIMIT :limit
FOR UPDATE;

-- name: move_sessions
-- Those who wait go on in another version; their waits and reminders stay as they are.
UPDATE sessions SET flow_version_id = :flow_version_id WHERE id = ANY(:ids::bigint[]);

-- name: advance_changeover
-- How far a changeover has come.
UPDATE changeovers
SET above_id = :above_id, moved_count = moved_count + :moved_count,
    stopped_count = stopped_count + :stopped_count, kept_count = kept_count + :kept_count
WHERE id = :changeover_id;

-- name: finish_changeover
-- Nobody is left.
UPDATE changeovers SET status = 'finished', finished_at = :now WHERE id = :changeover_id;

-- name: kinds_elsewhere
-- Which nodes of which kind the other versions of a flow have.
SELECT DISTINCT n ->> 'id' AS node_id, n ->> 'kind' AS kind
FROM flow_versions v, jsonb_array_elements(v.definition -> 'nodes') AS n
WHERE v.flow_id = :flow_id AND v.id <> :flow_version_id;
