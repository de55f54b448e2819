-- name: vitals
-- The numbers by which one sees whether the engine keeps up; all of them cheap.
SELECT
    (SELECT count(*) FROM webhook_inbox) AS webhooks_waiting_count,
    (SELECT count(*) FROM attempt_results) AS results_waiting_count,
    (SELECT count(*) FROM early_receipts) AS early_receipt_count,
    (SELECT coalesce(sum(in_doubt_count), 0)::bigint FROM occurrences) AS in_doubt_count,
    (SELECT greatest(coalesce(extract(epoch FROM :now::timestamptz - min(due_at)), 0), 0)::float8
     FROM fires) AS fire_lag_seconds;

-- name: vitals_of_senders
-- What waits in the outboxes, and how fast each sender goes.
SELECT s.id AS sender_id, s.name, s.status = 'active' AS is_active,
    coalesce(l.current_rate_per_second, s.rate_per_second) AS rate_per_second,
    l.in_flight_count,
    (SELECT sum(o.tail_position) FROM outboxes o WHERE o.sender_id = s.id)::bigint
        - l.conversation_intent_position - l.bulk_intent_position AS waiting_count
FROM senders s
JOIN sender_leases l ON l.sender_id = s.id
WHERE s.status <> 'removed'
ORDER BY s.id;

-- name: vitals_of_campaigns
-- Campaigns by status.
SELECT status, count(*) AS campaign_count FROM campaigns WHERE deleted_at IS NULL GROUP BY status;
