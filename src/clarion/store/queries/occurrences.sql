-- name: insert_occurrences
-- Ticks of a campaign, each at most once whatever number of schedulers see it.
INSERT INTO occurrences
    (workspace_id, campaign_id, scheduled_at, status, reason, created_at, finished_at)
SELECT :workspace_id, :campaign_id, r.scheduled_at, r.status, r.reason, :now::timestamptz,
    CASE WHEN r.status IN ('missed', 'skipped') THEN :now::timestamptz END
FROM unnest(:scheduled_ats::timestamptz[], :statuses::text[], :reasons::text[])
    AS r (scheduled_at, status, reason)
ON CONFLICT (campaign_id, scheduled_at) DO NOTHING
RETURNING id, scheduled_at, status;

-- name: has_open_occurrence
-- Whether an occurrence of the campaign is still at work.
SELECT EXISTS (
    SELECT FROM occurrences
    WHERE campaign_id = :campaign_id AND status IN ('queued', 'planned', 'running')
);

-- name: lock_planned_occurrence
-- The occurrence to take a snapshot for, if it still waits for one.
SELECT o.id, o.workspace_id, o.campaign_id, o.scheduled_at, c.status AS campaign_status,
    c.deleted_at, c.include_group_ids, c.exclude_group_ids, c.zone_mode, c.flow_id,
    f.published_version_id, w.zone AS workspace_zone
FROM occurrences o
JOIN campaigns c ON c.id = o.campaign_id
JOIN flows f ON f.id = c.flow_id
JOIN workspaces w ON w.id = o.workspace_id
WHERE o.id = :occurrence_id AND o.status = 'planned'
FOR UPDATE OF o FOR SHARE OF c;

-- name: snapshot_audience
-- The frozen audience: everybody in the included groups and in none of the excluded.
INSERT INTO participants (occurrence_id, contact_id, zone)
SELECT :occurrence_id, a.contact_id,
    CASE WHEN :is_contact_zone::boolean THEN coalesce(nullif(a.zone, ''), :workspace_zone::text) END
FROM audience_of(:workspace_id, :include_group_ids::bigint[], :exclude_group_ids::bigint[]) a;

