"""A message of each further channel has the form that its network wants, or is refused with a reason."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from email import message_from_bytes
from email.headerregistry import Address as Mailbox
from email.policy import default
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clarion.channels.contract import OutMessage
from clarion.channels.email.payloads import letter_of
from clarion.channels.messenger.payloads import body_of as page_body
from clarion.channels.sms.payloads import sms_of
from clarion.channels.viber.payloads import body_of as viber_body
from clarion.domain.message import (
    CONTENT_KINDS,
    Address,
    AddressKind,
    Channel,
    EmailContent,
    TextContent,
)

CASES = Path(__file__).parents[3] / "cases" / "channels"
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SHOP = Mailbox("The Shop", "shop", "shop.example.com")
# How a message of each channel is written, as plain values.
WRITERS = {
    "viber": lambda message: json.loads(viber_body(message, "Bakery")),
    "messenger": lambda message: json.loads(page_body(message)),
    "instagram": lambda message: json.loads(page_body(message)),
    "sms": lambda message: asdict(sms_of(message)) | {"parts": list(sms_of(message).parts)},
}


def message_of(channel, raw):
    ((kind, fields),) = raw["content"].items()
    to = Address(Channel(channel), AddressKind(raw["to"]["kind"]), raw["to"]["value"])
    return OutMessage(raw["attempt_id"], to, msgspec.convert(fields, CONTENT_KINDS[kind]))


SENDS = [
    pytest.param(channel, json.loads(path.read_text("utf-8")), id=f"{channel}: {path.stem}")
    for channel in WRITERS
    for path in sorted((CASES / channel / "sends").glob("*.json"))
]


def test_every_further_channel_has_cases():
    assert {each.values[0] for each in SENDS} == set(WRITERS)


@pytest.mark.parametrize(("channel", "case"), SENDS)
def test_a_message_has_this_form_or_is_refused(channel, case):
    message = message_of(channel, case["message"])
    if "refused" in case:
        with pytest.raises(ValueError, match=case["refused"]):
            WRITERS[channel](message)
    else:
        assert WRITERS[channel](message) == case["body"]


@pytest.mark.parametrize("name", ["", "x" * 29])
def test_viber_shows_a_name_of_28_characters(name):
    message = message_of(
        "viber", json.loads((CASES / "viber/sends/text.json").read_text())["message"]
    )
    with pytest.raises(ValueError, match="28"):
        viber_body(message, name)


@given(st.text(max_size=600))
def test_the_parts_of_an_sms_are_the_text_again(text):
    to = Address(Channel.SMS, AddressKind.PHONE, "+16505551234")
    sms = sms_of(OutMessage("a", to, TextContent(text)))
    assert "".join(sms.parts) == text
    room = {"gsm7": (160, 153), "ucs2": (70, 67)}[sms.coding][len(sms.parts) > 1]
    for part in sms.parts:
        size = len(part.encode("utf-16-le", "surrogatepass")) // 2
        assert size <= room


def letter(content, to="anna@example.org"):
    address = Address(Channel.EMAIL, AddressKind.EMAIL, to)
    return message_from_bytes(
        letter_of(OutMessage("c12.1", address, content), SHOP, NOON), policy=default
    )


def test_a_letter_says_the_same_as_text_and_as_html():
    read = letter(EmailContent("Größe 面", "Dear Anna", "<p>Dear <b>Anna</b></p>"))
    assert read["From"] == "The Shop <shop@shop.example.com>"
    assert read["To"] == "anna@example.org"
    assert read["Subject"] == "Größe 面"
    assert read["Message-ID"] == "<c12.1@shop.example.com>"
    assert read["Date"].datetime == NOON
    assert read.get_content_type() == "multipart/alternative"
    parts = {part.get_content_type(): part.get_content().strip() for part in read.iter_parts()}
    assert parts == {"text/plain": "Dear Anna", "text/html": "<p>Dear <b>Anna</b></p>"}


def test_a_letter_of_text_alone_has_one_part():
    read = letter(EmailContent("Hi", "Dear Anna"))
    assert read.get_content_type() == "text/plain"
    assert read.get_content().strip() == "Dear Anna"


@pytest.mark.parametrize(
    ("content", "to"),
    [
        (EmailContent("Hi\nBcc: eve@example.org", "x"), "anna@example.org"),
        (EmailContent("Hi", "x"), "anna@example.org\r\nBcc: eve@example.org"),
        (EmailContent("Hi", "x"), "no address"),
        (TextContent("Hi"), "anna@example.org"),
    ],
)
def test_a_letter_that_cannot_be_written_is_refused(content, to):
    with pytest.raises(ValueError):
        letter(content, to)


def test_a_letter_needs_an_address_of_letters():
    phone = Address(Channel.EMAIL, AddressKind.PHONE, "+16505551234")
    with pytest.raises(ValueError, match="phone"):
        letter_of(OutMessage("a", phone, EmailContent("Hi", "x")), SHOP, NOON)
