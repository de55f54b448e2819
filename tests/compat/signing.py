"""Both signatures, written a second time from their description, for requests no SDK would make."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

EMPTY_BODY_HASH = hashlib.sha256(b"").hexdigest()


def percent(text: str) -> str:
    return quote(text, safe="~")


def canonical(parameters: Mapping[str, str]) -> str:
    return "&".join(f"{percent(name)}={percent(parameters[name])}" for name in sorted(parameters))


@dataclass
class Signer:
    """Signs requests with one key; every part can be set to something wrong."""

    access_key_id: str
    secret: str
    host: str
    at: datetime
    version: str = "2020-06-06"
    nonce: str = field(default_factory=lambda: uuid.uuid4().hex)

    def acs3(
        self, action: str, parameters: Mapping[str, str], method: str = "POST", body: bytes = b""
    ) -> dict[str, str]:
        """The headers of a request whose parameters stand in the address."""
        headers = {
            "host": self.host,
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": self.nonce,
            "x-acs-version": self.version,
        }
        signed = ";".join(sorted(headers))
        text = "\n".join(
            [
                method,
                "/",
                canonical(parameters),
                *(f"{name}:{headers[name]}" for name in sorted(headers)),
                "",
                signed,
                headers["x-acs-content-sha256"],
            ]
        )
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(text.encode()).hexdigest()
        signature = hmac.new(self.secret.encode(), to_sign.encode(), "sha256").hexdigest()
        headers["Authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={self.access_key_id},SignedHeaders={signed},"
            f"Signature={signature}"
        )
        return headers

    def old(
        self, action: str, parameters: Mapping[str, str], method: str = "POST"
    ) -> dict[str, str]:
        """All parameters of a request that is signed in its parameters."""
        given = {
            **parameters,
            "Action": action,
            "Version": self.version,
            "Format": "json",
            "AccessKeyId": self.access_key_id,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": self.nonce,
            "Timestamp": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        to_sign = f"{method}&%2F&{percent(canonical(given))}"
        digest = hmac.new(f"{self.secret}&".encode(), to_sign.encode(), "sha1").digest()
        return {**given, "Signature": base64.b64encode(digest).decode()}
