"""The official CAMS SDK as a source of a migration.

Theory of operation.  The SDK is an extra of the installation and is imported only when it is asked
for; it blocks, so each call runs in a thread.  Its models are told the names of Python, and give back
those of the wire.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from clarion.domain.errors import ClarionError

__all__ = ["SdkSource", "open_source"]

_SDK = "alibabacloud_cams20200606"
_READ_TIMEOUT_MILLISECONDS = 30_000


@dataclass(frozen=True, slots=True)
class SdkSource:
    """An endpoint behind the SDK's client; ``cust_space_id`` is given where it is known."""

    client: Any
    models: Any
    cust_space_id: str | None = None

    async def call(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        """The answer's body.  Raises ``cams.refused``, ``cams.unreachable``."""
        request_class = getattr(self.models, f"{operation}Request")
        request = request_class()
        if self.cust_space_id is not None and hasattr(request, "cust_space_id"):
            request.cust_space_id = self.cust_space_id
        for name, value in parameters.items():
            setattr(request, name, self._value(operation, name, value))
        flat = operation.lower()
        method = next(each for each in dir(self.client) if each.replace("_", "") == flat)
        try:
            response = await asyncio.to_thread(getattr(self.client, method), request)
        except Exception as error:
            raise _failed(operation, error) from error
        body: Mapping[str, Any] = response.body.to_map()
        if str(body.get("Code", "OK")) != "OK":
            raise ClarionError(
                "cams.refused", f"{operation}: {body.get('Message')} ({body.get('Code')})."
            )
        return body

    def _value(self, operation: str, name: str, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return getattr(self.models, f"{operation}Request{name.title()}")().from_map(value)


def open_source(
    endpoint: str, access_key_id: str, access_key_secret: str, *, cust_space_id: str | None = None
) -> SdkSource:
    """A source at ``endpoint``, with or without a scheme (without one, https).

    Raises ``cams.sdk_missing``.
    """
    try:
        client = importlib.import_module(f"{_SDK}.client")
        models = importlib.import_module(f"{_SDK}.models")
        config = importlib.import_module("alibabacloud_tea_openapi.utils_models")
    except ImportError as error:
        raise ClarionError(
            "cams.sdk_missing", "The official CAMS SDK is not installed beside Clarion."
        ) from error
    parts = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}")
    made = client.Client(
        config.Config(
            access_key_id=access_key_id,
            access_key_secret=access_key_secret,
            endpoint=parts.netloc,
            protocol=parts.scheme,
            read_timeout=_READ_TIMEOUT_MILLISECONDS,
        )
    )
    return SdkSource(made, models, cust_space_id)


def _failed(operation: str, error: Exception) -> ClarionError:
    code = getattr(error, "code", None)
    if getattr(error, "status_code", None) and code:
        return ClarionError("cams.refused", f"{operation} was refused: {error} ({code}).")
    return ClarionError("cams.unreachable", f"{operation} got no answer: {error}.")
