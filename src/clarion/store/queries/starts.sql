-- name: insert_start
-- Keeps a wish to start a flow, unless its key was used before.
INSERT INTO starts
    (workspace_id, flow_id, contact_id, channel, key, asked_by, asked_at, discard_at, sender_name,
     reentry, inputs, facts)
VALUES (:workspace_id, :flow_id, :contact_id, :channel, :key, :asked_by, :now, :discard_at,
    :sender_name, :reentry, :inputs, :facts)
ON CONFLICT (workspace_id, key) WHERE key IS NOT NULL DO NOTHING
RETURNING id;

-- name: start_of_key
-- The start that a key was used for.
SELECT id FROM starts WHERE workspace_id = :workspace_id AND key = :key;

-- name: read_starts
-- Starts by their ids.
SELECT s.id, s.flow_id, s.contact_id, s.channel, s.key, s.message_id, s.asked_by, s.asked_at,
    s.discard_at, s.sender_name, s.reentry, s.inputs, s.status, s.reason, s.session_id,
    s.decided_at
FROM starts s
WHERE s.workspace_id = :workspace_id AND s.id = ANY(:ids::bigint[])
ORDER BY s.id DESC;

-- name: starts_page
-- The starts of a flow, the newest first.
SELECT s.id FROM starts s
WHERE s.workspace_id = :workspace_id AND s.flow_id = :flow_id
  AND (:status::text IS NULL OR s.status = :status)
  AND (:below_id::bigint IS NULL OR s.id < :below_id)
ORDER BY s.id DESC
LIMIT :limit;

-- name: flow_to_start
-- A flow with the version that would be started.
SELECT f.id, f.name, f.published_version_id, v.definition
FROM flows f
LEFT JOIN flow_versions v ON v.id = f.published_version_id
WHERE f.workspace_id = :workspace_id AND f.id = :flow_id AND f.deleted_at IS NULL;

-- name: sender_named
-- A sender of the workspace by its name.
SELECT id, channel FROM senders
WHERE workspace_id = :workspace_id AND name = :name AND status <> 'removed';

-- name: pending_starts
-- Starts that nobody has decided about, locked, with the version that they would run.
SELECT s.id, s.workspace_id, s.flow_id, s.contact_id, s.channel, s.discard_at, s.sender_name,
    s.reentry, s.inputs, s.facts, s.reason, f.published_version_id AS flow_version_id,
    w.zone AS workspace_zone
FROM starts s
JOIN flows f ON f.id = s.flow_id
JOIN workspaces w ON w.id = s.workspace_id
WHERE s.id = ANY(:ids::bigint[]) AND s.status = 'pending'
ORDER BY s.id
FOR UPDATE OF s;

-- name: people_to_start
-- People with all that starting a flow for them must know.
SELECT c.id AS contact_id,
-- part: people_columns
    ,
-- part: person_facts
    , (SELECT array_agg(x.id ORDER BY x.id) FROM sessions x
     WHERE x.contact_id = c.id AND x.status = 'waiting' AND x.flow_id = :flow_id)
        AS waiting_session_ids
FROM contacts c
-- part: people_joins
WHERE c.workspace_id = :workspace_id AND c.id = ANY(:contact_ids::bigint[])
ORDER BY c.id;

-- name: decide_starts
-- What became of some starts.
UPDATE starts s
SET status = r.status, reason = r.reason, session_id = r.session_id,
    decided_at = CASE WHEN r.status <> 'pending' THEN :now::timestamptz END
FROM unnest(:ids::bigint[], :statuses::text[], :reasons::text[], :session_ids::bigint[])
    AS r (id, status, reason, session_id)
WHERE s.id = r.id;

-- name: insert_decided_starts
-- Starts that inbound messages asked for, each once, with what became of them.
INSERT INTO starts
    (workspace_id, flow_id, contact_id, channel, message_id, asked_by, asked_at, reentry, facts,
     status, reason, session_id, decided_at)
SELECT :workspace_id, r.flow_id, r.contact_id, :channel, r.message_id, 'message',
    :now::timestamptz, 'skip', r.facts::jsonb, r.status, r.reason, r.session_id, :now::timestamptz
FROM unnest(
    :flow_ids::bigint[], :contact_ids::bigint[], :message_ids::bigint[], :facts::text[],
    :statuses::text[], :reasons::text[], :session_ids::bigint[])
    AS r (flow_id, contact_id, message_id, facts, status, reason, session_id)
ON CONFLICT (message_id) WHERE message_id IS NOT NULL DO NOTHING;

-- name: in_hands_of_people
-- Those (contact, sender) pairs of whom a person looks after the conversation.
SELECT v.contact_id, v.sender_id FROM conversations v
WHERE v.state = 'open' AND v.channel = :channel
  AND v.contact_id = ANY(:contact_ids::bigint[]);
