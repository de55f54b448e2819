"""The Graph API: which request is which.

Theory of operation.  A path is ``/{id}`` or ``/{id}/{edge}``, with ``/v25.0`` or any other version in front or none.
``_routes`` maps (method, edge) to a handler; the handler finds the node and checks that the bearer token may see it.
Whatever is not in the table, and every node that the token does not open, gets the platform's error 100.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from clarion.channels.simulator.control import Control
from clarion.channels.simulator.fates import Fates
from clarion.channels.simulator.graph_errors import GRAPH_ERRORS, Refusal, error_document
from clarion.channels.simulator.management import Management
from clarion.channels.simulator.numbers import Number
from clarion.channels.simulator.sends import Sends
from clarion.channels.simulator.server import HttpAnswer, HttpRequest, json_answer
from clarion.channels.simulator.world import World

__all__ = ["Routes"]

_VERSION = re.compile(r"v\d+\.\d+")
_Handler = Callable[[str, HttpRequest, Mapping[str, str]], "HttpAnswer | Awaitable[HttpAnswer]"]


class Routes:
    """The application that the server calls: the Graph API and ``/_sim``."""

    def __init__(self, world: World, control: Control) -> None:
        self._world = world
        self._control = control
        self._sends = Sends(world, Fates(world))
        self._management = Management(world)
        self._routes: Mapping[tuple[str, str], _Handler] = {
            ("POST", "messages"): self._send,
            ("POST", "marketing_messages"): self._send_marketing,
            ("POST", "media"): self._upload,
            ("POST", "register"): self._succeed,
            ("POST", "deregister"): self._succeed,
            ("GET", "message_templates"): self._list_templates,
            ("POST", "message_templates"): self._create_template,
            ("DELETE", "message_templates"): self._delete_templates,
            ("GET", "phone_numbers"): self._list_numbers,
            ("GET", "subscribed_apps"): self._list_apps,
            ("POST", "subscribed_apps"): self._subscribe,
            ("DELETE", "subscribed_apps"): self._unsubscribe,
            ("POST", "unpause"): self._unpause,
            ("GET", ""): self._get_node,
            ("POST", ""): self._post_node,
            ("DELETE", ""): self._delete_node,
        }

    def __call__(self, request: HttpRequest) -> HttpAnswer | Awaitable[HttpAnswer]:
        """Answer one request."""
        node, edge, rest = _read_path(request.path)
        if node == "_sim":
            return self._control.answer(request, rest)
        handler = None if rest else self._routes.get((request.method, edge))
        if handler is None or not node:
            return self._refused(_unknown(request.method, request.path))
        query = dict(parse_qsl(request.query)) if request.query else {}
        return handler(node, request, query)

    def _send(
        self,
        node: str,
        request: HttpRequest,
        _query: Mapping[str, str],
        *,
        is_marketing: bool = False,
    ) -> HttpAnswer:
        number = self._number(node, request)
        if isinstance(number, Refusal):
            return self._refused(number)
        return self._sends.send(number, request.body, is_marketing_api=is_marketing)

    def _send_marketing(
        self, node: str, request: HttpRequest, query: Mapping[str, str]
    ) -> HttpAnswer:
        return self._send(node, request, query, is_marketing=True)

    def _list_templates(
        self, node: str, request: HttpRequest, query: Mapping[str, str]
    ) -> HttpAnswer:
        return self._on_account(node, request, lambda: self._management.list_templates(
            node, query, self._base_url(request)
        ))  # fmt: skip

    def _create_template(
        self, node: str, request: HttpRequest, _query: Mapping[str, str]
    ) -> HttpAnswer:
        return self._on_account(
            node, request, lambda: self._management.create_template(node, request.body)
        )

    def _delete_templates(
        self, node: str, request: HttpRequest, query: Mapping[str, str]
    ) -> HttpAnswer:
        return self._on_account(
            node, request, lambda: self._management.delete_templates(node, query)
        )

    def _list_numbers(
        self, node: str, request: HttpRequest, query: Mapping[str, str]
    ) -> HttpAnswer:
        return self._on_account(node, request, lambda: self._management.list_numbers(node, query))

    def _list_apps(self, node: str, request: HttpRequest, _query: Mapping[str, str]) -> HttpAnswer:
        return self._on_account(node, request, lambda: self._management.list_apps(node))

    def _unsubscribe(
        self, node: str, request: HttpRequest, _query: Mapping[str, str]
    ) -> HttpAnswer:
        return self._on_account(node, request, lambda: self._management.unsubscribe(node))

    async def _subscribe(
        self, node: str, request: HttpRequest, _query: Mapping[str, str]
    ) -> HttpAnswer:
        opener = self._account_refusal(node, request)
        if opener is not None:
            return self._refused(opener)
        return self._plain(await self._management.subscribe(node, request.body))

    def _upload(self, node: str, request: HttpRequest, _query: Mapping[str, str]) -> HttpAnswer:
        number = self._number(node, request)
        if isinstance(number, Refusal):
            return self._refused(number)
        content_type = request.headers.get(b"content-type", b"").decode(errors="replace")
        return self._plain(self._management.upload(number, content_type, request.body))

    def _succeed(self, node: str, request: HttpRequest, _query: Mapping[str, str]) -> HttpAnswer:
        number = self._number(node, request)
        return (
            self._refused(number) if isinstance(number, Refusal) else self._plain({"success": True})
        )

    def _get_node(self, node: str, request: HttpRequest, query: Mapping[str, str]) -> HttpAnswer:
        return self._on_node(
            node,
            request,
            lambda: self._management.show(node, query, self._base_url(request)),
        )

    def _post_node(self, node: str, request: HttpRequest, _query: Mapping[str, str]) -> HttpAnswer:
        return self._on_node(
            node, request, lambda: self._management.edit_template(node, request.body)
        )

    def _delete_node(
        self, node: str, request: HttpRequest, _query: Mapping[str, str]
    ) -> HttpAnswer:
        return self._on_node(node, request, lambda: self._management.delete_media(node))

    def _unpause(self, node: str, request: HttpRequest, _query: Mapping[str, str]) -> HttpAnswer:
        return self._on_node(node, request, lambda: self._management.unpause_template(node))

    # who may see what

    def _number(self, node: str, request: HttpRequest) -> Number | Refusal:
        number = self._world.numbers.get(node)
        token = _token(request)
        if number is not None and token == number.token:
            return number
        if not any(token == known.token for known in self._world.numbers.values()):
            return Refusal(190, "Invalid OAuth access token - Cannot parse access token")
        return _no_object(node)

    def _account_refusal(self, waba_id: str, request: HttpRequest) -> Refusal | None:
        token = _token(request)
        tokens = {number.token for number in self._world.numbers.values()}
        if token not in tokens:
            return Refusal(190, "Invalid OAuth access token - Cannot parse access token")
        for number in self._world.numbers.values():
            if number.waba_id == waba_id and number.token == token:
                return None
        return _no_object(waba_id)

    def _on_account(
        self, waba_id: str, request: HttpRequest, act: Callable[[], Mapping[str, Any] | Refusal]
    ) -> HttpAnswer:
        refusal = self._account_refusal(waba_id, request)
        return self._refused(refusal) if refusal is not None else self._plain(act())

    def _on_node(
        self, node: str, request: HttpRequest, act: Callable[[], Mapping[str, Any] | Refusal]
    ) -> HttpAnswer:
        owner = self._management.account_of(node)
        refusal = self._account_refusal(owner or node, request)
        return self._refused(refusal) if refusal is not None else self._plain(act())

    # answers

    def _plain(self, outcome: Mapping[str, Any] | Refusal) -> HttpAnswer:
        if isinstance(outcome, Refusal):
            return self._refused(outcome)
        answer = json_answer(outcome)
        answer.headers = self._headers(self._world.next_trace())
        return answer

    def _refused(self, refusal: Refusal) -> HttpAnswer:
        self._world.ledger.refuse(refusal.code)
        trace = self._world.next_trace()
        answer = json_answer(error_document(refusal, trace), GRAPH_ERRORS[refusal.code].http_status)
        answer.headers = self._headers(trace)
        return answer

    def _headers(self, trace: str) -> bytes:
        version = self._world.settings.answers.api_version
        return f"facebook-api-version: {version}\r\nx-fb-trace-id: {trace}\r\n".encode()

    @staticmethod
    def _base_url(request: HttpRequest) -> str:
        return "http://" + request.headers.get(b"host", b"127.0.0.1").decode(errors="replace")


@lru_cache(maxsize=256)
def _read_path(path: str) -> tuple[str, str, tuple[str, ...]]:
    """The node, the edge and what follows, without the version; for ``/_sim`` all that follows."""
    segments = [segment for segment in path.split("/") if segment]
    if segments and _VERSION.fullmatch(segments[0]):
        segments = segments[1:]
    if segments and segments[0] == "_sim":
        return "_sim", "", tuple(segments[1:])
    node, edge, *rest = [*segments, "", ""]
    return node, edge, tuple(segment for segment in rest if segment)


def _token(request: HttpRequest) -> str:
    return _read_token(request.headers.get(b"authorization", b""))


@lru_cache(maxsize=256)
def _read_token(header: bytes) -> str:
    scheme, _, token = header.decode(errors="replace").partition(" ")
    return token if scheme.lower() in {"bearer", "oauth"} else ""


def _no_object(node: str) -> Refusal:
    return Refusal(
        100,
        f"Unsupported request. Object with ID '{node}' does not exist, cannot be loaded due to"
        " missing permissions, or does not support this operation.",
        subcode=33,
    )


def _unknown(method: str, path: str) -> Refusal:
    return Refusal(100, f"Unsupported {method.lower()} request: unknown path components: {path}")
