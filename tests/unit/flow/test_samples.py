"""The sample flows and the sample shop's templates are made for each other."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from clarion.channels.simulator import SAMPLE_TEMPLATES
from clarion.flow.check import check_flow
from clarion.flow.context import ContactFields, Context
from clarion.flow.definition import parse_flow
from clarion.flow.play import Answer, SkipWait, play
from clarion.flow.samples import SAMPLE_NAMES, SampleLanguage, sample
from clarion.flow.templates import shape_of

LANGUAGES: tuple[SampleLanguage, ...] = ("en", "zh")
SHAPES = {
    (document["name"], document["language"]): shape_of(
        document["name"],
        document["language"],
        document["parameter_format"].lower(),
        document["components"],
        category=document["category"].lower(),
    )
    for document in SAMPLE_TEMPLATES
}


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_a_sample_flow_can_be_published_in_the_sample_shop(
    name: str, language: SampleLanguage
) -> None:
    definition = sample(name, language)
    assert check_flow(definition, templates=SHAPES) == []
    assert definition["description"]


@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_a_sample_is_the_same_flow_in_both_languages(name: str) -> None:
    english, chinese = (sample(name, language) for language in LANGUAGES)
    assert [(node["id"], node["kind"], node.get("exits")) for node in english["nodes"]] == [
        (node["id"], node["kind"], node.get("exits")) for node in chinese["nodes"]
    ]
    texts = json.dumps([chinese["name"], chinese["description"]], ensure_ascii=False)
    assert any("\u4e00" <= character <= "\u9fff" for character in texts)


ANA = Context(
    now=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    contact=ContactFields(1, "Ana", "+4915112345678", {"appointment_time": "10:30"}),
    workspace_zone="Europe/Berlin",
)
GOLDEN_PLAYS = (
    ("spring_offer", ["YES"], ["start", "offer", "answer", "details", "done"]),
    ("abandoned_cart", ["BUY"], ["start", "remind", "answer", "pay", "done"]),
    ("abandoned_cart", ["ASK"], ["start", "remind", "answer", "question", "person"]),
    (
        "event_invitation",
        ["COME", "2"],
        ["start", "invite", "answer", "how_many", "count", "note", "see_you", "done"],
    ),
    ("coupon", ["CODE", None], ["start", "coupon", "answer", "code", "sleep", "last_day", "done"]),
    ("opt_in_again", ["STAY"], ["start", "ask", "answer", "stay", "welcome", "done"]),
    ("opt_in_again", ["LEAVE"], ["start", "ask", "answer", "bye", "leave", "done"]),
    (
        "faq",
        ["HOURS", "PERSON"],
        ["start", "menu", "question", "hours", "more", "menu", "question", "person"],
    ),
    ("feedback_score", ["5"], None),
    ("appointment_reminder", ["10:30 is fine"], None),
)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("name", "taps", "path"), GOLDEN_PLAYS)
def test_a_sample_is_played_to_its_end(
    name: str, taps: list[str | None], path: list[str] | None, language: SampleLanguage
) -> None:
    moves = [SkipWait() if tap is None else Answer(tap, tap, "button", 60) for tap in taps]
    transcript = play(parse_flow(sample(name, language)), moves, context=ANA)
    assert transcript.session.status == "completed", transcript.events
    assert path is None or list(transcript.path) == path
