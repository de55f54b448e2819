-- name: balance
-- The counters that an occurrence carries, and the same counted from the rows of people and their
-- opening messages, in one snapshot.  `gone_count` people had a message that went with their
-- contact; `disagreeing_count` have an outcome that their message's status does not tell.
SELECT to_jsonb(o) AS stored, to_jsonb(n) AS counted
FROM occurrences o
CROSS JOIN LATERAL (
    SELECT count(*) AS audience_count,
        count(*) FILTER (WHERE p.outcome = 'pending') AS pending_count,
        count(*) FILTER (WHERE p.outcome = 'held') AS held_count,
        count(*) FILTER (WHERE p.outcome = 'skipped') AS skipped_count,
        count(*) FILTER (WHERE p.outcome = 'failed') AS failed_count,
        count(*) FILTER (WHERE p.outcome = 'in_doubt') AS in_doubt_count,
        count(*) FILTER (WHERE p.outcome = 'accepted') AS accepted_count,
        count(m.sent_at) AS sent_count,
        count(m.delivered_at) AS delivered_count,
        count(m.read_at) AS read_count,
        count(p.replied_at) AS replied_count,
        count(*) FILTER (WHERE p.message_id IS NOT NULL AND m.id IS NULL) AS gone_count,
        count(*) FILTER (WHERE p.outcome <> CASE m.status
            WHEN 'queued' THEN 'pending' ELSE m.status END) AS disagreeing_count
    FROM participants p
    LEFT JOIN messages m ON m.id = p.message_id
    WHERE p.occurrence_id = o.id
) n
WHERE o.id = :occurrence_id AND o.workspace_id = :workspace_id;
