"""Uploaded media: what the platform remembers of them.

Only the bytes' digest, size and type are kept; a download gets as many zeros.  Uploads answer for thirty
days, as long as the simulator does not live.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from email.message import Message
from typing import Any

__all__ = ["MediaShelf", "Medium", "read_upload"]


@dataclass(frozen=True, slots=True)
class Medium:
    """One upload."""

    id: str
    phone_number_id: str
    mime_type: str
    sha256: str
    size_bytes: int

    def as_document(self, base_url: str) -> dict[str, Any]:
        """The medium as the platform shows it."""
        return {
            "messaging_product": "whatsapp",
            "url": f"{base_url}/_sim/media/{self.id}",
            "mime_type": self.mime_type,
            "sha256": self.sha256,
            "file_size": self.size_bytes,
            "id": self.id,
        }


class MediaShelf:
    """The uploads by id."""

    def __init__(self) -> None:
        self._media: dict[str, Medium] = {}
        self._next_id = 4_490_709_327_384_033

    def put(self, phone_number_id: str, mime_type: str, content: bytes) -> Medium:
        """Remember an upload."""
        self._next_id += 1
        medium = Medium(
            id=str(self._next_id),
            phone_number_id=phone_number_id,
            mime_type=mime_type,
            sha256=hashlib.sha256(content).hexdigest(),
            size_bytes=len(content),
        )
        self._media[medium.id] = medium
        return medium

    def get(self, media_id: str) -> Medium | None:
        """The upload with this id."""
        return self._media.get(media_id)

    def remove(self, media_id: str) -> bool:
        """Whether there was such an upload."""
        return self._media.pop(media_id, None) is not None


def read_upload(content_type: str, body: bytes) -> tuple[dict[str, str], str, bytes] | None:
    """The plain fields, the file's type and the file of a multipart body; ``None`` if it is not one."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str):
        return None
    fields: dict[str, str] = {}
    file_type, file = "", None
    for part in body.split(b"--" + boundary.encode())[1:-1]:
        raw_head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        content = content.removesuffix(b"\r\n")
        head = Message()
        for line in raw_head.decode(errors="replace").split("\r\n"):
            header_name, _, value = line.partition(":")
            head[header_name.strip()] = value.strip()
        name = head.get_param("name", header="content-disposition")
        if head.get_param("filename", header="content-disposition") is not None:
            file_type, file = head.get_content_type(), content
        elif isinstance(name, str):
            fields[name] = content.decode(errors="replace")
    return None if file is None else (fields, file_type, file)
