-- name: insert_campaign
-- A new campaign, pending until its start.
INSERT INTO campaigns
    (code, workspace_id, name, description, status, flow_id, include_group_ids, exclude_group_ids,
     start_at, end_at, plan, zone_mode, misfire_grace_seconds, overlap, reentry, doubt_policy,
     sender_name, parameters, next_tick_at, created_at, updated_at)
VALUES
    (:code, :workspace_id, :name, :description, 'pending', :flow_id, :include_group_ids,
     :exclude_group_ids, :start_at, :end_at, :plan, :zone_mode, :misfire_grace_seconds, :overlap,
     :reentry, :doubt_policy, :sender_name, :parameters, :next_tick_at, :now::timestamptz,
     :now::timestamptz)
RETURNING id;

-- name: campaigns
-- Some campaigns of a workspace with the names that people know and their current numbers.
SELECT c.*, f.name AS flow_name, w.zone AS workspace_zone,
    (SELECT array_agg(g.name ORDER BY g.name) FROM groups g WHERE g.id = ANY(c.include_group_ids))
        AS include_group_names,
    (SELECT array_agg(g.name ORDER BY g.name) FROM groups g WHERE g.id = ANY(c.exclude_group_ids))
        AS exclude_group_names,
    n.occurrence_count, n.audience_count, n.pending_count, n.held_count, n.skipped_count,
    n.failed_count, n.in_doubt_count, n.accepted_count, n.sent_count, n.delivered_count,
    n.read_count, n.replied_count, n.opted_out_count
FROM campaigns c
JOIN flows f ON f.id = c.flow_id
JOIN workspaces w ON w.id = c.workspace_id
CROSS JOIN LATERAL (
    SELECT count(*) AS occurrence_count,
        coalesce(sum(audience_count), 0)::bigint AS audience_count,
        coalesce(sum(pending_count), 0)::bigint AS pending_count,
        coalesce(sum(held_count), 0)::bigint AS held_count,
        coalesce(sum(skipped_count), 0)::bigint AS skipped_count,
        coalesce(sum(failed_count), 0)::bigint AS failed_count,
        coalesce(sum(in_doubt_count), 0)::bigint AS in_doubt_count,
        coalesce(sum(accepted_count), 0)::bigint AS accepted_count,
        coalesce(sum(sent_count), 0)::bigint AS sent_count,
        coalesce(sum(delivered_count), 0)::bigint AS delivered_count,
        coalesce(sum(read_count), 0)::bigint AS read_count,
        coalesce(sum(replied_count), 0)::bigint AS replied_count,
        coalesce(sum(opted_out_count), 0)::bigint AS opted_out_count
    FROM occurrences o WHERE o.campaign_id = c.id
) n
WHERE c.workspace_id = :workspace_id AND c.id = ANY(:campaign_ids::bigint[])
  AND c.deleted_at IS NULL
ORDER BY c.id DESC;

-- name: campaign_id_named
-- A campaign by name (the newest of several) or id; the name goes first.
SELECT id FROM campaigns
WHERE workspace_id = :workspace_id AND deleted_at IS NULL
  AND (name = :name_or_id::text OR id::text = :name_or_id)
ORDER BY name = :name_or_id DESC, id DESC
LIMIT 1;

-- name: campaign_id_of_code
-- A campaign by its code.
SELECT id FROM campaigns
WHERE workspace_id = :workspace_id AND code = :code AND deleted_at IS NULL;

-- name: campaigns_of
-- Campaigns of a workspace, newest first, below a cursor; every filter that is given must fit.
SELECT c.id
FROM campaigns c
JOIN flows f ON f.id = c.flow_id
WHERE c.workspace_id = :workspace_id AND c.deleted_at IS NULL
  AND (:below_id::bigint IS NULL OR c.id < :below_id)
  AND (:name::text IS NULL OR c.name ILIKE '%' || :name || '%')
  AND (:status::text IS NULL OR c.status = :status)
  AND (:flow_id::bigint IS NULL OR c.flow_id = :flow_id)
  AND (:flow_name::text IS NULL OR f.name ILIKE '%' || :flow_name || '%')
  AND (:group_id::bigint IS NULL OR :group_id = ANY(c.include_group_ids))
  AND (:code::text IS NULL OR c.code = :code)
ORDER BY c.id DESC
LIMIT :limit OFFSET :offset;

-- name: count_campaigns
-- How many campaigns of a workspace fit the same filters.
SELECT count(*)
FROM campaigns c
JOIN flows f ON f.id = c.flow_id
WHERE c.workspace_id = :workspace_id AND c.deleted_at IS NULL
  AND (:name::text IS NULL OR c.name ILIKE '%' || :name || '%')
  AND (:status::text IS NULL OR c.status = :status)
  AND (:flow_id::bigint IS NULL OR c.flow_id = :flow_id)
  AND (:flow_name::text IS NULL OR f.name ILIKE '%' || :flow_name || '%')
  AND (:group_id::bigint IS NULL OR :group_id = ANY(c.include_group_ids))
  AND (:code::text IS NULL OR c.code = :code);

