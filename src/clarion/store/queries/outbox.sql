-- name: append_to_outbox
-- Append messages to one lane of one sender, in the order given.  The tail's row lock is held until
-- commit, so the owner sees positions in order.  Call it last in a transaction, and for several
-- lanes in the order (sender, lane): that order prevents deadlocks.
WITH tail AS (
    UPDATE outboxes
    SET tail_position = tail_position + cardinality(:message_ids::bigint[])
    WHERE sender_id = :sender_id AND lane = :lane
    RETURNING tail_position
)
INSERT INTO outbox_rows (sender_id, lane, position, message_id, attempt)
SELECT :sender_id, :lane,
    tail.tail_position - cardinality(:message_ids::bigint[]) + r.ordinality,
    r.message_id, r.attempt
FROM tail,
    unnest(:message_ids::bigint[], :attempts::integer[])
        WITH ORDINALITY AS r (message_id, attempt, ordinality);

-- name: wake_sender
-- Ring for the owner of a sender's outbox; heard at commit.
SELECT pg_notify('clarion', 'outbox:' || :sender_id::bigint);

-- name: backlog
-- How many rows of the bulk lanes of a workspace's senders nobody has claimed yet (the worst one),
-- and the rate of the sender, for back-pressure.
SELECT coalesce(max(o.tail_position - l.bulk_intent_position), 0)::bigint AS waiting_count,
    coalesce(min(s.rate_per_second), 1)::real AS rate_per_second
FROM senders s
JOIN outboxes o ON o.sender_id = s.id AND o.lane = 'bulk'
JOIN sender_leases l ON l.sender_id = s.id
WHERE s.workspace_id = :workspace_id AND s.status = 'active';

-- name: senders_to_dispatch
-- Senders with rows above a mark, or with an owner who was lost, and no living owner.  Leases go by
-- the database's own clock: it is the one that all machines share.
SELECT l.sender_id
FROM sender_leases l
JOIN senders s ON s.id = l.sender_id
WHERE l.lease_until < clock_timestamp()
  AND s.status = 'active'
  AND (
    l.owner <> ''
    OR EXISTS (
        SELECT FROM outboxes o
        WHERE o.sender_id = l.sender_id
          AND o.tail_position > CASE o.lane
              WHEN 'conversation' THEN l.conversation_intent_position
              ELSE l.bulk_intent_position END
    )
  );

-- name: take_lease
-- Become the owner of a sender whose lease ran out.  The raised fence shuts out the former owner.
UPDATE sender_leases
SET owner = :owner, fence = fence + 1, in_flight_count = 0,
    lease_until = clock_timestamp() + :lease_seconds::float8 * interval '1 second',
    acknowledged_epoch = (SELECT epoch FROM control_epochs)
WHERE sender_id = :sender_id AND lease_until < clock_timestamp()
RETURNING fence, conversation_intent_position, bulk_intent_position, acknowledged_epoch;

-- name: send_again_what_was_not_written
-- After a crash on this machine: a row below its intent mark and above what the journal says was
-- written has certainly not left.
INSERT INTO attempt_results
    (sender_id, lane, position, message_id, attempt, kind, reaction, reason, delay_seconds,
     max_attempts, at)
SELECT r.sender_id, r.lane, r.position, r.message_id, r.attempt, 'not_sent', 'retry',
    'owner_lost', 0, 1000000, :now::timestamptz
FROM outbox_rows r
JOIN sender_leases l ON l.sender_id = r.sender_id
WHERE r.sender_id = :sender_id
  AND CASE r.lane
      WHEN 'conversation' THEN r.position > :conversation_position::bigint
          AND r.position <= l.conversation_intent_position
      ELSE r.position > :bulk_position::bigint AND r.position <= l.bulk_intent_position END
ON CONFLICT (sender_id, lane, position) DO NOTHING;

-- name: mark_in_doubt_below_the_marks
-- After a crash: a row at or below its intent mark that has no result may have left.
INSERT INTO attempt_results
    (sender_id, lane, position, message_id, attempt, kind, reaction, reason, at)
SELECT r.sender_id, r.lane, r.position, r.message_id, r.attempt, 'in_doubt', 'none',
    'owner_lost', :now::timestamptz
FROM outbox_rows r
JOIN sender_leases l ON l.sender_id = r.sender_id
WHERE r.sender_id = :sender_id
  AND r.position <= CASE r.lane
      WHEN 'conversation' THEN l.conversation_intent_position
      ELSE l.bulk_intent_position END
ON CONFLICT (sender_id, lane, position) DO NOTHING;

-- name: release_lease
-- Give a sender back after everything in flight has been recorded.
UPDATE sender_leases
SET owner = '', lease_until = '-infinity', in_flight_count = 0
WHERE sender_id = :sender_id AND owner = :owner AND fence = :fence;

-- name: tick_lease
-- The owner's heartbeat: renew the lease, raise the marks, tell what is in flight and up to which
-- control epoch we have acted.  No row comes back when the fence is no longer ours.
UPDATE sender_leases
SET lease_until = clock_timestamp() + :lease_seconds::float8 * interval '1 second',
    conversation_intent_position = :conversation_intent_position,
    bulk_intent_position = :bulk_intent_position,
    acknowledged_epoch = :acknowledged_epoch,
    in_flight_count = :in_flight_count,
    current_rate_per_second = :current_rate_per_second,
    ticked_at = clock_timestamp()
WHERE sender_id = :sender_id AND owner = :owner AND fence = :fence
RETURNING fence, inbound_count;

