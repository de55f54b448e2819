"""A person tries a flow out at a phone: answers, lets time pass, skips the wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from clarion.flow.context import ContactFields, Context
from clarion.flow.definition import parse_flow
from clarion.flow.moves import Answer, Move, Pass, SkipWait
from clarion.flow.play import play
from clarion.flow.samples import sample
from clarion.flow.session import SessionStatus
from clarion.flow.transcript import Transcript

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
FLOW = parse_flow(sample("feedback_score"))


def played(*moves: Move) -> Transcript:
    return play(FLOW, moves, context=Context(now=NOW, contact=ContactFields(1, "Ana Ruiz")))


def texts(transcript: Transcript) -> list[Any]:
    return [getattr(said.content, "text", "(template)") for said in transcript.said]


def test_without_a_move_the_play_stands_at_its_first_wait() -> None:
    transcript = played()
    assert texts(transcript) == ["(template)"]
    assert transcript.session.wait is not None
    assert (transcript.session.wait.node_id, transcript.ended_at) == ("answer", NOW)


def test_an_answer_leads_on_and_the_clock_shows_when_it_came() -> None:
    transcript = played(Answer("5", after_seconds=90))
    assert texts(transcript) == ["(template)", "5", "Thank you for the 5! See you soon."]
    assert transcript.session.status is SessionStatus.COMPLETED
    assert transcript.ended_at == NOW + timedelta(seconds=90)


def test_time_that_passes_the_deadline_ends_the_wait_at_the_deadline() -> None:
    transcript = played(Pass(3 * 86_400))
    assert transcript.exits[-1] == ("answer", "timeout")
    assert transcript.events[-1][0] == NOW + timedelta(days=2)
    assert transcript.ended_at == NOW + timedelta(days=3)


def test_skipping_goes_just_to_the_end_of_the_wait() -> None:
    assert played(Answer("what?"), SkipWait()).ended_at == NOW + timedelta(days=1)
    assert played(Answer("5"), SkipWait()) == played(Answer("5"))


def test_an_answer_after_the_end_is_shown_and_changes_nothing() -> None:
    transcript = played(Answer("5"), Answer("one more thing"))
    assert texts(transcript)[-1] == "one more thing"
    assert transcript.events[-1][1].event == "resume_ignored"
    assert transcript.session == played(Answer("5")).session


MOVES = st.lists(
    st.builds(Answer, st.sampled_from(["5", "2", "hm", ""]), after_seconds=st.integers(0, 200_000))
    | st.builds(Pass, st.integers(0, 300_000))
    | st.builds(SkipWait),
    max_size=6,
)


@given(MOVES)
def test_one_more_move_never_changes_what_was_already_played(moves: list[Move]) -> None:
    before, after = played(*moves[:-1]), played(*moves)
    assert after.said[: len(before.said)] == before.said
    assert after.events[: len(before.events)] == before.events
    assert after.ended_at >= before.ended_at
