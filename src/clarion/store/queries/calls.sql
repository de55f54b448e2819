-- Calls: what sessions ask of the world outside.

-- name: insert_calls
-- The calls of many sprints, in bulk.
INSERT INTO calls (workspace_id, session_id, node_id, number, kind, request, idempotency_key, created_at)
SELECT :workspace_id, r.session_id, r.node_id, r.number, r.kind, r.request::jsonb,
    r.idempotency_key, :now::timestamptz
FROM unnest(:session_ids::bigint[], :node_ids::text[], :numbers::integer[], :kinds::text[],
    :requests::text[], :idempotency_keys::text[])
    AS r (session_id, node_id, number, kind, request, idempotency_key);

-- name: ring_calls
-- Ring for whoever carries calls out; heard at commit.
SELECT pg_notify('clarion', 'calls');

-- name: drop_calls
-- Calls whose session no longer waits are not made.
UPDATE calls c SET status = 'dropped', lease_until = NULL
WHERE c.id IN (
    SELECT c.id FROM calls c JOIN sessions s ON s.id = c.session_id
    WHERE c.status = 'queued' AND s.wait_kind IS DISTINCT FROM 'call'
    ORDER BY c.id LIMIT 1000 FOR UPDATE OF c SKIP LOCKED
);

-- name: claim_calls
-- Take calls under a lease: new ones, and those whose lease ran out with the process that held it.
UPDATE calls c
SET status = 'running', attempt_count = c.attempt_count + 1,
    lease_until = :now::timestamptz
        + make_interval(secs => coalesce((c.request #>> '{request,timeout_seconds}')::float, 10) + :slack_seconds)
FROM (
    SELECT id FROM calls
    WHERE status = 'queued' OR (status = 'running' AND lease_until < :now::timestamptz)
    ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
) due
WHERE c.id = due.id
RETURNING c.id, c.workspace_id, c.request, c.idempotency_key, c.attempt_count;

-- name: answer_call
-- Keep an answer, unless another process has taken the call over or answered it.
UPDATE calls
SET status = 'answered', answer_status = :answer_status, failure = :failure,
    answer_body = :answer_body, answered_at = :now::timestamptz, lease_until = NULL
WHERE id = :id AND status = 'running' AND attempt_count = :attempt_count
RETURNING id;

-- name: release_calls
-- Give calls back that this process did not finish; another one makes them.
UPDATE calls SET status = 'queued', lease_until = NULL
WHERE id = ANY(:ids::bigint[]) AND status = 'running';

-- name: take_answered
-- Answers for sessions that have not gone on yet, oldest first.
SELECT id, session_id, number, answer_status, failure, answer_body FROM calls
WHERE status = 'answered' ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED;

-- name: finish_calls
-- The sessions have gone on; what was asked and answered in words is not kept.
UPDATE calls SET status = 'done', answer_body = NULL WHERE id = ANY(:ids::bigint[]);

-- name: forget_calls
-- A batch of calls that are over for longer than their time, with what they asked.
DELETE FROM calls WHERE id IN (
    SELECT id FROM calls
    WHERE status IN ('done', 'dropped') AND created_at < :before::timestamptz
    ORDER BY created_at LIMIT :limit FOR UPDATE SKIP LOCKED);

-- name: secret
-- One secret of a workspace, sealed.
SELECT sealed FROM secrets WHERE workspace_id = :workspace_id AND name = :name;

-- name: secrets_of_workspace
-- A workspace's secrets by name, with the flows whose draft or published version names each.
SELECT s.name, s.changed_at,
    ARRAY(
        SELECT f.name FROM flows f
        LEFT JOIN flow_versions v ON v.id = f.published_version_id
        WHERE f.workspace_id = s.workspace_id AND f.deleted_at IS NULL
          AND concat(f.draft, v.definition)
              ~ ('\msecrets\.' || s.name || '\M|"signing_secret": "' || s.name || '"')
        ORDER BY f.name
    ) AS flow_names
FROM secrets s
WHERE s.workspace_id = :workspace_id
ORDER BY s.name;

-- name: set_secret
-- Keep a secret, sealed; a new value replaces the old one.
INSERT INTO secrets (workspace_id, name, sealed, changed_at)
VALUES (:workspace_id, :name, :sealed, :now::timestamptz)
ON CONFLICT (workspace_id, name)
DO UPDATE SET sealed = excluded.sealed, changed_at = excluded.changed_at;

-- name: delete_secret
-- Forget a secret.
DELETE FROM secrets WHERE workspace_id = :workspace_id AND name = :name RETURNING name;

-- name: sessions_awaiting_receipts
-- Which of these messages' sessions wait for receipts; read after the messages were changed.
SELECT s.id FROM sessions s
WHERE s.wait_kind = 'delivery' AND s.id IN (
    SELECT m.session_id FROM messages m WHERE m.id = ANY(:message_ids::bigint[])
);

-- name: lock_awaiting
-- The sessions of a batch that still wait for receipts, locked in the order that everybody keeps.
SELECT id, (state #>> '{wait,number}')::integer AS step FROM sessions
WHERE id = ANY(:ids::bigint[]) AND wait_kind = 'delivery' AND status = 'waiting'
ORDER BY id FOR UPDATE;

-- name: told_of_messages
-- What is known of one message of each session; those that a fold is just changing are left out.
SELECT m.session_id, m.status, m.sent_at, m.delivered_at, m.read_at, m.failed_at
FROM unnest(:session_ids::bigint[], :steps::integer[]) AS r (session_id, step)
JOIN messages m ON m.session_id = r.session_id AND m.step = r.step AND m.direction = 'out'
ORDER BY m.id FOR SHARE OF m SKIP LOCKED;
