-- name: insert_sender
-- Makes a sender with the outboxes of both lanes and the lease that its owner will take.
WITH sender AS (
    INSERT INTO senders
        (workspace_id, channel, name, sender_key, account_key, config, secrets_sealed,
         webhook_key, rate_per_second, created_at, updated_at)
    VALUES
        (:workspace_id, :channel, :name, :sender_key, :account_key, :config, :secrets_sealed,
         :webhook_key, :rate_per_second, :now, :now)
    RETURNING id
), lanes AS (
    INSERT INTO outboxes (sender_id, lane)
    SELECT id, lane FROM sender, unnest(ARRAY['conversation', 'bulk']) AS lane
), lease AS (
    INSERT INTO sender_leases (sender_id) SELECT id FROM sender
)
SELECT id FROM sender;

-- name: senders_of
-- The senders of a workspace that were not removed, or one of them: what waits in their outboxes, what
-- their webhooks tell, and how much of the account's people a day is used.
SELECT s.id, s.channel, s.name, s.sender_key, s.account_key, s.display_address, s.config,
    s.webhook_key, s.status, s.status_reason, s.paused_until, s.rate_per_second,
    l.current_rate_per_second, s.health, s.former_secret_until, s.created_at, s.updated_at,
    (SELECT count(*) FROM outbox_rows r WHERE r.sender_id = s.id) AS waiting_count,
    w.last_event_at, w.handshake_at, coalesce(w.signature_refused_count, 0) AS signature_refused_count,
    w.signature_refused_at, w.former_secret_at,
    (SELECT count(*) FROM portfolio_people q
     WHERE q.portfolio_id = p.id AND q.reached_at > :since::timestamptz) AS day_used_count,
    (SELECT min(q.reached_at) FROM portfolio_people q
     WHERE q.portfolio_id = p.id AND q.reached_at > :since::timestamptz) AS first_reached_at,
    (SELECT count(*) FROM messages m
     WHERE m.sender_id = s.id AND m.status = 'held' AND m.reason = 'day_limit')
        AS day_waiting_count,
    coalesce(t.count, 0) AS minute_count
FROM senders s
JOIN sender_leases l ON l.sender_id = s.id
LEFT JOIN webhook_watches w ON w.sender_id = s.id
LEFT JOIN portfolios p ON p.workspace_id = s.workspace_id AND p.channel = s.channel
    AND p.account_key = s.account_key
LEFT JOIN (
    SELECT m.sender_id, count(*) AS count
    FROM (
        SELECT sender_id, accepted_at FROM messages
        WHERE workspace_id = :workspace_id ORDER BY id DESC LIMIT 20000
    ) m
    WHERE m.accepted_at > :now::timestamptz - interval '1 minute'
    GROUP BY m.sender_id
) t ON t.sender_id = s.id
WHERE s.workspace_id = :workspace_id AND s.status <> 'removed'
  AND (:sender_id::bigint IS NULL OR s.id = :sender_id)
ORDER BY s.name;

-- name: lock_sender
-- Lets changes of one sender happen one after the other.
SELECT id FROM senders WHERE id = :sender_id FOR UPDATE;

-- name: account_row
-- What an adapter needs to know of a sender of a workspace.
SELECT id, channel, config, secrets_sealed, webhook_key
FROM senders
WHERE workspace_id = :workspace_id AND id = :sender_id AND status <> 'removed';

-- name: update_sender
-- Changes a sender.
UPDATE senders
SET name = :name, config = :config, secrets_sealed = :secrets_sealed,
    rate_per_second = :rate_per_second, updated_at = :now
WHERE id = :sender_id;

-- name: replace_secrets
-- Gives a sender other secrets, and says until when the former app secret still opens.
UPDATE senders
SET secrets_sealed = :secrets_sealed, former_secret_until = :former_secret_until, updated_at = :now
WHERE id = :sender_id;

-- name: pause_by_person
-- Pauses a sender until a person resumes it.
UPDATE senders
SET status = 'paused', status_reason = :reason, paused_until = NULL, updated_at = :now
WHERE id = :sender_id;

-- name: resume_by_person
-- Ends a pause, whoever began it.
UPDATE senders
SET status = 'active', status_reason = NULL, paused_until = NULL, updated_at = :now
WHERE id = :sender_id;

-- name: live_campaigns_of
-- The campaigns that are not over and name a sender.
SELECT code, name FROM campaigns
WHERE workspace_id = :workspace_id AND sender_name = :name
  AND status <> 'ended' AND deleted_at IS NULL
ORDER BY id;

-- name: remove_sender
-- Takes a sender out of use; its secrets are forgotten.
UPDATE senders SET status = 'removed', secrets_sealed = '', updated_at = :now
WHERE id = :sender_id;

-- name: keep_health
-- Keeps what the provider said about a sender.
UPDATE senders
SET health = health || :facts::jsonb, updated_at = :now,
    display_address = CASE WHEN :display_address::text = '' THEN display_address
        ELSE :display_address END
WHERE id = :sender_id;

-- name: senders_to_sync
-- One active sender of each account, for the periodic synchronisation of templates.
SELECT DISTINCT ON (workspace_id, channel, account_key) id, workspace_id
FROM senders
WHERE status = 'active'
ORDER BY workspace_id, channel, account_key, id;

-- name: senders_to_refresh
-- Every active sender, for the periodic question how it fares.
SELECT id, workspace_id FROM senders WHERE status = 'active' ORDER BY id;

-- name: sender_of_account
-- A sender of an account, an active one first, to ask the provider through.
SELECT id FROM senders
WHERE workspace_id = :workspace_id AND channel = :channel AND account_key = :account_key
  AND status <> 'removed'
ORDER BY status = 'active' DESC, id
LIMIT 1;
