-- name: take_session_ids
-- Ids for sessions that are about to be written in bulk.
SELECT nextval('sessions_id_seq') AS id FROM generate_series(1, :count);

-- name: take_message_ids
-- Ids for messages that are about to be written in bulk.
SELECT nextval('messages_id_seq') AS id FROM generate_series(1, :count);

-- name: insert_sessions
-- New sessions in bulk.
INSERT INTO sessions
    (id, workspace_id, contact_id, flow_id, flow_version_id, campaign_id, occurrence_id, channel,
     sender_id, status, reason, state, revision, wait_kind, wake_at, wait_began_at, started_at,
     ended_at, forward_count)
SELECT r.id, :workspace_id, r.contact_id, :flow_id, :flow_version_id, :campaign_id, :occurrence_id,
    :channel, r.sender_id, r.status, r.reason, r.state::jsonb, 1, r.wait_kind, r.wake_at,
    CASE WHEN r.wait_kind IS NOT NULL THEN :now::timestamptz END, :now, r.ended_at, r.forward_count
FROM unnest(
    :ids::bigint[], :contact_ids::bigint[], :sender_ids::bigint[], :statuses::text[],
    :reasons::text[], :states::text[], :wait_kinds::text[], :wake_ats::timestamptz[],
    :ended_ats::timestamptz[], :forward_counts::integer[])
    AS r (id, contact_id, sender_id, status, reason, state, wait_kind, wake_at, ended_at,
          forward_count);

-- name: update_sessions
-- Where sessions stand after a sprint.  One that waits on where it waited before (`stays`) keeps the
-- beginning of its wait.
UPDATE sessions s
SET status = r.status, reason = r.reason, state = r.state::jsonb, revision = s.revision + 1,
    wait_kind = r.wait_kind, wake_at = r.wake_at, ended_at = r.ended_at, sender_id = r.sender_id,
    wait_began_at = CASE WHEN r.wait_kind IS NULL THEN NULL WHEN r.stays THEN s.wait_began_at
        ELSE :now::timestamptz END
FROM unnest(
    :ids::bigint[], :sender_ids::bigint[], :statuses::text[], :reasons::text[], :states::text[],
    :wait_kinds::text[], :wake_ats::timestamptz[], :ended_ats::timestamptz[],
    :stays::boolean[])
    AS r (id, sender_id, status, reason, state, wait_kind, wake_at, ended_at, stays)
WHERE s.id = r.id
RETURNING s.id, s.revision;

-- name: end_sessions
-- End waiting sessions from outside (a newer start, an opt-out).
UPDATE sessions
SET status = :status, reason = :reason, ended_at = :now::timestamptz, wait_kind = NULL,
    wake_at = NULL, wait_began_at = NULL, revision = revision + 1
WHERE id = ANY(:ids::bigint[]) AND status = 'waiting'
RETURNING id, flow_version_id, campaign_id, occurrence_id,
    coalesce(state->>'node', 'start') AS node_id;

-- name: participants_without_opening
-- Whoever waited for an opening message of one of these sessions.
SELECT s.id, p.occurrence_id, p.contact_id
FROM sessions s
JOIN participants p ON p.occurrence_id = s.occurrence_id AND p.contact_id = s.contact_id
WHERE s.id = ANY(:ids::bigint[]) AND p.session_id = s.id AND p.message_id IS NULL
  AND p.outcome = 'pending';

-- name: waiting_sessions_of_contacts
-- All waiting sessions of some people.
SELECT id FROM sessions
WHERE contact_id = ANY(:contact_ids::bigint[]) AND status = 'waiting'
  AND (:channel::text IS NULL OR channel = :channel)
ORDER BY id
FOR UPDATE;

-- name: waiting_sessions_in
-- All waiting sessions of some people of a workspace.
SELECT id FROM sessions
WHERE workspace_id = :workspace_id AND contact_id = ANY(:contact_ids::bigint[])
  AND status = 'waiting'
ORDER BY id
FOR UPDATE;

-- name: lock_people
-- Whoever starts, resumes or ends sessions of people holds their rows first: one at a time for each
-- contact, and always in the order of the ids.
SELECT id FROM contacts WHERE id = ANY(:contact_ids::bigint[])
ORDER BY id
FOR NO KEY UPDATE;

-- name: lock_people_of_sessions
-- The same for those whose sessions these are.
SELECT c.id FROM contacts c
WHERE c.id IN (SELECT s.contact_id FROM sessions s WHERE s.id = ANY(:ids::bigint[]))
ORDER BY c.id
FOR NO KEY UPDATE;

-- name: lock_sessions
-- Waiting sessions by id, locked in order, with what resuming them needs.
SELECT s.id, s.workspace_id, s.contact_id, s.flow_id, s.flow_version_id, s.campaign_id,
    s.occurrence_id, s.channel, s.sender_id, s.state, s.revision, s.wait_kind, s.wake_at,
    s.wait_began_at,
    c.name, c.phone, c.email, c.remark, c.country, c.language, c.zone, c.attributes,
