-- name: insert_upload
-- A place for one file, open to whoever has the token, until it expires.
INSERT INTO uploads (workspace_id, name, token_hash, created_at, expires_at)
VALUES (:workspace_id, :name, :token_hash, :now::timestamptz, :expires_at::timestamptz)
RETURNING id;

-- name: open_upload
-- The upload of a token that may still be filled, kept from others who would fill it.
SELECT id FROM uploads
WHERE token_hash = :token_hash AND expires_at > :now::timestamptz AND uploaded_at IS NULL
FOR UPDATE;

-- name: insert_piece
-- A piece of the file.
INSERT INTO upload_pieces (upload_id, number, bytes) VALUES (:upload_id, :number, :bytes);

-- name: close_upload
-- The file is whole.
UPDATE uploads SET uploaded_at = :now::timestamptz, byte_count = :byte_count WHERE id = :upload_id;

-- name: find_upload
-- A file of a workspace.
SELECT id, name FROM uploads
WHERE id = :upload_id AND workspace_id = :workspace_id AND uploaded_at IS NOT NULL
  AND expires_at > :now::timestamptz;

-- name: read_piece
-- A piece of a file.
SELECT bytes FROM upload_pieces WHERE upload_id = :upload_id AND number = :number;

-- name: forget_old
-- Files that nobody has used in time.
DELETE FROM uploads WHERE expires_at <= :now::timestamptz;
