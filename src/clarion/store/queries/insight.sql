-- name: append_node_deltas
-- What the sprints of one transaction did at the nodes, aggregated.
INSERT INTO node_deltas
    (flow_version_id, campaign_id, occurrence_id, node_id, kind, way, bucket, count, at)
SELECT r.*, :now::timestamptz
FROM unnest(
    :flow_version_ids::bigint[], :campaign_ids::bigint[], :occurrence_ids::bigint[],
    :node_ids::text[], :kinds::text[], :ways::text[], :buckets::smallint[], :counts::bigint[]) AS r;

-- name: try_insight_lock
-- One fold of deltas at a time.
SELECT pg_try_advisory_xact_lock(7302, 0);

-- name: fold_node_deltas
-- Takes a batch of deltas away and adds it to the counts, in one statement: whoever reads counts and
-- deltas together sees each step once.
WITH batch AS (
    SELECT id FROM node_deltas ORDER BY id LIMIT :limit
), taken AS (
    DELETE FROM node_deltas d USING batch WHERE d.id = batch.id RETURNING d.*
), known AS (
    -- A version that was deleted meanwhile has no counts any more.
    SELECT t.* FROM taken t JOIN flow_versions v ON v.id = t.flow_version_id
), counted AS (
    INSERT INTO node_counts AS c
        (flow_version_id, campaign_id, occurrence_id, node_id, kind, way, bucket, count)
    SELECT k.flow_version_id, s.campaign_id, s.occurrence_id, k.node_id, k.kind, k.way, k.bucket,
        sum(k.count)
    FROM known k
    CROSS JOIN LATERAL (
        SELECT 0::bigint AS campaign_id, 0::bigint AS occurrence_id
        UNION SELECT k.campaign_id, 0
        UNION SELECT k.campaign_id, k.occurrence_id
    ) s
    GROUP BY 1, 2, 3, 4, 5, 6, 7
    ON CONFLICT (flow_version_id, campaign_id, occurrence_id, node_id, kind, way, bucket)
        DO UPDATE SET count = c.count + excluded.count
), by_hour AS (
    INSERT INTO node_hours AS h (flow_version_id, hour_at, node_id, kind, way, count)
    SELECT k.flow_version_id, date_trunc('hour', k.at, 'UTC'), k.node_id, k.kind, k.way,
        sum(k.count)
    FROM known k
    GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (flow_version_id, hour_at, node_id, kind, way)
        DO UPDATE SET count = h.count + excluded.count
)
SELECT count(*) FROM taken;

-- name: forget_node_hours
-- Hours of long ago; the sums of all time stay.
DELETE FROM node_hours WHERE hour_at < :before::timestamptz;

-- name: versions_of_flow
-- The versions of a flow whose numbers are wanted, the newest first.
SELECT v.id, v.number, v.definition
FROM flow_versions v
JOIN flows f ON f.id = v.flow_id
WHERE v.workspace_id = :workspace_id AND v.flow_id = :flow_id AND f.deleted_at IS NULL
  AND (:number::integer IS NULL OR v.number = :number)
ORDER BY v.number DESC;

-- name: version_ids_of_campaign
-- All versions of the flow of a campaign of the workspace.
SELECT v.id
FROM campaigns c
JOIN flow_versions v ON v.flow_id = c.flow_id
WHERE c.workspace_id = :workspace_id AND c.id = :campaign_id;

-- name: node_counts
-- The steps at the nodes of some versions: of all sessions (0, 0), of a campaign, of an occurrence.
-- What is not folded yet is added.
SELECT r.node_id, r.kind, r.way, r.bucket, sum(r.count)::bigint AS count
FROM (
    SELECT c.node_id, c.kind, c.way, c.bucket, c.count
    FROM node_counts c
    WHERE c.flow_version_id = ANY(:flow_version_ids::bigint[]) AND c.campaign_id = :campaign_id
      AND c.occurrence_id = :occurrence_id
    UNION ALL
    SELECT d.node_id, d.kind, d.way, d.bucket, d.count
    FROM node_deltas d
    WHERE d.flow_version_id = ANY(:flow_version_ids::bigint[])
      AND (:campaign_id::bigint = 0 OR d.campaign_id = :campaign_id)
      AND (:occurrence_id::bigint = 0 OR d.occurrence_id = :occurrence_id)
) r
GROUP BY 1, 2, 3, 4
HAVING sum(r.count) <> 0
ORDER BY 1, 2, 3, 4;

-- name: node_counts_between
-- The steps of the whole hours that begin in a stretch of time, without waits.
SELECT r.node_id, r.kind, r.way, -1 AS bucket, sum(r.count)::bigint AS count
FROM (
    SELECT h.node_id, h.kind, h.way, h.count
    FROM node_hours h
    WHERE h.flow_version_id = ANY(:flow_version_ids::bigint[])
      AND h.hour_at >= date_trunc('hour', :from_at::timestamptz, 'UTC')
      AND h.hour_at < :until_at::timestamptz
    UNION ALL
    SELECT d.node_id, d.kind, d.way, d.count
    FROM node_deltas d
    WHERE d.flow_version_id = ANY(:flow_version_ids::bigint[])
      AND d.at >= date_trunc('hour', :from_at, 'UTC')
      AND date_trunc('hour', d.at, 'UTC') < :until_at
) r
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3;

-- name: failed_examples
-- The last sessions that failed at some nodes, with what each of them says.
SELECT n.node_id, f.id AS session_id, f.contact_id, f.reason, f.ended_at
FROM unnest(:node_ids::text[]) AS n (node_id)
CROSS JOIN unnest(:flow_version_ids::bigint[]) AS v (id)
CROSS JOIN LATERAL (
    SELECT s.id, s.contact_id, s.reason, s.ended_at
    FROM sessions s
    WHERE s.flow_version_id = v.id AND s.state->>'node' = n.node_id AND s.status = 'failed'
      AND s.status IN ('waiting', 'failed')
      AND s.workspace_id = :workspace_id
      AND (:campaign_id::bigint = 0 OR s.campaign_id = :campaign_id)
      AND (:occurrence_id::bigint = 0 OR s.occurrence_id = :occurrence_id)
    ORDER BY s.id DESC
    LIMIT :limit
) f
ORDER BY n.node_id, f.id DESC;
