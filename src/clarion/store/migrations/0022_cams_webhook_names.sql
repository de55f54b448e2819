-- The CAMS webhooks of a number were named by the number once it was known, and by the channel's own
-- name of the sender before; now always by the latter.  One that has both keeps the one it has.

UPDATE webhook_endpoints e
SET name = split_part(e.name, ' ', 1) || ' ' || split_part(e.name, ' ', 2) || ' ' || s.sender_key
FROM senders s
WHERE s.id = e.sender_id AND e.form = 'cams'
  AND e.name = ANY(ARRAY[
      'cams inbound ' || regexp_replace(s.display_address, '\D', '', 'g'),
      'cams status ' || regexp_replace(s.display_address, '\D', '', 'g')])
  AND NOT EXISTS (
      SELECT FROM webhook_endpoints o
      WHERE o.workspace_id = e.workspace_id
        AND o.name = split_part(e.name, ' ', 1) || ' ' || split_part(e.name, ' ', 2) || ' '
            || s.sender_key);
