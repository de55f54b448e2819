-- Conversations that wait for a person.

-- name: open_conversations
-- Opens conversations, and tells the audit log; one that is open already gets the newer note.
WITH opened AS (
    INSERT INTO conversations
        (workspace_id, contact_id, channel, sender_id, session_id, note, opened_at)
    SELECT :workspace_id, r.contact_id, :channel, r.sender_id, r.session_id, r.note,
        :now::timestamptz
    FROM unnest(
        :contact_ids::bigint[], :sender_ids::bigint[], :session_ids::bigint[], :notes::text[])
        AS r (contact_id, sender_id, session_id, note)
    ORDER BY r.contact_id, r.sender_id
    ON CONFLICT (contact_id, channel, sender_id) WHERE state = 'open'
    DO UPDATE SET note = excluded.note, session_id = excluded.session_id
    RETURNING id, contact_id, session_id
)
INSERT INTO audit_entries (workspace_id, actor_kind, actor_name, action, noun, noun_id, details, at)
SELECT :workspace_id, 'system', 'flow', 'handed_over', 'conversation', o.id,
    jsonb_build_object('contact_id', o.contact_id, 'session_id', o.session_id), :now::timestamptz
FROM opened o;

-- name: conversations_page
-- Conversations of a workspace, the newest first.  Every filter may be null.
SELECT v.id, v.contact_id, c.name AS contact_name, c.phone AS contact_phone, v.channel,
    v.sender_id, s.name AS sender_name, v.session_id, v.note, v.state, v.opened_at,
    v.assigned_user_id, v.assigned_at, v.closed_at
FROM conversations v
JOIN contacts c ON c.id = v.contact_id
LEFT JOIN senders s ON s.id = v.sender_id
WHERE v.workspace_id = :workspace_id
  AND (:state::text IS NULL OR v.state = :state)
  AND (:contact_id::bigint IS NULL OR v.contact_id = :contact_id)
  AND (:conversation_id::bigint IS NULL OR v.id = :conversation_id)
  AND (:below_id::bigint IS NULL OR v.id < :below_id)
ORDER BY v.id DESC
LIMIT :limit;

-- name: lock_conversation
-- A conversation that is about to be changed.
SELECT id, state FROM conversations
WHERE workspace_id = :workspace_id AND id = :conversation_id
FOR UPDATE;

-- name: assign_conversation
-- Who looks after it from now on.
UPDATE conversations SET assigned_user_id = :user_id, assigned_at = :now
WHERE id = :conversation_id;

-- name: close_conversation
-- Nobody needs to look after it any more.
UPDATE conversations SET state = 'closed', closed_at = :now
WHERE id = :conversation_id AND state = 'open';

-- name: is_member
-- Whether somebody works in a workspace.
SELECT EXISTS (SELECT 1 FROM roles WHERE workspace_id = :workspace_id AND user_id = :user_id);
