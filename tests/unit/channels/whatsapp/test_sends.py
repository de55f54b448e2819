"""Where a send goes, and what is refused before it is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.channels.whatsapp.golden import address_of, cases, message_of

from clarion.channels.contract import Answer, OutcomeKind, OutMessage, SenderAccount
from clarion.channels.registry import ADAPTERS
from clarion.channels.whatsapp.adapter import WHATSAPP
from clarion.domain.message import (
    Address,
    AddressKind,
    Channel,
    MediaContent,
    TemplateContent,
    TemplateParameter,
    TextContent,
)

PHONE = address_of("phone", "+16505551234")


def account(**config):
    return SenderAccount(
        1, Channel.WHATSAPP, {"phone_number_id": "106", **config}, {"token": "EAAG1"}
    )


def message(content, to=PHONE):
    return OutMessage("a", to, content)


def test_a_send_goes_to_the_platform_by_default():
    request = WHATSAPP.request_for(account(), message(TextContent("x")))
    assert (request.method, request.origin, request.path) == (
        "POST",
        "https://graph.facebook.com",
        "/v25.0/106/messages",
    )
    assert dict(request.headers) == {
        "authorization": "Bearer EAAG1",
        "content-type": "application/json",
    }
    assert "EAAG1" not in repr(request), "a token must not reach a log"


def test_another_base_url_may_have_a_path_of_its_own():
    there = account(base_url="http://127.0.0.1:8000/sim/", version="v26.0")
    request = WHATSAPP.request_for(there, message(TextContent("x")))
    assert request.origin + request.path == "http://127.0.0.1:8000/sim/v26.0/106/messages"


@pytest.mark.parametrize(
    ("content", "endpoint"),
    [
        (TemplateContent("n", "en", category="marketing"), "marketing_messages"),
        (TemplateContent("n", "en", category="utility"), "messages"),
        (TextContent("x"), "messages"),
    ],
)
def test_the_marketing_endpoint_takes_only_marketing_templates(content, endpoint):
    request = WHATSAPP.request_for(account(endpoint="marketing_messages"), message(content))
    assert request.path.endswith("/" + endpoint)


@pytest.mark.parametrize(
    "wrong",
    [
        message(TextContent("x"), address_of("phone", "16505551234")),
        message(TextContent("x"), address_of("phone", "+1 650")),
        message(TextContent("x"), address_of("phone", "+")),
        message(TextContent("x"), address_of("wa_id", "+1650")),
        message(TextContent("x"), address_of("viber_id", "1")),
        message(MediaContent("image")),
        message(MediaContent("image", link="l", media_id="i")),
        message(TemplateContent("n", "en", (TemplateParameter("button", "x"),))),
        message(TemplateContent("n", "en", (TemplateParameter("body", "x", kind="poem"),))),
    ],
)
def test_what_cannot_be_expressed_is_refused_and_found_by_the_check(wrong):
    with pytest.raises(ValueError):
        WHATSAPP.request_for(account(), wrong)
    assert WHATSAPP.check(wrong, None)


def test_every_golden_send_becomes_a_request():
    for case in cases("sends").values():
        assert WHATSAPP.request_for(account(), message_of(case)).body


@given(
    status=st.integers(0, 599),
    body=st.binary() | st.sampled_from([b'{"error":{"code":4}}', b'{"messages":[{"id":"w"}]}']),
    headers=st.dictionaries(
        st.sampled_from(["retry-after", "x-business-use-case-usage"]),
        st.text() | st.sampled_from(['{"a":[{"estimated_time_to_regain_access":"x"}]}', "1" * 400]),
    ),
    was_written=st.booleans(),
)
def test_every_answer_has_an_outcome(status, body, headers, was_written):
    outcome = WHATSAPP.outcome_of(Answer(status, headers, body, was_written=was_written))
    if outcome.kind is OutcomeKind.ACCEPTED:
        assert status == 200
        assert outcome.provider_id
    if outcome.kind is OutcomeKind.NOT_SENT:
        assert status == 0
        assert not was_written
    if status == 0 and was_written:
        assert outcome.kind is OutcomeKind.IN_DOUBT


def test_the_registry_names_each_channel_that_has_an_adapter():
    for channel, adapter in ADAPTERS.items():
        assert adapter.channel is channel


def test_an_address_of_another_kind_names_itself_in_the_refusal():
    page = Address(Channel.MESSENGER, AddressKind.PAGE_SCOPED, "1")
    with pytest.raises(ValueError, match="page_scoped"):
        WHATSAPP.request_for(account(), message(TextContent("x"), page))
