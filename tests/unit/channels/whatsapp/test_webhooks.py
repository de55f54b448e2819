"""Rules of webhooks that hold for any input: nothing raises, nothing is lost."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.channels.whatsapp.golden import cases

from clarion.channels.contract import Receipt, SenderAccount, UnknownEvent
from clarion.channels.whatsapp.adapter import WHATSAPP
from clarion.domain.message import Channel

ACCOUNT = SenderAccount(
    1,
    Channel.WHATSAPP,
    {"phone_number_id": "1"},
    {"token": "t", "app_secret": "s3cr3t", "verify_token": "v"},
)

any_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(any_json)
def test_any_json_becomes_events(document):
    events = WHATSAPP.parse_webhook(json.dumps(document).encode())
    assert len(events) >= 1, "even what says nothing is kept"


# Real webhooks in which one value anywhere was replaced by anything.
WEBHOOKS = [case["body"] for case in cases("webhooks").values()]


def _replaced(node, path, value):
    if not path:
        return value
    copy = dict(node) if isinstance(node, dict) else list(node)
    copy[path[0]] = _replaced(node[path[0]], path[1:], value)
    return copy


def _paths(node, path=()):
    yield path
    if isinstance(node, dict):
        for key, inner in node.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(node, list):
        for index, inner in enumerate(node):
            yield from _paths(inner, (*path, index))


@given(st.data())
def test_a_damaged_webhook_becomes_events(data):
    webhook = data.draw(st.sampled_from(WEBHOOKS))
    path = data.draw(st.sampled_from(list(_paths(webhook))))
    damaged = _replaced(webhook, path, data.draw(any_json))
    assert len(WHATSAPP.parse_webhook(json.dumps(damaged).encode())) >= 1


good_status = st.fixed_dictionaries(
    {
        "id": st.text(min_size=1),
        "status": st.sampled_from(["sent", "delivered", "read", "played", "failed"]),
        "timestamp": st.integers(0, 4_000_000_000).map(str),
    },
    optional={
        "recipient_id": st.text(),
        "recipient_user_id": st.text(),
        "biz_opaque_callback_data": st.text(),
        "pricing": st.fixed_dictionaries({"category": st.text()}),
        "errors": st.lists(st.fixed_dictionaries({"code": st.integers(0, 200_000)}), max_size=2),
    },
)
odd_status = any_json | st.builds(
    lambda status, value: {**status, "timestamp": value}, good_status, any_json
)
batches = st.lists(
    st.lists(st.lists(st.tuples(st.booleans(), good_status, odd_status), min_size=1), min_size=1),
    min_size=1,
    max_size=4,
)


@given(batches)
def test_as_many_receipts_come_out_as_statuses_went_in(batch):
    """Over any number of entries and changes, with odd statuses among the good ones."""
    entries, good, odd_count = [], [], 0
    for entry in batch:
        changes = []
        for picks in entry:
            statuses = [odd if is_odd else status for is_odd, status, odd in picks]
            good += [status for is_odd, status, _ in picks if not is_odd]
            odd_count += sum(is_odd for is_odd, _, _ in picks)
            value = {"metadata": {"phone_number_id": "9"}, "statuses": statuses}
            changes.append({"field": "messages", "value": value})
        entries.append({"id": "1", "changes": changes})
    events = WHATSAPP.parse_webhook(json.dumps({"entry": entries}).encode())
    assert len(events) == len(good) + odd_count
    receipts = [(event.provider_id, event.state) for event in events if isinstance(event, Receipt)]
    for status in good:
        receipts.remove((status["id"], status["status"]))
    assert all(isinstance(event, Receipt | UnknownEvent) for event in events)


def test_a_thousand_statuses_keep_their_order():
    statuses = [{"id": f"w{n}", "status": "sent", "timestamp": "1"} for n in range(1000)]
    changes = [
        {"field": "messages", "value": {"statuses": statuses[start : start + 10]}}
        for start in range(0, 1000, 10)
    ]
    body = {"entry": [{"id": "1", "changes": changes[:50]}, {"id": "2", "changes": changes[50:]}]}
    events = WHATSAPP.parse_webhook(json.dumps(body).encode())
    assert [event.provider_id for event in events] == [status["id"] for status in statuses]


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_json_is_refused(body):
    with pytest.raises(ValueError):
        WHATSAPP.parse_webhook(body)


def test_json_that_one_reader_refuses_still_becomes_events():
    huge = b'{"entry":[{"changes":[{"field":"x","value":{"n":1e999,"m":' + b"9" * 400 + b"}}]}]}"
    (event,) = WHATSAPP.parse_webhook(huge)
    assert isinstance(event, UnknownEvent)


def _signature(body, secret=b"s3cr3t"):
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


def test_only_the_raw_bytes_with_the_right_secret_are_believed():
    body = '{"text":"\\u00e9\\/é"}'.encode()
    header = "x-hub-signature-256"
    assert WHATSAPP.verify(ACCOUNT, {header: _signature(body)}, body)
    assert not WHATSAPP.verify(ACCOUNT, {header: _signature(body)}, json.dumps("é").encode())
    assert not WHATSAPP.verify(ACCOUNT, {header: _signature(body, b"other")}, body)
    assert not WHATSAPP.verify(ACCOUNT, {header: _signature(body)[7:]}, body)
    assert not WHATSAPP.verify(ACCOUNT, {header: "sha256=é"}, body)
    assert not WHATSAPP.verify(ACCOUNT, {}, body)


def test_an_empty_secret_believes_nobody():
    account = SenderAccount(1, Channel.WHATSAPP, {}, {"app_secret": "", "verify_token": ""})
    assert not WHATSAPP.verify(account, {"x-hub-signature-256": _signature(b"{}", b"")}, b"{}")
    query = {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""}
    assert WHATSAPP.handshake(account, query) is None


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({}, "1158201444"),
        ({"hub.verify_token": "wrong"}, None),
        ({"hub.verify_token": "é"}, None),
        ({"hub.mode": "unsubscribe"}, None),
    ],
)
def test_the_challenge_is_answered_only_with_our_token(changed, answer):
    query = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "v"}
    assert WHATSAPP.handshake(ACCOUNT, {**query, **changed}) == answer
    assert WHATSAPP.handshake(ACCOUNT, {}) is None
