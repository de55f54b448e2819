"""A call as it arrives: the raw HTTP request, and the parameters in it.

Theory of operation.  A client puts its parameters into the query, into a form in the body, or into
both; the official SDK uses the query only, with blanks written as ``+``.  Nothing is interpreted
here: a signature is checked over exactly these texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

__all__ = ["RpcRequest", "request_of"]

_FORM = "application/x-www-form-urlencoded"
# More than any call has; a bound on what a stranger can make us decode.
_MOST_PARAMETERS = 1_000


@dataclass(frozen=True, slots=True)
class RpcRequest:
    """One HTTP request.

    ``headers``: by lower-case name, repeated ones joined with a comma.  ``query`` and ``form``:
    the decoded pairs in their order.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    query: Sequence[tuple[str, str]]
    form: Sequence[tuple[str, str]]
    body: bytes

    @property
    def parameters(self) -> Mapping[str, str]:
        """What was given, wherever it stood; the query wins over the form."""
        return {**dict(self.form), **dict(self.query)}


def request_of(
    method: str,
    path: str,
    query_string: bytes,
    headers: Sequence[tuple[bytes, bytes]],
    body: bytes,
) -> RpcRequest:
    """The request of what the server read.  Raises ``ValueError`` for more than 1,000 parameters."""
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip()
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    is_form = joined.get("content-type", "").partition(";")[0].strip().lower() == _FORM
    return RpcRequest(
        method, path, joined, _pairs(query_string), _pairs(body) if is_form else (), body
    )


def _pairs(text: bytes) -> list[tuple[str, str]]:
    return parse_qsl(
        text.decode("latin-1"),
        keep_blank_values=True,
        max_num_fields=_MOST_PARAMETERS,
    )
