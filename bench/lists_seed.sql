-- What `bench/lists.py` measures on: one workspace with {contacts} people, four groups, opt-outs and
-- {messages} messages in campaigns whose occurrences each wrote to everybody.  `{contacts}` and
-- `{messages}` are replaced by numbers; every statement is run on its own, in order.

INSERT INTO contacts (workspace_id, name, phone, country, email, language, attributes)
SELECT :workspace_id, (ARRAY['Anna','Bruno','Chen','Dalia','Emre','Fatima','Goran','Hanna'])[1 + n % 8]
        || ' ' || (ARRAY['Smith','Ivanov','Zhang','Silva','Yilmaz','Haddad','Novak'])[1 + n % 7] || ' ' || n,
    '+4915' || lpad((n::bigint * 7919 % 1000000007)::text, 10, '0'), 'DE', 'p' || n || '@example.com',
    CASE WHEN n % 3 = 0 THEN 'de' END,
    jsonb_build_object('city', (ARRAY['Berlin','Hamburg','Munich','Cologne'])[1 + n % 4],
        'vip', CASE WHEN n % 10000 = 0 THEN 'yes' ELSE 'no' END)
FROM generate_series(1, {contacts}) n;

INSERT INTO groups (workspace_id, name)
VALUES (:workspace_id, 'Everybody'), (:workspace_id, 'Everybody too'), (:workspace_id, 'A tenth'),
    (:workspace_id, 'A few');

INSERT INTO group_members (group_id, contact_id)
SELECT g.id, c.id FROM groups g, contacts c
WHERE g.workspace_id = :workspace_id AND c.workspace_id = :workspace_id AND (g.name LIKE 'Everybody%'
    OR g.name = 'A tenth' AND c.id % 10 = 0 OR g.name = 'A few' AND c.id % 100000 = 0)
ORDER BY 1, 2;

INSERT INTO consents (contact_id, channel, state, source, reason, at)
SELECT id, 'whatsapp', CASE WHEN id % 50 = 0 THEN 'opted_out' ELSE 'opted_in' END, 'word', 'stop',
    now() - id * interval '1 second'
FROM contacts WHERE workspace_id = :workspace_id AND id % 10 = 0;

INSERT INTO consent_changes (contact_id, channel, state, source, reason, at)
SELECT contact_id, channel, state, source, reason, at FROM consents ORDER BY at;

INSERT INTO senders (workspace_id, channel, name, sender_key, secrets_sealed, webhook_key)
VALUES (:workspace_id, 'whatsapp', 'First', '1', '', 'a'), (:workspace_id, 'whatsapp', 'Rare', '2', '', 'b');

INSERT INTO flows (workspace_id, name, trigger_kind, draft)
VALUES (:workspace_id, 'Offer', 'manual',
    '{"schema":"clarion.flow/1","name":"Offer","trigger":{"kind":"manual"},"nodes":[{"id":"start","kind":"start","exits":{}}]}');

INSERT INTO flow_versions (workspace_id, flow_id, number, definition)
SELECT workspace_id, id, 1, draft FROM flows WHERE workspace_id = :workspace_id;

UPDATE flows SET published_version_id = (SELECT max(id) FROM flow_versions) WHERE workspace_id = :workspace_id;

INSERT INTO campaigns (code, workspace_id, name, status, flow_id, include_group_ids, start_at, end_at, plan)
SELECT 'bench-' || n, :workspace_id, 'Campaign ' || n, CASE WHEN n % 5 = 0 THEN 'in_progress' ELSE 'ended' END,
    (SELECT max(id) FROM flows), ARRAY[(SELECT min(id) FROM groups WHERE workspace_id = :workspace_id)],
    now() - interval '60 days', now() + interval '30 days', '{"kind":"every_minute"}'
FROM generate_series(1, 500) n;

-- The first campaigns wrote to everybody; the last one ran each minute and has many small occurrences.
INSERT INTO occurrences (workspace_id, campaign_id, scheduled_at, status, flow_version_id, started_at,
    finished_at, audience_count, accepted_count, sent_count, delivered_count)
SELECT :workspace_id, c.id, now() - n * interval '1 day', 'finished', (SELECT max(id) FROM flow_versions),
    now() - n * interval '1 day', now(), {contacts}, {contacts}, {contacts}, {contacts}
FROM (SELECT id FROM campaigns WHERE workspace_id = :workspace_id ORDER BY id LIMIT 1) c,
    generate_series(1, greatest({messages} / {contacts}, 1)) n;

INSERT INTO occurrences (workspace_id, campaign_id, scheduled_at, status, flow_version_id, started_at,
    finished_at, audience_count, accepted_count)
