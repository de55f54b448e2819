-- What people switch at their copy of a template, beside what its provider says of it.

ALTER TABLE templates ADD COLUMN is_sending_allowed boolean NOT NULL DEFAULT true;

-- Sending stops by itself when the provider turns the utility template into a marketing one.
ALTER TABLE templates ADD COLUMN is_stopped_as_marketing boolean NOT NULL DEFAULT false;

ALTER TABLE templates ADD COLUMN archived_at timestamptz;

-- Only "approved" can be sent.
ALTER TABLE templates ADD COLUMN sending_status text NOT NULL GENERATED ALWAYS AS (
    CASE WHEN NOT is_sending_allowed THEN 'stopped'
        WHEN archived_at IS NOT NULL THEN 'archived'
        ELSE status END) STORED;

-- The last look before every send asks for these; there are hardly ever any.
CREATE INDEX templates_stopped ON templates (workspace_id)
    WHERE NOT is_sending_allowed OR archived_at IS NOT NULL;

-- An import may also take the contacts of a file away.
ALTER TABLE imports ADD COLUMN deleted_count bigint NOT NULL DEFAULT 0;