-- part: person_facts
    , a.kind AS address_kind, a.value AS address_value,
    p.name AS campaign_name, p.code AS campaign_code, p.sender_name, o.scheduled_at,
    w.zone AS workspace_zone
FROM sessions s
JOIN contacts c ON c.id = s.contact_id
JOIN workspaces w ON w.id = s.workspace_id
LEFT JOIN campaigns p ON p.id = s.campaign_id
LEFT JOIN occurrences o ON o.id = s.occurrence_id
LEFT JOIN LATERAL (
    SELECT a.kind, a.value FROM addresses a
    WHERE a.contact_id = s.contact_id AND a.channel = s.channel
    ORDER BY a.id LIMIT 1
) a ON c.phone IS NULL
WHERE s.id = ANY(:ids::bigint[]) AND s.status = 'waiting'
ORDER BY s.id
FOR UPDATE OF s;

-- name: sessions_for_replies
-- For each reply the session that it answers: the one that sent the quoted message, else the newest
-- of that contact that waits for a reply on this channel, or that keeps it while it waits for
-- something else.
SELECT r.n, (
    SELECT s.id FROM sessions s
    LEFT JOIN messages m ON m.session_id = s.id AND m.sender_id = r.sender_id
        AND m.provider_id = r.reply_to
    WHERE s.contact_id = r.contact_id AND s.status = 'waiting' AND s.wait_kind IN ('reply', 'call', 'delivery')
      AND s.channel = :channel
    ORDER BY (m.id IS NOT NULL) DESC, (s.wait_kind = 'reply') DESC, s.id DESC
    LIMIT 1
) AS session_id
FROM unnest(:contact_ids::bigint[], :sender_ids::bigint[], :reply_tos::text[])
    WITH ORDINALITY AS r (contact_id, sender_id, reply_to, n);

-- name: insert_messages
-- Outbound messages in bulk, written whole before anything leaves.
INSERT INTO messages
    (id, workspace_id, direction, channel, sender_id, contact_id, session_id, step, campaign_id,
     occurrence_id, node_id, is_opening, lane, to_kind, to_value, content, status, reason,
     reply_to, created_at)
SELECT r.id, :workspace_id, 'out', r.channel, r.sender_id, r.contact_id, r.session_id, r.step,
    r.campaign_id, r.occurrence_id, r.node_id, r.is_opening, r.lane, r.to_kind, r.to_value,
    r.content::jsonb, r.status, r.reason, r.reply_to, :now::timestamptz
FROM unnest(
    :ids::bigint[], :sender_ids::bigint[], :contact_ids::bigint[], :session_ids::bigint[],
    :steps::integer[], :campaign_ids::bigint[], :occurrence_ids::bigint[], :node_ids::text[],
    :are_opening::boolean[], :lanes::text[], :to_kinds::text[], :to_values::text[],
    :contents::text[], :statuses::text[], :reasons::text[], :replies_to::text[], :channels::text[])
    AS r (id, sender_id, contact_id, session_id, step, campaign_id, occurrence_id, node_id,
          is_opening, lane, to_kind, to_value, content, status, reason, reply_to, channel);

-- name: last_inbound_of_contacts
-- What each contact wrote last to a sender: the provider's id of it.
SELECT r.contact_id, r.sender_id, m.provider_id
FROM (
    SELECT DISTINCT contact_id, sender_id
    FROM unnest(:contact_ids::bigint[], :sender_ids::bigint[]) AS p (contact_id, sender_id)
) AS r
CROSS JOIN LATERAL (
    SELECT messages.provider_id
    FROM messages
    WHERE messages.contact_id = r.contact_id AND messages.sender_id = r.sender_id
        AND messages.direction = 'in' AND messages.provider_id IS NOT NULL
    ORDER BY messages.id DESC
    LIMIT 1
) AS m;

-- name: flow_version
-- An immutable version of a flow.
SELECT id, flow_id, number, definition FROM flow_versions WHERE id = :flow_version_id;

-- name: published_flows_named
-- The published flows of a workspace by their names.
SELECT id, name, published_version_id FROM flows
WHERE workspace_id = :workspace_id AND name = ANY(:names::text[]) AND deleted_at IS NULL
  AND published_version_id IS NOT NULL;

-- name: senders_of_workspace
-- The senders that a sprint may choose from, of all channels.
SELECT id, name, status, channel FROM senders
WHERE workspace_id = :workspace_id AND status <> 'removed'
ORDER BY id;

-- name: wait_kinds
-- What some sessions wait for.
SELECT id, wait_kind FROM sessions WHERE id = ANY(:ids::bigint[]) AND status = 'waiting';
