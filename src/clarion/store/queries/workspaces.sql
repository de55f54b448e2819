-- name: insert_workspace
-- Makes a workspace.
INSERT INTO workspaces (name, zone, language, default_country, created_at)
VALUES (:name, :zone, :language, :default_country, :created_at)
RETURNING id, name, zone, language, default_country, created_at;

-- name: lock_first_workspace
-- Held to the end of the transaction by whoever makes the first workspace.
SELECT pg_advisory_xact_lock(hashtextextended('first_workspace', 0));

-- name: first_workspace
-- The oldest workspace.
SELECT id, name, zone, language, default_country, created_at
FROM workspaces
ORDER BY id
LIMIT 1;

-- name: workspace_named
-- A workspace by id or name, the oldest of that name.
SELECT id, name, zone, language, default_country, created_at
FROM workspaces
WHERE id::text = :name_or_id::text OR name = :name_or_id
ORDER BY id
LIMIT 1;

-- name: read_workspace
-- One workspace.
SELECT id, name, zone, language, default_country, created_at
FROM workspaces
WHERE id = :workspace_id;

-- name: all_workspaces
-- Every workspace.
SELECT id, name, zone, language, default_country, created_at
FROM workspaces
ORDER BY id;

-- name: update_workspace
-- Changes a workspace.
UPDATE workspaces
SET name = :name, zone = :zone, language = :language, default_country = :default_country
WHERE id = :workspace_id
RETURNING id, name, zone, language, default_country, created_at;
