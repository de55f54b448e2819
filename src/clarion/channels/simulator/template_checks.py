"""What the platform refuses in a template send: pure.

Theory of operation.  The send's components are compared with the template's shape, part by part (header, body,
buttons); the first difference is the answer.  Types come in any case and a button's index as text or
number, because real clients write all of these.  What passes yields the *offers*: the quick replies that the
person will be able to tap, with the payloads of this send.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from clarion.channels.simulator.graph_errors import Refusal
from clarion.channels.simulator.replies import Offer
from clarion.channels.simulator.templates import ButtonShape, Template

__all__ = ["SendableTemplate", "check_template"]

_BODY_KINDS = frozenset({"text", "currency", "date_time"})
_TEXT_LENGTH = 1024
_HEADER_LENGTH = 60
_UNSENDABLE: Mapping[str, Refusal] = {
    "PAUSED": Refusal(132015, "Template is paused due to low quality, so it cannot be sent."),
    "DISABLED": Refusal(132016, "Template was disabled for low quality, and cannot be sent."),
}
# Which kinds of a template's button a send's sub_type may address.
_SUB_TYPES: Mapping[str, frozenset[str]] = {
    "quick_reply": frozenset({"QUICK_REPLY"}),
    "url": frozenset({"URL", "OTP"}),
    "copy_code": frozenset({"COPY_CODE", "OTP"}),
    "flow": frozenset({"FLOW"}),
    "catalog": frozenset({"CATALOG"}),
    "mpm": frozenset({"MPM"}),
    "voice_call": frozenset({"VOICE_CALL"}),
}


class SendableTemplate(NamedTuple):
    """A send that fits: what can be tapped, and the texts that filled the body, in its order."""

    offers: tuple[Offer, ...]
    body_texts: tuple[str, ...]
    is_rating_asked: bool = False


class _Parts(NamedTuple):
    header: Sequence[Mapping[str, Any]] | None
    body: Sequence[Mapping[str, Any]]
    buttons: Mapping[int, tuple[str, Sequence[Mapping[str, Any]]]]


def check_template(
    template: Template | None, name: str, language: str, components: Sequence[Mapping[str, Any]]
) -> SendableTemplate | Refusal:
    """Whether this send fits the stored template (``None``: there is none of that name)."""
    if template is None:
        return Refusal(132001, f"template name ({name}) does not exist in {language}")
    if template.status != "APPROVED":
        missing = Refusal(132001, f"template name ({name}) is not approved in {language}")
        return _UNSENDABLE.get(template.status, missing)
    parts = _parts_of(components)
    if isinstance(parts, Refusal):
        return parts
    shape = template.shape
    refusal = (
        _check_header(template, parts.header)
        or _check_texts(
            "body", shape.body_variables, parts.body, is_named=template.is_named, room=_TEXT_LENGTH
        )
        or _check_length(shape.body_length, parts.body)
        or _check_buttons(shape.buttons, parts.buttons)
    )
    if refusal is not None:
        return refusal
    return SendableTemplate(
        tuple(_offers(shape.buttons, parts.buttons)),
        _texts(template, parts.body),
        shape.is_rating_asked,
    )


def _parts_of(components: Sequence[Mapping[str, Any]]) -> _Parts | Refusal:
    header: Sequence[Mapping[str, Any]] | None = None
    body: Sequence[Mapping[str, Any]] = ()
    buttons: dict[int, tuple[str, Sequence[Mapping[str, Any]]]] = {}
    for position, component in enumerate(components):
        where = f"template['components'][{position}]"
        if not isinstance(component, dict):
            return Refusal(100, f"{where} must be an object.")
        parameters = component.get("parameters") or []
        if not isinstance(parameters, list) or not all(isinstance(p, dict) for p in parameters):
            return Refusal(100, f"{where}['parameters'] must be a list of objects.")
        kind = str(component.get("type", "")).lower()
        if kind == "header":
            header = parameters
        elif kind == "body":
            body = parameters
        elif kind == "button":
            index = str(component.get("index", ""))
            if not index.isascii() or not index.isdigit():
                return Refusal(131008, f"{where}['index'] is required for a button.")
            buttons[int(index)] = (str(component.get("sub_type", "")).lower(), parameters)
        elif kind not in {"carousel", "limited_time_offer", "footer"}:
            return Refusal(100, f"{where}['type'] must be one of HEADER, BODY, BUTTON, CAROUSEL.")
    return _Parts(header, body, buttons)


def _check_header(
    template: Template, parameters: Sequence[Mapping[str, Any]] | None
) -> Refusal | None:
    wanted = template.shape.header_format
    given = parameters or ()
    if wanted is None or wanted == "TEXT":
        return _check_texts(
            "header",
            template.shape.header_variables,
            given,
            is_named=template.is_named,
            room=_HEADER_LENGTH,
        )
    kind = str(given[0].get("type", "")).lower() if given else "unknown"
    if kind != wanted.lower():
        return Refusal(
            132012, f"header: Format mismatch, expected {wanted}, received {kind.upper()}"
        )
    media = given[0].get(kind)
    if not isinstance(media, dict):
        return Refusal(131008, f"header: the parameter {kind} is required.")
    if kind != "location" and not (media.get("id") or media.get("link")):
        return Refusal(131008, f"header: {kind} needs an id or a link.")
    return None


def _check_texts(
    part: str,
    variables: tuple[str, ...],
    parameters: Sequence[Mapping[str, Any]],
    *,
    is_named: bool,
    room: int,
) -> Refusal | None:
    if len(parameters) != len(variables):
        return Refusal(
            132000,
            f"{part}: number of localizable_params ({len(parameters)}) does not match the expected"
            f" number of params ({len(variables)})",
        )
    if is_named:
        names = [parameter.get("parameter_name") for parameter in parameters]
        if not all(isinstance(name, str) and name for name in names):
            return Refusal(100, f"{part}: Parameter name is missing or empty")
        if set(names) != set(variables):
            return Refusal(132000, f"{part}: expected the names {', '.join(variables)}")
    for position, parameter in enumerate(parameters):
        refusal = _check_text(f"{part}[{position}]", parameter, room)
        if refusal is not None:
            return refusal
    return None


def _check_text(where: str, parameter: Mapping[str, Any], room: int) -> Refusal | None:
    kind = str(parameter.get("type", "")).lower()
    if kind not in _BODY_KINDS:
        return Refusal(132012, f"{where}: expected TEXT, received {kind.upper() or 'UNKNOWN'}")
    if kind != "text":
        return None
    text = parameter.get("text")
    if not isinstance(text, str) or not text:
        return Refusal(131008, f"{where}: Parameter of type text is missing text value")
    if "\n" in text or "\t" in text or "    " in text:
        return Refusal(
            132018,
            f"{where}: Param text cannot have new-line/tab characters or more than 4 consecutive"
            " spaces",
        )
    if len(text) > room:
        return Refusal(132005, f"{where}: the text is longer than {room} characters")
    return None


def _check_length(fixed_length: int, parameters: Sequence[Mapping[str, Any]]) -> Refusal | None:
    length = fixed_length + sum(len(str(parameter.get("text", ""))) for parameter in parameters)
    if length > _TEXT_LENGTH:
        return Refusal(132005, f"body: the filled text is longer than {_TEXT_LENGTH} characters")
    return None


def _check_buttons(
    shapes: tuple[ButtonShape, ...],
    given: Mapping[int, tuple[str, Sequence[Mapping[str, Any]]]],
) -> Refusal | None:
    for index, (sub_type, parameters) in given.items():
        if index >= len(shapes):
            return Refusal(132000, f"buttons: there is no button at index {index}")
        kind = shapes[index].kind
        if kind not in _SUB_TYPES.get(sub_type, frozenset()):
            return Refusal(
                132012, f"buttons: button at index {index} is of type {kind}, not {sub_type}"
            )
        if shapes[index].is_parameter_required and not parameters:
            return _button_needs(index, kind)
        if parameters and kind == "URL" and not shapes[index].is_parameter_required:
            return Refusal(132000, f"buttons: the URL at index {index} takes no parameter")
    for index, shape in enumerate(shapes):
        if shape.is_parameter_required and index not in given:
            return _button_needs(index, shape.kind)
    return None


def _button_needs(index: int, kind: str) -> Refusal:
    return Refusal(131008, f"buttons: Button at index {index} of type {kind} requires a parameter")


def _offers(
    shapes: tuple[ButtonShape, ...],
    given: Mapping[int, tuple[str, Sequence[Mapping[str, Any]]]],
) -> list[Offer]:
    offers = []
    for index, shape in enumerate(shapes):
        if shape.kind != "QUICK_REPLY":
            continue
        _, parameters = given.get(index, ("", ()))
        payload = parameters[0].get("payload") if parameters else None
        offers.append(Offer("button", str(payload or shape.text), shape.text))
    return offers


def _texts(template: Template, parameters: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    if not template.is_named:
        return tuple([str(parameter.get("text", "")) for parameter in parameters])
    by_name = {parameter["parameter_name"]: parameter.get("text", "") for parameter in parameters}
    return tuple(str(by_name[name]) for name in template.shape.body_variables)
