-- name: note_worker
-- A worker tells that it lives.
INSERT INTO workers (owner, version, started_at, seen_at)
VALUES (:owner, :version, :started_at, clock_timestamp())
ON CONFLICT (owner) DO UPDATE SET seen_at = clock_timestamp();

-- name: forget_worker
-- A worker that ended in order is missed by nobody.
DELETE FROM workers WHERE owner = :owner;

-- name: forget_lost_workers
-- Workers that were not heard of for long will not come back under their name.
DELETE FROM workers WHERE seen_at < clock_timestamp() - interval '1 day';

-- name: note_job_error
-- Why a job failed this time.
INSERT INTO job_errors (job_id, error, failed_at) VALUES (:job_id, :error, clock_timestamp())
ON CONFLICT (job_id) DO UPDATE SET error = excluded.error, failed_at = excluded.failed_at;

-- name: forget_job_errors
-- Errors of jobs that are over.
DELETE FROM job_errors e
WHERE NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.id = e.job_id);

-- name: workers
-- The workers with the senders that each holds, and until when at least.
SELECT w.owner, w.version, w.started_at,
    extract(epoch FROM clock_timestamp() - w.seen_at)::float8 AS silent_seconds,
    coalesce(array_agg(s.name ORDER BY s.name) FILTER (WHERE s.id IS NOT NULL), '{}') AS senders,
    extract(epoch FROM min(l.lease_until) - clock_timestamp())::float8 AS lease_seconds
FROM workers w
LEFT JOIN sender_leases l ON l.owner = w.owner AND l.lease_until > clock_timestamp()
LEFT JOIN senders s ON s.id = l.sender_id
GROUP BY w.owner
ORDER BY w.seen_at DESC
LIMIT 100;

-- name: heartbeats
-- How many workers of the job queue live, and how long ago the last one told so.
SELECT
    count(*) FILTER (
        WHERE last_heartbeat > clock_timestamp() - :alive_seconds::float8 * interval '1 second'
    ) AS alive_count,
    extract(epoch FROM clock_timestamp() - max(last_heartbeat))::float8 AS last_seconds
FROM procrastinate_workers;

-- name: job_queues
-- The queues of jobs: how many wait that could run, how many run, how many failed for good, and since
-- when the oldest waits.
SELECT j.queue_name AS name,
    count(*) FILTER (
        WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= clock_timestamp())
    ) AS waiting_count,
    count(*) FILTER (WHERE j.status = 'doing') AS running_count,
    count(*) FILTER (WHERE j.status = 'failed') AS failed_count,
    extract(epoch FROM clock_timestamp() - min(coalesce(j.scheduled_at, e.at)) FILTER (
        WHERE j.status = 'todo' AND (j.scheduled_at IS NULL OR j.scheduled_at <= clock_timestamp())
    ))::float8 AS oldest_seconds
FROM procrastinate_jobs j
LEFT JOIN LATERAL (
    SELECT min(v.at) AS at FROM procrastinate_events v
    WHERE v.job_id = j.id AND v.type IN ('deferred', 'deferred_for_retry')
) e ON j.status = 'todo'
WHERE j.status IN ('todo', 'doing', 'failed')
GROUP BY j.queue_name
ORDER BY j.queue_name;

-- name: engine_queues
-- What the engine itself has before it, counted up to a bound, and since when the oldest waits.
SELECT 'inbox' AS name, w.count AS waiting_count,
    greatest(0, extract(epoch FROM :now::timestamptz - w.oldest_at))::float8 AS oldest_seconds
FROM (
    SELECT count(*) AS count, min(received_at) AS oldest_at
    FROM (SELECT received_at FROM webhook_inbox ORDER BY id LIMIT :bound) i
) w
UNION ALL
SELECT 'results', r.count, greatest(0, extract(epoch FROM :now::timestamptz - r.oldest_at))::float8
FROM (
    SELECT count(*) AS count, min(at) AS oldest_at
    FROM (SELECT at FROM attempt_results ORDER BY id LIMIT :bound) i
) r
UNION ALL
SELECT 'fires', f.count, greatest(0, extract(epoch FROM :now::timestamptz - f.oldest_at))::float8
FROM (
    SELECT count(*) AS count, min(due_at) AS oldest_at
    FROM (
        SELECT due_at FROM fires WHERE due_at <= :now::timestamptz ORDER BY due_at LIMIT :bound
    ) i
) f
UNION ALL
SELECT 'outbox', coalesce(sum(o.tail_position - CASE o.lane
        WHEN 'conversation' THEN l.conversation_intent_position
        ELSE l.bulk_intent_position END), 0)::bigint, NULL
