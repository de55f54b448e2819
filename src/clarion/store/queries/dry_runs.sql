-- name: audience_zones
-- The zones of an audience's people; those who have none are in the workspace's.
SELECT DISTINCT coalesce(nullif(a.zone, ''), :workspace_zone::text) AS zone
FROM audience_of(:workspace_id, :include_group_ids::bigint[], :exclude_group_ids::bigint[]) a;

-- name: audience
-- The people of an audience in the order of their ids; those of one zone, when it is given.
SELECT a.contact_id
FROM audience_of(:workspace_id, :include_group_ids::bigint[], :exclude_group_ids::bigint[]) a
WHERE :zone::text IS NULL OR coalesce(nullif(a.zone, ''), :workspace_zone::text) = :zone
ORDER BY a.contact_id;

-- name: audience_count
-- How many people an audience has.
SELECT count(*)
FROM audience_of(:workspace_id, :include_group_ids::bigint[], :exclude_group_ids::bigint[]) a;

-- name: contact_zone
-- The zone that a contact lives in, if one is known.
SELECT nullif(zone, '') FROM contacts WHERE workspace_id = :workspace_id AND id = :contact_id;

-- name: closed_windows
-- Who of some people has not written lately enough to the sender beside them.
SELECT p.contact_id
FROM unnest(:contact_ids::bigint[], :sender_ids::bigint[]) AS p (contact_id, sender_id)
LEFT JOIN windows w ON w.contact_id = p.contact_id AND w.sender_id = p.sender_id
WHERE NOT is_window_open(w.last_inbound_at, :at::timestamptz);

-- name: paces
-- What decides how fast the senders of a workspace are: the rate, what waits in the outbox, the
-- account that their people are counted for, and how many messages wait for a place there.
SELECT s.id, s.name, s.channel, s.account_key, s.status, s.rate_per_second,
    (SELECT coalesce(sum(greatest(0, o.tail_position - CASE o.lane
            WHEN 'conversation' THEN l.conversation_intent_position
            ELSE l.bulk_intent_position END)), 0)
     FROM outboxes o WHERE o.sender_id = s.id)::bigint AS waiting_count,
    (SELECT p.id FROM portfolios p
     WHERE p.workspace_id = s.workspace_id AND p.channel = s.channel
       AND p.account_key = s.account_key) AS portfolio_id,
    (SELECT count(*) FROM messages m
     WHERE m.sender_id = s.id AND m.status = 'held' AND m.reason = 'day_limit') AS day_waiting_count
FROM senders s
JOIN sender_leases l ON l.sender_id = s.id
WHERE s.workspace_id = :workspace_id AND s.status <> 'removed'
ORDER BY s.id;

-- name: template_states
-- Whether some templates can be sent, by name and language.
SELECT DISTINCT ON (t.name, t.language) t.name, t.language, t.sending_status AS status
FROM templates t
WHERE t.workspace_id = :workspace_id
  AND (t.name, t.language) IN (SELECT * FROM unnest(:names::text[], :languages::text[]))
ORDER BY t.name, t.language, (t.sending_status = 'approved') DESC;

-- name: insert_dry_run
-- Asks for a dry run.
INSERT INTO dry_runs
    (workspace_id, campaign_id, draft, scheduled_at, asked_by, created_at)
VALUES (:workspace_id, :campaign_id, :draft, :scheduled_at, :asked_by, :now)
RETURNING id;

-- name: start_dry_run
-- Begin (again) a dry run that is not over.
UPDATE dry_runs SET status = 'running', started_at = :now, done_count = 0
WHERE id = :dry_run_id AND status IN ('waiting', 'running')
RETURNING id, workspace_id, campaign_id, draft, scheduled_at;

-- name: clear_people
-- Forget what an earlier try of a dry run wrote.
DELETE FROM dry_run_people WHERE dry_run_id = :dry_run_id;

-- name: dry_run_frame
-- What is needed to try an occurrence: the flow's published version, the zone, the code.
SELECT f.published_version_id, f.name AS flow_name, w.zone AS workspace_zone,
    (SELECT c.code FROM campaigns c WHERE c.id = :campaign_id::bigint) AS campaign_code
FROM flows f
JOIN workspaces w ON w.id = f.workspace_id
WHERE f.workspace_id = :workspace_id AND f.id = :flow_id;

