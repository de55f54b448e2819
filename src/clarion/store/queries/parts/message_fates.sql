-- How the messages `m` of a group fared.
count(*) FILTER (WHERE m.accepted_at IS NOT NULL) AS accepted_count,
    count(*) FILTER (WHERE m.delivered_at IS NOT NULL) AS delivered_count,
    count(*) FILTER (WHERE m.read_at IS NOT NULL) AS read_count,
    count(*) FILTER (WHERE m.status = 'failed') AS failed_count
