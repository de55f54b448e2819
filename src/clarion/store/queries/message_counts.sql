-- name: counts_of_template
-- How the messages of a template fared, in stretches of equal length from the first instant on.
SELECT date_bin(make_interval(secs => :width_seconds::float8), m.created_at, :first_at::timestamptz)
        AS from_at,
-- part: message_fates
FROM messages m
WHERE m.workspace_id = :workspace_id AND m.direction = 'out'
  AND m.created_at >= :first_at::timestamptz AND m.created_at < :last_at::timestamptz
  AND m.content ->> 'kind' = 'template' AND m.content -> 'body' ->> 'name' = :name
  AND (:language::text IS NULL OR m.content -> 'body' ->> 'language' = :language)
GROUP BY 1 ORDER BY 1;

-- name: counts_of_senders
-- The same of everything that some senders sent.
SELECT date_bin(make_interval(secs => :width_seconds::float8), m.created_at, :first_at::timestamptz)
        AS from_at,
-- part: message_fates
FROM messages m
WHERE m.workspace_id = :workspace_id AND m.direction = 'out'
  AND m.created_at >= :first_at::timestamptz AND m.created_at < :last_at::timestamptz
  AND m.sender_id = ANY(:sender_ids::bigint[])
GROUP BY 1 ORDER BY 1;
