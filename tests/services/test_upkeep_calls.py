"""What flows asked of the world outside is forgotten when it is over for long enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from clarion.services.upkeep import forget_calls
from clarion.store.pool import Pool

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
MADE = """
WITH w AS (INSERT INTO workspaces (name) VALUES ('Shop') RETURNING id),
c AS (INSERT INTO contacts (workspace_id, name) SELECT id, 'Ana' FROM w RETURNING id, workspace_id),
f AS (INSERT INTO flows (workspace_id, name, trigger_kind, draft)
      SELECT id, 'Order', 'manual', '{}' FROM w RETURNING id),
v AS (INSERT INTO flow_versions (workspace_id, flow_id, number, definition, published_by)
      SELECT w.id, f.id, 1, '{}', 'Ana' FROM w, f RETURNING id),
s AS (INSERT INTO sessions (workspace_id, contact_id, flow_id, flow_version_id, channel, status,
                            state, revision, started_at)
      SELECT c.workspace_id, c.id, f.id, v.id, 'whatsapp', 'waiting', '{}', 1, now()
      FROM c, f, v RETURNING id, workspace_id)
INSERT INTO calls (workspace_id, session_id, node_id, number, kind, request, idempotency_key,
                   status, created_at)
SELECT s.workspace_id, s.id, 'ask', n.number, 'http', '{"said": "a secret wish"}', n.number::text,
       n.status, $1::timestamptz - make_interval(days => n.days)
FROM s, (VALUES (1, 'done', 20), (2, 'dropped', 15), (3, 'done', 13), (4, 'running', 20),
                (5, 'answered', 20), (6, 'queued', 20)) AS n (number, status, days)
"""


async def test_calls_that_are_over_are_forgotten_and_no_other(pool: Pool) -> None:
    await pool.execute(MADE, NOW)
    assert await forget_calls(pool, NOW, timedelta(days=14)) == 2
    rows = await pool.fetch("SELECT number FROM calls ORDER BY number")
    assert [row["number"] for row in rows] == [3, 4, 5, 6]
    assert await forget_calls(pool, NOW + timedelta(days=2), timedelta(days=14)) == 1
