-- Ways to what happened today: rows come in the order of time, so a coarse index is enough.

CREATE INDEX messages_created ON messages USING brin (created_at) WITH (pages_per_range = 32);
CREATE INDEX consent_changes_at ON consent_changes USING brin (at) WITH (pages_per_range = 32);
