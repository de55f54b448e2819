"""Ask a server of the author's choice, and go on with what it answers.

Theory of operation.  The node only describes the request (``flow.calls``); whoever runs the session
sends it outside of any transaction and resumes with the answer.  All that comes from variables is
encoded for its place (``safe_text``), so no answer of a person can change what is asked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from clarion.flow.calls import CallAnswer, HttpCall, SecretText
from clarion.flow.context import MISSING
from clarion.flow.nodes.config import Config, VariableName
from clarion.flow.nodes.json_path import AnswerPath, find
from clarion.flow.nodes.kind import (
    CallAnswered,
    Exit,
    Leave,
    Node,
    NodeKind,
    Result,
    Resume,
    Stay,
)
from clarion.flow.nodes.safe_text import (
    AddressText,
    PlainText,
    SafeText,
    address_parts,
    body_parts,
    compile_json,
    text_parts,
)
from clarion.flow.state import NodeFailed, State

__all__ = ["KIND", "HttpRequestConfig", "leave_after_call", "save_answer"]

_HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")]
_FieldName = Annotated[str, Field(min_length=1, max_length=200)]
# Headers that the connection owns, and the one that makes a repeat harmless.
_OWN_HEADERS = frozenset(
    (
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "idempotency-key",
        "upgrade",
        "te",
    )
)
_CONTENT_TYPES = {
    "json": "application/json",
    "form": "application/x-www-form-urlencoded",
    "text": "text/plain; charset=utf-8",
}


class RequestBody(Config):
    """What is sent: named fields, or a whole text."""

    format: Annotated[
        Literal["json", "form", "text"], Field(description="How the body is written.")
    ] = "json"
    fields: Annotated[
        dict[_FieldName, PlainText] | None,
        Field(max_length=100, description="Fields by name; each value is a text."),
    ] = None
    text: Annotated[
        PlainText | None,
        Field(
            description="The whole body. In JSON a hole between quotes is filled with the inside of a "
            "text, one without quotes with a whole value."
        ),
    ] = None

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """One form; JSON that is JSON whatever comes into its holes."""
        if (self.fields is None) == (self.text is None):
            raise PydanticCustomError("body_form", "Give either `fields` or `text`")
        if self.format == "text" and self.fields is not None:
            raise PydanticCustomError("body_form", "A plain text has no `fields`; give `text`")
        if self.format == "json" and self.text is not None:
            compile_json(self.text.source)
        return self


class HttpRequestConfig(Config):
    """What to ask, how long to wait, what to keep of the answer."""

    url: Annotated[
        AddressText,
        Field(
            description="The address. Scheme and host stand there as they are; values in the path and "
            "the query are percent-encoded."
        ),
    ]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] = "GET"
    query: Annotated[
        dict[_FieldName, PlainText],
        Field(max_length=50, description="Parameters that are added to the address."),
    ] = Field(default_factory=dict)
    headers: Annotated[
        dict[_HeaderName, PlainText],
        Field(max_length=50, description="Headers; `{{ secrets.name }}` puts a secret in."),
    ] = Field(default_factory=dict)
    body: RequestBody | None = None
    timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 10
    save: Annotated[
        dict[VariableName, AnswerPath],
        Field(
            max_length=50,
            description="Variables to take from a JSON answer: name to way, e.g. "
            "`items[0].price`; `$` is the whole answer.",
        ),
    ] = Field(default_factory=dict)
    save_status_as: Annotated[
        VariableName | None,
        Field(description="A variable that takes the status, or the word for what failed."),
    ] = None
    statuses: Annotated[
        tuple[Annotated[int, Field(ge=100, le=599)], ...],
        Field(max_length=20, description="Statuses with an exit of their own, `status:404`."),
    ] = ()

    @model_validator(mode="after")
    def check_whole(self) -> Self:
        """Headers that may be set; a body only where there can be one."""
        for name, text in self.headers.items():
            if name.lower() in _OWN_HEADERS:
                raise PydanticCustomError(
                    "header_not_allowed", "The header `{name}` is set by Clarion", {"name": name}
                )
            if any(isinstance(each, str) and not each.isprintable() for each in text.pieces):
                raise PydanticCustomError("header_not_allowed", "A header is one line")
        if self.body is not None and self.method in ("GET", "HEAD", "OPTIONS"):
            raise PydanticCustomError(
                "body_not_allowed", "A request {method} has no body", {"method": self.method}
            )
        if len(set(self.statuses)) != len(self.statuses):
            raise PydanticCustomError("duplicate_exit", "Two exits are for the same status")
        return self


def _url(config: HttpRequestConfig, state: State) -> SecretText:
    parts = list(address_parts(config.url, state))
    mark = "&" if "?" in config.url.source else "?"
    for name, text in config.query.items():
        parts += [f"{mark}{quote(name, safe='')}=", *text_parts(text, state, "url")]
        mark = "&"
    return tuple(parts)


def _header(name: str, text: SafeText, state: State) -> SecretText:
    parts = text_parts(text, state, "plain")
    if any(isinstance(each, str) and not each.isprintable() for each in parts):
        raise NodeFailed("header_unsafe", f"The header `{name}` came out with more than one line.")
    return parts


def _body(body: RequestBody, state: State) -> SecretText:
    if body.text is not None:
        if body.format == "json":
            return body_parts(body.text, state)
        return text_parts(body.text, state, "url" if body.format == "form" else "plain")
    parts: list[Any] = []
    for name, text in (body.fields or {}).items():
        if body.format == "form":
            mark = "&" if parts else ""
            parts += [f"{mark}{quote(name, safe='')}=", *text_parts(text, state, "url")]
        else:
            mark = "," if parts else "{"
            parts += [f"{mark}{json.dumps(name, ensure_ascii=False)}:", *_quoted(text, state)]
    if body.format == "json":
        parts.append("}" if parts else "{}")
    return tuple(parts)


def _quoted(text: SafeText, state: State) -> SecretText:
    """A field of a JSON object: always a text, whatever comes into its holes."""
    inside = text_parts(text, state, "json")
    literals = (
        json.dumps(each, ensure_ascii=False)[1:-1] if isinstance(piece, str) else each
        for each, piece in zip(inside, text.pieces, strict=True)
    )
    return ('"', *literals, '"')


def _run(node: Node[HttpRequestConfig], state: State) -> Result:
    config = node.config
    headers = [(name, _header(name, text, state)) for name, text in config.headers.items()]
    body = None
    if config.body is not None:
        body = _body(config.body, state)
        if "content-type" not in {name.lower() for name in config.headers}:
            headers.append(("Content-Type", (_CONTENT_TYPES[config.body.format],)))
    request = HttpCall(
        config.method, _url(config, state), tuple(headers), body, config.timeout_seconds
    )
    return Stay(state.start_call(request))


def _resume(node: Node[HttpRequestConfig], state: State, resume: Resume) -> Result:
    config = node.config
    answer = answer_of(resume)
    if config.save_status_as is not None:
        state.set_variable(config.save_status_as, answer.status or answer.failure or "")
    if answer.failure is None and answer.status in config.statuses:
        save_answer(answer, config.save, state, is_needed=False)
        return Leave(f"status:{answer.status}")
    is_saved = answer.is_success and save_answer(answer, config.save, state)
    return leave_after_call(node, answer, is_success=is_saved)


def answer_of(resume: Resume) -> CallAnswer:
    """The answer; a wait that ran out is a call that was never answered."""
    return resume.answer if isinstance(resume, CallAnswered) else CallAnswer(failure="timeout")


def save_answer(
    answer: CallAnswer, save: Mapping[str, AnswerPath], state: State, *, is_needed: bool = True
) -> bool:
    """Take variables out of a JSON answer; whether that was possible (or nothing was wanted)."""
    if not save:
        return True
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        if is_needed:
            state.warn("answer_not_json", "The answer is no JSON document.")
        return False
    for name, path in save.items():
        found = find(value, path)
        if found is MISSING:
            state.warn("answer_without_value", f"The answer has nothing at `{path}`.")
            found = None
        try:
            state.set_variable(name, found)
        except NodeFailed as failed:
            # What comes from outside is no mistake of the flow; the author has an exit for it.
            state.warn(failed.reason, failed.message)
            return False
    return True


def leave_after_call(node: Node[Any], answer: CallAnswer, *, is_success: bool) -> Result:
    """By ``success`` or ``failure``; a failure that leads nowhere ends the session as failed."""
    if is_success:
        return Leave("success")
    if "failure" not in node.exits:
        what = answer.failure or f"status {answer.status}"
        raise NodeFailed("call_failed", f"The call failed ({what}), and no exit is for that.")
    return Leave("failure")


def _exits(config: HttpRequestConfig) -> tuple[Exit, ...]:
    return (
        Exit("success"),
        *(Exit(f"status:{each}", is_required=False) for each in config.statuses),
        Exit("failure", is_required=False),
    )


def _secrets(config: HttpRequestConfig) -> tuple[str, ...]:
    texts = [config.url, *config.query.values(), *config.headers.values()]
    if config.body is not None:
        texts += [*(config.body.fields or {}).values(), *filter(None, (config.body.text,))]
    return tuple(dict.fromkeys(name for text in texts for name in text.secret_names))


KIND = NodeKind(
    name="http_request",
    title="HTTP request",
    summary="Asks a server and goes on with its answer. Values are encoded for their place; secrets "
    "of the workspace are put in as `{{ secrets.name }}` and shown nowhere. The request carries an "
    "`Idempotency-Key` that stays the same when it has to be repeated after a crash. Addresses of "
    "private networks are refused, redirects into them as well; an answer has at most 256 kB. "
    "Without a way out of `failure`, a failed request ends the session as failed (`call_failed`). "
    "What the person writes in the meantime answers the next wait for a reply.",
    config=HttpRequestConfig,
    run=_run,
    resume=_resume,
    example={
        "id": "order",
        "kind": "http_request",
        "config": {
            "method": "GET",
            "url": "https://shop.example.com/api/orders/{{ reply.text }}",
            "headers": {"Authorization": "Bearer {{ secrets.shop_token }}"},
            "save": {"order_status": "order.status", "first_item": "order.items[0].name"},
            "statuses": [404],
        },
        "exits": {"success": "tell", "status:404": "unknown", "failure": "sorry"},
    },
    exits=_exits,
    exit_meanings={
        "success": "A status of 200 to 299, and the variables could be read.",
        "status:<number>": "One of the `statuses`.",
        "failure": "Any other status, no answer in time, or an answer that cannot be used.",
    },
    writes=lambda config: (
        *config.save,
        *(() if config.save_status_as is None else (config.save_status_as,)),
    ),
    secrets=_secrets,
)
