-- name: append_webhooks
-- Verified bodies as they came; committed before the provider gets its answer.
INSERT INTO webhook_inbox (sender_id, body, received_at)
SELECT r.* FROM unnest(:sender_ids::bigint[], :bodies::bytea[], :received_ats::timestamptz[]) AS r;

-- name: take_webhooks
-- Take a batch of bodies away, oldest first; a rolled back fold leaves them.
DELETE FROM webhook_inbox w
USING (
    SELECT id FROM webhook_inbox ORDER BY id LIMIT :limit FOR UPDATE SKIP LOCKED
) batch
WHERE w.id = batch.id
RETURNING w.id, w.sender_id, w.body, w.received_at;

-- name: keep_leftovers
-- Updates that we could not use, with the reason.
INSERT INTO webhook_leftovers (sender_id, reason, raw, received_at)
SELECT r.* FROM unnest(
    :sender_ids::bigint[], :reasons::text[], :raws::text[], :received_ats::timestamptz[]) AS r;

-- name: sender_by_webhook_key
-- The sender that listens at a webhook address.
SELECT id, workspace_id, channel, config, secrets_sealed, webhook_key, former_secret_until
FROM senders WHERE webhook_key = :webhook_key AND channel = :channel AND status <> 'removed';

-- name: senders_of_same_workspace
-- All senders of the workspace that a webhook's sender belongs to, to route its updates.
SELECT s.id, s.workspace_id, s.sender_key, s.account_key, s.channel
FROM senders s JOIN senders o ON o.workspace_id = s.workspace_id AND o.channel = s.channel
WHERE o.id = :sender_id AND s.status <> 'removed';

-- name: find_by_provider_ids
-- Our messages by the provider's ids.
SELECT id, sender_id, provider_id FROM messages
WHERE (sender_id, provider_id) IN (
    SELECT * FROM unnest(:sender_ids::bigint[], :provider_ids::text[]));

-- name: keep_early_receipts
-- Receipts whose message is not known yet.
INSERT INTO early_receipts
    (sender_id, provider_id, state, at, error_code, error_title, received_at)
SELECT r.*, :now::timestamptz FROM unnest(
    :sender_ids::bigint[], :provider_ids::text[], :states::text[], :ats::timestamptz[],
    :error_codes::text[], :error_titles::text[]) AS r
ON CONFLICT (sender_id, provider_id, state) DO NOTHING;

-- name: forget_early_receipts
-- Receipts that never found a message become leftovers.
WITH old AS (
    DELETE FROM early_receipts WHERE received_at < :before RETURNING *
)
INSERT INTO webhook_leftovers (sender_id, reason, raw, received_at)
SELECT sender_id, 'receipt_without_message',
    jsonb_build_object('provider_id', provider_id, 'state', state, 'at', at)::text, received_at
FROM old;

-- name: apply_receipts
-- A set of receipts: each state keeps its earliest instant, whatever the order of arrival.  "Read"
-- proves "delivered", which proves "sent".  Counts of occurrences move with the opening messages.
WITH r AS (
    SELECT message_id, sender_id, provider_id, sent_at,
        coalesce(delivered_at, read_at) AS delivered_at, read_at, failed_at, error_code, error_title
    FROM unnest(
        :message_ids::bigint[], :sender_ids::bigint[], :provider_ids::text[],
        :sent_ats::timestamptz[], :delivered_ats::timestamptz[], :read_ats::timestamptz[],
        :failed_ats::timestamptz[], :error_codes::text[], :error_titles::text[])
        AS r (message_id, sender_id, provider_id, sent_at, delivered_at, read_at, failed_at,
              error_code, error_title)
), old AS (
    SELECT m.id, m.sent_at, m.delivered_at, m.read_at, m.failed_at, m.status
    FROM messages m JOIN r ON r.message_id = m.id AND r.sender_id = m.sender_id
    ORDER BY m.id FOR UPDATE OF m
), changed AS (
    UPDATE messages m
    SET sent_at = least(m.sent_at, r.sent_at, r.delivered_at),
        delivered_at = least(m.delivered_at, r.delivered_at),
        read_at = least(m.read_at, r.read_at),
        failed_at = least(m.failed_at, r.failed_at),
        accepted_at = coalesce(m.accepted_at, least(r.sent_at, r.delivered_at, r.read_at)),
        provider_id = coalesce(m.provider_id, CASE WHEN NOT EXISTS (
            SELECT FROM messages other
            WHERE other.sender_id = m.sender_id AND other.provider_id = r.provider_id
        ) THEN r.provider_id END),
        status = CASE
            WHEN m.delivered_at IS NOT NULL OR r.delivered_at IS NOT NULL THEN 'accepted'
            WHEN m.failed_at IS NOT NULL OR r.failed_at IS NOT NULL THEN 'failed'
            ELSE 'accepted' END,
        reason = CASE
            WHEN m.delivered_at IS NOT NULL OR r.delivered_at IS NOT NULL THEN NULL
            WHEN r.failed_at IS NOT NULL THEN 'undelivered'
            WHEN m.failed_at IS NOT NULL THEN m.reason END,
        error_code = coalesce(r.error_code, m.error_code),
        error_title = coalesce(r.error_title, m.error_title)
    FROM r JOIN old ON old.id = r.message_id
    WHERE m.id = r.message_id
    RETURNING m.id, m.occurrence_id, m.contact_id, m.campaign_id, m.is_opening, m.status, m.reason,
        old.status AS old_status,
        (m.sent_at IS NOT NULL AND old.sent_at IS NULL) AS is_newly_sent,
        (m.delivered_at IS NOT NULL AND old.delivered_at IS NULL) AS is_newly_delivered,
        (m.read_at IS NOT NULL AND old.read_at IS NULL) AS is_newly_read
), delta AS (
    SELECT occurrence_id,
        count(*) FILTER (WHERE is_newly_sent) AS sent,
        count(*) FILTER (WHERE is_newly_delivered) AS delivered,
        count(*) FILTER (WHERE is_newly_read) AS read
    FROM changed WHERE is_opening AND occurrence_id IS NOT NULL
    GROUP BY occurrence_id
), counted AS (
    UPDATE occurrences o
    SET sent_count = o.sent_count + d.sent, delivered_count = o.delivered_count + d.delivered,
        read_count = o.read_count + d.read
    FROM delta d WHERE o.id = d.occurrence_id
)
SELECT id, occurrence_id, contact_id, campaign_id, is_opening, status, reason, old_status
FROM changed;

