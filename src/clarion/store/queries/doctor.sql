-- name: senders_to_ask
-- The senders of every workspace, to see whether their providers answer.
SELECT id, name, channel, config, secrets_sealed, webhook_key
FROM senders
WHERE status <> 'removed'
ORDER BY id
LIMIT 100;
