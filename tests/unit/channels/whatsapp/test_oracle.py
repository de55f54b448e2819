"""An independent client of the same platform, pywa, as witness: it says and reads the same.

pywa writes component types in capitals and its index as a number; the platform takes both, so the
comparison folds them.  It parses one update a body and wants `user_id` in contacts and statuses:
the cases that it is shown have one.
"""

from __future__ import annotations

import json

import httpx
import pytest
from pywa import WhatsApp
from pywa.types import (
    Button,
    CallbackButton,
    CallbackSelection,
    Message,
    MessageStatus,
    Section,
    SectionList,
    SectionRow,
)
from pywa.types.templates import (
    BodyText,
    CopyCodeButton,
    HeaderImage,
    HeaderText,
    QuickReplyButton,
    TemplateLanguage,
    URLButton,
)
from tests.unit.channels.whatsapp.golden import address_of, cases

from clarion.channels.contract import OutMessage
from clarion.channels.whatsapp.adapter import WHATSAPP
from clarion.channels.whatsapp.payloads import body_of
from clarion.domain import message as ours

TO = "+16505551234"
P = ours.TemplateParameter


@pytest.fixture
def pywa():
    """A pywa client whose requests end here; ``pywa.sent`` holds their bodies."""
    sent = []

    def handle(request):
        sent.append(json.loads(request.content))
        answer = {
            "messaging_product": "whatsapp",
            "contacts": [{"input": TO, "wa_id": TO[1:], "user_id": "US.1"}],
            "messages": [{"id": "wamid.A", "message_status": "accepted"}],
        }
        return httpx.Response(200, json=answer)

    with httpx.Client(transport=httpx.MockTransport(handle)) as session:
        session.base_url = "http://127.0.0.1"
        client = WhatsApp(phone_id="106", token="t", session=session)
        client.sent = sent
        yield client


def folded(node):
    """Types in lower case, an index as text, nothing that only repeats a default."""
    if isinstance(node, list):
        return [folded(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: folded(value) for key, value in node.items() if value is not None}
    for key in ("type", "sub_type"):
        if isinstance(out.get(key), str):
            out[key] = out[key].lower()
    if "index" in out:
        out["index"] = str(out["index"])
    return out


def ours_says(content):
    return json.loads(body_of(OutMessage("job-1", address_of("phone", TO), content)))


def test_text(pywa):
    pywa.send_message(TO, "Hello", tracker="job-1", preview_url=True)
    assert folded(pywa.sent) == [folded(ours_says(ours.TextContent("Hello", preview_url=True)))]


def test_buttons(pywa):
    pywa.send_message(
        TO, "Coming?", header="Party", footer="Bye", buttons=[Button("Yes", "y"), Button("No", "n")], tracker="job-1",
    )  # fmt: skip
    content = ours.TextContent(
        "Coming?", (ours.Button("y", "Yes"), ours.Button("n", "No")), header="Party", footer="Bye"
    )
    assert folded(pywa.sent) == [folded(ours_says(content))]


def test_list(pywa):
    rows = [SectionRow("One", "r1", "first"), SectionRow("Two", "r2")]
    pywa.send_message(
        TO, "Pick", buttons=SectionList("Open", [Section("S", rows)]), tracker="job-1"
    )
    section = ours.ListSection((ours.ListRow("r1", "One", "first"), ours.ListRow("r2", "Two")), "S")
    assert folded(pywa.sent) == [folded(ours_says(ours.ListContent("Pick", "Open", (section,))))]


def test_media(pywa):
    pywa.send_image(TO, "https://x.example/a.jpg", caption="Look", tracker="job-1")
    content = ours.MediaContent("image", link="https://x.example/a.jpg", caption="Look")
    assert folded(pywa.sent) == [folded(ours_says(content))]


TEMPLATES = {
    "positional": (
        [HeaderText.params("Summer"), BodyText.params("Pablo", "20OFF")],
        (P("header", "Summer"), P("body", "Pablo"), P("body", "20OFF")),
    ),
    "named": (
        [BodyText.params(first_name="Pablo", code="X")],
        (P("body", "Pablo", name="first_name"), P("body", "X", name="code")),
    ),
    "buttons": (
        [
            QuickReplyButton.params(callback_data="stop", index=0),
            URLButton.params(url_variable="u=1", index=1),
            CopyCodeButton.params(coupon_code="25OFF", index=2),
        ],
        (
            P("button", "stop", "payload", index=0, sub_type="quick_reply"),
            P("button", "u=1", index=1, sub_type="url"),
            P("button", "25OFF", "coupon_code", index=2, sub_type="copy_code"),
        ),
    ),
    "picture": (
        [HeaderImage.params(image="https://x.example/a.jpg")],
        (P("header", "https://x.example/a.jpg", "image"),),
    ),
}


@pytest.mark.parametrize(("theirs", "parameters"), TEMPLATES.values(), ids=TEMPLATES.keys())
def test_template(pywa, theirs, parameters):
    pywa.send_template(TO, "promo", TemplateLanguage.ENGLISH_US, theirs, tracker="job-1")
    content = ours.TemplateContent("promo", "en_US", parameters)
    assert folded(pywa.sent) == [folded(ours_says(content))]


WEBHOOKS = cases("webhooks")
ONE_MESSAGE = [
    "message_text",
    "message_template_button",
    "message_button_reply",
    "message_list_reply",
    "message_location",
]


@pytest.mark.parametrize("name", ONE_MESSAGE)
def test_a_message_is_read_alike(pywa, name):
    body = WEBHOOKS[name]["body"]
    (event,) = WHATSAPP.parse_webhook(json.dumps(body).encode())
    theirs = _theirs(pywa, name, body)
    assert theirs.id == event.provider_id
    assert theirs.timestamp == event.reply.at
    assert theirs.from_user.wa_id == event.addresses[0].value
    assert theirs.from_user.bsuid == event.addresses[1].value
    assert theirs.from_user.name == event.profile_name
    assert (getattr(theirs, "data", None) or event.reply.payload) == event.reply.payload
    said = getattr(theirs, "title", None) or getattr(theirs, "text", None) or event.reply.text
    assert said == event.reply.text


def _theirs(pywa, name, body):
    kinds = {
        "message_template_button": CallbackButton,
        "message_button_reply": CallbackButton,
        "message_list_reply": CallbackSelection,
    }
    return kinds.get(name, Message).from_update(pywa, body)


@pytest.mark.parametrize("state", ["sent", "delivered", "read", "played"])
def test_a_status_is_read_alike(pywa, state):
    body = json.loads(json.dumps(WEBHOOKS[f"status_{state}"]["body"]))
    value = body["entry"][0]["changes"][0]["value"]
    value["statuses"][0]["recipient_user_id"] = "US.1349"
    (event,) = WHATSAPP.parse_webhook(json.dumps(body).encode())
    theirs = MessageStatus.from_update(pywa, body)
    assert theirs.id == event.provider_id
    assert theirs.status.value == event.state.value
    assert theirs.timestamp == event.at
    assert theirs.tracker == event.attempt_id
