"""Who signed a request: the two signatures that CAMS clients know, checked purely.

Theory of operation.  ``read_signature`` finds the signature in a request and builds, in the
canonical form of its scheme, the text that was signed; ``check_signature`` compares it with the
key's secret and the clock.  What may be trusted afterwards is only what stands in the ``Signature``:
the action and the version of an old request come from its signed parameters, never from a header
beside them.  Whether a nonce was used before is not known here.

- ACS3-HMAC-SHA256 signs method, path, query, the headers that it lists and the body's hash.
- HMAC-SHA1 (version 1.0) signs the method and all parameters, of the query and of a form.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from clarion.cams.refusals import Refusal, refuse
from clarion.cams.request import RpcRequest

__all__ = ["Signature", "check_signature", "read_signature"]

_ACS3 = "ACS3-HMAC-SHA256"
_AUTHORIZATION = re.compile(
    r"(?P<scheme>[A-Z0-9-]+) +Credential=(?P<key>[^,]+), *SignedHeaders=(?P<headers>[^,]+),"
    r" *Signature=(?P<signature>[0-9A-Fa-f]+)"
)
_MUST_BE_SIGNED = (
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
)
_OLD_PARAMETERS = ("AccessKeyId", "SignatureNonce", "Timestamp", "SignatureMethod")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_MOST_NONCE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature as it was found; nothing of it is proved yet."""

    access_key_id: str
    nonce: str
    signed_at: datetime
    action: str
    version: str
    signed_text: str
    digest_name: str
    key_suffix: str
    digest: bytes


def read_signature(request: RpcRequest) -> Signature | Refusal:
    """The signature of a request, or why there is none that could be checked."""
    if "authorization" in request.headers:
        return _read_acs3(request)
    if "Signature" in request.parameters:
        return _read_old(request)
    return refuse("MissingAccessKeyId", "The request is not signed.")


def check_signature(
    signature: Signature, secret: str, now: datetime, *, skew: timedelta
) -> Refusal | None:
    """Why the request cannot be trusted; ``None`` if it was signed with this secret just now.

    ``skew`` is how far the client's clock may be from ours, in both directions.
    """
    digest = hmac.digest(
        (secret + signature.key_suffix).encode(),
        signature.signed_text.encode(),
        signature.digest_name,
    )
    if not hmac.compare_digest(digest, signature.digest):
        return refuse(
            "SignatureDoesNotMatch",
            "The signature does not fit the request and the secret of this access key.",
        )
    if abs(now - signature.signed_at) > skew:
        return refuse(
            "InvalidTimeStamp.Expired",
            f"The request was signed at {signature.signed_at:{_TIME}}, the server's clock shows"
            f" {now:{_TIME}}.",
        )
    return None


def _read_acs3(request: RpcRequest) -> Signature | Refusal:
    found = _AUTHORIZATION.fullmatch(request.headers["authorization"])
    if found is None:
        return refuse("IncompleteSignature", "The Authorization header cannot be read.")
    if found["scheme"] != _ACS3:
        return refuse(
            "SignatureMethodNotSupported", f"{found['scheme']} is not supported; use {_ACS3}."
        )
    signed = sorted({name.strip().lower() for name in found["headers"].split(";")})
    missing = [name for name in _MUST_BE_SIGNED if name not in signed]
    absent = [name for name in signed if name not in request.headers]
    if missing or absent:
        return refuse(
            "IncompleteSignature",
            f"These headers must be sent and signed: {', '.join(missing or absent)}.",
        )
    headers = request.headers
    content_hash = headers["x-acs-content-sha256"].lower()
    if not hmac.compare_digest(
        content_hash.encode("latin-1"), hashlib.sha256(request.body).hexdigest().encode()
    ):
        return refuse(
            "SignatureDoesNotMatch", "x-acs-content-sha256 is not the SHA-256 of the body."
        )
    canonical = "\n".join(
        (
            request.method,
            request.path,
            _canonical(request.query),
            "".join(f"{name}:{headers[name]}\n" for name in signed),
            ";".join(signed),
            headers["x-acs-content-sha256"],
        )
    )
    return _with_time_and_nonce(
        access_key_id=found["key"],
        nonce=headers["x-acs-signature-nonce"],
        signed_at=headers["x-acs-date"],
        action=headers["x-acs-action"],
        version=headers.get("x-acs-version", "") or request.parameters.get("Version", ""),
        signed_text=f"{_ACS3}\n{hashlib.sha256(canonical.encode()).hexdigest()}",
        digest_name="sha256",
        key_suffix="",
        digest=bytes.fromhex(found["signature"] if len(found["signature"]) % 2 == 0 else ""),
    )


def _read_old(request: RpcRequest) -> Signature | Refusal:
    given = request.parameters
    for name in _OLD_PARAMETERS:
        if not given.get(name):
            return refuse("IncompleteSignature", f"The parameter {name} is missing.")
    if given["SignatureMethod"] != "HMAC-SHA1" or given.get("SignatureVersion", "1.0") != "1.0":
        return refuse(
            "SignatureMethodNotSupported",
            "Of the signatures in parameters, HMAC-SHA1 with SignatureVersion 1.0 is supported.",
        )
    try:
        digest = base64.b64decode(given["Signature"], validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    pairs = [pair for pair in (*request.query, *request.form) if pair[0] != "Signature"]
    return _with_time_and_nonce(
        access_key_id=given["AccessKeyId"],
        nonce=given["SignatureNonce"],
        signed_at=given["Timestamp"],
        action=given.get("Action", ""),
        version=given.get("Version", ""),
        signed_text=f"{request.method}&%2F&{_percent(_canonical(pairs))}",
        digest_name="sha1",
        key_suffix="&",
        digest=digest,
    )


def _with_time_and_nonce(
    *,
    access_key_id: str,
    nonce: str,
    signed_at: str,
    action: str,
    version: str,
    signed_text: str,
    digest_name: str,
    key_suffix: str,
    digest: bytes,
) -> Signature | Refusal:
    try:
        at = datetime.strptime(signed_at, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return refuse(
            "InvalidTimeStamp.Format",
            f"{signed_at[:40]!r} is not a time like 2026-03-02T09:00:00Z.",
        )
    if not 1 <= len(nonce) <= _MOST_NONCE_CHARACTERS:
        return refuse(
            "IncompleteSignature", f"A nonce has 1 to {_MOST_NONCE_CHARACTERS} characters."
        )
    return Signature(
        access_key_id, nonce, at, action, version, signed_text, digest_name, key_suffix, digest
    )


def _canonical(pairs: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{_percent(name)}={_percent(value)}" for name, value in sorted(pairs))


def _percent(text: str) -> str:
    return quote(text, safe="~")