FROM outboxes o
JOIN sender_leases l ON l.sender_id = o.sender_id
JOIN senders s ON s.id = o.sender_id AND s.status <> 'removed';

-- name: failed_jobs
-- Jobs that failed for good, the newest first.
SELECT j.id, j.queue_name AS queue, j.task_name AS task, j.args, j.attempts AS attempt_count,
    coalesce(e.failed_at, v.at) AS failed_at, e.error
FROM procrastinate_jobs j
LEFT JOIN job_errors e ON e.job_id = j.id
LEFT JOIN LATERAL (
    SELECT max(at) AS at FROM procrastinate_events v WHERE v.job_id = j.id AND v.type = 'failed'
) v ON true
WHERE j.status = 'failed' AND (:below_id::bigint IS NULL OR j.id < :below_id)
  AND (:job_id::bigint IS NULL OR j.id = :job_id)
ORDER BY j.id DESC
LIMIT :limit;

-- name: retry_job
-- Let a job that failed for good run again, as if it had just been asked for.
UPDATE procrastinate_jobs
SET status = 'todo', scheduled_at = NULL, attempts = 0
WHERE id = :job_id AND status = 'failed'
RETURNING id;

-- name: dismiss_repeated
-- A failed job whose work a waiting one will do.
DELETE FROM procrastinate_jobs j
WHERE j.id = :job_id AND j.status = 'failed' AND j.queueing_lock IS NOT NULL AND EXISTS (
    SELECT FROM procrastinate_jobs o WHERE o.queueing_lock = j.queueing_lock AND o.status = 'todo'
);

-- name: dismiss_job
-- Nobody wants a job that failed any more.
DELETE FROM procrastinate_jobs WHERE id = :job_id AND status = 'failed' RETURNING id;

-- name: free_periodic_defer
-- A periodic job is remembered by when it was planned; the memory must not keep the job.
UPDATE procrastinate_periodic_defers SET job_id = NULL WHERE job_id = :job_id;

-- name: database
-- The server, how large the database is, and what time it is there.
SELECT current_setting('server_version') AS server_version,
    pg_database_size(current_database()) AS size_bytes,
    clock_timestamp() AS told_at,
    (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()) AS connection_count,
    current_setting('max_connections')::integer AS connection_limit;

-- name: largest_tables
-- The tables that take most room, with their indexes, and about how many rows they have, if that was
-- ever looked at.
SELECT c.relname AS name, pg_total_relation_size(c.oid) AS size_bytes,
nullif(greatest(c.reltuples, -1), -1)::bigint AS row_estimate
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public'
ORDER BY size_bytes DESC
LIMIT 10;

-- name: long_queries
-- Statements that have run for long, of our own connections.
SELECT extract(epoch FROM clock_timestamp() - query_start)::float8 AS seconds,
    application_name, left(regexp_replace(query, '\s+', ' ', 'g'), 200) AS statement
FROM pg_stat_activity
WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
  AND query_start < clock_timestamp() - interval '5 seconds'
ORDER BY query_start
LIMIT 20;

-- name: applied_steps
-- The steps of the schema that were applied, the newest first.
SELECT number, name, applied_at FROM schema_migrations ORDER BY number DESC;

-- name: sender_leases_lost
-- Senders with something to send and no living owner, and for how long.
SELECT s.name, extract(epoch FROM clock_timestamp() - l.lease_until)::float8 AS lost_seconds
FROM sender_leases l
JOIN senders s ON s.id = l.sender_id
WHERE s.status = 'active' AND l.owner <> '' AND l.lease_until < clock_timestamp()
ORDER BY l.lease_until
LIMIT 20;