-- name: set_audience
-- How many people it is about, and with which version of the flow.
UPDATE dry_runs SET audience_count = :audience_count, flow_version_id = :flow_version_id
WHERE id = :dry_run_id;

-- name: add_progress
-- So many more people are done.
UPDATE dry_runs SET done_count = done_count + :count WHERE id = :dry_run_id;

-- name: sends_over_time
-- How many messages each sender sends in each step of time.
SELECT p.sender_id,
    floor(extract(epoch FROM p.send_at - :first_at::timestamptz) / :step_seconds::float8)::bigint AS step,
    count(*)::bigint AS send_count
FROM dry_run_people p
WHERE p.dry_run_id = :dry_run_id AND p.outcome = 'send'
GROUP BY 1, 2
ORDER BY 2, 1;

-- name: finish_dry_run
-- The answer is there.
UPDATE dry_runs SET status = 'finished', summary = :summary, finished_at = :now
WHERE id = :dry_run_id;

-- name: fail_dry_run
-- There will be no answer.
UPDATE dry_runs SET status = 'failed', reason = :reason, finished_at = :now
WHERE id = :dry_run_id;

-- name: dry_runs_of
-- Dry runs of a workspace (of one campaign, or one of them), the newest first.
SELECT d.*, c.name AS campaign_name, w.zone
FROM dry_runs d
JOIN workspaces w ON w.id = d.workspace_id
LEFT JOIN campaigns c ON c.id = d.campaign_id
WHERE d.workspace_id = :workspace_id
  AND (:campaign_id::bigint IS NULL OR d.campaign_id = :campaign_id)
  AND (:dry_run_id::bigint IS NULL OR d.id = :dry_run_id)
  AND (:below_id::bigint IS NULL OR d.id < :below_id)
ORDER BY d.id DESC
LIMIT :limit;

-- name: previous_dry_run
-- The newest finished dry run of the same campaign before one.
SELECT d.*, c.name AS campaign_name, w.zone
FROM dry_runs d
JOIN workspaces w ON w.id = d.workspace_id
LEFT JOIN campaigns c ON c.id = d.campaign_id
WHERE d.workspace_id = :workspace_id AND d.campaign_id = :campaign_id AND d.id < :dry_run_id
  AND d.status = 'finished'
ORDER BY d.id DESC
LIMIT 1;

-- name: people
-- People of a dry run in the order of their ids; every filter that is given must fit.
SELECT p.contact_id, c.name, c.phone, p.outcome, p.reason, p.node_id, p.sender_id,
    s.name AS sender_name, p.send_at, p.content
FROM dry_run_people p
JOIN dry_runs d ON d.id = p.dry_run_id
LEFT JOIN contacts c ON c.id = p.contact_id
LEFT JOIN senders s ON s.id = p.sender_id
WHERE p.dry_run_id = :dry_run_id AND d.workspace_id = :workspace_id
  AND p.contact_id > :above_id
  AND (:contact_id::bigint IS NULL OR p.contact_id = :contact_id)
  AND (:outcome::text IS NULL OR p.outcome = :outcome)
  AND (:reason::text IS NULL OR p.reason = :reason)
  AND (:node_id::text IS NULL OR p.node_id = :node_id)
  AND (:text::text IS NULL OR strpos(c.phone, :text) > 0
      OR strpos(lower(c.name), lower(:text)) > 0)
ORDER BY p.contact_id
LIMIT :limit;

-- name: delete_old_dry_runs
-- Dry runs that nobody needs: old ones, and all but the newest few of each campaign.
DELETE FROM dry_runs d
USING (
    SELECT id, created_at,
        row_number() OVER (PARTITION BY workspace_id, campaign_id ORDER BY id DESC) AS place
    FROM dry_runs WHERE campaign_id IS NOT NULL
    UNION ALL
    SELECT id, created_at, 0 FROM dry_runs WHERE campaign_id IS NULL
) o
WHERE o.id = d.id
  AND (o.created_at < :not_after::timestamptz OR o.place > :kept_count::integer);

-- name: version_numbers
-- The numbers by which people know some versions of flows.
SELECT id, number FROM flow_versions WHERE id = ANY(:ids::bigint[]);
