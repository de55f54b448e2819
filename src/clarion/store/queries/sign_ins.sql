-- name: lock_subject
-- Holds the tries for one e-mail until the end of the transaction; false if another try holds it.
SELECT pg_try_advisory_xact_lock(hashtextextended('sign_in:' || :subject::text, 0));

-- name: failures_of
-- The recent failures of an e-mail or a peer, rising.
SELECT failed_at
FROM sign_in_failures
WHERE subject = :subject AND failed_at > :since_at
ORDER BY failed_at;

-- name: insert_failure
-- Counts one failure.
INSERT INTO sign_in_failures (subject, failed_at) VALUES (:subject, :failed_at);

-- name: delete_failures
-- Forgets the failures of an e-mail whose owner signed in.
DELETE FROM sign_in_failures WHERE subject = :subject;

-- name: delete_old_failures
-- Forgets failures that count no more.
DELETE FROM sign_in_failures WHERE failed_at <= :not_after;

-- name: user_by_email
-- A user by e-mail, in any spelling of its case.
SELECT id, password_hash FROM users WHERE lower(email) = lower(:email);

-- name: room_of_user
-- The workspace that a user enters: the wished one, else the oldest where the user has a role.
SELECT workspace_id, role
FROM roles
WHERE user_id = :user_id AND (:workspace_id::bigint IS NULL OR workspace_id = :workspace_id)
ORDER BY workspace_id
LIMIT 1;

-- name: update_password_hash
-- Stores a new hash of a password.
UPDATE users SET password_hash = :password_hash WHERE id = :user_id;

-- name: insert_sign_in
-- Begins a session.
INSERT INTO sign_ins
    (token_hash, csrf_token, user_id, workspace_id, created_at, last_seen_at, expires_at)
VALUES (:token_hash, :csrf_token, :user_id, :workspace_id, :now, :now, :expires_at);

-- name: sign_in_by_token
-- The session of a token with its user and the user's role of this moment, unless it is over.
SELECT s.user_id, s.workspace_id, s.csrf_token, u.email, r.role
FROM sign_ins s
JOIN users u ON u.id = s.user_id
JOIN roles r ON r.user_id = s.user_id AND r.workspace_id = s.workspace_id
WHERE s.token_hash = :token_hash AND s.expires_at > :now AND s.last_seen_at > :used_after;

-- name: touch_sign_in
-- Notes that a session is in use, at most once a minute and never waiting for another request.
UPDATE sign_ins SET last_seen_at = :now
WHERE token_hash = (
    SELECT token_hash FROM sign_ins
    WHERE token_hash = :token_hash AND last_seen_at < :used_before
    FOR UPDATE SKIP LOCKED
);

-- name: delete_sign_in
-- Ends a session.
DELETE FROM sign_ins WHERE token_hash = :token_hash;

-- name: delete_sign_ins_of_user
-- Ends the sessions of a user, but for one.
DELETE FROM sign_ins
WHERE user_id = :user_id
  AND (:kept_token_hash::bytea IS NULL OR token_hash <> :kept_token_hash);

-- name: delete_old_sign_ins
-- Forgets sessions that are over.
DELETE FROM sign_ins WHERE expires_at <= :now OR last_seen_at <= :used_before;
