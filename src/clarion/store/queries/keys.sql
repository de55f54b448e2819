-- name: insert_key
-- Makes a key.
INSERT INTO keys
    (workspace_id, name, role, access_key_id, secret_sealed, token_hash, created_at)
VALUES
    (:workspace_id, :name, :role, :access_key_id, :secret_sealed, :token_hash, :created_at)
RETURNING id, name, role, access_key_id, created_at, last_used_at, revoked_at;

-- name: keys_page
-- The keys of a workspace, the newest first.
SELECT id, name, role, access_key_id, created_at, last_used_at, revoked_at
FROM keys
WHERE workspace_id = :workspace_id AND (:below_id::bigint IS NULL OR id < :below_id)
ORDER BY id DESC
LIMIT :limit;

-- name: read_key
-- One key of a workspace.
SELECT id, name, role, access_key_id, created_at, last_used_at, revoked_at
FROM keys
WHERE workspace_id = :workspace_id AND id = :key_id;

-- name: revoke_key
-- Ends a key; the first end stays.
UPDATE keys SET revoked_at = coalesce(revoked_at, :revoked_at)
WHERE workspace_id = :workspace_id AND id = :key_id
RETURNING id, name, role, access_key_id, created_at, last_used_at, revoked_at;

-- name: key_by_token
-- The key that a bearer token belongs to, unless it was revoked.
SELECT id, workspace_id, name, role
FROM keys
WHERE token_hash = :token_hash AND revoked_at IS NULL;

-- name: key_by_access_key_id
-- The key of a CAMS signature, with its sealed secret, unless it was revoked.
SELECT id, workspace_id, name, role, secret_sealed
FROM keys
WHERE access_key_id = :access_key_id AND revoked_at IS NULL;

-- name: touch_key
-- Notes that a key is in use, at most once a minute and never waiting for another request.
UPDATE keys SET last_used_at = :now
WHERE id = (
    SELECT id FROM keys
    WHERE id = :key_id AND (last_used_at IS NULL OR last_used_at < :used_before)
    FOR UPDATE SKIP LOCKED
);
