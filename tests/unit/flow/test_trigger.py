"""Which messages start a flow."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from clarion.domain.message import Reply
from clarion.flow.definition import parse_flow, to_json

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WORDS = {"kind": "keyword", "words": ["price list", "优惠"]}
CONTAINS = {**WORDS, "match": "contains"}
AD = {"referral": {"source_id": "ad-7"}}


def flow_of(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {
        "schema": "clarion.flow/1",
        "name": "Listening",
        "trigger": {"kind": "whatsapp"} | ({"conditions": list(conditions)} if conditions else {}),
        "nodes": [{"id": "start", "kind": "start"}],
    }


def said(text: str = "", kind: str = "text", payload: str | None = None, **media: Any) -> Reply:
    return Reply(kind, text, AT, payload=payload, media=media)


@pytest.mark.parametrize(
    ("conditions", "reply", "is_start"),
    [
        ([], said("anything"), True),
        ([], said("👍", "reaction"), False),
        ([WORDS], said("  PRICE   list! "), True),
        ([WORDS], said("the price list, please"), False),
        ([WORDS], said("More", "button", payload="price_list"), True),
        ([WORDS], said("优惠。"), True),
        ([CONTAINS], said("the price list, please"), True),
        ([CONTAINS], said("the price listing"), False),
        ([CONTAINS], said("今天有什么优惠吗"), True),
        ([{"kind": "pattern", "pattern": r"order\s+#?\d+"}], said("My ORDER #17?"), True),
        ([{"kind": "pattern", "pattern": r"^order \d+$"}], said("no order 1"), False),
        ([{"kind": "referral"}], said("Hi", **AD), True),
        ([{"kind": "referral", "sources": ["ad-7"]}], said("Hi", **AD), True),
        ([{"kind": "referral", "sources": ["ad-8"]}], said("Hi", **AD), False),
        ([{"kind": "referral"}], said("Hi"), False),
        ([{"kind": "media"}], said(kind="media"), True),
        ([{"kind": "media"}, WORDS], said("price list"), True),
    ],
)
def test_a_message_starts_the_flow_that_waits_for_it(
    conditions: list[dict[str, Any]],
    reply: Reply,
    is_start: bool,  # noqa: FBT001 - pytest calls it by name
) -> None:
    flow = parse_flow(flow_of(*conditions))
    assert flow.trigger.fits(reply) is is_start
    assert parse_flow(to_json(flow)) == flow


def test_a_flow_that_is_started_by_hand_listens_to_nobody() -> None:
    data = flow_of()
    data["trigger"] = {"kind": "manual"}
    assert parse_flow(data).trigger.fits(said("anything")) is False
