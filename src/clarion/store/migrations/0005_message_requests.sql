-- Messages that a person or a program asked for, outside of any flow.

-- One row a message.  The key is the asker's own (or minted): what was asked for under a key is
-- carried out once, whatever is repeated; the position is the recipient's place in the request.
CREATE TABLE message_requests (
    message_id bigint PRIMARY KEY REFERENCES messages ON DELETE CASCADE,
    workspace_id bigint NOT NULL REFERENCES workspaces ON DELETE CASCADE,
    key text NOT NULL,
    position integer NOT NULL,
    -- What exactly was asked for under the key.
    request_hash bytea NOT NULL,
    -- The asker's own mark; told again beside the message.
    tag text NOT NULL DEFAULT '',
    actor_name text NOT NULL,
    UNIQUE (workspace_id, key, position)
);

-- The provider's id of the message that this one answers.
ALTER TABLE messages ADD COLUMN reply_to text;
