-- name: versions
-- For each workspace a short text a topic, which differs whenever the topic's pages would: the
-- newest change of its rows, how many there are, and the sums of the counters that move.
SELECT w.id AS workspace_id,
    (SELECT concat_ws('/', count(*), max(updated_at), sum(revision))
     FROM campaigns c WHERE c.workspace_id = w.id AND c.deleted_at IS NULL)
    || '/' || o.counters AS campaigns,
    o.counters AS occurrences,
    (SELECT concat_ws('/', count(*), sum(done_byte_count), sum(row_count), max(finished_at))
     FROM imports i WHERE i.workspace_id = w.id) AS imports,
    (SELECT concat_ws('/', count(*), max(id), max(assigned_at), sum(assigned_user_id),
        sum(session_id))
     FROM conversations v WHERE v.workspace_id = w.id AND v.state = 'open') AS conversations
FROM workspaces w
CROSS JOIN LATERAL (
    SELECT concat_ws('/', count(*), max(started_at), max(finished_at),
        sum(audience_count), sum(pending_count), sum(held_count), sum(skipped_count),
        sum(failed_count), sum(in_doubt_count), sum(sent_count), sum(delivered_count),
        sum(read_count), sum(replied_count), sum(opted_out_count)) AS counters
    FROM occurrences WHERE workspace_id = w.id
) o
WHERE w.id = ANY(:workspace_ids::bigint[]);
