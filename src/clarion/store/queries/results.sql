-- name: append_results
-- The ends of attempts, in bulk.
INSERT INTO attempt_results
    (sender_id, lane, position, message_id, attempt, kind, reaction, reason, delay_seconds,
     max_attempts, provider_id, wa_id, error_code, error_title, http_status, at)
SELECT :sender_id, r.*
FROM unnest(
    :lanes::text[], :positions::bigint[], :message_ids::bigint[], :attempts::integer[],
    :kinds::text[], :reactions::text[], :reasons::text[], :delays::real[],
    :max_attempts::integer[], :provider_ids::text[], :wa_ids::text[], :error_codes::text[],
    :error_titles::text[], :http_statuses::integer[], :ats::timestamptz[]) AS r
ON CONFLICT (sender_id, lane, position) DO NOTHING;

-- name: try_fold_lock
-- One fold at a time: it keeps the order of locks simple and is far from being the limit.
SELECT pg_try_advisory_xact_lock(7301, :part::integer);

-- name: wait_for_fold_turn
-- The folds of results and of webhooks take turns: each goes from messages to people to occurrences
-- several times over, and side by side they would wait for each other in a circle.
SELECT pg_advisory_xact_lock(7301, 0);

-- name: take_results
-- Take a batch of results away, oldest first; a rolled back fold leaves them.  How often the message
-- was tried before with the same reaction decides whether it is tried again: attempts that were
-- held by a suspension do not count against it.
WITH batch AS (
    SELECT id FROM attempt_results ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
), taken AS (
    DELETE FROM attempt_results r USING batch WHERE r.id = batch.id RETURNING r.*
), gone AS (
    DELETE FROM outbox_rows o USING taken t
    WHERE o.sender_id = t.sender_id AND o.lane = t.lane AND o.position = t.position
)
SELECT t.*, m.status AS message_status, m.attempt AS message_attempt, m.workspace_id,
    m.contact_id, m.campaign_id, m.occurrence_id, m.is_opening, m.channel, m.to_kind, m.to_value,
    c.status AS campaign_status,
    CASE WHEN t.reaction IN ('retry', 'slow_sender', 'hold_contact') THEN (
        SELECT count(*) FROM attempts a
        WHERE a.message_id = t.message_id AND a.reaction = t.reaction
    ) ELSE 0 END AS earlier_count
FROM taken t
JOIN messages m ON m.id = t.message_id
LEFT JOIN campaigns c ON c.id = m.campaign_id
ORDER BY t.id;

-- name: insert_attempts
-- The history of attempts that touched the wire.
INSERT INTO attempts
    (message_id, number, sender_id, kind, reaction, reason, provider_id, error_code, error_title,
     http_status, at)
SELECT r.*
FROM unnest(
    :message_ids::bigint[], :numbers::integer[], :sender_ids::bigint[], :kinds::text[],
    :reactions::text[], :reasons::text[], :provider_ids::text[], :error_codes::text[],
    :error_titles::text[], :http_statuses::integer[], :ats::timestamptz[]) AS r
ON CONFLICT (message_id, number) DO NOTHING;

-- name: lock_messages
-- Lock messages in the order of their ids: everybody does, so nobody deadlocks.
SELECT id FROM messages WHERE id = ANY(:message_ids::bigint[]) ORDER BY id FOR UPDATE;

-- name: settle_messages
-- Write what results say.  A message that receipts have already settled keeps its better state; one
-- that was withdrawn while its request was under way becomes what it truly is.  A provider's id names
-- one message: one that comes a second time is not kept.
UPDATE messages m
SET status = r.status, reason = r.reason, attempt = r.attempt,
    provider_id = coalesce(m.provider_id, CASE WHEN r.is_first AND NOT EXISTS (
        SELECT FROM messages other
        WHERE other.sender_id = m.sender_id AND other.provider_id = r.provider_id
    ) THEN r.provider_id END),
    error_code = r.error_code, error_title = r.error_title,
    accepted_at = CASE WHEN r.status = 'accepted' THEN coalesce(m.accepted_at, r.at)
        ELSE m.accepted_at END,
    failed_at = CASE WHEN r.status = 'failed' THEN r.at ELSE m.failed_at END
