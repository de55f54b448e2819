from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from clarion.observe.logging import HIDDEN, Redactor, configure_logging


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_clarion_and_libraries_come_out_in_the_same_form(stream: io.StringIO) -> None:
    configure_logging(form="json", stream=stream)
    structlog.get_logger("clarion.engine").info("chunk done", campaign_id=12)
    logging.getLogger("aiohttp.client").warning("slow answer from %s", "graph")
    ours, theirs = lines(stream)
    assert (ours["event"], ours["campaign_id"], ours["level"]) == ("chunk done", 12, "info")
    assert (theirs["event"], theirs["logger"]) == ("slow answer from graph", "aiohttp.client")
    assert ours.keys() - {"campaign_id"} == theirs.keys()


def test_less_severe_messages_are_left_out(stream: io.StringIO) -> None:
    configure_logging(form="json", level="warning", stream=stream)
    structlog.get_logger("clarion").info("hello")
    logging.getLogger("procrastinate.worker").info("Starting job")
    assert stream.getvalue() == ""


def test_people_get_plain_text(stream: io.StringIO) -> None:
    configure_logging(form="console", stream=stream)
    structlog.get_logger("clarion").info("chunk done", campaign_id=12)
    assert "chunk done" in stream.getvalue()
    assert "campaign_id=12" in stream.getvalue()


def test_the_secrets_in_the_text_of_an_exception_are_hidden(stream: io.StringIO) -> None:
    configure_logging(form="json", stream=stream)
    try:
        raise ConnectionError("postgresql://clarion:hunter22@db/clarion refused")
    except ConnectionError:
        structlog.get_logger("clarion").exception("no database")
    assert "hunter22" not in stream.getvalue()
    assert "refused" in stream.getvalue()


@pytest.mark.parametrize(
    "event",
    [
        {"access_token": "s3cr3t-value"},
        {"app_secret": "s3cr3t-value"},
        {"headers": {"Authorization": "Bearer s3cr3t-value"}},
        {"headers": {"X-Hub-Signature": "s3cr3t-value", "Cookie": "s3cr3t-value"}},
        {"requests": [{"api_key": "s3cr3t-value"}]},
        {"event": "sent Bearer s3cr3t-value to the provider"},
        {"url": "https://graph.example/v1?access_token=s3cr3t-value&x=1"},
        {"url": "postgresql://user:s3cr3t-value@host/db"},
    ],
)
def test_secrets_never_reach_the_log(event: dict[str, Any]) -> None:
    hidden = str(Redactor()(None, "info", event))
    assert "s3cr3t-value" not in hidden
    assert HIDDEN in hidden


def test_what_is_not_secret_stays() -> None:
    event = {
        "event": "chunk done",
        "token_count": 3,
        "campaign_id": 12,
        "at": "2026-01-05T10:00:00.123456Z",
        "url": "https://host/path",
        "nothing_token": None,
    }
    assert Redactor()(None, "info", dict(event)) == event


def test_phone_numbers_are_hidden_but_for_their_end() -> None:
    event = {"event": "sent to +49 151 23456789", "phone": "+4915123456789", "wa_id": "4915123"}
    assert Redactor()(None, "info", event) == {
        "event": "sent to ***89",
        "phone": "***89",
        "wa_id": "***23",
    }
    assert Redactor(hides_phones=False)(None, "info", event) == event
