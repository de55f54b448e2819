"""Send a template that the provider has approved: the one thing that may start a conversation."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from clarion.domain.message import Channel, TemplateContent, TemplateParameter
from clarion.flow.expressions import Expression
from clarion.flow.nodes.config import Config, Rendered, Senders, senders_of
from clarion.flow.nodes.kind import NEXT, Node, NodeKind, Result
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "SendTemplateConfig", "TemplateButton", "TemplateHeader"]

_Parameter = Annotated[Expression, Rendered(1024)]
_HeaderValue = Annotated[Expression, Rendered(2048)]
_ButtonValue = Annotated[Expression, Rendered(2000)]
_ParameterName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$", max_length=64)]

# What the wire calls the value of a button's parameter.
_BUTTON_KINDS = {"quick_reply": "payload", "url": "text", "copy_code": "coupon_code"}


class TemplateHeader(Config):
    """The header's one parameter."""

    kind: Literal["text", "image", "video", "document"]
    value: Annotated[
        _HeaderValue,
        Field(description="The text, a link to the file, or `id:` and the provider's media id."),
    ]
    name: Annotated[
        _ParameterName | None, Field(description="For a text header with a named placeholder.")
    ] = None
    filename: Annotated[str, Field(max_length=240)] | None = None


class TemplateButton(Config):
    """A button's parameter; buttons without one need no entry."""

    index: Annotated[int, Field(ge=0, le=9, description="The button's position, from 0.")]
    sub_type: Literal["quick_reply", "url", "copy_code"]
    value: Annotated[
        _ButtonValue,
        Field(description="The payload that comes back, the end of the address, or the code."),
    ]


def _form_of(value: object) -> str:
    return "(object)" if isinstance(value, Mapping) else "(list)"


class SendTemplateConfig(Config):
    """Which template, and what goes into its placeholders."""

    template: Annotated[
        str,
        Field(pattern=r"^[a-z0-9_]{1,512}$", description="The template's name at the provider."),
    ]
    language: Annotated[
        str, Field(pattern=r"^[a-z]{2,3}(_[A-Za-z]{2,4})?$", description="Such as `en` or `pt_BR`.")
    ]
    header: TemplateHeader | None = None
    body: Annotated[
        Annotated[tuple[_Parameter, ...], Tag("(list)")]
        | Annotated[dict[_ParameterName, _Parameter], Tag("(object)")],
        Discriminator(_form_of),
        Field(
            description="The values of the body's placeholders: a list when they are numbered, "
            "an object when they are named.",
        ),
    ] = ()
    buttons: Annotated[tuple[TemplateButton, ...], Field(max_length=10)] = ()
    fallback: Annotated[
        dict[str, Annotated[str, Field(min_length=1, max_length=1024)]],
        Field(
            description="What to send instead of a value that comes out empty, by the parameter's "
            "number (`1`) or name, `header`, or `button:<index>`. Without it the session fails: "
            "the provider refuses empty values."
        ),
    ] = {}  # noqa: RUF012 - pydantic copies defaults, and the model is frozen
    category: Annotated[
        Literal["marketing", "utility", "authentication"],
        Field(description="The template's category, which decides about consent and quiet hours."),
    ] = "marketing"
    sender: Senders = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Refuse a fallback for something that is not there."""
        known = {key for key, _, _ in self.slots}
        for key in self.fallback:
            if key not in known:
                raise PydanticCustomError(
                    "unknown_fallback",
                    "`fallback` names `{key}`, which is no parameter here",
                    {"key": key},
                )
        return self

    @cached_property
    def slots(self) -> tuple[tuple[str, Expression, TemplateParameter], ...]:
        """Every parameter: its key, its text, and the parameter with the value still open."""
        slots: list[tuple[str, Expression, TemplateParameter]] = []
        if (header := self.header) is not None:
            empty = TemplateParameter(
                "header", "", kind=header.kind, name=header.name, filename=header.filename
            )
            slots.append(("header", header.value, empty))
        if isinstance(self.body, dict):
            for name, text in self.body.items():
                slots.append((name, text, TemplateParameter("body", "", name=name)))
        else:
            for number, text in enumerate(self.body, 1):
                slots.append((str(number), text, TemplateParameter("body", "")))
        for button in self.buttons:
            empty = TemplateParameter(
                "button",
                "",
                kind=_BUTTON_KINDS[button.sub_type],
                index=button.index,
                sub_type=button.sub_type,
            )
            slots.append((f"button:{button.index}", button.value, empty))
        return tuple(slots)

    @cached_property
    def literal_parameters(self) -> dict[str, TemplateParameter]:
        """The parameters whose texts have no holes, finished once for all contacts."""
        return {
            key: _with_value(empty, _on_one_line(text.source))
            for key, text, empty in self.slots
            if text.is_literal
        }

    @cached_property
    def senders(self) -> tuple[str, ...]:
        """The pool."""
        return senders_of(self.sender)


def _with_value(empty: TemplateParameter, value: str) -> TemplateParameter:
    return TemplateParameter(
        empty.component,
        value,
        empty.kind,
        empty.name,
        empty.index,
        empty.sub_type,
        empty.filename,
    )


def _on_one_line(value: str) -> str:
    # WhatsApp refuses line ends, tabs and runs of spaces inside a parameter.
    if value.isprintable() and "    " not in value:
        return value.strip()
    return " ".join(value.split())


def _run(node: Node[SendTemplateConfig], state: State) -> Result:
    config = node.config
    finished = config.literal_parameters
    parameters = []
    for key, text, empty in config.slots:
        parameter = finished.get(key)
        if parameter is None:
            value = _on_one_line(state.render(text)) or config.fallback.get(key, "")
            if not value:
                raise NodeFailed(
                    "template_parameter_empty",
                    f"The parameter `{key}` of the template `{config.template}` came out empty "
                    f"(`{text.source}`).",
                )
            parameter = _with_value(empty, value)
        parameters.append(parameter)
    content = TemplateContent(config.template, config.language, tuple(parameters), config.category)
    state.send(Channel.WHATSAPP, content, config.senders)
    return NEXT


KIND = NodeKind(
    name="send_whatsapp_template",
    title="Send a WhatsApp template",
    summary="Sends a template that the provider has approved; this is allowed at any time. Values "
    "are put on one line. A value that comes out empty fails the session with "
    "`template_parameter_empty`, unless `fallback` has something to send instead.",
    config=SendTemplateConfig,
    run=_run,
    example={
        "id": "offer",
        "kind": "send_whatsapp_template",
        "config": {
            "template": "spring_offer",
            "language": "en",
            "body": ["{{ contact.name }}"],
            "fallback": {"1": "there"},
            "buttons": [
                {"index": 0, "sub_type": "quick_reply", "value": "YES"},
                {"index": 1, "sub_type": "quick_reply", "value": "NO"},
            ],
            "sender": ["shop-1", "shop-2"],
        },
        "exits": {"next": "answer"},
    },
    sends="template",
)