-- name: snapshot_zones
-- The zones that occur in a snapshot (one null for campaigns in the workspace's zone).
SELECT DISTINCT zone FROM participants WHERE occurrence_id = :occurrence_id;

-- name: cut_chunks
-- Cut one zone's part of a snapshot into chunks of neighbouring contacts.
INSERT INTO chunks (occurrence_id, number, first_contact_id, last_contact_id, zone, due_at)
SELECT :occurrence_id, :first_number + part::integer, min(contact_id), max(contact_id), :zone,
    :due_at
FROM (
    SELECT contact_id, (row_number() OVER (ORDER BY contact_id) - 1) / :chunk_size AS part
    FROM participants
    WHERE occurrence_id = :occurrence_id AND zone IS NOT DISTINCT FROM :zone::text
) numbered
GROUP BY part;

-- name: start_occurrence
-- The snapshot is complete: pin the flow's version and set the balance.
UPDATE occurrences
SET status = 'running', started_at = :now::timestamptz, flow_version_id = :flow_version_id,
    audience_count = n.count, pending_count = n.count
FROM (SELECT count(*) FROM participants WHERE occurrence_id = :occurrence_id) n
WHERE id = :occurrence_id
RETURNING audience_count;

-- name: close_occurrence
-- End an occurrence that never ran, with the reason.
UPDATE occurrences
SET status = :status, reason = :reason, finished_at = :now::timestamptz
WHERE id = :occurrence_id AND status IN ('queued', 'planned', 'running');

-- name: claim_chunk
-- The next open chunk whose time has come, locked until its work is committed.
SELECT k.number, k.first_contact_id, k.last_contact_id, k.zone
FROM chunks k
WHERE k.occurrence_id = :occurrence_id AND k.done_at IS NULL AND k.due_at <= :now::timestamptz
ORDER BY k.due_at, k.number
LIMIT 1
FOR UPDATE SKIP LOCKED;

-- name: finish_chunk
-- All contacts of the chunk have a session or an outcome.
UPDATE chunks SET done_at = :now::timestamptz
WHERE occurrence_id = :occurrence_id AND number = :number;

-- name: next_chunk_due_at
-- When the next open chunk of an occurrence is due; null when none is open.
SELECT min(due_at) FROM chunks WHERE occurrence_id = :occurrence_id AND done_at IS NULL;

-- name: running_occurrence
-- What the runner needs to know of an occurrence; shared locks keep a suspension from slipping in.
SELECT o.id, o.workspace_id, o.campaign_id, o.scheduled_at, o.flow_version_id, o.status,
    c.name AS campaign_name, c.code AS campaign_code, c.status AS campaign_status, c.deleted_at,
    c.reentry, c.sender_name, c.parameters, c.flow_id, w.zone AS workspace_zone
FROM occurrences o
JOIN campaigns c ON c.id = o.campaign_id
JOIN workspaces w ON w.id = o.workspace_id
WHERE o.id = :occurrence_id
FOR SHARE OF c;

-- name: chunk_people
-- The people of a chunk who still wait.
SELECT p.contact_id
FROM participants p
WHERE p.occurrence_id = :occurrence_id
  AND p.contact_id BETWEEN :first_contact_id AND :last_contact_id
  AND p.zone IS NOT DISTINCT FROM :zone::text
  AND p.outcome = 'pending' AND p.session_id IS NULL
ORDER BY p.contact_id;

-- name: planning_facts
-- All that planning must know about some people, in the order given.
SELECT p.contact_id, c.id IS NOT NULL AS is_present,
-- part: people_columns
    ,
-- part: person_facts
    , (SELECT array_agg(x.id) FROM sessions x
     WHERE x.contact_id = p.contact_id AND x.status = 'waiting'
       -- Where a session of this campaign was forwarded to counts as the flow itself.
       AND (x.flow_id = :flow_id OR (x.campaign_id = :campaign_id AND x.forward_count > 0)))
        AS waiting_session_ids
FROM unnest(:contact_ids::bigint[]) WITH ORDINALITY AS p (contact_id, place)
LEFT JOIN contacts c ON c.id = p.contact_id
-- part: people_joins
ORDER BY p.place;

-- name: finish_occurrences
-- Occurrences in which nobody waits any more are finished.
UPDATE occurrences o
SET status = 'finished', finished_at = :now::timestamptz
WHERE o.id = ANY(:occurrence_ids::bigint[]) AND o.status = 'running'
  AND o.pending_count = 0 AND o.held_count = 0
  AND NOT EXISTS (SELECT FROM chunks k WHERE k.occurrence_id = o.id AND k.done_at IS NULL)
RETURNING o.id, o.campaign_id;

-- name: next_queued_occurrence
-- The oldest occurrence that waits for its turn, when none of its campaign is at work.
UPDATE occurrences o SET status = 'planned', reason = NULL
WHERE o.id = (
    SELECT q.id FROM occurrences q
    WHERE q.campaign_id = :campaign_id AND q.status = 'queued'
    ORDER BY q.scheduled_at LIMIT 1
) AND NOT EXISTS (
    SELECT FROM occurrences r
    WHERE r.campaign_id = :campaign_id AND r.status IN ('planned', 'running')
)
RETURNING o.id;

-- name: unfinished_occurrences
-- Occurrences of campaigns in progress that have work left: the sweep makes sure a job works on it.
SELECT o.id, o.status, o.campaign_id
FROM occurrences o
JOIN campaigns c ON c.id = o.campaign_id
WHERE o.status IN ('queued', 'planned', 'running') AND c.status IN ('in_progress', 'ended')
  AND c.deleted_at IS NULL
ORDER BY o.id;

-- name: open_occurrences_of_campaign
-- Occurrences of one campaign that are not over.
SELECT id, status FROM occurrences
WHERE campaign_id = :campaign_id AND status IN ('queued', 'planned', 'running')
ORDER BY scheduled_at
FOR UPDATE;

-- name: occurrences_of
-- Occurrences of a campaign, newest first, below a cursor.
SELECT o.id, o.campaign_id, c.name AS campaign_name, o.scheduled_at, o.status, o.reason,
    o.flow_version_id, o.created_at, o.started_at, o.finished_at, o.audience_count,
    o.pending_count, o.held_count, o.skipped_count, o.failed_count, o.in_doubt_count,
    o.accepted_count, o.sent_count, o.delivered_count, o.read_count, o.replied_count,
    o.opted_out_count
FROM occurrences o
JOIN campaigns c ON c.id = o.campaign_id
WHERE o.workspace_id = :workspace_id AND o.campaign_id = :campaign_id
  AND (:below_id::bigint IS NULL OR o.id < :below_id)
ORDER BY o.id DESC
LIMIT :limit;

-- name: occurrence
-- One occurrence of a workspace.
SELECT o.id, o.campaign_id, c.name AS campaign_name, o.scheduled_at, o.status, o.reason,
    o.flow_version_id, o.created_at, o.started_at, o.finished_at, o.audience_count,
    o.pending_count, o.held_count, o.skipped_count, o.failed_count, o.in_doubt_count,
    o.accepted_count, o.sent_count, o.delivered_count, o.read_count, o.replied_count,
    o.opted_out_count
FROM occurrences o
JOIN campaigns c ON c.id = o.campaign_id
WHERE o.workspace_id = :workspace_id AND o.id = :occurrence_id;

-- name: tripped_breakers
-- Campaigns in progress of whose openings too many failed, or whose people opted out too often,
-- since a person last looked.
SELECT c.id AS campaign_id,
    sum(o.failed_count - o.forgiven_failed_count)::bigint AS failed_count,
    sum(o.accepted_count - o.forgiven_accepted_count)::bigint AS accepted_count,
    sum(o.opted_out_count - o.forgiven_opted_out_count)::bigint AS opted_out_count
FROM occurrences o
JOIN campaigns c ON c.id = o.campaign_id
WHERE o.status = 'running' AND c.status = 'in_progress'
GROUP BY c.id
HAVING sum(o.failed_count - o.forgiven_failed_count
        + o.accepted_count - o.forgiven_accepted_count) >= :minimum_count
    AND (sum(o.failed_count - o.forgiven_failed_count)
            > :failed_share::float8 * sum(o.failed_count - o.forgiven_failed_count
                + o.accepted_count - o.forgiven_accepted_count)
        OR sum(o.opted_out_count - o.forgiven_opted_out_count)
            > :opted_out_share::float8 * sum(o.accepted_count - o.forgiven_accepted_count));

-- name: forgive_open
-- A person resumed the campaign: what happened so far no longer counts against it.
UPDATE occurrences
SET forgiven_failed_count = failed_count, forgiven_accepted_count = accepted_count,
    forgiven_opted_out_count = opted_out_count
WHERE campaign_id = :campaign_id AND status IN ('queued', 'planned', 'running');
