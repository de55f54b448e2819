"""The pure rules: rates, faults, lives, replies, settings, the layout of webhooks, the ledger."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.channels.simulator import (
    FaultKind,
    FaultRule,
    SettingsError,
    SimulatorSettings,
    Spread,
)
from clarion.channels.simulator.faults import FAULTS, Faults
from clarion.channels.simulator.graph_errors import GRAPH_ERRORS, Refusal
from clarion.channels.simulator.ids import inbound_wamid, message_draws, outbound_wamid, trace_id
from clarion.channels.simulator.ledger import Ledger, LedgerFilter
from clarion.channels.simulator.lifecycle import life_of
from clarion.channels.simulator.media import read_upload
from clarion.channels.simulator.payloads import Update, envelope
from clarion.channels.simulator.people import PERSONAS, People
from clarion.channels.simulator.rates import PairLimit, TokenBucket
from clarion.channels.simulator.replies import Offer, answer_of


@dataclass(frozen=True)
class Endpoint:
    phone_number_id: str
    waba_id: str
    display_phone_number: str = "15550783881"


# rates


@given(
    st.lists(st.floats(min_value=0, max_value=0.5), min_size=1, max_size=200),
    st.floats(min_value=1, max_value=50),
)
def test_a_bucket_never_gives_more_than_its_rate_and_its_burst(gaps, rate):
    bucket, now, taken = TokenBucket(rate, 1.0, 0.0), 0.0, 0
    for gap in gaps:
        now += gap
        taken += bucket.take(now)

    assert taken <= rate + now * rate + 1e-6


def test_inbound_messages_make_the_bucket_owe():
    bucket = TokenBucket(2.0, 1.0, 0.0)
    for _ in range(3):
        bucket.force(0.0)

    assert not bucket.take(0.5)
    assert bucket.take(1.0)


def test_a_pair_may_borrow_a_burst_and_then_waits_its_turn():
    pairs = PairLimit(6.0, 45)

    assert sum(pairs.take("1", 0.0) for _ in range(60)) == 45
    assert pairs.take("2", 0.0)
    assert not pairs.take("1", 5.9)
    assert pairs.take("1", 6.1)


# faults


def test_every_fault_has_a_row_and_every_error_of_a_fault_is_known():
    assert FAULTS.keys() == set(FaultKind)
    for fault in FAULTS.values():
        assert fault.error_code is None or fault.error_code in GRAPH_ERRORS


def test_a_share_strikes_the_same_requests_in_whatever_order():
    requests = [("1", str(person), ordinal) for person in range(200) for ordinal in range(3)]
    rule = FaultRule(FaultKind.SERVER_ERROR, share=0.3)
    forward, backward = Faults(5, [rule]), Faults(5, [rule])

    struck = {request for request in requests if forward.strike(*request)}
    assert struck == {request for request in reversed(requests) if backward.strike(*request)}
    assert len(struck) / len(requests) == pytest.approx(0.3, abs=0.07)


# lives and replies

PERSON = People(1, SimulatorSettings.calm().people).person("16505551234")


@given(st.integers(min_value=0, max_value=10_000), st.booleans())
def test_a_life_begins_with_sent_and_only_readers_answer(ordinal, has_reply):
    settings = SimulatorSettings()
    draws = message_draws(1, "111", "16505551234", ordinal)
    steps = life_of(
        PERSON, draws, settings.people, settings.timing, failure=None, has_reply=has_reply
    )

    kinds = [step.kind for step in steps]
    assert kinds[0] == "sent"
    assert len(kinds) == len(set(kinds))
    assert all(step.after_seconds >= 0 for step in steps)
    if "reply" in kinds:
        assert has_reply
        assert kinds.index("read") < kinds.index("reply")


def test_a_message_that_fails_does_nothing_else():
    settings = SimulatorSettings()
    draws = message_draws(1, "111", "16505551234", 0)
    steps = life_of(
        PERSON,
        draws,
        settings.people,
        settings.timing,
        failure=Refusal(131026, ""),
        has_reply=False,
    )

    assert [step.kind for step in steps] == ["failed"]


@given(st.sampled_from(PERSONAS), st.integers(min_value=0, max_value=10_000))
def test_personas_tap_what_is_offered(persona, ordinal):
    offers = (Offer("button", "Y", "Yes"), Offer("button", "N", "No"))
    draws = message_draws(1, "111", "16505551234", ordinal)

    said = answer_of(persona, offers, draws, is_template=True, chats_on=0.0)

    expected = {"yes": {"Y"}, "no": {"N"}}.get(persona)
    if persona == "silent":
        assert said is None
    elif expected:
        assert said is not None
        assert {said.key} == expected
    else:
        assert said is not None
        assert said.kind in {"text", "stop"}


# settings


def test_a_partial_document_changes_only_what_it_names():
    settings = SimulatorSettings(seed=4)

    merged = settings.merged({"timing": {"read": {"median_seconds": 5}}, "speed": 60})

    assert merged.timing.read == Spread(5, settings.timing.read.sigma, 21_600.0)
    assert (merged.speed, merged.seed, merged.people) == (60, 4, settings.people)
    assert SimulatorSettings().merged(settings.as_document()) == settings


@pytest.mark.parametrize(
    "changes", [{"colour": 1}, {"people": {"mood": 1}}, {"speed": "x"}, {"faults": [{"kind": "x"}]}]
)
def test_a_document_that_does_not_fit_is_refused(changes):
    with pytest.raises(SettingsError):
        SimulatorSettings().merged(changes)


# the layout of webhooks


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["statuses", "messages", ""]))),
    st.booleans(),
)
def test_every_update_of_a_batch_is_in_its_body_exactly_once(plan, is_spread):
    updates = [
        Update(
            Endpoint(f"n{number}", f"w{number // 2}"),
            "messages" if part else "account_update",
            part,
            json.dumps({"id": position, "text": "é/😀"}).encode(),
            b'{"wa_id":"1"}' if part else None,
        )
        for position, (number, part) in enumerate(plan)
    ]

    body = envelope(updates, 1.0, is_spread=is_spread)

    found: Counter[int] = Counter()
    for entry in json.loads(body)["entry"]:
        for change in entry["changes"]:
            value = change["value"]
            items = [value] if change["field"] == "account_update" else []
            for item in [*value.get("statuses", ()), *value.get("messages", ()), *items]:
                found[item["id"]] += 1
                assert item["text"] == "é/😀"
    assert found == Counter(range(len(plan)))
    assert body.isascii()


# ids


def test_ids_differ_by_number_person_and_ordinal():
    ids = {
        make(1, number, phone, ordinal)
        for make in (outbound_wamid, inbound_wamid)
        for number in ("1", "2")
        for phone in ("16505551234", "5511987654321")
        for ordinal in range(10)
    }

    assert len(ids) == 80
    assert len({trace_id(1, number) for number in range(1_000)}) == 1_000


# the ledger


def test_a_ledger_goes_on_after_a_torn_row(tmp_path: Path):
    path = tmp_path / "ledger.ndjson"
    ledger = Ledger(path)
    for position in range(2_500):
        ledger.append({"phone": str(position % 7), "attempt_id": f"c1:{position}", "n": position})
    ledger.close()
    with path.open("ab") as file:
        file.write(b'{"phone":"1"')

    again = Ledger(path)
    again.append({"phone": "1", "attempt_id": "c2:0", "n": 2_500})

    assert [row["n"] for row in again.rows()] == list(range(2_501))
    assert again.accepted_count == 2_501
    assert [row["n"] for row in again.rows(LedgerFilter(attempt_prefix="c2:"))] == [2_500]
    assert {row["phone"] for row in again.rows(LedgerFilter({"phone": "3"}))} == {"3"}
    again.close()


# uploads


def test_an_upload_is_read_out_of_its_parts():
    body = (
        b"--B\r\ncontent-disposition: form-data; name=messaging_product\r\n\r\nwhatsapp\r\n"
        b'--B\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\n'
        b"content-type: image/jpeg\r\n\r\n\xff\xd8\r\nrest\r\n--B--\r\n"
    )

    assert read_upload("multipart/form-data; boundary=B", body) == (
        {"messaging_product": "whatsapp"},
        "image/jpeg",
        b"\xff\xd8\r\nrest",
    )
    assert read_upload("application/json", b"{}") is None