SELECT :workspace_id, c.id, date_trunc('minute', now()) - n * interval '1 minute', 'finished',
    (SELECT max(id) FROM flow_versions), now(), now(), 10, 10
FROM (SELECT max(id) AS id FROM campaigns WHERE workspace_id = :workspace_id) c, generate_series(1, 50000) n;

INSERT INTO messages (workspace_id, direction, channel, sender_id, contact_id, session_id, step, campaign_id,
    occurrence_id, node_id, is_opening, lane, to_kind, to_value, content, status, reason, provider_id,
    error_code, created_at, accepted_at, sent_at, delivered_at, read_at)
SELECT :workspace_id, CASE WHEN c.id % 40 = 0 THEN 'in' ELSE 'out' END, 'whatsapp', s.id, c.id, NULL, NULL,
    o.campaign_id, o.id, 'offer', true, 'bulk', 'phone', c.phone,
    '{"kind":"text","body":{"text":"Hello, there is something new for you"}}',
    CASE WHEN c.id % 40 = 0 THEN 'received' WHEN c.id % 33333 = 0 THEN 'failed' WHEN c.id % 50000 = 1
        THEN 'in_doubt' WHEN c.id % 100 = 3 THEN 'skipped' ELSE 'accepted' END,
    CASE WHEN c.id % 33333 = 0 THEN 'template_paused' END,
    CASE WHEN c.id % 100 <> 3 THEN 'wamid.' || o.id || '.' || c.id END,
    CASE WHEN c.id % 33333 = 0 THEN '132015' END,
    o.scheduled_at, o.scheduled_at, o.scheduled_at, o.scheduled_at, CASE WHEN c.id % 2 = 0 THEN o.scheduled_at END
FROM occurrences o, contacts c, (SELECT min(id) AS id FROM senders) s
WHERE o.audience_count > 10 AND c.workspace_id = :workspace_id
ORDER BY o.id, c.id;

INSERT INTO participants (occurrence_id, contact_id, outcome, reason, message_id, replied_at)
SELECT m.occurrence_id, m.contact_id,
    CASE m.status WHEN 'failed' THEN 'failed' WHEN 'in_doubt' THEN 'in_doubt' WHEN 'skipped' THEN 'skipped'
        ELSE 'accepted' END,
    CASE m.status WHEN 'failed' THEN 'template_paused' WHEN 'in_doubt' THEN 'no_answer'
        WHEN 'skipped' THEN CASE WHEN m.contact_id % 100000 = 3 THEN 'suppressed' ELSE 'opted_out' END END,
    m.id, CASE WHEN m.contact_id % 40 = 0 THEN m.created_at END
FROM messages m
WHERE m.occurrence_id IN (SELECT id FROM occurrences WHERE audience_count > 10 ORDER BY id LIMIT 2);

UPDATE occurrences o SET accepted_count = n.accepted, failed_count = n.failed, in_doubt_count = n.in_doubt,
    skipped_count = n.skipped, audience_count = n.total
FROM (SELECT occurrence_id, count(*) AS total, count(*) FILTER (WHERE outcome = 'accepted') AS accepted,
        count(*) FILTER (WHERE outcome = 'failed') AS failed,
        count(*) FILTER (WHERE outcome = 'in_doubt') AS in_doubt,
        count(*) FILTER (WHERE outcome = 'skipped') AS skipped
    FROM participants GROUP BY 1) n
WHERE o.id = n.occurrence_id;

INSERT INTO imports (workspace_id, file_name, group_ids, status, row_count, rejected_count)
SELECT :workspace_id, 'people-' || n || '.csv', '{}', 'finished', 1000, 10 FROM generate_series(1, 5000) n;

INSERT INTO import_rejections (import_id, row_number, code, message)
SELECT (SELECT max(id) FROM imports), n, 'invalid', 'This is not a phone number.'
FROM generate_series(1, 100000) n;

INSERT INTO audit_entries (workspace_id, actor_kind, actor_name, action, noun, noun_id, at)
SELECT :workspace_id, 'user', 'Anna', 'updated', CASE WHEN n % 1000 = 0 THEN 'campaign' ELSE 'contact' END,
    n % 5000, now() FROM generate_series(1, 1000000) n;

INSERT INTO conversations (workspace_id, contact_id, channel, state, opened_at)
SELECT :workspace_id, id, 'whatsapp', CASE WHEN id % 500 = 0 THEN 'open' ELSE 'closed' END, now()
FROM contacts WHERE workspace_id = :workspace_id AND id % 10 = 0;

VACUUM ANALYZE;
