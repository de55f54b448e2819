"""Calls: what a flow asks of the world outside, and what comes back; plain values.

Theory of operation.  A node that needs an answer from outside ends its sprint with the effect
``StartCall`` and a wait of the kind ``call``.  Somebody else carries the request out, once the sprint
is written, and resumes the session with ``CallAnswered``.  A request names secrets
(``SecretName``) and never holds them: their values are put in at the last moment, outside of the
flow engine, so that neither a session nor an event nor a play ever shows one.

The number of a call counts the calls of its session from 1: an answer that comes for an earlier one
is ignored.  ``call_to_json`` and ``call_from_json`` are the stored form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import msgspec

__all__ = [
    "CALL_KINDS",
    "CallAnswer",
    "CallRequest",
    "FunctionCall",
    "HttpCall",
    "ModelCall",
    "SecretName",
    "SecretText",
    "Turn",
    "call_from_json",
    "call_kind",
    "call_to_json",
    "fill",
]

Encoding = Literal["plain", "url", "json"]


@dataclass(frozen=True, slots=True)
class SecretName:
    """A secret of the workspace, by its name, in the place where its value belongs.

    ``encoding`` tells how the value is written there: as it is, percent-encoded, or as the inside of
    a JSON text.
    """

    name: str
    encoding: Encoding = "plain"


SecretText = tuple[str | SecretName, ...]


@dataclass(frozen=True, slots=True)
class HttpCall:
    """One HTTP request; ``url`` has its query, ``body`` is UTF-8 once the secrets are filled in."""

    method: str
    url: SecretText
    headers: tuple[tuple[str, SecretText], ...] = ()
    body: SecretText | None = None
    timeout_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function of the workspace: registered in the process, or behind an endpoint of its own.

    Exactly one of ``name`` and ``url``.  ``signing_secret`` names the secret that signs the request
    to an endpoint.
    """

    arguments: Mapping[str, Any]
    name: str | None = None
    url: str | None = None
    signing_secret: str | None = None
    timeout_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One utterance of a dialogue with a language model."""

    by: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class ModelCall:
    """What a language model is asked: the system text, the dialogue so far, how it may end.

    ``intents`` are names with their meanings, one of which the model may choose to leave by.
    ``model`` is the workspace's choice when it is ``None``.
    """

    system: str
    turns: tuple[Turn, ...]
    intents: Mapping[str, str] = field(default_factory=dict)
    model: str | None = None
    max_tokens: int = 500
    timeout_seconds: float = 30.0


CallRequest = HttpCall | FunctionCall | ModelCall


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What came back.

    ``status`` is the HTTP status, or 0 when there was none; then ``failure`` is a short stable word:
    ``timeout``, ``refused_address``, ``too_large``, ``connection``, ``tls``, ``bad_url``,
    ``secret_missing``, ``function_missing``, ``function_failed``, ``no_model``, ``no_answer``.
    ``body`` is text.
    """

    status: int = 0
    body: str = ""
    failure: str | None = None

    @property
    def is_success(self) -> bool:
        """Whether it is an answer of the 200s."""
        return self.failure is None and 200 <= self.status < 300


CALL_KINDS: Mapping[str, type[CallRequest]] = MappingProxyType(
    {"http": HttpCall, "function": FunctionCall, "model": ModelCall}
)
_NAMES = {kind: name for name, kind in CALL_KINDS.items()}


def call_kind(request: CallRequest) -> str:
    """The word for what is called."""
    return _NAMES[type(request)]


def call_to_json(request: CallRequest) -> str:
    """The JSON text of a request, for a jsonb column."""
    return msgspec.json.encode({"kind": call_kind(request), "request": request}).decode()


def call_from_json(data: Mapping[str, Any]) -> CallRequest:
    """What ``call_to_json`` wrote.  ``KeyError`` or ``msgspec.ValidationError`` otherwise."""
    return msgspec.convert(data["request"], CALL_KINDS[data["kind"]])


def fill(text: SecretText, value_of: Callable[[SecretName], str]) -> str:
    """The text with its secrets; ``value_of`` gives one as it is to be written there."""
    return "".join(each if isinstance(each, str) else value_of(each) for each in text)
