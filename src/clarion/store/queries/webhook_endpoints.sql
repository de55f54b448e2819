-- name: insert_endpoint
-- A new address; no row when the name is taken.
INSERT INTO webhook_endpoints
    (workspace_id, name, url, kinds, sender_id, form, secret_sealed, created_at, updated_at)
VALUES (:workspace_id, :name, :url, :kinds::text[], :sender_id, :form, :secret_sealed,
    :now::timestamptz, :now::timestamptz)
ON CONFLICT (workspace_id, name) DO NOTHING
RETURNING id;

-- name: endpoints
-- The addresses of a workspace (one of them), with what waits and when it was last reached.
SELECT e.id, e.name, e.url, e.kinds, e.sender_id, s.name AS sender_name, e.form, e.is_active,
    e.created_at, e.updated_at,
    (SELECT count(*) FROM webhook_queue q WHERE q.endpoint_id = e.id)
        + (SELECT coalesce(sum(cardinality(d.event_ids)), 0) FROM webhook_deliveries d
           WHERE d.endpoint_id = e.id AND d.status = 'waiting')::bigint AS waiting_count,
    last.status AS last_status, last.http_status AS last_http_status, last.answer AS last_answer,
    coalesce(last.finished_at, last.created_at) AS last_at
FROM webhook_endpoints e
LEFT JOIN senders s ON s.id = e.sender_id
LEFT JOIN LATERAL (
    SELECT d.status, d.http_status, d.answer, d.created_at, d.finished_at
    FROM webhook_deliveries d
    WHERE d.workspace_id = e.workspace_id AND d.endpoint_id = e.id AND d.attempt_count > 0
    ORDER BY d.id DESC LIMIT 1
) last ON true
WHERE e.workspace_id = :workspace_id
  AND (:endpoint_id::bigint IS NULL OR e.id = :endpoint_id)
ORDER BY e.id;

-- name: update_endpoint
-- Change an address; no row when it is not there.  The unique key refuses a name that is taken.
UPDATE webhook_endpoints
SET name = :name, url = :url, kinds = :kinds::text[], sender_id = :sender_id, form = :form,
    is_active = :is_active, updated_at = :now::timestamptz
WHERE id = :endpoint_id AND workspace_id = :workspace_id
RETURNING id;

-- name: replace_secret
-- A new secret in the place of the old one.
UPDATE webhook_endpoints SET secret_sealed = :secret_sealed, updated_at = :now::timestamptz
WHERE id = :endpoint_id AND workspace_id = :workspace_id;

-- name: delete_endpoint
-- Forget an address with its deliveries.
DELETE FROM webhook_endpoints WHERE id = :endpoint_id AND workspace_id = :workspace_id RETURNING id;

-- name: deliveries_page
-- The deliveries to an address, the newest first.
SELECT d.id, d.endpoint_id, e.name AS endpoint_name, d.status, d.attempt_count, d.next_at,
    d.http_status, d.answer, d.created_at, d.finished_at, d.replay_of_id,
    cardinality(d.event_ids) AS event_count,
    ARRAY(SELECT DISTINCT v.kind FROM webhook_events v WHERE v.id = ANY(d.event_ids) ORDER BY 1)
        AS kinds
FROM webhook_deliveries d
JOIN webhook_endpoints e ON e.id = d.endpoint_id
WHERE d.workspace_id = :workspace_id
  AND (:endpoint_id::bigint IS NULL OR d.endpoint_id = :endpoint_id)
  AND (:status::text IS NULL OR d.status = :status)
  AND (:delivery_id::bigint IS NULL OR d.id = :delivery_id)
  AND d.id < coalesce(:below_id::bigint, 9223372036854775807)
ORDER BY d.id DESC
LIMIT :limit;

-- name: replay_delivery
-- The same events once more.
INSERT INTO webhook_deliveries
    (workspace_id, endpoint_id, event_ids, status, next_at, created_at, replay_of_id)
SELECT workspace_id, endpoint_id, event_ids, 'waiting', :now::timestamptz, :now::timestamptz, id
FROM webhook_deliveries WHERE id = :delivery_id AND workspace_id = :workspace_id
RETURNING id, endpoint_id;

