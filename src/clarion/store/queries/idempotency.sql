-- name: lock_key
-- Holds a key until the end of the transaction; false if another request holds it.
SELECT pg_try_advisory_xact_lock(hashtextextended('idempotency:' || :workspace_id::bigint || ':' || :key::text, 0));

-- name: stored_answer
-- The answer that was kept under a key, unless it is too old.
SELECT request_hash, status, response
FROM idempotency_keys
WHERE workspace_id = :workspace_id AND key = :key AND created_at > :not_before;

-- name: keep_answer
-- Keeps the answer of a create; an answer that was too old gives way.
INSERT INTO idempotency_keys (workspace_id, key, request_hash, status, response, created_at)
VALUES (:workspace_id, :key, :request_hash, :status, :response, :created_at)
ON CONFLICT (workspace_id, key) DO UPDATE
SET request_hash = excluded.request_hash, status = excluded.status,
    response = excluded.response, created_at = excluded.created_at;

-- name: delete_old_answers
-- Forgets answers that were kept long enough.
DELETE FROM idempotency_keys WHERE created_at <= :not_after;
