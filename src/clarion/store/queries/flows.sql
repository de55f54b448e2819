-- name: insert_flow
-- Makes a flow with its first draft.
INSERT INTO flows (workspace_id, name, trigger_kind, draft, created_at, updated_at)
VALUES (:workspace_id, :name, :trigger_kind, :draft, :now, :now)
RETURNING id;

-- name: flows_page
-- The flows of a workspace without their drafts, the newest first.
SELECT f.id, f.name, f.trigger_kind, f.draft_revision, f.published_version_id,
    v.number AS published_number, v.published_at,
    (v.id IS NULL OR v.definition <> f.draft) AS has_unpublished_changes,
    (SELECT count(*) FROM campaigns c
        WHERE c.flow_id = f.id AND c.status <> 'ended' AND c.deleted_at IS NULL
    ) AS live_campaign_count,
    (SELECT count(*) FROM bindings b WHERE b.flow_id = f.id) AS binding_count,
    (SELECT count(*) FROM (
        SELECT FROM sessions s WHERE s.flow_id = f.id AND s.status = 'waiting' LIMIT 10001
    ) found) AS waiting_count,
    f.created_at, f.updated_at
FROM flows f
LEFT JOIN flow_versions v ON v.id = f.published_version_id
WHERE f.workspace_id = :workspace_id AND f.deleted_at IS NULL
  AND (:search::text IS NULL OR strpos(lower(f.name), lower(:search)) > 0)
  AND (:trigger_kind::text IS NULL OR f.trigger_kind = :trigger_kind)
  AND (:is_published::boolean IS NULL OR (f.published_version_id IS NOT NULL) = :is_published)
  AND (:below_id::bigint IS NULL OR f.id < :below_id)
ORDER BY f.id DESC
LIMIT :limit OFFSET :offset;

-- name: count_flows
-- How many flows of a workspace fit the same filters.
SELECT count(*) FROM flows f
WHERE f.workspace_id = :workspace_id AND f.deleted_at IS NULL
  AND (:search::text IS NULL OR strpos(lower(f.name), lower(:search)) > 0)
  AND (:trigger_kind::text IS NULL OR f.trigger_kind = :trigger_kind)
  AND (:is_published::boolean IS NULL OR (f.published_version_id IS NOT NULL) = :is_published);

-- name: read_flow
-- One flow of a workspace with its draft.
SELECT f.id, f.name, f.trigger_kind, f.draft_revision, f.published_version_id,
    v.number AS published_number, v.published_at,
    (v.id IS NULL OR v.definition <> f.draft) AS has_unpublished_changes,
    (SELECT count(*) FROM campaigns c
        WHERE c.flow_id = f.id AND c.status <> 'ended' AND c.deleted_at IS NULL
    ) AS live_campaign_count,
    (SELECT count(*) FROM bindings b WHERE b.flow_id = f.id) AS binding_count,
    (SELECT count(*) FROM (
        SELECT FROM sessions s WHERE s.flow_id = f.id AND s.status = 'waiting' LIMIT 10001
    ) found) AS waiting_count,
    f.created_at, f.updated_at, f.draft
FROM flows f
LEFT JOIN flow_versions v ON v.id = f.published_version_id
WHERE f.workspace_id = :workspace_id AND f.id = :flow_id AND f.deleted_at IS NULL;

-- name: flow_id_named
-- A flow of a workspace by id or name; the name goes first.
SELECT id FROM flows
WHERE workspace_id = :workspace_id AND deleted_at IS NULL
  AND (name = :name_or_id::text OR id::text = :name_or_id)
ORDER BY name = :name_or_id DESC
LIMIT 1;

-- name: flow_by_name
-- A flow of a workspace by its exact name.
SELECT id, draft_revision FROM flows
WHERE workspace_id = :workspace_id AND deleted_at IS NULL AND name = :name;

-- name: lock_flow
-- Lets changes of one flow happen one after the other.
SELECT id FROM flows WHERE id = :flow_id FOR UPDATE;

-- name: update_draft
-- Replaces the draft.
UPDATE flows
SET name = :name, trigger_kind = :trigger_kind, draft = :draft,
    draft_revision = draft_revision + 1, updated_at = :now
WHERE id = :flow_id;

-- name: insert_version
-- Makes the draft the next version, and the published one.
WITH version AS (
    INSERT INTO flow_versions
        (workspace_id, flow_id, number, definition, published_at, published_by, note)
    SELECT f.workspace_id, f.id,
        1 + coalesce((SELECT max(v.number) FROM flow_versions v WHERE v.flow_id = f.id), 0),
        f.draft, :now, :published_by, :note
    FROM flows f
    WHERE f.id = :flow_id
    RETURNING id, number
), published AS (
    UPDATE flows SET published_version_id = version.id, updated_at = :now
    FROM version
    WHERE flows.id = :flow_id
)
SELECT number FROM version;

-- name: unpublish
-- Leaves a flow without a published version.
UPDATE flows SET published_version_id = NULL, updated_at = :now WHERE id = :flow_id;

-- name: live_campaigns_of
-- The campaigns that are not over and use a flow.
SELECT code, name FROM campaigns
WHERE flow_id = :flow_id AND status <> 'ended' AND deleted_at IS NULL
ORDER BY id;

-- name: delete_flow
-- Takes a flow out of sight; its name becomes free, and it listens to nobody.
WITH unbound AS (DELETE FROM bindings WHERE flow_id = :flow_id)
UPDATE flows SET deleted_at = :now, updated_at = :now WHERE id = :flow_id;

-- name: versions_page
-- The versions of a flow, the newest first.
SELECT id, flow_id, number, published_at, published_by, note
FROM flow_versions
WHERE flow_id = :flow_id AND (:below_number::bigint IS NULL OR number < :below_number)
ORDER BY number DESC
LIMIT :limit;

-- name: read_version
-- One version of a flow that was not deleted.
SELECT v.id, v.flow_id, v.number, v.published_at, v.published_by, v.note, v.definition
FROM flow_versions v
JOIN flows f ON f.id = v.flow_id
WHERE v.workspace_id = :workspace_id AND v.flow_id = :flow_id AND v.number = :number
  AND f.deleted_at IS NULL;

-- name: drafts_of
-- The drafts of some flows of a workspace.
SELECT id, draft FROM flows
WHERE workspace_id = :workspace_id AND id = ANY(:flow_ids::bigint[]) AND deleted_at IS NULL
ORDER BY id DESC;

-- name: names_for_check
-- What a flow may name: groups that people made, published flows, secrets, channels with a sender.
SELECT 'group' AS noun, name FROM groups
WHERE workspace_id = :workspace_id AND NOT is_system
UNION ALL
SELECT 'flow', name FROM flows
WHERE workspace_id = :workspace_id AND deleted_at IS NULL AND published_version_id IS NOT NULL
UNION ALL
SELECT 'secret', name FROM secrets WHERE workspace_id = :workspace_id
UNION ALL
SELECT DISTINCT 'channel', channel FROM senders
WHERE workspace_id = :workspace_id AND status <> 'removed';