-- name: contacts_by_phone
-- People by phone number.
SELECT id, phone FROM contacts WHERE workspace_id = :workspace_id AND phone = ANY(:phones::text[]);

-- name: contacts_by_address
-- People by the names a channel gives them.
SELECT contact_id, kind, value FROM addresses
WHERE workspace_id = :workspace_id AND channel = :channel
  AND (kind, value) IN (SELECT * FROM unnest(:kinds::text[], :values::text[]));

-- name: insert_strangers
-- People who wrote to us before we knew them.
INSERT INTO contacts (workspace_id, name, phone, created_at, updated_at)
SELECT :workspace_id, r.name, r.phone, :now::timestamptz, :now::timestamptz
FROM unnest(:names::text[], :phones::text[]) AS r (name, phone)
RETURNING id;

-- name: join_system_group
-- Put people who are in no group into the workspace's system group.
WITH system_group AS (
    INSERT INTO groups (workspace_id, name, is_system)
    VALUES (:workspace_id, 'Ungrouped', true)
    ON CONFLICT (workspace_id, name) DO UPDATE SET is_system = true
    RETURNING id
)
INSERT INTO group_members (group_id, contact_id, added_at)
SELECT g.id, c.contact_id, :now::timestamptz
FROM system_group g, unnest(:contact_ids::bigint[]) AS c (contact_id)
ON CONFLICT DO NOTHING;

-- name: learn_addresses
-- Names of people on a channel that we had not seen before.
INSERT INTO addresses (workspace_id, contact_id, channel, kind, value, created_at)
SELECT :workspace_id, r.contact_id, :channel, r.kind, r.value, :now::timestamptz
FROM unnest(:contact_ids::bigint[], :kinds::text[], :values::text[]) AS r (contact_id, kind, value)
ON CONFLICT (workspace_id, channel, kind, value) DO NOTHING;

-- name: move_address
-- A person has another name on the channel now.
UPDATE addresses SET value = :new_value
WHERE workspace_id = :workspace_id AND channel = :channel AND kind = :kind AND value = :old_value
  AND NOT EXISTS (SELECT FROM addresses n WHERE n.workspace_id = :workspace_id
      AND n.channel = :channel AND n.kind = :kind AND n.value = :new_value);

-- name: insert_inbound
-- What people wrote, each message once.
INSERT INTO messages
    (workspace_id, direction, channel, sender_id, contact_id, content, status, provider_id,
     created_at)
SELECT :workspace_id, 'in', :channel, r.sender_id, r.contact_id, r.content::jsonb, 'received',
    r.provider_id, r.at
FROM unnest(
    :sender_ids::bigint[], :contact_ids::bigint[], :contents::text[], :provider_ids::text[],
    :ats::timestamptz[]) AS r (sender_id, contact_id, content, provider_id, at)
ON CONFLICT (sender_id, provider_id) WHERE provider_id IS NOT NULL DO NOTHING
RETURNING id, sender_id, provider_id;

-- name: open_windows
-- Whoever wrote may be answered freely for 24 hours.
INSERT INTO windows (contact_id, sender_id, last_inbound_at)
SELECT r.contact_id, r.sender_id, max(r.at)
FROM unnest(:contact_ids::bigint[], :sender_ids::bigint[], :ats::timestamptz[])
    AS r (contact_id, sender_id, at)
GROUP BY r.contact_id, r.sender_id
ON CONFLICT (contact_id, sender_id) DO UPDATE
SET last_inbound_at = greatest(windows.last_inbound_at, excluded.last_inbound_at);

