-- name: message_ids
-- Messages of a workspace that fit, the newest first, below a cursor.  Every filter may be null; the
-- cursor is written so that every plan of the database can enter the index at it.
SELECT m.id FROM messages m
WHERE m.workspace_id = :workspace_id
  AND m.id < coalesce(:below_id::bigint, 9223372036854775807)
  AND (:sender_id::bigint IS NULL OR m.sender_id = :sender_id)
  AND (:direction::text IS NULL OR m.direction = :direction)
  AND (:status::text IS NULL OR m.status = :status)
ORDER BY m.id DESC
LIMIT :limit;

-- name: message_ids_of_contact
-- The same among the messages to and from one contact.
SELECT m.id FROM messages m
WHERE m.contact_id = :contact_id AND m.workspace_id = :workspace_id
  AND m.id < coalesce(:below_id::bigint, 9223372036854775807)
  AND (:campaign_id::bigint IS NULL OR m.campaign_id = :campaign_id)
  AND (:occurrence_id::bigint IS NULL OR m.occurrence_id = :occurrence_id)
  AND (:sender_id::bigint IS NULL OR m.sender_id = :sender_id)
  AND (:direction::text IS NULL OR m.direction = :direction)
  AND (:status::text IS NULL OR m.status = :status)
ORDER BY m.id DESC
LIMIT :limit;

-- name: message_ids_of_occurrence
-- The same among the messages of one occurrence.
SELECT m.id FROM messages m
WHERE m.occurrence_id = :occurrence_id AND m.workspace_id = :workspace_id
  AND m.id < coalesce(:below_id::bigint, 9223372036854775807)
  AND (:campaign_id::bigint IS NULL OR m.campaign_id = :campaign_id)
  AND (:sender_id::bigint IS NULL OR m.sender_id = :sender_id)
  AND (:direction::text IS NULL OR m.direction = :direction)
  AND (:status::text IS NULL OR m.status = :status)
ORDER BY m.id DESC
LIMIT :limit;

-- name: message_ids_of_campaign
-- The same among the messages of one campaign.
SELECT m.id FROM messages m
WHERE m.campaign_id = :campaign_id AND m.workspace_id = :workspace_id
  AND m.id < coalesce(:below_id::bigint, 9223372036854775807)
  AND (:sender_id::bigint IS NULL OR m.sender_id = :sender_id)
  AND (:direction::text IS NULL OR m.direction = :direction)
  AND (:status::text IS NULL OR m.status = :status)
ORDER BY m.id DESC
LIMIT :limit;

-- name: message_ids_by_provider_id
-- The messages of a workspace that the provider calls so (at most one a sender).
SELECT m.id FROM messages m
WHERE m.sender_id IN (SELECT s.id FROM senders s WHERE s.workspace_id = :workspace_id)
  AND m.provider_id = :provider_id AND m.workspace_id = :workspace_id
  AND m.id < coalesce(:below_id::bigint, 9223372036854775807)
  AND (:contact_id::bigint IS NULL OR m.contact_id = :contact_id)
  AND (:campaign_id::bigint IS NULL OR m.campaign_id = :campaign_id)
  AND (:occurrence_id::bigint IS NULL OR m.occurrence_id = :occurrence_id)
  AND (:sender_id::bigint IS NULL OR m.sender_id = :sender_id)
  AND (:direction::text IS NULL OR m.direction = :direction)
  AND (:status::text IS NULL OR m.status = :status)
ORDER BY m.id DESC
LIMIT :limit;

-- name: message_ids_of_request
-- The messages that were asked for under one key.
SELECT m.id FROM message_requests q
JOIN messages m ON m.id = q.message_id
WHERE q.workspace_id = :workspace_id AND q.key = :request_key
  AND m.id < coalesce(:below_id::bigint, 9223372036854775807)
  AND (:contact_id::bigint IS NULL OR m.contact_id = :contact_id)
  AND (:sender_id::bigint IS NULL OR m.sender_id = :sender_id)
  AND (:direction::text IS NULL OR m.direction = :direction)
  AND (:status::text IS NULL OR m.status = :status)
ORDER BY m.id DESC
LIMIT :limit;

-- name: message_shapes
-- Messages as they are shown, the newest first.
SELECT m.id, m.direction, m.channel, m.sender_id, s.name AS sender_name, m.contact_id,
    c.name AS contact_name, c.phone AS contact_phone, m.session_id, m.campaign_id,
    m.occurrence_id, m.node_id, m.is_opening, m.lane, m.to_kind, m.to_value, m.content, m.status,
    m.reason, m.attempt, m.provider_id, m.error_code, m.error_title, m.created_at, m.accepted_at,
    m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.reply_to, q.key AS request_key, q.tag
FROM messages m
JOIN contacts c ON c.id = m.contact_id
LEFT JOIN senders s ON s.id = m.sender_id
LEFT JOIN message_requests q ON q.message_id = m.id
WHERE m.workspace_id = :workspace_id AND m.id = ANY(:message_ids::bigint[])
ORDER BY m.id DESC;

-- name: attempts_of_message
-- The attempts of a message that touched the wire, in order.
SELECT a.number, a.sender_id, a.kind, a.reaction, a.reason, a.provider_id, a.error_code,
    a.error_title, a.http_status, a.at
FROM attempts a
JOIN messages m ON m.id = a.message_id
WHERE a.message_id = :message_id AND m.workspace_id = :workspace_id
ORDER BY a.number;

-- name: message_ids_of_session
-- What a session said, and what its contact wrote while it lasted, the newest first.
SELECT m.id
FROM sessions s
JOIN messages m ON m.contact_id = s.contact_id
WHERE s.id = :session_id AND s.workspace_id = :workspace_id AND m.workspace_id = :workspace_id
  AND (m.session_id = s.id OR (m.direction = 'in' AND m.created_at >= date_trunc('second', s.started_at)
      AND m.created_at <= coalesce(s.ended_at, 'infinity')))
ORDER BY m.id DESC
LIMIT :limit;
