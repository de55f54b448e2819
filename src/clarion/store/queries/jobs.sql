-- The job queue (Procrastinate), seen from our own transactions.

-- name: defer_jobs
-- Defers one job for each element of the arrays and returns their ids, in order.
-- The arrays of JSON come as text so that the statement works on any connection.
SELECT unnest(
    procrastinate_defer_jobs_v1(
        array_agg(
            ROW(
                job.queue_name,
                job.task_name,
                job.priority,
                job.lock,
                job.queueing_lock,
                job.args::jsonb,
                job.scheduled_at
            )::procrastinate_job_to_defer_v1
            ORDER BY job.position
        )
    )
) AS id
FROM unnest(
    :queue_names::varchar[],
    :task_names::varchar[],
    :priorities::integer[],
    :locks::text[],
    :queueing_locks::text[],
    :args::text[],
    :scheduled_ats::timestamptz[]
) WITH ORDINALITY AS job (
    queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at, position
);

-- name: hasten_jobs
-- A job that waits for a later moment is due now.
UPDATE procrastinate_jobs SET scheduled_at = NULL
WHERE queueing_lock = :queueing_lock AND status = 'todo' AND scheduled_at > now();
