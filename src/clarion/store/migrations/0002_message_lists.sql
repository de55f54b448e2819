-- Ways into the messages of one campaign: the list (newest first), and how many of its openings
-- were accepted lately (the rate of its progress).

CREATE INDEX messages_campaign ON messages (campaign_id, id DESC) WHERE campaign_id IS NOT NULL;
CREATE INDEX messages_accepted ON messages (campaign_id, accepted_at)
    WHERE is_opening AND accepted_at IS NOT NULL;
