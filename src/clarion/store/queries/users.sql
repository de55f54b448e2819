-- name: insert_user
-- Makes a user of the server; roles come apart.
INSERT INTO users (email, name, password_hash, created_at)
VALUES (:email, :name, :password_hash, :created_at)
RETURNING id;

-- name: upsert_role
-- Gives a user a role in a workspace, or another one.
INSERT INTO roles (workspace_id, user_id, role)
VALUES (:workspace_id, :user_id, :role)
ON CONFLICT (user_id, workspace_id) DO UPDATE SET role = excluded.role;

-- name: users_page
-- Who may enter a workspace.
SELECT u.id, u.email, u.name, r.role, u.created_at
FROM roles r
JOIN users u ON u.id = r.user_id
WHERE r.workspace_id = :workspace_id AND (:above_id::bigint IS NULL OR u.id > :above_id)
ORDER BY u.id
LIMIT :limit;

-- name: read_user
-- One user of a workspace.
SELECT u.id, u.email, u.name, r.role, u.created_at
FROM roles r
JOIN users u ON u.id = r.user_id
WHERE r.workspace_id = :workspace_id AND u.id = :user_id;

-- name: user_by_email
-- One user of a workspace by e-mail.
SELECT u.id, u.email, u.name, r.role, u.created_at
FROM roles r
JOIN users u ON u.id = r.user_id
WHERE r.workspace_id = :workspace_id AND lower(u.email) = lower(:email);

-- name: user_id_by_email
-- A user of the server by e-mail.
SELECT id FROM users WHERE lower(email) = lower(:email);

-- name: lock_workspace
-- Lets changes of roles in one workspace happen one after the other.
SELECT id FROM workspaces WHERE id = :workspace_id FOR UPDATE;

-- name: is_last_admin
-- Whether a user is the only admin of a workspace.
SELECT count(*) FILTER (WHERE user_id = :user_id) = 1
   AND count(*) FILTER (WHERE user_id <> :user_id) = 0
FROM roles
WHERE workspace_id = :workspace_id AND role = 'admin';

-- name: delete_role
-- Takes a user's role in a workspace away, and the sessions there.
WITH ended AS (
    DELETE FROM sign_ins WHERE workspace_id = :workspace_id AND user_id = :user_id
)
DELETE FROM roles WHERE workspace_id = :workspace_id AND user_id = :user_id;

-- name: delete_user_without_role
-- Deletes a user who may enter no workspace any more.
DELETE FROM users u
WHERE u.id = :user_id AND NOT EXISTS (SELECT FROM roles r WHERE r.user_id = u.id);

-- name: password_hash_of
-- The hash of a user's password.
SELECT password_hash FROM users WHERE id = :user_id;

-- name: set_password
-- Stores the hash of a new password.
UPDATE users SET password_hash = :password_hash WHERE id = :user_id;

-- name: rooms_of_user
-- The workspaces that a user may enter.
SELECT r.workspace_id, w.name, r.role
FROM roles r
JOIN workspaces w ON w.id = r.workspace_id
WHERE r.user_id = :user_id
ORDER BY r.workspace_id;
