-- Nonces of signed requests.

-- name: use_nonce
-- Keeps a nonce; nothing when it was used before, by whichever process.
INSERT INTO cams_nonces (access_key_id, nonce, used_at)
VALUES (:access_key_id, :nonce, :now)
ON CONFLICT DO NOTHING
RETURNING true;

-- name: delete_old_nonces
-- Forgets nonces of requests that are too old to be accepted.
DELETE FROM cams_nonces WHERE used_at <= :not_after;
