-- name: limits_of_account
-- What the provider told about the limits of the senders that share a sender's account.
SELECT o.health ->> 'messaging_limit' AS messaging_limit
FROM senders s
JOIN senders o ON o.workspace_id = s.workspace_id AND o.channel = s.channel
    AND o.account_key = s.account_key
WHERE s.id = :sender_id AND o.status <> 'removed' AND o.health ? 'messaging_limit';

-- name: find_portfolio
-- The account that a sender's people are counted for.
SELECT p.id
FROM portfolios p
JOIN senders s ON s.workspace_id = p.workspace_id AND s.channel = p.channel
    AND s.account_key = p.account_key
WHERE s.id = :sender_id;

-- name: insert_portfolio
-- Begins to count for a sender's account, unless somebody has begun.
INSERT INTO portfolios (workspace_id, channel, account_key)
SELECT workspace_id, channel, account_key FROM senders WHERE id = :sender_id
ON CONFLICT (workspace_id, channel, account_key) DO NOTHING
RETURNING id;

-- name: seed_portfolio
-- Who was written to before we began to count: whoever got a template within the last day.
INSERT INTO portfolio_people (portfolio_id, contact_id, reached_at)
SELECT p.id, m.contact_id, max(m.accepted_at)
FROM portfolios p
JOIN senders s ON s.workspace_id = p.workspace_id AND s.channel = p.channel
    AND s.account_key = p.account_key
JOIN messages m ON m.sender_id = s.id AND m.workspace_id = s.workspace_id
WHERE p.id = :portfolio_id AND m.direction = 'out' AND m.content ->> 'kind' = 'template'
  AND m.accepted_at > :since::timestamptz
  AND m.created_at > :since::timestamptz - interval '2 days'
GROUP BY p.id, m.contact_id
ON CONFLICT (portfolio_id, contact_id) DO NOTHING;

-- name: lock_portfolio
-- One sender of an account takes places at a time.
SELECT day_used_count, counted_at FROM portfolios WHERE id = :portfolio_id FOR UPDATE;

-- name: day_used_count
-- With how many people conversations were opened since an instant.
SELECT count(*) FROM portfolio_people
WHERE portfolio_id = :portfolio_id AND reached_at > :since::timestamptz;

-- name: take_places
-- Count people from now on; who counted before keeps the place whatever becomes of the message.
INSERT INTO portfolio_people AS p (portfolio_id, contact_id, reached_at, message_id)
SELECT :portfolio_id, r.contact_id, :now::timestamptz, r.message_id
FROM unnest(:contact_ids::bigint[], :message_ids::bigint[]) AS r (contact_id, message_id)
ORDER BY r.contact_id
ON CONFLICT (portfolio_id, contact_id) DO UPDATE
SET reached_at = excluded.reached_at,
    message_id = CASE WHEN p.reached_at > :since::timestamptz THEN NULL ELSE excluded.message_id END;

-- name: keep_used_count
-- How many places are taken, and when that was counted.
UPDATE portfolios SET day_used_count = :day_used_count, counted_at = :counted_at
WHERE id = :portfolio_id;

-- name: give_back_places
-- The platform took none of these messages: nobody was reached by them.
DELETE FROM portfolio_people p
USING (
    SELECT q.portfolio_id, q.contact_id
    FROM unnest(:message_ids::bigint[], :contact_ids::bigint[], :sender_ids::bigint[])
        AS r (message_id, contact_id, sender_id)
    JOIN senders s ON s.id = r.sender_id
    JOIN portfolios f ON f.workspace_id = s.workspace_id AND f.channel = s.channel
        AND f.account_key = s.account_key
    JOIN portfolio_people q ON q.portfolio_id = f.id AND q.contact_id = r.contact_id
        AND q.message_id = r.message_id
    ORDER BY q.portfolio_id, q.contact_id
    FOR UPDATE OF q
) lost
WHERE p.portfolio_id = lost.portfolio_id AND p.contact_id = lost.contact_id
RETURNING p.portfolio_id;

-- name: next_place_at
-- When the first of those who count now was reached.
SELECT min(reached_at) FROM portfolio_people
WHERE portfolio_id = :portfolio_id AND reached_at > :since::timestamptz;

-- name: portfolios_of_senders
-- The accounts of some senders.
SELECT DISTINCT p.id
FROM portfolios p
JOIN senders s ON s.workspace_id = p.workspace_id AND s.channel = p.channel
    AND s.account_key = p.account_key
WHERE s.id = ANY(:sender_ids::bigint[]);

-- name: sender_of_portfolio
-- Some sender of an account.
SELECT s.id FROM senders s
JOIN portfolios p ON s.workspace_id = p.workspace_id AND s.channel = p.channel
    AND s.account_key = p.account_key
WHERE p.id = :portfolio_id AND s.status <> 'removed'
ORDER BY s.id LIMIT 1;

-- name: waiting_messages
-- The first messages of an account that wait for a place.
SELECT m.id
FROM portfolios p
JOIN senders s ON s.workspace_id = p.workspace_id AND s.channel = p.channel
    AND s.account_key = p.account_key
JOIN messages m ON m.sender_id = s.id
WHERE p.id = :portfolio_id AND m.status = 'held' AND m.reason = 'day_limit'
ORDER BY m.id LIMIT :limit;

-- name: portfolios_without_fire
-- Accounts for which messages wait and nobody will look again.
SELECT p.id
FROM portfolios p
WHERE NOT EXISTS (SELECT FROM fires f WHERE f.kind = 'day_limit' AND f.subject_id = p.id)
  AND EXISTS (
    SELECT FROM senders s
    JOIN messages m ON m.sender_id = s.id AND m.status = 'held' AND m.reason = 'day_limit'
    WHERE s.workspace_id = p.workspace_id AND s.channel = p.channel
      AND s.account_key = p.account_key
  );

-- name: portfolios_of_account
-- The account that the provider named, or that of the sender that it named.
SELECT DISTINCT p.id
FROM portfolios p
JOIN senders s ON s.workspace_id = p.workspace_id AND s.channel = p.channel
    AND s.account_key = p.account_key
WHERE p.workspace_id = :workspace_id AND p.channel = :channel
  AND (s.sender_key = :sender_key OR (:sender_key::text IS NULL AND s.account_key = :account_key));

-- name: forget_portfolio_people
-- Who was reached so long ago that it counts no more.
DELETE FROM portfolio_people WHERE reached_at < :before::timestamptz;

-- name: reached_ats
-- When the people were reached who count now, the longest ago first.
SELECT reached_at FROM portfolio_people
WHERE portfolio_id = :portfolio_id AND reached_at > :since::timestamptz
ORDER BY reached_at LIMIT :limit;

-- name: without_conversation
-- Who of some people neither has an open window with the sender beside them nor was reached by its
-- account within a day: a message opens a conversation with them.
SELECT r.contact_id
FROM unnest(:contact_ids::bigint[], :sender_ids::bigint[]) AS r (contact_id, sender_id)
JOIN senders s ON s.id = r.sender_id
LEFT JOIN portfolios p ON p.workspace_id = s.workspace_id AND p.channel = s.channel
    AND p.account_key = s.account_key
LEFT JOIN portfolio_people q ON q.portfolio_id = p.id AND q.contact_id = r.contact_id
    AND q.reached_at > :since::timestamptz
LEFT JOIN windows w ON w.contact_id = r.contact_id AND w.sender_id = r.sender_id
WHERE q.contact_id IS NULL AND NOT is_window_open(w.last_inbound_at, :at::timestamptz);