-- name: hasten_delivery
-- One that waits is due now.
UPDATE webhook_deliveries SET next_at = :now::timestamptz
WHERE id = :delivery_id AND workspace_id = :workspace_id AND status = 'waiting'
RETURNING id, endpoint_id;

-- name: insert_test
-- An event for one endpoint only, and its delivery.
WITH told AS (
    INSERT INTO webhook_events (workspace_id, kind, sender_id, data, at)
    SELECT e.workspace_id, :kind, e.sender_id, jsonb_build_object('endpoint', e.name),
        :now::timestamptz
    FROM webhook_endpoints e WHERE e.id = :endpoint_id AND e.workspace_id = :workspace_id
    RETURNING id, workspace_id
)
INSERT INTO webhook_deliveries
    (workspace_id, endpoint_id, event_ids, status, next_at, created_at)
SELECT t.workspace_id, :endpoint_id, ARRAY[t.id], 'waiting', :now::timestamptz, :now::timestamptz
FROM told t
RETURNING id;

-- name: is_told
-- Whether anybody wants to be told anything at all.
SELECT EXISTS (SELECT FROM webhook_endpoints WHERE is_active);

-- name: tell_messages
-- Write down, and queue for whoever wants it, what happened to messages and was not told yet.
WITH told AS (
    INSERT INTO webhook_events (workspace_id, kind, sender_id, message_id, at)
    SELECT m.workspace_id, w.kind, m.sender_id, m.id, w.at
    FROM messages m
    CROSS JOIN LATERAL (VALUES
        (1, 'message.received', CASE WHEN m.direction = 'in' THEN m.created_at END),
        (2, 'message.accepted', m.accepted_at),
        (3, 'message.sent', m.sent_at),
        (4, 'message.delivered', m.delivered_at),
        (5, 'message.read', m.read_at),
        (6, 'message.failed', CASE WHEN m.status = 'failed'
            THEN coalesce(m.failed_at, :now::timestamptz) END),
        (7, 'message.skipped', CASE WHEN m.status = 'skipped' THEN :now::timestamptz END)
    ) AS w (rank, kind, at)
    WHERE m.id = ANY(:message_ids::bigint[]) AND w.at IS NOT NULL
      AND EXISTS (
        SELECT FROM webhook_endpoints e
        WHERE e.workspace_id = m.workspace_id AND e.is_active AND w.kind = ANY(e.kinds)
          AND (e.sender_id IS NULL OR e.sender_id = m.sender_id)
      )
    ORDER BY m.id, w.rank
    ON CONFLICT (message_id, kind) WHERE message_id IS NOT NULL DO NOTHING
    RETURNING id, workspace_id, kind, sender_id
), queued AS (
    INSERT INTO webhook_queue (endpoint_id, event_id)
    SELECT e.id, t.id
    FROM told t
    JOIN webhook_endpoints e ON e.workspace_id = t.workspace_id AND e.is_active
      AND t.kind = ANY(e.kinds) AND (e.sender_id IS NULL OR e.sender_id = t.sender_id)
    RETURNING endpoint_id
)
SELECT DISTINCT endpoint_id FROM queued ORDER BY endpoint_id;

-- name: tell_fact
-- The same of something that is no message.
WITH told AS (
    INSERT INTO webhook_events (workspace_id, kind, sender_id, data, at)
    SELECT :workspace_id, :kind, :sender_id, :data, :now::timestamptz
    WHERE EXISTS (
        SELECT FROM webhook_endpoints e
        WHERE e.workspace_id = :workspace_id AND e.is_active AND :kind = ANY(e.kinds)
          AND (e.sender_id IS NULL OR e.sender_id = :sender_id)
    )
    RETURNING id, workspace_id, kind, sender_id
), queued AS (
    INSERT INTO webhook_queue (endpoint_id, event_id)
    SELECT e.id, t.id
    FROM told t
    JOIN webhook_endpoints e ON e.workspace_id = t.workspace_id AND e.is_active
      AND t.kind = ANY(e.kinds) AND (e.sender_id IS NULL OR e.sender_id = t.sender_id)
    RETURNING endpoint_id
)
SELECT DISTINCT endpoint_id FROM queued ORDER BY endpoint_id;

