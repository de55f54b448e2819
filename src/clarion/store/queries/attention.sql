-- Things that need a person, one query a kind.  Each gives the same columns: what it is about (its id
-- and name), how many, a detail (a reason's code or a word of the provider), and since when.

-- name: occurrence_missed
-- Campaigns with occurrences that did not run in the last days.
SELECT c.id AS subject_id, c.name AS subject_name, count(*)::bigint AS count,
    (array_agg(o.reason ORDER BY o.scheduled_at DESC))[1] AS detail, max(o.scheduled_at) AS since_at
FROM occurrences o
JOIN campaigns c ON c.id = o.campaign_id
WHERE o.workspace_id = :workspace_id AND c.deleted_at IS NULL
  AND o.scheduled_at > :now::timestamptz - interval '2 days'
  AND (o.status = 'missed' OR (o.status = 'cancelled' AND o.reason = 'flow_not_published'))
GROUP BY c.id
ORDER BY since_at DESC LIMIT 20;

-- name: campaign_suspended
-- Campaigns that the breaker, a template or the provider suspended: not those that a person did.
SELECT c.id AS subject_id, c.name AS subject_name, 1::bigint AS count,
    c.status_reason AS detail, c.updated_at AS since_at
FROM campaigns c
WHERE c.workspace_id = :workspace_id AND c.deleted_at IS NULL AND c.status = 'suspended'
  AND 'system' = (SELECT a.actor_kind FROM audit_entries a
      WHERE a.workspace_id = c.workspace_id AND a.noun = 'campaign' AND a.noun_id = c.id
        AND a.action = 'suspended'
      ORDER BY a.id DESC LIMIT 1)
  AND :now::timestamptz IS NOT NULL
ORDER BY since_at DESC LIMIT 20;

-- name: template_stopped
-- Templates with which nothing can be sent.
SELECT t.id AS subject_id, t.name || ' (' || t.language || ')' AS subject_name, 1::bigint AS count,
    t.status AS detail, t.synced_at AS since_at
FROM templates t
WHERE t.workspace_id = :workspace_id AND t.status IN ('rejected', 'paused', 'disabled')
  AND t.archived_at IS NULL
  AND :now::timestamptz IS NOT NULL
ORDER BY t.name LIMIT 20;

-- name: sender_paused
-- Senders that send nothing.
SELECT s.id AS subject_id, s.name AS subject_name, 1::bigint AS count, s.status_reason AS detail,
    s.updated_at AS since_at
FROM senders s
WHERE s.workspace_id = :workspace_id AND s.status = 'paused' AND :now::timestamptz IS NOT NULL
ORDER BY s.name LIMIT 20;

-- name: sender_day_limit
-- Senders whose account may reach nobody more today, and for whom messages wait (counted to a bound).
SELECT s.id AS subject_id, s.name AS subject_name, w.count, NULL::text AS detail, w.since_at
FROM senders s
CROSS JOIN LATERAL (
    SELECT count(*) AS count, min(h.created_at) AS since_at
    FROM (
        SELECT m.created_at FROM messages m
        WHERE m.sender_id = s.id AND m.status = 'held' AND m.reason = 'day_limit'
        ORDER BY m.id LIMIT 100000
    ) h
) w
WHERE s.workspace_id = :workspace_id AND s.status <> 'removed' AND w.count > 0
  AND :now::timestamptz IS NOT NULL
ORDER BY s.name LIMIT 20;

-- name: sender_quality
-- Senders whose quality has dropped.
SELECT s.id AS subject_id, s.name AS subject_name, 1::bigint AS count,
    s.health ->> 'quality' AS detail, s.updated_at AS since_at
FROM senders s
WHERE s.workspace_id = :workspace_id AND s.status <> 'removed'
  AND upper(s.health ->> 'quality') IN ('YELLOW', 'RED') AND :now::timestamptz IS NOT NULL
ORDER BY s.name LIMIT 20;

-- name: sender_unreachable
-- Senders whose platform cannot be reached.
SELECT s.id AS subject_id, s.name AS subject_name, 1::bigint AS count,
    s.health ->> 'unreachable_why' AS detail,
    (s.health ->> 'unreachable_since')::timestamptz AS since_at
FROM senders s
WHERE s.workspace_id = :workspace_id AND s.status <> 'removed' AND s.health ? 'unreachable_since'
  AND :now::timestamptz IS NOT NULL
ORDER BY s.name LIMIT 20;

-- name: import_rejected
-- Imports of the last days that failed or left rows behind.
SELECT i.id AS subject_id, i.file_name AS subject_name, i.rejected_count AS count,
    i.reason AS detail, i.finished_at AS since_at
FROM imports i
WHERE i.workspace_id = :workspace_id AND i.finished_at > :now::timestamptz - interval '3 days'
  AND (i.status = 'failed' OR i.rejected_count > 0)
ORDER BY i.id DESC LIMIT 20;

-- name: conversation_waiting
-- People who were handed over and whom nobody has taken on.
SELECT NULL::bigint AS subject_id, '' AS subject_name, count(*) AS count, NULL::text AS detail,
    min(v.opened_at) AS since_at
FROM conversations v
WHERE v.workspace_id = :workspace_id AND v.state = 'open' AND v.assigned_user_id IS NULL
  AND :now::timestamptz IS NOT NULL
HAVING count(*) > 0;

-- name: worker_silent
-- No worker has given a sign of life lately (by the database's own clock).
SELECT NULL::bigint AS subject_id, '' AS subject_name, 1::bigint AS count, NULL::text AS detail,
    max(w.last_heartbeat) AS since_at
FROM procrastinate_workers w
WHERE :workspace_id::bigint IS NOT NULL AND :now::timestamptz IS NOT NULL
HAVING coalesce(max(w.last_heartbeat) < clock_timestamp() - interval '30 seconds', true);

-- name: jobs_dead
-- Jobs of the engine that failed for good.
SELECT NULL::bigint AS subject_id, (array_agg(j.task_name ORDER BY j.id DESC))[1] AS subject_name,
    count(*) AS count, NULL::text AS detail, NULL::timestamptz AS since_at
FROM procrastinate_jobs j
WHERE j.status = 'failed' AND :workspace_id::bigint IS NOT NULL AND :now::timestamptz IS NOT NULL
HAVING count(*) > 0;