-- name: control_epoch
-- The newest control epoch; everything that raised it up to here is visible to later statements.
-- Also how many rows lie above the owner's marks.
SELECT c.epoch, s.status AS sender_status, (
        SELECT coalesce(sum(greatest(0, o.tail_position - CASE o.lane
            WHEN 'conversation' THEN :conversation_intent_position::bigint
            ELSE :bulk_intent_position::bigint END)), 0)::bigint
        FROM outboxes o WHERE o.sender_id = s.id
    ) AS waiting_count
FROM control_epochs c, senders s
WHERE c.id = 1 AND s.id = :sender_id;

-- name: raise_control_epoch
-- Make every owner look again before it sends anything more.
UPDATE control_epochs SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch;

-- name: owners_behind
-- Owners with a living lease that have not yet acted on an epoch, and what all have in flight.
SELECT count(*) FILTER (WHERE l.acknowledged_epoch < :epoch)::integer AS behind_count,
    coalesce(sum(l.in_flight_count), 0)::integer AS in_flight_count
FROM sender_leases l
JOIN senders s ON s.id = l.sender_id
WHERE s.workspace_id = :workspace_id AND l.owner <> '' AND l.lease_until > clock_timestamp();

-- name: next_rows
-- The next rows of a lane above a mark, with all that is needed to send them and the last look at
-- consent, suppression, the 24 hour window, the template and the campaign: what must not leave
-- carries its reason.
-- A message that is gone (its contact was deleted) is stale, so that the mark passes it.
-- A template to somebody whose window is closed opens a conversation; `is_reached` when the person
-- counts already for the account's limit of people in 24 hours.
SELECT r.position, r.message_id, r.attempt, m.reply_to, m.content, m.to_kind, m.to_value, m.channel,
    m.contact_id,
    m.content ->> 'kind' = 'template' AND NOT is_window_open(w.last_inbound_at, :now::timestamptz)
        AS opens_conversation,
    q.contact_id IS NOT NULL AS is_reached,
    CASE WHEN r.attempt = 1 THEN 0 ELSE (
        SELECT count(*) FROM attempts a WHERE a.message_id = r.message_id
    ) END AS tried_count,
    CASE
        WHEN m.id IS NULL OR m.status <> 'queued' OR m.attempt <> r.attempt THEN 'stale'
        WHEN c.deleted_at IS NOT NULL THEN 'campaign_deleted'
        WHEN c.status = 'suspended' THEN 'campaign_suspended'
        WHEN k.state = 'opted_out' THEN 'opted_out'
        WHEN s.until_at > :now::timestamptz THEN 'suppressed'
        WHEN m.content ->> 'kind' <> 'template'
            AND NOT is_window_open(w.last_inbound_at, :now::timestamptz) THEN 'window_closed'
        -- The set is read once, and nothing is looked up in it when it is empty.
        WHEN (m.content -> 'body' ->> 'name', m.content -> 'body' ->> 'language') IN (
            SELECT t.name, t.language FROM templates t
            JOIN senders o ON o.workspace_id = t.workspace_id AND o.channel = t.channel
                AND o.account_key = t.account_key
            WHERE o.id = :sender_id AND (NOT t.is_sending_allowed OR t.archived_at IS NOT NULL)
        ) THEN 'template_stopped'
    END AS refusal
FROM outbox_rows r
LEFT JOIN messages m ON m.id = r.message_id
LEFT JOIN campaigns c ON c.id = m.campaign_id
LEFT JOIN consents k ON k.contact_id = m.contact_id AND k.channel = m.channel
LEFT JOIN suppressions s ON s.contact_id = m.contact_id AND s.channel = m.channel
LEFT JOIN windows w ON w.contact_id = m.contact_id AND w.sender_id = m.sender_id
LEFT JOIN portfolio_people q ON q.portfolio_id = :portfolio_id::bigint
    AND q.contact_id = m.contact_id AND q.reached_at > :reached_since::timestamptz
WHERE r.sender_id = :sender_id AND r.lane = :lane AND r.position > :after_position
ORDER BY r.position
LIMIT :limit;

-- name: pause_sender
-- The channel told us to stop: pause a sender that is still active.
UPDATE senders
SET status = 'paused', status_reason = :reason, paused_until = :paused_until, updated_at = :now
WHERE id = :sender_id AND status = 'active'
RETURNING id;

-- name: resume_sender
-- A pause whose time is over ends by itself.
UPDATE senders
SET status = 'active', status_reason = NULL, paused_until = NULL, updated_at = :now::timestamptz
WHERE id = :sender_id AND status = 'paused' AND paused_until <= :now::timestamptz
RETURNING id;

-- name: sender_account
-- What an adapter needs to know of a sender.
SELECT id, workspace_id, channel, config, secrets_sealed, webhook_key, rate_per_second, status
FROM senders WHERE id = :sender_id;

-- name: tell_failure
-- Keep in the sender's health since when the platform cannot be reached, and why; or that it can.
UPDATE senders
SET health = CASE WHEN :failure::text IS NULL THEN health - 'unreachable_since' - 'unreachable_why'
    ELSE jsonb_build_object('unreachable_since', :now::timestamptz) || health
        || jsonb_build_object('unreachable_why', :failure::text) END
WHERE id = :sender_id
  AND (:failure::text IS NOT NULL OR health ? 'unreachable_since');

-- name: stopped_templates
-- What people have stopped or archived, by the senders of its account.
SELECT s.id AS sender_id, t.name, t.language FROM templates t
JOIN senders s ON s.workspace_id = t.workspace_id AND s.channel = t.channel
    AND s.account_key = t.account_key
WHERE t.workspace_id = :workspace_id AND (NOT t.is_sending_allowed OR t.archived_at IS NOT NULL);
