-- Calls that are over are forgotten after a while; upkeep finds the oldest of them here.
CREATE INDEX calls_over ON calls (created_at) WHERE status IN ('done', 'dropped');
