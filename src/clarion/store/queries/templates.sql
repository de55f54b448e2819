-- name: templates_page
-- Templates of a workspace by name, language and id, after a key.
SELECT id, channel, account_key, provider_id, name, language, status, category,
    parameter_format, components, quality, rejected_reason, is_sending_allowed,
    is_stopped_as_marketing, archived_at, sending_status, synced_at
FROM templates
WHERE workspace_id = :workspace_id
  AND (:search::text IS NULL OR strpos(lower(name), lower(:search)) > 0)
  AND (:language::text IS NULL OR language = :language)
  AND (:status::text IS NULL OR status = :status)
  AND (:category::text IS NULL OR category = :category)
  AND (:account_key::text IS NULL OR account_key = :account_key)
  AND (:after_id::bigint IS NULL
    OR (name, language, id) > (:after_name::text, :after_language::text, :after_id))
ORDER BY name, language, id
LIMIT :limit;

-- name: read_template
-- One template of a workspace.
SELECT id, channel, account_key, provider_id, name, language, status, category,
    parameter_format, components, quality, rejected_reason, is_sending_allowed,
    is_stopped_as_marketing, archived_at, sending_status, synced_at
FROM templates
WHERE workspace_id = :workspace_id AND id = :template_id;

-- name: templates_for_shapes
-- What is needed to check the use of templates in a flow; the newest one of a name wins.
SELECT name, language, parameter_format, components, sending_status AS status, category
FROM templates
WHERE workspace_id = :workspace_id AND status <> 'deleted'
ORDER BY id;

-- name: keep_templates
-- Writes what the provider lists for an account; what it lists no more is marked as deleted.
WITH listed AS (
    SELECT t.provider_id, t.name, t.language, t.status, t.category, t.parameter_format,
        t.components::jsonb AS components, t.quality, t.rejected_reason
    FROM unnest(
        :provider_ids::text[], :names::text[], :languages::text[], :statuses::text[],
        :categories::text[], :parameter_formats::text[], :components::text[],
        :qualities::text[], :rejected_reasons::text[]
    ) AS t (provider_id, name, language, status, category, parameter_format, components,
            quality, rejected_reason)
), before AS (
    SELECT t.id, t.name, t.language, t.status, t.category, t.components, t.is_sending_allowed,
        t.is_stopped_as_marketing
    FROM templates t
    WHERE t.workspace_id = :workspace_id AND t.channel = :channel
      AND t.account_key = :account_key
), kept AS (
    INSERT INTO templates
        (workspace_id, channel, account_key, provider_id, name, language, status, category,
         parameter_format, components, quality, rejected_reason, synced_at)
    SELECT :workspace_id, :channel, :account_key, l.provider_id, l.name, l.language, l.status,
        l.category, l.parameter_format, l.components, l.quality, l.rejected_reason,
        :now::timestamptz
    FROM listed l
    ON CONFLICT (workspace_id, channel, account_key, name, language) DO UPDATE
    SET provider_id = excluded.provider_id, status = excluded.status,
        category = excluded.category, parameter_format = excluded.parameter_format,
        components = excluded.components, quality = excluded.quality,
        rejected_reason = excluded.rejected_reason, synced_at = excluded.synced_at,
        is_sending_allowed = templates.is_sending_allowed
            AND NOT (templates.is_stopped_as_marketing
                AND templates.category = 'utility' AND excluded.category = 'marketing')
), gone AS (
    UPDATE templates t SET status = 'deleted', synced_at = :now::timestamptz
    FROM before b
    WHERE t.id = b.id AND b.status <> 'deleted'
      AND NOT EXISTS (
        SELECT FROM listed l WHERE l.name = b.name AND l.language = b.language)
    RETURNING t.id
)
SELECT
    (SELECT count(*) FROM listed l WHERE NOT EXISTS (
        SELECT FROM before b WHERE b.name = l.name AND b.language = l.language)) AS added_count,
    (SELECT count(*) FROM listed l JOIN before b USING (name, language)
     WHERE (b.status, b.category, b.components)
        IS DISTINCT FROM (l.status, l.category, l.components)) AS changed_count,
    (SELECT count(*) FROM gone) AS deleted_count,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(b.name, b.language)), '[]')
     FROM listed l JOIN before b USING (name, language)
     WHERE b.is_sending_allowed AND b.is_stopped_as_marketing
       AND b.category = 'utility' AND l.category = 'marketing') AS stopped;

-- name: keep_template
-- Writes our copy of one template.
INSERT INTO templates
    (workspace_id, channel, account_key, provider_id, name, language, status, category,
     parameter_format, components, synced_at)
VALUES
    (:workspace_id, :channel, :account_key, :provider_id, :name, :language, :status, :category,
     :parameter_format, :components, :now)
ON CONFLICT (workspace_id, channel, account_key, name, language) DO UPDATE
SET provider_id = excluded.provider_id, status = excluded.status, category = excluded.category,
    parameter_format = excluded.parameter_format, components = excluded.components,
    quality = NULL, rejected_reason = NULL, synced_at = excluded.synced_at,
    -- A new template under the name of one that was deleted begins anew.
    is_sending_allowed = templates.is_sending_allowed OR templates.status = 'deleted',
    archived_at = CASE WHEN templates.status <> 'deleted' THEN templates.archived_at END
RETURNING id;

-- name: mark_deleted
-- The provider has deleted a template.
UPDATE templates SET status = 'deleted', synced_at = :now WHERE id = :template_id;

-- name: switch_template
-- What people say of a template; what is null stays.
UPDATE templates
SET is_sending_allowed = coalesce(:is_sending_allowed, is_sending_allowed),
    is_stopped_as_marketing = coalesce(:is_stopped_as_marketing, is_stopped_as_marketing),
    archived_at = CASE WHEN :is_archived::boolean THEN coalesce(archived_at, :now::timestamptz)
        WHEN NOT :is_archived::boolean THEN NULL ELSE archived_at END
WHERE workspace_id = :workspace_id AND id = :template_id
RETURNING sending_status;
