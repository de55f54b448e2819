-- Ways into lists of millions of rows.  `clarion bench lists` measures each list with each filter;
-- every index here is one that a filter needed to answer at once.

-- A part of a name or of a number.  A server without this module (it comes with PostgreSQL, but a
-- package or an administrator may have left it out) finds the same people, by reading them all.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX contacts_text ON contacts USING gin (lower(name) gin_trgm_ops, phone gin_trgm_ops);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE WARNING 'pg_trgm may not be created here: searching for parts of names will be slow';
END
$$;

-- Who opted out, in the order of the contacts.
CREATE INDEX consents_state ON consents (channel, state, contact_id);

-- Messages that are not simply on their way or there: failed, in doubt, held, skipped, queued.
CREATE INDEX messages_unsettled ON messages (workspace_id, status, id DESC)
    WHERE status NOT IN ('accepted', 'received');
CREATE INDEX messages_unsettled_of_campaign ON messages (campaign_id, status, id DESC)
    WHERE campaign_id IS NOT NULL AND status NOT IN ('accepted', 'received', 'queued');
CREATE INDEX messages_received ON messages (workspace_id, id DESC) WHERE direction = 'in';
CREATE INDEX messages_sender ON messages (sender_id, id DESC);
CREATE INDEX messages_occurrence ON messages (occurrence_id, id DESC)
    WHERE occurrence_id IS NOT NULL;

-- Those of an audience about whom a person asks: not who waits, not whom all went well with.
CREATE INDEX participants_unsettled ON participants (occurrence_id, outcome, contact_id)
    WHERE outcome NOT IN ('pending', 'accepted');

CREATE INDEX occurrences_list ON occurrences (campaign_id, id DESC);
CREATE INDEX audit_entries_list ON audit_entries (workspace_id, id DESC);
CREATE INDEX audit_entries_kind ON audit_entries (workspace_id, noun, id DESC);