-- name: last_campaign_of_contacts
-- The newest occurrence that messaged some people within three days, to credit an answer to it.
SELECT DISTINCT ON (m.contact_id) m.contact_id, m.occurrence_id
FROM messages m
WHERE m.contact_id = ANY(:contact_ids::bigint[]) AND m.direction = 'out'
  AND m.occurrence_id IS NOT NULL AND m.status = 'accepted'
  AND m.created_at > :now::timestamptz - interval '3 days'
ORDER BY m.contact_id, m.id DESC;

-- name: count_opt_outs
-- Opt-outs credited to the occurrence that provoked them.
UPDATE occurrences o SET opted_out_count = o.opted_out_count + d.n
FROM (SELECT occurrence_id, count(*) AS n FROM unnest(:occurrence_ids::bigint[]) AS u (occurrence_id)
      GROUP BY occurrence_id) d
WHERE o.id = d.occurrence_id;

-- name: set_consents
-- The newest word on consent wins; every change is kept as proof.
WITH r AS (
    SELECT DISTINCT ON (contact_id) * FROM unnest(
        :contact_ids::bigint[], :states::text[], :sources::text[], :reasons::text[],
        :ats::timestamptz[]) AS r (contact_id, state, source, reason, at)
    ORDER BY contact_id, at DESC
), kept AS (
    INSERT INTO consents (contact_id, channel, state, source, reason, at)
    SELECT contact_id, :channel, state, source, reason, at FROM r
    ON CONFLICT (contact_id, channel) DO UPDATE
    SET state = excluded.state, source = excluded.source, reason = excluded.reason,
        at = excluded.at
    WHERE consents.at <= excluded.at AND consents.state <> excluded.state
    RETURNING contact_id, state, source, reason, at
), proof AS (
    INSERT INTO consent_changes (contact_id, channel, state, source, reason, at)
    SELECT contact_id, :channel, state, source, reason, at FROM kept
)
SELECT contact_id, state FROM kept;

-- name: suppress_contacts
-- Do not try these addresses again for a while.
INSERT INTO suppressions (contact_id, channel, reason, until_at)
SELECT DISTINCT ON (r.contact_id) r.contact_id, :channel, r.reason, r.until_at
FROM unnest(:contact_ids::bigint[], :reasons::text[], :until_ats::timestamptz[])
    AS r (contact_id, reason, until_at)
ORDER BY r.contact_id, r.until_at DESC
ON CONFLICT (contact_id, channel) DO UPDATE
SET reason = excluded.reason, until_at = greatest(suppressions.until_at, excluded.until_at);

-- name: change_template
-- The provider changed a template; answers whether it can be sent now.
UPDATE templates
SET status = coalesce(:status, status), category = coalesce(:category, category),
    quality = coalesce(:quality, quality), rejected_reason = coalesce(:reason, rejected_reason),
    synced_at = :now::timestamptz,
    is_sending_allowed = is_sending_allowed
        AND NOT (is_stopped_as_marketing AND category = 'utility'
            AND coalesce(:category, '') = 'marketing')
WHERE workspace_id = :workspace_id AND channel = :channel AND account_key = :account_key
  AND name = :name AND language = :language
RETURNING sending_status;

-- name: change_sender_health
-- The provider changed a sender's limits, quality or permissions.
UPDATE senders SET health = health || :facts, updated_at = :now::timestamptz
WHERE workspace_id = :workspace_id AND channel = :channel
  AND (sender_key = :sender_key OR (:sender_key::text IS NULL AND account_key = :account_key));

-- name: contacts_of_messages
-- Whom some messages were for.
SELECT id, contact_id, campaign_id FROM messages WHERE id = ANY(:message_ids::bigint[]);

-- name: pause_senders
-- Pause senders of an account, or one of them, because the provider says so.
UPDATE senders SET status = 'paused', status_reason = :reason, updated_at = :now::timestamptz
WHERE workspace_id = :workspace_id AND channel = :channel AND status = 'active'
  AND (sender_key = :sender_key OR (:sender_key::text IS NULL AND account_key = :account_key))
RETURNING id;

-- name: campaigns_using_template
-- Campaigns in progress whose published flow sends a template.
SELECT c.id FROM campaigns c
JOIN flows f ON f.id = c.flow_id
JOIN flow_versions v ON v.id = f.published_version_id
WHERE c.workspace_id = :workspace_id AND c.status = 'in_progress' AND c.deleted_at IS NULL
  AND jsonb_path_exists(v.definition,
      '$.nodes[*] ? (@.kind == "send_whatsapp_template" && @.config.template == $name
          && @.config.language == $language)',
      jsonb_build_object('name', :name::text, 'language', :language::text));

-- name: count_inbound
-- Inbound messages count against the rates of their senders.
UPDATE sender_leases l SET inbound_count = l.inbound_count + d.n
FROM (SELECT sender_id, count(*) AS n FROM unnest(:sender_ids::bigint[]) AS u (sender_id)
      GROUP BY sender_id) d
WHERE l.sender_id = d.sender_id;
