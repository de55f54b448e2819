"""A letter as RFC 5322 wants it: pure, no I/O.

Theory of operation.  Text and HTML become the two alternatives of one letter.  Our attempt id is the
left half of the ``Message-ID``, so that whatever comes back can be told apart.  Headers are made by the
standard library, which refuses line breaks in them.
"""

from __future__ import annotations

from datetime import datetime
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from clarion.channels.contract import OutMessage
from clarion.domain.message import AddressKind, EmailContent

__all__ = ["letter_of"]


def letter_of(message: OutMessage, sender: Mailbox, at: datetime) -> bytes:
    """The letter, ready for SMTP; ``at`` (aware) is its date.

    ``ValueError`` if the address or the content cannot be expressed.
    """
    if message.to.kind is not AddressKind.EMAIL:
        raise ValueError(f"a letter cannot reach an address of kind {message.to.kind}")
    content = message.content
    if not isinstance(content, EmailContent):
        raise ValueError(f"a letter is no {type(content).__name__}")
    letter = EmailMessage(SMTP)
    letter["From"] = sender
    letter["To"] = Mailbox(addr_spec=message.to.value)
    letter["Subject"] = content.subject
    letter["Date"] = format_datetime(at)
    letter["Message-ID"] = f"<{message.attempt_id}@{sender.domain}>"
    letter.set_content(content.text)
    if content.html is not None:
        letter.add_alternative(content.html, subtype="html")
        letter.set_boundary(f"--clarion-{message.attempt_id}")
    return letter.as_bytes()
