"""Whatever a client sends, it gets an answer of the platform and never an accident of ours."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clarion.channels.simulator import SAMPLE_TEMPLATES
from clarion.channels.simulator.graph_errors import GRAPH_ERRORS, Refusal
from clarion.channels.simulator.message_checks import Draft, read_message
from clarion.channels.simulator.template_checks import check_template
from clarion.channels.simulator.templates import Templates, definition_problem

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def interactive(action: dict[str, Any], sort: str) -> dict[str, Any]:
    return {
        "messaging_product": "whatsapp",
        "to": "+16505551234",
        "type": "interactive",
        "interactive": {"type": sort, "body": {"text": "Well?"}, "action": action},
    }


SENDS: list[dict[str, Any]] = [
    {
        "messaging_product": "whatsapp",
        "to": "+16505551234",
        "type": "template",
        "biz_opaque_callback_data": "a",
        "context": {"message_id": "wamid.X"},
        "template": {
            "name": name,
            "language": {"code": "en_US"},
            "components": [
                {
                    "type": "body",
                    "parameters": [{"type": "text", "parameter_name": "first_name", "text": "A"}],
                },
                {
                    "type": "button",
                    "sub_type": "quick_reply",
                    "index": "0",
                    "parameters": [{"type": "payload", "payload": "P"}],
                },
            ],
        },
    }
    for name in ("spring_offer", "feedback_request")
] + [
    interactive({"buttons": [{"type": "reply", "reply": {"id": "y", "title": "Yes"}}]}, "button"),
    interactive(
        {"button": "Open", "sections": [{"title": "S", "rows": [{"id": "r", "title": "R"}]}]},
        "list",
    ),
    interactive({"parameters": {"flow_id": "1", "flow_token": "t"}}, "flow"),
    {
        "messaging_product": "whatsapp",
        "to": "+16505551234",
        "type": "image",
        "image": {"link": "https://shop.example/a.jpg", "caption": "c"},
    },
]


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every value inside a document."""
    found = [path] if path else []
    if isinstance(document, dict):
        for key, value in document.items():
            found += places(value, (*path, key))
    elif isinstance(document, list):
        for position, value in enumerate(document):
            found += places(value, (*path, position))
    return found


@st.composite
def spoilt(draw: st.DrawFn, documents: list[dict[str, Any]]) -> dict[str, Any]:
    """A document with one value replaced by anything."""
    document = copy.deepcopy(draw(st.sampled_from(documents)))
    *way, last = draw(st.sampled_from(places(document)))
    inner: Any = document
    for key in way:
        inner = inner[key]
    inner[last] = draw(ANYTHING)
    return document


def stored() -> Templates:
    templates = Templates()
    for document in SAMPLE_TEMPLATES:
        templates.add("222", document, "APPROVED", 0.0)
    return templates


@settings(max_examples=500)
@given(st.one_of(ANYTHING, spoilt(SENDS)))
def test_any_body_of_a_send_is_read_or_refused(document):
    draft = read_message(document)

    if isinstance(draft, Draft) and draft.template_name is not None:
        template = stored().find("222", draft.template_name, draft.language)
        outcome = check_template(template, draft.template_name, draft.language, draft.components)
        assert not isinstance(outcome, Refusal) or outcome.code in GRAPH_ERRORS
    elif isinstance(draft, Refusal):
        assert draft.code in GRAPH_ERRORS


@settings(max_examples=300)
@given(spoilt([dict(document) for document in SAMPLE_TEMPLATES]))
def test_any_definition_of_a_template_is_stored_or_refused(document):
    problem = definition_problem(document)

    if problem is None:
        template = Templates().add("222", document, "PENDING", 0.0)
        assert template.as_document()["name"] == document["name"]
