-- name: lock_key
-- Let nobody else carry out a request of this key until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended(:key || ':' || :workspace_id::bigint::text, 5));

-- name: messages_of_key
-- What was carried out under a key, in the order of the recipients.
SELECT message_id, request_hash FROM message_requests
WHERE workspace_id = :workspace_id AND key = :key
ORDER BY position;

-- name: keep_requests
-- Whose request these messages are.
INSERT INTO message_requests
    (message_id, workspace_id, key, position, request_hash, tag, actor_name)
SELECT r.message_id, :workspace_id, :key, r.position - 1, :request_hash, :tag, :actor_name
FROM unnest(:message_ids::bigint[]) WITH ORDINALITY AS r (message_id, position);

-- name: people
-- Contacts of a workspace by id, with their address on a channel and the facts of consent.
SELECT c.id AS contact_id,
-- part: people_columns
    ,
-- part: person_facts
FROM contacts c
-- part: people_joins
WHERE c.workspace_id = :workspace_id AND c.id = ANY(:contact_ids::bigint[]);

-- name: open_windows
-- Which of these pairs of contact and sender have spoken since then.
SELECT w.contact_id, w.sender_id FROM windows w
JOIN unnest(:contact_ids::bigint[], :sender_ids::bigint[]) AS r (contact_id, sender_id)
    ON r.contact_id = w.contact_id AND r.sender_id = w.sender_id
WHERE w.last_inbound_at >= :since::timestamptz;

-- name: default_country
-- The country in which a workspace reads numbers without one.
SELECT default_country FROM workspaces WHERE id = :workspace_id;

-- name: template_of_account
-- A template as the provider last told it, and how many of the account are known at all.
SELECT t.provider_id, t.sending_status AS status, t.category, t.parameter_format,
    t.components,
    (SELECT count(*) FROM templates x
     WHERE x.workspace_id = :workspace_id AND x.channel = :channel) AS known_count
FROM (SELECT) one
LEFT JOIN LATERAL (
    SELECT * FROM templates t
    WHERE t.workspace_id = :workspace_id AND t.channel = :channel AND t.name = :name
      AND t.language = :language
      AND (:account_key::text = '' OR t.account_key = :account_key)
    ORDER BY t.id LIMIT 1
) t ON true;