-- name: lock_endpoint
-- An address that is told, kept from others who would tell it at the same moment.
SELECT id, workspace_id, name, url, form, secret_sealed FROM webhook_endpoints
WHERE id = :endpoint_id AND is_active
FOR UPDATE;

-- name: waiting_delivery
-- What must be delivered first.
SELECT id, event_ids, attempt_count, next_at FROM webhook_deliveries
WHERE endpoint_id = :endpoint_id AND status = 'waiting'
ORDER BY id LIMIT 1;

-- name: form_delivery
-- Put the oldest events that wait into a delivery; no row when none waits.
WITH taken AS (
    DELETE FROM webhook_queue q
    WHERE q.endpoint_id = :endpoint_id AND q.event_id IN (
        SELECT x.event_id FROM webhook_queue x WHERE x.endpoint_id = :endpoint_id
        ORDER BY x.event_id LIMIT :limit
    )
    RETURNING q.event_id
)
INSERT INTO webhook_deliveries
    (workspace_id, endpoint_id, event_ids, status, next_at, created_at)
SELECT e.workspace_id, e.id, ids.all_ids, 'waiting', :now::timestamptz, :now::timestamptz
FROM webhook_endpoints e,
    (SELECT array_agg(event_id ORDER BY event_id) AS all_ids FROM taken) ids
WHERE e.id = :endpoint_id AND ids.all_ids IS NOT NULL
RETURNING id, event_ids, attempt_count, next_at;

-- name: events_of_delivery
-- Events with all that a body may tell of them, in order.
SELECT v.id, v.kind, v.at, v.data, v.sender_id, s.name AS sender_name, s.display_address,
    s.sender_key, s.account_key, m.id AS message_id, m.direction, m.channel, m.contact_id,
    c.name AS contact_name, c.phone AS contact_phone, m.campaign_id, m.occurrence_id, m.session_id,
    m.content, m.status, m.reason, m.provider_id, m.error_code, m.error_title, m.to_kind, m.to_value,
    m.reply_to, q.key AS request_key, q.tag
FROM webhook_events v
LEFT JOIN messages m ON m.id = v.message_id
LEFT JOIN contacts c ON c.id = m.contact_id
LEFT JOIN senders s ON s.id = v.sender_id
LEFT JOIN message_requests q ON q.message_id = m.id
WHERE v.id = ANY(:event_ids::bigint[])
ORDER BY v.id;

-- name: end_attempt
-- What became of an attempt.
UPDATE webhook_deliveries
SET status = :status, attempt_count = attempt_count + 1, next_at = :next_at::timestamptz,
    http_status = :http_status, answer = :answer,
    finished_at = CASE WHEN :status <> 'waiting' THEN :now::timestamptz END
WHERE id = :delivery_id AND status = 'waiting';

-- name: endpoints_with_work
-- Addresses with something to deliver now: the sweep makes sure that a job works on it.
SELECT e.id FROM webhook_endpoints e
WHERE e.is_active AND (
    EXISTS (SELECT FROM webhook_queue q WHERE q.endpoint_id = e.id)
    OR EXISTS (SELECT FROM webhook_deliveries d WHERE d.endpoint_id = e.id AND d.status = 'waiting'));

-- name: forget_old
-- Events and deliveries that are too old for anybody to ask for.
WITH gone AS (
    DELETE FROM webhook_deliveries
    WHERE status <> 'waiting' AND created_at < :before::timestamptz RETURNING id
)
DELETE FROM webhook_events v
WHERE v.at < :before::timestamptz
  AND NOT EXISTS (SELECT FROM webhook_queue q WHERE q.event_id = v.id)
  AND NOT EXISTS (SELECT FROM webhook_deliveries d
      WHERE d.status = 'waiting' AND v.id = ANY(d.event_ids));
