-- name: progress
-- How far the campaigns of a workspace are (some, or all that have run): the open occurrences of
-- each, or its newest one that ran when none is open, and how many openings were accepted lately.
WITH wanted AS (
    SELECT c.id, c.name, c.status,
        EXISTS (SELECT FROM occurrences o WHERE o.campaign_id = c.id
            AND o.status IN ('queued', 'planned', 'running')) AS is_running
    FROM campaigns c
    WHERE c.workspace_id = :workspace_id AND c.deleted_at IS NULL
      AND (:campaign_ids::bigint[] IS NULL OR c.id = ANY(:campaign_ids))
), shown AS (
    SELECT o.* FROM wanted w
    JOIN occurrences o ON o.campaign_id = w.id AND o.status IN ('queued', 'planned', 'running')
    UNION ALL
    SELECT n.* FROM wanted w
    CROSS JOIN LATERAL (
        SELECT * FROM occurrences o
        WHERE o.campaign_id = w.id AND o.started_at IS NOT NULL
        ORDER BY o.scheduled_at DESC LIMIT 1
    ) n
    WHERE NOT w.is_running
)
SELECT w.id AS campaign_id, w.name, w.status, w.is_running, n.*,
    CASE WHEN w.is_running THEN (
        SELECT count(*) FROM messages m
        WHERE m.campaign_id = w.id AND m.is_opening AND m.accepted_at > :since::timestamptz
    ) ELSE 0 END::bigint AS recent_count
FROM wanted w
JOIN (
    SELECT campaign_id AS shown_campaign_id, min(started_at) AS started_at,
        sum(audience_count)::bigint AS audience_count, sum(pending_count)::bigint AS pending_count,
        sum(held_count)::bigint AS held_count, sum(skipped_count)::bigint AS skipped_count,
        sum(failed_count)::bigint AS failed_count, sum(in_doubt_count)::bigint AS in_doubt_count,
        sum(accepted_count)::bigint AS accepted_count, sum(sent_count)::bigint AS sent_count,
        sum(delivered_count)::bigint AS delivered_count, sum(read_count)::bigint AS read_count,
        sum(replied_count)::bigint AS replied_count,
        sum(opted_out_count)::bigint AS opted_out_count
    FROM shown GROUP BY campaign_id
) n ON n.shown_campaign_id = w.id
ORDER BY w.id DESC;