FROM (
    SELECT *, row_number() OVER (PARTITION BY provider_id ORDER BY message_id) = 1 AS is_first
    FROM unnest(
        :message_ids::bigint[], :statuses::text[], :reasons::text[], :attempts::integer[],
        :provider_ids::text[], :error_codes::text[], :error_titles::text[], :ats::timestamptz[])
        AS r (message_id, status, reason, attempt, provider_id, error_code, error_title, at)
) r
WHERE m.id = r.message_id
  AND (m.status IN ('queued', 'in_doubt', 'held')
    OR (m.status = 'skipped' AND r.status IN ('accepted', 'failed', 'in_doubt')))
RETURNING m.id, m.status;

-- name: queue_messages
-- Put messages back into the queue as a new attempt (after a retry's delay, a doubt that the
-- campaign wants repeated, or the end of a suspension) and return them with their way out.
UPDATE messages m
SET status = 'queued', reason = NULL, attempt = m.attempt + 1
FROM (
    SELECT id FROM messages
    WHERE id = ANY(:message_ids::bigint[]) AND status = ANY(:from_statuses::text[])
    ORDER BY id FOR UPDATE
) old
WHERE m.id = old.id
RETURNING m.id, m.attempt, m.sender_id, m.lane, m.occurrence_id, m.contact_id, m.is_opening;

-- name: held_messages_of_campaign
-- A batch of what a suspension held back; nothing when the campaign was suspended again meanwhile
-- (its dispatchers would hold everything back once more, round and round).
SELECT m.id
FROM messages m
JOIN campaigns c ON c.id = m.campaign_id
WHERE m.campaign_id = :campaign_id AND m.status = 'held' AND m.reason = 'campaign_suspended'
  AND c.status IN ('in_progress', 'ended')
ORDER BY m.id LIMIT :limit;

-- name: held_messages_of_sender
-- A batch of what a paused sender held back; nothing when it was paused again meanwhile.
SELECT m.id
FROM messages m
JOIN senders s ON s.id = m.sender_id
WHERE m.sender_id = :sender_id AND m.status = 'held' AND m.reason = 'sender_paused'
  AND s.status = 'active'
ORDER BY m.id LIMIT :limit;

-- name: held_without_cause
-- Campaigns and senders that go on while something is still held for them: a result may be folded
-- after the resumption that would have released it.
SELECT DISTINCT m.campaign_id, NULL::bigint AS sender_id
FROM messages m
JOIN campaigns c ON c.id = m.campaign_id
WHERE m.status = 'held' AND m.reason = 'campaign_suspended' AND c.status IN ('in_progress', 'ended')
UNION ALL
SELECT DISTINCT NULL::bigint, m.sender_id
FROM messages m
JOIN senders s ON s.id = m.sender_id
WHERE m.status = 'held' AND m.reason = 'sender_paused' AND s.status = 'active';

-- name: withdraw_held_messages
-- The campaign is over or deleted: what it held back will never leave.
UPDATE messages SET status = 'skipped', reason = :reason
WHERE campaign_id = :campaign_id AND status = 'held'
RETURNING id, occurrence_id, contact_id, is_opening;

-- name: doubtful_messages
-- Messages in doubt among some ids, with what their campaign wants, and how often they were.
SELECT m.id, coalesce(c.doubt_policy, 'at_most_once') AS doubt_policy, (
        SELECT count(*) FROM attempts a WHERE a.message_id = m.id AND a.kind = 'in_doubt'
    ) AS doubt_count
FROM messages m
LEFT JOIN campaigns c ON c.id = m.campaign_id
WHERE m.id = ANY(:message_ids::bigint[]) AND m.status = 'in_doubt'
ORDER BY m.id FOR UPDATE OF m;

-- name: close_doubts
-- No receipt came within the window and the campaign wants nobody messaged twice.
UPDATE messages SET reason = 'doubt_unsettled'
WHERE id = ANY(:message_ids::bigint[]) AND status = 'in_doubt';

-- name: early_receipts_for
-- Receipts that had overtaken the answer to their send.
DELETE FROM early_receipts e
USING unnest(:sender_ids::bigint[], :provider_ids::text[]) AS r (sender_id, provider_id)
WHERE e.sender_id = r.sender_id AND e.provider_id = r.provider_id
RETURNING e.sender_id, e.provider_id, e.state, e.at, e.error_code, e.error_title;
