-- name: logging_flows
-- Which of some flows are logging.
SELECT id FROM flows WHERE id = ANY(:flow_ids::bigint[]) AND is_logging;

-- name: append_traces
-- The events of sprints, one row a sprint.
INSERT INTO traces (session_id, revision, workspace_id, flow_version_id, at, events)
SELECT r.session_id, r.revision, :workspace_id, r.flow_version_id, :now::timestamptz,
    r.events::jsonb
FROM unnest(
    :session_ids::bigint[], :revisions::integer[], :flow_version_ids::bigint[], :events::text[])
    AS r (session_id, revision, flow_version_id, events)
ON CONFLICT (session_id, revision) DO NOTHING;

-- name: trace_of_session
-- What is kept of a session, sprint by sprint.
SELECT revision, at, events FROM traces
WHERE workspace_id = :workspace_id AND session_id = :session_id
ORDER BY revision
LIMIT :limit;

-- name: forget_traces
-- A batch of traces that are older than their time.
DELETE FROM traces
WHERE (session_id, revision) IN (
    SELECT session_id, revision FROM traces WHERE at < :before::timestamptz
    ORDER BY at LIMIT :limit);

-- name: read_logging
-- The switch of a flow.
SELECT id AS flow_id, is_logging, logging_changed_at FROM flows
WHERE workspace_id = :workspace_id AND id = :flow_id AND deleted_at IS NULL;

-- name: set_logging
-- Turn the log of a flow on or off.
UPDATE flows SET is_logging = :is_logging, logging_changed_at = :now::timestamptz
WHERE workspace_id = :workspace_id AND id = :flow_id AND deleted_at IS NULL;

-- name: session_ids
-- Sessions of a workspace that fit, the newest first, below a cursor.  Every filter may be null.
SELECT s.id FROM sessions s
WHERE s.workspace_id = :workspace_id
  AND (:occurrence_id::bigint IS NULL OR s.occurrence_id = :occurrence_id)
-- part: session_of_flow_fits
-- part: session_fits
;

-- name: session_ids_of_contact
-- The same among the sessions of one contact.
SELECT s.id FROM sessions s
WHERE s.contact_id = :contact_id AND s.workspace_id = :workspace_id
  AND (:occurrence_id::bigint IS NULL OR s.occurrence_id = :occurrence_id)
-- part: session_of_flow_fits
-- part: session_fits
;

-- name: session_ids_of_occurrence
-- The same among the sessions of one occurrence.
SELECT s.id FROM sessions s
WHERE s.occurrence_id = :occurrence_id AND s.workspace_id = :workspace_id
-- part: session_of_flow_fits
-- part: session_fits
;

-- name: session_ids_standing
-- The same among those that wait or failed in a flow; the index `sessions_standing` leads to them.
SELECT s.id FROM flow_versions v
JOIN sessions s ON s.flow_version_id = v.id
WHERE v.flow_id = :flow_id AND v.workspace_id = :workspace_id
  AND (:version_number::integer IS NULL OR v.number = :version_number)
  AND s.status = :status AND s.status IN ('waiting', 'failed')
-- part: session_fits
;

-- name: session_shapes
-- Sessions as they are shown, the newest first.
SELECT s.id, s.contact_id, c.name AS contact_name, c.phone AS contact_phone, s.flow_id,
    f.name AS flow_name, v.number AS version_number, s.campaign_id, p.name AS campaign_name,
    s.occurrence_id, s.channel, s.status, s.reason, s.state->>'node' AS node_id, s.wait_kind,
    s.wait_began_at, s.wake_at, s.started_at, s.ended_at
FROM sessions s
JOIN contacts c ON c.id = s.contact_id
JOIN flows f ON f.id = s.flow_id
JOIN flow_versions v ON v.id = s.flow_version_id
LEFT JOIN campaigns p ON p.id = s.campaign_id
WHERE s.workspace_id = :workspace_id AND s.id = ANY(:session_ids::bigint[])
ORDER BY s.id DESC;

-- name: read_session
-- One session with its variables.
SELECT s.id, s.contact_id, c.name AS contact_name, c.phone AS contact_phone, s.flow_id,
    f.name AS flow_name, v.number AS version_number, s.campaign_id, p.name AS campaign_name,
    s.occurrence_id, s.channel, s.status, s.reason, s.state->>'node' AS node_id, s.wait_kind,
    s.wait_began_at, s.wake_at, s.started_at, s.ended_at,
    coalesce(s.state->'variables', '{}'::jsonb) AS variables, f.is_logging
FROM sessions s
JOIN contacts c ON c.id = s.contact_id
JOIN flows f ON f.id = s.flow_id
JOIN flow_versions v ON v.id = s.flow_version_id
LEFT JOIN campaigns p ON p.id = s.campaign_id
WHERE s.workspace_id = :workspace_id AND s.id = :session_id;