-- name: lock_campaign
-- A campaign of a workspace, locked for a change.
SELECT c.*, f.published_version_id, f.trigger_kind, w.zone AS workspace_zone
FROM campaigns c
JOIN flows f ON f.id = c.flow_id
JOIN workspaces w ON w.id = c.workspace_id
WHERE c.workspace_id = :workspace_id AND c.id = :campaign_id AND c.deleted_at IS NULL
FOR UPDATE OF c;

-- name: lock_campaign_for_planning
-- A campaign for the planner, which works for all workspaces.
SELECT c.id, c.workspace_id, c.status, c.start_at, c.end_at, c.plan, c.zone_mode,
    c.misfire_grace_seconds, c.overlap, c.next_tick_at, w.zone AS workspace_zone
FROM campaigns c
JOIN workspaces w ON w.id = c.workspace_id
WHERE c.id = :campaign_id AND c.deleted_at IS NULL
FOR UPDATE OF c;

-- name: begin_campaign
-- The start has come.
UPDATE campaigns
SET status = 'in_progress', status_reason = NULL, started_at = coalesce(started_at, :now::timestamptz),
    updated_at = :now::timestamptz
WHERE id = :campaign_id AND status = 'pending';

-- name: set_next_tick
-- The first tick that has no occurrence yet.
UPDATE campaigns SET next_tick_at = :next_tick_at WHERE id = :campaign_id;

-- name: end_campaign
-- The end has come.
UPDATE campaigns
SET status = 'ended', status_reason = :reason, ended_at = :now::timestamptz, next_tick_at = NULL,
    updated_at = :now::timestamptz, revision = revision + 1
WHERE id = :campaign_id AND status <> 'ended';

-- name: suspend_campaign
-- Nothing more of it leaves from here on; only a campaign in progress can be suspended.
UPDATE campaigns
SET status = 'suspended', status_reason = :reason, revision = revision + 1,
    updated_at = :now::timestamptz
WHERE id = :campaign_id AND status = 'in_progress'
RETURNING id;

-- name: record_suspension
-- The audit log's line about a suspension by the system itself.
INSERT INTO audit_entries
    (workspace_id, actor_kind, actor_name, action, noun, noun_id, details, at)
SELECT workspace_id, 'system', 'Clarion', 'suspended', 'campaign', id,
    jsonb_build_object('reason', :reason::text), :now::timestamptz
FROM campaigns WHERE id = :campaign_id;

-- name: resume_campaign
-- On from now, or pending until a new start.
UPDATE campaigns
SET status = :status, status_reason = NULL, start_at = :start_at, end_at = :end_at,
    next_tick_at = :next_tick_at, revision = revision + 1, updated_at = :now::timestamptz
WHERE id = :campaign_id AND status = 'suspended'
RETURNING id;

-- name: update_campaign
-- What people may set, as a whole; status moves only when a new start is given.
UPDATE campaigns
SET name = :name, description = :description, flow_id = :flow_id,
    include_group_ids = :include_group_ids, exclude_group_ids = :exclude_group_ids,
    start_at = :start_at, end_at = :end_at, plan = :plan, zone_mode = :zone_mode,
    misfire_grace_seconds = :misfire_grace_seconds, overlap = :overlap, reentry = :reentry,
    doubt_policy = :doubt_policy, sender_name = :sender_name, parameters = :parameters,
    next_tick_at = :next_tick_at, revision = revision + 1, updated_at = :now::timestamptz
WHERE id = :campaign_id;

-- name: delete_campaign
-- Gone from every list; its history stays for the people who were messaged.
UPDATE campaigns
SET deleted_at = :now::timestamptz, updated_at = :now::timestamptz, next_tick_at = NULL,
    revision = revision + 1
WHERE id = :campaign_id;

-- name: flow_for_campaign
-- The flow that a campaign wants to start.
SELECT f.id, f.name, f.trigger_kind, f.published_version_id, v.definition
FROM flows f
LEFT JOIN flow_versions v ON v.id = f.published_version_id
WHERE f.workspace_id = :workspace_id AND f.id = :flow_id AND f.deleted_at IS NULL;

-- name: known_groups
-- Which of some groups the workspace has.
SELECT id FROM groups WHERE workspace_id = :workspace_id AND id = ANY(:group_ids::bigint[]);

-- name: known_sender
-- Whether the workspace has a sender of this name.
SELECT EXISTS (
    SELECT FROM senders
    WHERE workspace_id = :workspace_id AND name = :name AND status <> 'removed');

-- name: workspace_zone
-- The zone in which a workspace plans.
SELECT zone FROM workspaces WHERE id = :workspace_id;

-- name: wake_senders
-- Ring for the owners of all senders of a workspace; heard at commit.
SELECT pg_notify('clarion', 'outbox:' || id) FROM senders
WHERE workspace_id = :workspace_id AND status <> 'removed';
