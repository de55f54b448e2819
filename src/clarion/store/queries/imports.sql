-- Imports of contacts: the record of one, the uploaded file, and the set-based storing of rows.

-- name: insert_import
-- A new import; it waits for its file and a worker.
INSERT INTO imports (workspace_id, file_name, group_ids, options, status, created_at)
VALUES (:workspace_id, :file_name, :group_ids::bigint[], :options, 'waiting', :now)
RETURNING id;

-- name: insert_piece
-- One piece of the uploaded file.
INSERT INTO import_pieces (import_id, number, bytes) VALUES (:import_id, :number, :bytes);

-- name: set_byte_count
-- The whole file has arrived.
UPDATE imports SET byte_count = :byte_count WHERE id = :import_id;

-- name: read_import
-- One import.
SELECT id, file_name, group_ids, options, status, reason, byte_count, done_byte_count, row_count,
    added_count, updated_count, ignored_count, deleted_count, rejected_count, created_at, started_at, finished_at
FROM imports WHERE workspace_id = :workspace_id AND id = :import_id;

-- name: list_imports
-- Imports, the newest first, below a cursor.
SELECT id, file_name, group_ids, options, status, reason, byte_count, done_byte_count, row_count,
    added_count, updated_count, ignored_count, deleted_count, rejected_count, created_at, started_at, finished_at
FROM imports
WHERE workspace_id = :workspace_id AND (:below_id::bigint IS NULL OR id < :below_id)
ORDER BY id DESC LIMIT :limit;

-- name: start_import
-- A worker takes an import, or takes up one that another worker left behind.
UPDATE imports SET status = 'running', started_at = COALESCE(started_at, :now)
WHERE id = :import_id AND status IN ('waiting', 'running')
RETURNING workspace_id, group_ids, options, byte_count, row_count;

-- name: read_piece
-- One piece of the file.
SELECT bytes FROM import_pieces WHERE import_id = :import_id AND number = :number;

-- name: advance_import
-- Marks a batch of rows as stored, in the transaction that stores it; nothing when another worker
-- has been here.  First statement of that transaction: its lock keeps a second worker out.
UPDATE imports SET
    row_count = row_count + :row_count::bigint,
    done_byte_count = :done_byte_count,
    rejected_count = rejected_count + :rejected_count::bigint
WHERE id = :import_id AND status = 'running' AND row_count = :expected_row_count::bigint
RETURNING id;

-- name: count_batch
-- What became of the accepted rows of the batch.
UPDATE imports SET
    added_count = added_count + :added_count::bigint,
    updated_count = updated_count + :updated_count::bigint,
    ignored_count = ignored_count + :ignored_count::bigint,
    deleted_count = deleted_count + :deleted_count::bigint
WHERE id = :import_id
RETURNING row_count, added_count, updated_count, ignored_count, deleted_count, rejected_count,
    byte_count, done_byte_count;

-- name: finish_import
-- The end, good or bad.
UPDATE imports SET status = :status, reason = :reason, finished_at = :now,
    done_byte_count = CASE WHEN :status = 'finished' THEN byte_count ELSE done_byte_count END
WHERE id = :import_id AND status = 'running';

-- name: delete_pieces
-- The file is needed no longer.
DELETE FROM import_pieces WHERE import_id = :import_id;

-- name: delete_import
-- Forgets an import; a running one stops at its next batch.
DELETE FROM imports WHERE workspace_id = :workspace_id AND id = :import_id;

-- name: lock_known_contacts
-- Contacts that a batch is about to overwrite, locked in the order of their ids as everybody does.
SELECT id FROM contacts
WHERE workspace_id = :workspace_id AND phone = ANY(:phones::text[])
ORDER BY id
FOR NO KEY UPDATE;

-- name: overwrite_contacts
-- Stores rows, one a phone; what a row leaves empty stays as it is.  Always in the order of the
-- phones, so that two imports never wait for each other in a circle.
INSERT INTO contacts (workspace_id, phone, name, country, email, remark, language, zone,
    attributes, created_at, updated_at)
SELECT :workspace_id::bigint, r.phone, r.name, r.country, r.email, r.remark, r.language, r.zone,
    r.attributes::jsonb, :now::timestamptz, :now::timestamptz
FROM unnest(:phones::text[], :names::text[], :countries::text[], :emails::text[],
        :remarks::text[], :languages::text[], :zones::text[], :attributes::text[])
    AS r (phone, name, country, email, remark, language, zone, attributes)
ORDER BY r.phone
ON CONFLICT (workspace_id, phone) DO UPDATE SET
    name = COALESCE(NULLIF(excluded.name, ''), contacts.name),
    country = COALESCE(excluded.country, contacts.country),
    email = COALESCE(NULLIF(excluded.email, ''), contacts.email),
    remark = COALESCE(NULLIF(excluded.remark, ''), contacts.remark),
    language = COALESCE(excluded.language, contacts.language),
    zone = COALESCE(excluded.zone, contacts.zone),
    attributes = contacts.attributes || excluded.attributes,
    updated_at = excluded.updated_at
RETURNING id, phone, xmax = 0 AS is_new;

-- name: add_new_contacts
-- Stores the rows whose phone is not known yet.
INSERT INTO contacts (workspace_id, phone, name, country, email, remark, language, zone,
    attributes, created_at, updated_at)
SELECT :workspace_id::bigint, r.phone, r.name, r.country, r.email, r.remark, r.language, r.zone,
    r.attributes::jsonb, :now::timestamptz, :now::timestamptz
FROM unnest(:phones::text[], :names::text[], :countries::text[], :emails::text[],
        :remarks::text[], :languages::text[], :zones::text[], :attributes::text[])
    AS r (phone, name, country, email, remark, language, zone, attributes)
ORDER BY r.phone
ON CONFLICT (workspace_id, phone) DO NOTHING
RETURNING id, phone, true AS is_new;

-- name: known_contacts
-- Contacts by their phones; they stay until the transaction ends.
SELECT id, phone, false AS is_new FROM contacts
WHERE workspace_id = :workspace_id AND phone = ANY(:phones::text[])
ORDER BY phone
FOR KEY SHARE;

-- name: groups_left
-- Those of the import's groups that nobody has deleted meanwhile.
SELECT id FROM groups
WHERE workspace_id = :workspace_id AND id = ANY(:group_ids::bigint[])
ORDER BY id
FOR KEY SHARE;

-- name: insert_rejections
-- The rejected rows of a batch.
INSERT INTO import_rejections (import_id, row_number, column_name, code, message, raw)
SELECT :import_id::bigint, r.row_number, r.column_name, r.code, r.message, r.raw::jsonb
FROM unnest(:row_numbers::bigint[], :column_names::text[], :codes::text[], :messages::text[],
    :raws::text[]) AS r (row_number, column_name, code, message, raw);

-- name: list_rejections
-- Rejected rows in the order of the file, above a cursor.
SELECT row_number, column_name, code, message, raw FROM import_rejections
WHERE import_id = :import_id AND row_number > :above_row_number::bigint
ORDER BY row_number LIMIT :limit;
