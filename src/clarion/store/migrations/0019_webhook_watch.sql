-- What the receiver of webhooks saw last, for whoever asks why nothing comes.

CREATE TABLE webhook_watches (
    sender_id bigint PRIMARY KEY REFERENCES senders ON DELETE CASCADE,
    last_event_at timestamptz,
    handshake_at timestamptz,
    signature_refused_count bigint NOT NULL DEFAULT 0,
    signature_refused_at timestamptz,
    -- The last event that was signed with the former app secret.
    former_secret_at timestamptz
);

-- While an app secret is replaced, what is signed with the former one is taken until then.
ALTER TABLE senders ADD COLUMN former_secret_until timestamptz;
