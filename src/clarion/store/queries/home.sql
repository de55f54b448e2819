-- name: day_counts
-- What was sent between two instants and what became of it; and who opted out in that time.
SELECT
    count(*) FILTER (WHERE m.direction = 'out' AND m.accepted_at IS NOT NULL)::bigint AS sent_count,
    count(*) FILTER (WHERE m.delivered_at IS NOT NULL)::bigint AS delivered_count,
    count(*) FILTER (WHERE m.read_at IS NOT NULL)::bigint AS read_count,
    count(*) FILTER (WHERE m.direction = 'in')::bigint AS received_count,
    (SELECT count(*) FROM consent_changes k JOIN contacts c ON c.id = k.contact_id
     WHERE c.workspace_id = :workspace_id AND k.state = 'opted_out'
       AND k.at >= :from_at::timestamptz AND k.at < :until_at::timestamptz)::bigint AS opted_out_count
FROM messages m
WHERE m.workspace_id = :workspace_id
  AND m.created_at >= :from_at::timestamptz AND m.created_at < :until_at::timestamptz;

-- name: campaigns_to_come
-- Campaigns that fire again.
SELECT c.id, c.name, c.plan, c.start_at, c.end_at, c.next_tick_at
FROM campaigns c
WHERE c.workspace_id = :workspace_id AND c.deleted_at IS NULL
  AND c.status IN ('pending', 'in_progress') AND c.next_tick_at < :until_at::timestamptz
ORDER BY c.next_tick_at, c.id
LIMIT 100;

-- name: steps_done
-- Which of the first steps are behind us.
SELECT
    EXISTS (SELECT FROM senders WHERE workspace_id = :workspace_id AND status <> 'removed') AS has_sender,
    EXISTS (SELECT FROM contacts WHERE workspace_id = :workspace_id) AS has_contact,
    EXISTS (SELECT FROM campaigns WHERE workspace_id = :workspace_id AND deleted_at IS NULL) AS has_campaign;
