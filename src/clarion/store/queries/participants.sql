-- name: move_participants
-- Give participants their outcome and keep the balance of their occurrences, in one statement.  The
-- old outcome is read under the lock, so that two moves of one person never count twice.
WITH wanted AS (
    SELECT DISTINCT ON (occurrence_id, contact_id) *
    FROM unnest(
        :occurrence_ids::bigint[], :contact_ids::bigint[], :outcomes::text[], :reasons::text[],
        :session_ids::bigint[], :message_ids::bigint[])
        AS w (occurrence_id, contact_id, outcome, reason, session_id, message_id)
), old AS (
    SELECT p.occurrence_id, p.contact_id, p.outcome
    FROM participants p
    JOIN wanted USING (occurrence_id, contact_id)
    ORDER BY p.occurrence_id, p.contact_id
    FOR UPDATE OF p
), moved AS (
    UPDATE participants p
    SET outcome = w.outcome, reason = w.reason,
        session_id = coalesce(w.session_id, p.session_id),
        message_id = coalesce(w.message_id, p.message_id)
    FROM wanted w
    JOIN old USING (occurrence_id, contact_id)
    WHERE p.occurrence_id = w.occurrence_id AND p.contact_id = w.contact_id
    RETURNING p.occurrence_id, old.outcome AS old_outcome, p.outcome AS new_outcome
), delta AS (
    SELECT occurrence_id,
        sum((new_outcome = 'pending')::int - (old_outcome = 'pending')::int) AS pending,
        sum((new_outcome = 'held')::int - (old_outcome = 'held')::int) AS held,
        sum((new_outcome = 'skipped')::int - (old_outcome = 'skipped')::int) AS skipped,
        sum((new_outcome = 'failed')::int - (old_outcome = 'failed')::int) AS failed,
        sum((new_outcome = 'in_doubt')::int - (old_outcome = 'in_doubt')::int) AS in_doubt,
        sum((new_outcome = 'accepted')::int - (old_outcome = 'accepted')::int) AS accepted
    FROM moved
    WHERE old_outcome <> new_outcome
    GROUP BY occurrence_id
)
UPDATE occurrences o
SET pending_count = o.pending_count + d.pending,
    held_count = o.held_count + d.held,
    skipped_count = o.skipped_count + d.skipped,
    failed_count = o.failed_count + d.failed,
    in_doubt_count = o.in_doubt_count + d.in_doubt,
    accepted_count = o.accepted_count + d.accepted
FROM delta d
WHERE o.id = d.occurrence_id
RETURNING o.id, o.campaign_id, o.pending_count, o.held_count;

-- name: mark_replied
-- Who answered: counted once per occurrence.
WITH answered AS (
    UPDATE participants p
    SET replied_at = w.at
    FROM unnest(:occurrence_ids::bigint[], :contact_ids::bigint[], :ats::timestamptz[])
        AS w (occurrence_id, contact_id, at)
    WHERE p.occurrence_id = w.occurrence_id AND p.contact_id = w.contact_id
      AND p.replied_at IS NULL
    RETURNING p.occurrence_id
), delta AS (
    SELECT occurrence_id, count(*) AS n FROM answered GROUP BY occurrence_id
)
UPDATE occurrences o SET replied_count = o.replied_count + d.n
FROM delta d WHERE o.id = d.occurrence_id;

-- name: participants_of
-- People of an occurrence with outcome, reason and what became of the opening message.
SELECT p.contact_id, c.name, c.phone, p.outcome, p.reason, p.session_id, p.message_id,
    p.replied_at, m.status AS message_status, m.provider_id, m.error_code, m.error_title,
    m.accepted_at, m.sent_at, m.delivered_at, m.read_at, m.failed_at
FROM participants p
JOIN occurrences o ON o.id = p.occurrence_id
LEFT JOIN contacts c ON c.id = p.contact_id
LEFT JOIN messages m ON m.id = p.message_id
WHERE p.occurrence_id = :occurrence_id AND o.workspace_id = :workspace_id
  AND p.contact_id > :above_id
  AND (:outcome::text IS NULL OR p.outcome = :outcome)
  AND (:reason::text IS NULL OR p.reason = :reason)
  AND (:name_pattern::text IS NULL OR lower(c.name) LIKE :name_pattern
      OR c.phone LIKE :phone_pattern::text)
ORDER BY p.contact_id
LIMIT :limit;

-- name: participations_of
-- The occurrences whose audience a contact was in, the newest first, with what became of it there.
SELECT p.occurrence_id, o.campaign_id, k.name AS campaign_name, o.scheduled_at, p.outcome, p.reason,
    p.message_id, m.status AS message_status, p.replied_at, m.sent_at, m.delivered_at, m.read_at
FROM participants p
JOIN occurrences o ON o.id = p.occurrence_id
JOIN campaigns k ON k.id = o.campaign_id
LEFT JOIN messages m ON m.id = p.message_id
WHERE p.contact_id = :contact_id AND o.workspace_id = :workspace_id
  AND (:below_id::bigint IS NULL OR p.occurrence_id < :below_id)
ORDER BY p.occurrence_id DESC
LIMIT :limit;

-- name: outcome_reasons
-- How many people of an occurrence have which outcome for which reason.
SELECT p.outcome, p.reason, count(*)::bigint AS participant_count
FROM participants p
JOIN occurrences o ON o.id = p.occurrence_id
WHERE p.occurrence_id = :occurrence_id AND o.workspace_id = :workspace_id
GROUP BY p.outcome, p.reason
ORDER BY participant_count DESC;

-- name: withdraw_openings
-- Opening messages of some occurrences that have not left: they will not.
UPDATE messages m
SET status = 'skipped', reason = :reason
FROM participants p
WHERE p.occurrence_id = ANY(:occurrence_ids::bigint[]) AND p.outcome IN ('pending', 'held')
  AND m.id = p.message_id AND m.status IN ('queued', 'held')
RETURNING m.id, m.occurrence_id, m.contact_id;

-- name: waiting_participants
-- People of some occurrences who have no message yet.
SELECT p.occurrence_id, p.contact_id
FROM participants p
WHERE p.occurrence_id = ANY(:occurrence_ids::bigint[]) AND p.outcome = 'pending'
  AND p.message_id IS NULL;

-- name: waiting_participants_of_contacts
-- Where some contacts of a workspace still wait for their opening message.
SELECT p.occurrence_id, p.contact_id
FROM participants p
JOIN occurrences o ON o.id = p.occurrence_id
WHERE p.contact_id = ANY(:contact_ids::bigint[]) AND o.workspace_id = :workspace_id
  AND p.outcome IN ('pending', 'held');

-- name: close_chunks
-- Nobody will plan these occurrences any further.
UPDATE chunks SET done_at = :now::timestamptz
WHERE occurrence_id = ANY(:occurrence_ids::bigint[]) AND done_at IS NULL;
