-- name: participant
-- One person of an occurrence, with the occurrence, its campaign and the workspace's language.
SELECT p.outcome, p.reason, p.session_id, p.message_id, p.replied_at,
    o.scheduled_at, o.started_at, o.finished_at, o.campaign_id, k.name AS campaign_name,
    c.name AS contact_name, c.phone AS contact_phone, w.language
FROM participants p
JOIN occurrences o ON o.id = p.occurrence_id
JOIN campaigns k ON k.id = o.campaign_id
JOIN workspaces w ON w.id = o.workspace_id
LEFT JOIN contacts c ON c.id = p.contact_id
WHERE p.occurrence_id = :occurrence_id AND p.contact_id = :contact_id
  AND o.workspace_id = :workspace_id;

-- name: session
-- The walk of that person through the flow.
SELECT s.id, s.flow_id, f.name AS flow_name, v.number AS version_number, s.status, s.reason,
    s.wait_kind, s.wake_at, s.started_at, s.ended_at
FROM sessions s
JOIN flow_versions v ON v.id = s.flow_version_id
JOIN flows f ON f.id = s.flow_id
WHERE s.occurrence_id = :occurrence_id AND s.contact_id = :contact_id;

-- name: messages
-- What that walk sent, in order.
SELECT m.id, m.channel, m.is_opening, m.node_id, m.status, m.reason, m.attempt, m.provider_id,
    m.error_code, m.error_title, m.created_at, m.accepted_at, m.sent_at, m.delivered_at,
    m.read_at, m.failed_at
FROM messages m
WHERE m.contact_id = :contact_id AND m.occurrence_id = :occurrence_id
ORDER BY m.id;

-- name: attempts
-- The attempts of some messages, in order.
SELECT message_id, number, kind, reaction, reason, error_code, error_title, http_status, at
FROM attempts WHERE message_id = ANY(:message_ids::bigint[])
ORDER BY at, message_id, number;

-- name: consent_changes
-- What the person said about consent until some instant, the newest first.
SELECT channel, state, source, reason, at FROM consent_changes
WHERE contact_id = :contact_id AND at <= :until_at::timestamptz
ORDER BY at DESC, id DESC
LIMIT 5;

-- name: said
-- What the person wrote to us since some instant, in order.
SELECT m.id, m.channel, m.content, m.created_at FROM messages m
WHERE m.contact_id = :contact_id AND m.direction = 'in'
  AND m.created_at >= :since_at::timestamptz AND m.created_at <= :until_at::timestamptz
ORDER BY m.id
LIMIT 50;
