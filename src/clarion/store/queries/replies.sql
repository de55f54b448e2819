-- name: recent_replies
-- What people of a workspace said last, with what they were told next (null: nothing yet).
SELECT i.created_at AS at, c.name, i.content->'body'->>'text' AS text,
    o.text AS answer, coalesce(s.state = 'opted_out', false) AS has_opted_out
FROM (
    SELECT id, contact_id, channel, content, created_at FROM messages
    WHERE workspace_id = :workspace_id AND direction = 'in'
    ORDER BY id DESC LIMIT :limit
) i
JOIN contacts c ON c.id = i.contact_id
LEFT JOIN consents s ON s.contact_id = i.contact_id AND s.channel = i.channel
LEFT JOIN LATERAL (
    SELECT o.content->'body'->>'text' AS text FROM messages o
    WHERE o.contact_id = i.contact_id AND o.direction = 'out' AND NOT o.is_opening
      AND o.created_at >= i.created_at
    ORDER BY o.id LIMIT 1
) o ON true
ORDER BY i.id DESC;
