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
-- Conversations of a workspace, the newest first, with the last words of each and the time at which
-- free text is refused.  Every filter may be null; `assigned_user_id` 0 is nobody.
SELECT v.id, v.contact_id, c.name AS contact_name, c.phone AS contact_phone, v.channel,
    v.sender_id, s.name AS sender_name, v.session_id, v.note, v.state, v.opened_at,
    v.assigned_user_id, u.name AS assigned_user_name, v.assigned_at, v.closed_at,
    w.last_inbound_at + interval '24 hours' AS window_closes_at,
    m.direction AS last_direction, m.content AS last_content, m.created_at AS last_at
FROM conversations v
JOIN contacts c ON c.id = v.contact_id
LEFT JOIN senders s ON s.id = v.sender_id
LEFT JOIN users u ON u.id = v.assigned_user_id
LEFT JOIN windows w ON w.contact_id = v.contact_id AND w.sender_id = v.sender_id
LEFT JOIN LATERAL (
    SELECT direction, content, created_at FROM messages
    WHERE contact_id = v.contact_id AND workspace_id = v.workspace_id
    ORDER BY id DESC LIMIT 1
) m ON true
WHERE v.workspace_id = :workspace_id
  AND (:state::text IS NULL OR v.state = :state)
  AND (:contact_id::bigint IS NULL OR v.contact_id = :contact_id)
  AND (:assigned_user_id::bigint IS NULL
    OR coalesce(v.assigned_user_id, 0) = :assigned_user_id::bigint)
  AND (:conversation_id::bigint IS NULL OR v.id = :conversation_id)
  AND (:below_id::bigint IS NULL OR v.id < :below_id)
ORDER BY v.id DESC
LIMIT :limit;

-- name: conversation_counts
-- How many conversations are open, how many of them nobody looks after, and how many this user does.
SELECT count(*)::integer AS open_count,
    count(*) FILTER (WHERE assigned_user_id IS NULL)::integer AS unassigned_count,
    count(*) FILTER (WHERE assigned_user_id = :user_id::bigint)::integer AS mine_count
FROM conversations
WHERE workspace_id = :workspace_id AND state = 'open';

-- name: windows_of_contact
-- The senders to which a contact wrote, and until when free text may go back, the latest first.
SELECT s.id AS sender_id, s.name AS sender_name, w.last_inbound_at,
    w.last_inbound_at + interval '24 hours' AS closes_at
FROM windows w
JOIN contacts c ON c.id = w.contact_id AND c.workspace_id = :workspace_id
JOIN senders s ON s.id = w.sender_id AND s.status <> 'removed'
WHERE w.contact_id = :contact_id
ORDER BY w.last_inbound_at DESC;

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
