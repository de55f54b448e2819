-- name: claim_fires
-- Take due fires of one kind away; a rolled back transaction leaves them.
DELETE FROM fires f
USING (
    SELECT kind, subject_id FROM fires
    WHERE kind = :kind AND due_at <= :now::timestamptz
    ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED
) due
WHERE f.kind = due.kind AND f.subject_id = due.subject_id
RETURNING f.kind, f.subject_id, f.due_at, f.revision;

-- name: due_kinds
-- The kinds with something due, and when the next fire of all is due.
SELECT coalesce(array_agg(DISTINCT kind) FILTER (WHERE due_at <= :now::timestamptz), '{}') AS kinds,
    min(due_at) FILTER (WHERE due_at > :now::timestamptz) AS next_due_at
FROM (SELECT kind, due_at FROM fires ORDER BY due_at LIMIT 1000) soonest;

-- name: set_fires
-- One dated row per subject; a newer one replaces the older.
INSERT INTO fires (kind, subject_id, due_at, revision)
SELECT :kind, r.subject_id, r.due_at, r.revision
FROM unnest(:subject_ids::bigint[], :due_ats::timestamptz[], :revisions::integer[])
    AS r (subject_id, due_at, revision)
ON CONFLICT (kind, subject_id)
DO UPDATE SET due_at = excluded.due_at, revision = excluded.revision;

-- name: cancel_fires
-- Forget what was planned for some subjects.
DELETE FROM fires WHERE kind = :kind AND subject_id = ANY(:subject_ids::bigint[]);
