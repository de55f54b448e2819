"""Moments are understood as they are typed at the shell."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.commands.moments import read_moment
from clarion.domain.errors import ClarionError

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("now", "2026-03-02T09:00:01Z"),
        ("+10s", "2026-03-02T09:00:10Z"),
        ("+1m", "2026-03-02T09:01:00Z"),
        ("now+2h", "2026-03-02T11:00:00Z"),
        ("now + 1d", "2026-03-03T09:00:00Z"),
        ("2026-03-02T12:00", "2026-03-02T11:00:00Z"),
        ("2026-03-02 12:00:30+08:00", "2026-03-02T04:00:30Z"),
        ("2026-03-29T02:30", "2026-03-29T01:00:00Z"),  # the clock jumps over it
    ],
)
def test_a_moment_is_relative_or_of_the_workspaces_clock(typed: str, meant: str) -> None:
    assert read_moment(typed, "start_at", NOW, BERLIN) == datetime.fromisoformat(meant)


@pytest.mark.parametrize("typed", ["", "soon", "+5", "-5m", "0001-01-01T00:00Z", "+999999999d"])
def test_what_is_no_moment_is_refused_with_its_field(typed: str) -> None:
    with pytest.raises(ClarionError) as refused:
        read_moment(typed, "end_at", NOW, BERLIN)
    assert refused.value.code == "campaign.invalid"
    assert refused.value.field_errors[0].path == "end_at"


@given(st.text())
def test_any_text_is_a_moment_or_refused(typed: str) -> None:
    with contextlib.suppress(ClarionError):
        assert read_moment(typed, "start_at", NOW, BERLIN).tzinfo is not None
