-- The compatible RPC endpoint accepts each signed request once.

-- Nonces that were used, kept until the time that they were signed with is refused anyway.
CREATE TABLE cams_nonces (
    access_key_id text NOT NULL,
    nonce text NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (access_key_id, nonce)
);
CREATE INDEX cams_nonces_used ON cams_nonces (used_at);
