-- What a list of sessions `s` is narrowed by; every filter may be null.
  AND (:campaign_id::bigint IS NULL OR s.campaign_id = :campaign_id)
  AND (:node_id::text IS NULL OR s.state->>'node' = :node_id)
  AND s.id < coalesce(:below_id::bigint, 9223372036854775807)
ORDER BY s.id DESC
LIMIT :limit
