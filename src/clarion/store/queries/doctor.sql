-- name: database_clock
-- What time it is for the database.
SELECT clock_timestamp();

-- name: heartbeats
-- How many workers live, and how long ago the last one told so.
SELECT
    count(*) FILTER (
        WHERE last_heartbeat > clock_timestamp() - :alive_seconds::float8 * interval '1 second'
    ) AS alive_count,
    extract(epoch FROM clock_timestamp() - max(last_heartbeat))::float8 AS last_seconds
FROM procrastinate_workers;

-- name: senders_to_ask
-- The senders of every workspace, to see whether their providers answer.
SELECT id, name, channel, config, secrets_sealed, webhook_key
FROM senders
WHERE status <> 'removed'
ORDER BY id
LIMIT 100;
