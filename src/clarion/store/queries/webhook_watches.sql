-- name: note_webhooks
-- What the receiver saw of some senders since it told last; a later instant never gives way.
INSERT INTO webhook_watches AS w
    (sender_id, last_event_at, handshake_at, signature_refused_count, signature_refused_at,
     former_secret_at)
SELECT r.*
FROM unnest(
    :sender_ids::bigint[], :last_event_ats::timestamptz[], :handshake_ats::timestamptz[],
    :signature_refused_counts::bigint[], :signature_refused_ats::timestamptz[],
    :former_secret_ats::timestamptz[])
    AS r (sender_id, last_event_at, handshake_at, signature_refused_count, signature_refused_at,
        former_secret_at)
JOIN senders s ON s.id = r.sender_id
ORDER BY r.sender_id
ON CONFLICT (sender_id) DO UPDATE
SET last_event_at = greatest(w.last_event_at, excluded.last_event_at),
    handshake_at = greatest(w.handshake_at, excluded.handshake_at),
    signature_refused_count = w.signature_refused_count + excluded.signature_refused_count,
    signature_refused_at = greatest(w.signature_refused_at, excluded.signature_refused_at),
    former_secret_at = greatest(w.former_secret_at, excluded.former_secret_at);

-- name: forgive_signatures
-- A new secret: what was refused before says nothing any more.
UPDATE webhook_watches
SET signature_refused_count = 0, signature_refused_at = NULL, former_secret_at = NULL
WHERE sender_id = :sender_id;

-- name: last_accepted_at
-- When the platform last took a message of a sender, among the newest of the workspace.
SELECT max(m.accepted_at)
FROM (
    SELECT sender_id, accepted_at FROM messages
    WHERE workspace_id = :workspace_id ORDER BY id DESC LIMIT 10000
) m
WHERE m.sender_id = :sender_id;
