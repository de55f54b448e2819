"""What the demo shows, from a snapshot to the characters on a terminal."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
from rich.console import Console

from clarion.commands.demo.log_tail import line_of
from clarion.commands.demo.snapshot import CampaignView, Snapshot
from clarion.commands.demo.view import live_view, plain_lines
from clarion.domain.campaign import CampaignStatus
from clarion.domain.message import Channel
from clarion.reports.progress import progress_from
from clarion.reports.replies import RecentReply
from clarion.services.senders import Sender

NOW = datetime(2026, 3, 20, 12, 0, 30, tzinfo=UTC)
COUNTS = {
    "audience_count": 2000,
    "pending_count": 1200,
    "held_count": 0,
    "skipped_count": 49,
    "failed_count": 7,
    "in_doubt_count": 1,
    "accepted_count": 743,
    "sent_count": 740,
    "delivered_count": 731,
    "read_count": 402,
    "replied_count": 77,
    "opted_out_count": 3,
}
PROGRESS = progress_from(
    {
        **COUNTS,
        "campaign_id": 1,
        "name": "Spring offer",
        "status": "in_progress",
        "is_running": True,
        "started_at": NOW - timedelta(seconds=10),
        "recent_count": 800,
    },
    NOW,
)
RUNNING = CampaignView(
    1, "Spring offer", "Once, at the start", CampaignStatus.IN_PROGRESS, None, 1, PROGRESS
)
PENDING = CampaignView(
    2, "VIP check-in", "Every minute", CampaignStatus.PENDING, NOW + timedelta(seconds=9), 0, None
)
SENDER = Sender(
    1, Channel.WHATSAPP, "Sample shop", "106", "102", "4930555010", {}, "key", "paused",
    "quality is low", None, 80.0, 40.0, 1257, {}, NOW, NOW,
)  # fmt: skip
REPLY = RecentReply(NOW - timedelta(seconds=2), "Lena Keller", "Yes, tell me more", "Great!", False)
GONE = RecentReply(NOW - timedelta(seconds=5), "Bram [bold]Smit", "STOP", None, True)
SNAPSHOT = Snapshot(NOW, (RUNNING, PENDING), (SENDER,), (REPLY, GONE))


def drawn(snapshot: Snapshot, width: int) -> str:
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(live_view({"Address": "http://127.0.0.1:8000"}, snapshot, ["Oh."], ["a line"]))
    return console.export_text()


def test_the_view_tells_how_far_and_how_fast_and_who_said_what() -> None:
    text = drawn(SNAPSHOT, 110)
    for told in (
        "http://127.0.0.1:8000",
        "800 of 2,000  40%  80/s  15 s left",
        "sent 740  delivered 731  read 402  replied 77  failed 7  skipped 49  held 0  in doubt 1",
        "starts in 9 s",
        "paused (quality is low)  40 of 80/s  1,257 waiting",
        "“Yes, tell me more”",
        "→ Great!",
        "Bram [bold]Smit",
        "opted out",
        "! Oh.",
    ):
        assert told in text


def test_the_view_fits_a_terminal_of_eighty_columns() -> None:
    lines = drawn(SNAPSHOT, 80).splitlines()
    assert max(map(len, lines)) <= 80
    assert len(lines) <= 24


def test_plain_lines_tell_only_what_is_new() -> None:
    first = list(plain_lines(SNAPSHOT, None))
    assert len(first) == 4
    assert list(plain_lines(SNAPSHOT, SNAPSHOT)) == []
    later = replace(SNAPSHOT, replies=(replace(REPLY, text="Thanks!"), REPLY))
    assert list(plain_lines(later, SNAPSHOT)) == ["12:00:30  Lena Keller said: Thanks!"]


def test_an_entry_of_the_log_is_one_line() -> None:
    entry = {
        "event": "loop stopped",
        "level": "warning",
        "at": "2026-03-20T12:00:01Z",
        "why": "a\nb",
    }
    assert line_of(entry) == "12:00:01  warning  loop stopped  why=a b"
    started = {"event": "Started", "level": "info", "logger": "uvicorn.error"}
    assert line_of(orjson.loads(orjson.dumps(started))) is None
