"""Secrets at rest: access tokens and app secrets are sealed before they are stored.

Theory of operation.  AES-256-GCM under a key derived from ``CLARION_SECRET_KEY``.  A sealed value is
text, ``v1.<key mark>.<data>``: the version of the format, a mark that tells which key sealed it
(so that a wrong key is told from damage), and nonce + ciphertext in URL-safe base64.  The *context*
(for example ``sender:12:access_token``) is authenticated with it: a sealed value that was moved to
another row does not open there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clarion.domain.errors import ClarionError

__all__ = ["Sealer"]

_FORMAT = "v1"
_NONCE_BYTES = 12


class Sealer:
    """Seals and opens secrets with one key.

    ``random_bytes`` gives the nonce; only a test gives another than the system's.
    """

    def __init__(
        self, secret_key: str, *, random_bytes: Callable[[int], bytes] = os.urandom
    ) -> None:
        key = HKDF(SHA256(), 32, salt=None, info=b"clarion secrets v1").derive(secret_key.encode())
        self._cipher = AESGCM(key)
        self._key_mark = hashlib.sha256(b"clarion key mark" + key).hexdigest()[:8]
        self._random_bytes = random_bytes

    def seal(self, secret: str, *, context: str) -> str:
        """Seal ``secret`` for ``context``."""
        nonce = self._random_bytes(_NONCE_BYTES)
        data = nonce + self._cipher.encrypt(nonce, secret.encode(), context.encode())
        return f"{_FORMAT}.{self._key_mark}.{base64.urlsafe_b64encode(data).decode()}"

    def open(self, sealed: str, *, context: str) -> str:
        """Open what ``seal`` made for the same ``context``.

        Raises ``secret.unreadable``; the message never shows the value.
        """
        version, _, rest = sealed.partition(".")
        key_mark, _, text = rest.partition(".")
        if version != _FORMAT:
            raise _unreadable(context, "is not in a format that this version knows")
        if key_mark != self._key_mark:
            raise _unreadable(context, "was sealed with another key")
        try:
            data = base64.b64decode(text, altchars=b"-_", validate=True)
            nonce, ciphertext = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
            return self._cipher.decrypt(nonce, ciphertext, context.encode()).decode()
        except (InvalidTag, ValueError, binascii.Error) as error:
            raise _unreadable(context, "is damaged, or belongs to another place") from error


def _unreadable(context: str, why: str) -> ClarionError:
    return ClarionError("secret.unreadable", f"The secret of {context} {why}.", context=context)
