-- name: occurrence_of_nodes
-- Whose version is shown: an occurrence, or the newest of a campaign that has begun.
SELECT o.id, o.campaign_id, c.flow_id, v.number AS version_number
FROM campaigns c
JOIN occurrences o ON o.campaign_id = c.id
LEFT JOIN flow_versions v ON v.id = o.flow_version_id
WHERE c.workspace_id = :workspace_id AND c.deleted_at IS NULL
  AND (:occurrence_id::bigint IS NULL OR o.id = :occurrence_id)
  AND (:campaign_id::bigint IS NULL OR (c.id = :campaign_id AND o.started_at IS NOT NULL))
ORDER BY o.scheduled_at DESC
LIMIT 1;

-- name: flow_of_campaign
-- The flow of a campaign that has not begun, and its published version.
SELECT c.flow_id, v.number AS version_number
FROM campaigns c
JOIN flows f ON f.id = c.flow_id
LEFT JOIN flow_versions v ON v.id = f.published_version_id
WHERE c.workspace_id = :workspace_id AND c.id = :campaign_id AND c.deleted_at IS NULL;

-- name: message_counts
-- What became of the messages of each node, of a campaign or of one occurrence of it; the index
-- `messages_campaign` leads to them.
SELECT m.node_id,
    count(*) AS message_count,
    count(*) FILTER (WHERE m.status IN ('queued', 'held')) AS queued_count,
    count(*) FILTER (WHERE m.status = 'accepted') AS accepted_count,
    count(m.sent_at) AS sent_count,
    count(m.delivered_at) AS delivered_count,
    count(m.read_at) AS read_count,
    count(*) FILTER (WHERE m.status = 'failed') AS failed_count
FROM messages m
WHERE m.campaign_id = :campaign_id AND m.direction = 'out' AND m.node_id IS NOT NULL
  AND (:occurrence_id::bigint IS NULL OR m.occurrence_id = :occurrence_id)
GROUP BY 1;
