"""The log: structured lines, for people on a terminal and for machines elsewhere.

Theory of operation.  Clarion logs events with values (``log.info("chunk done", campaign_id=12)``),
libraries log through the standard library; both pass the same chain of processors and come out in
the same form.  The last step before rendering hides what must not be in a log: values under names
such as ``token`` or ``authorization``, and tokens inside of texts.  Phone numbers are hidden too
unless that is switched off: a log travels further than a database.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

__all__ = ["HIDDEN", "Redactor", "configure_logging"]

HIDDEN = "***"

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:token|secret|password|passwd|authorization|cookie|credentials?|signature|"
    r"api_?key|secret_key|private_key|access_key_secret)s?$"
)
_SECRETS_IN_TEXT = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=_.~-]{8,}"), rf"\1 {HIDDEN}"),
    # user:password@ in an address
    (re.compile(r"(?<=://)([^\s:/@]+):[^\s/@]+(?=@)"), rf"\1:{HIDDEN}"),
    (
        re.compile(r"(?i)\b(access_token|token|secret|password|signature|api_?key)=[^\s&\"']+"),
        rf"\1={HIDDEN}",
    ),
    # access tokens of the Graph API
    (re.compile(r"\bEAA[A-Za-z0-9]{20,}"), HIDDEN),
)
_PHONE_IN_TEXT = re.compile(r"(?<![\w.:/-])\+\d[\d ().-]{5,18}\d(\d{2})(?!\w)")
_PHONE_NAME = re.compile(r"(?:^|_)(?:phone|phone_number|wa_id|msisdn)$")
_LIBRARIES_TO_QUIET = {
    # These tell every job and every request; Clarion tells what matters of them itself.
    "procrastinate": logging.WARNING,
    "psycopg.pool": logging.ERROR,
    "uvicorn.access": logging.WARNING,
    "aiohttp.access": logging.WARNING,
    "asyncio": logging.WARNING,
}


class Redactor:
    """A processor that hides secrets, and phone numbers when ``hides_phones``."""

    def __init__(self, *, hides_phones: bool = True) -> None:
        self._hides_phones = hides_phones

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Hide in every value of the event."""
        return {name: self._hide(name, value) for name, value in event.items()}

    def _hide(self, name: str, value: Any) -> Any:
        lower_name = name.lower().replace("-", "_")
        if value is not None and _SECRET_NAME.search(lower_name):
            return HIDDEN
        if self._hides_phones and isinstance(value, str) and _PHONE_NAME.search(lower_name):
            return HIDDEN + value[-2:]
        if isinstance(value, str):
            return self._hide_in_text(value)
        if isinstance(value, Mapping):
            return {key: self._hide(str(key), item) for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._hide("", item) for item in value]
        return value

    def _hide_in_text(self, text: str) -> str:
        for pattern, replacement in _SECRETS_IN_TEXT:
            text = pattern.sub(replacement, text)
        return _PHONE_IN_TEXT.sub(rf"{HIDDEN}\1", text) if self._hides_phones else text


def configure_logging(
    *,
    level: str = "info",
    form: Literal["auto", "console", "json"] = "auto",
    stream: TextIO | None = None,
    hides_phones: bool = True,
) -> None:
    """Send the log of Clarion and of the libraries to ``stream`` (standard error by default).

    Called once, at the start of a command; calling it again replaces what was configured.
    """
    target = sys.stderr if stream is None else stream
    is_for_people = form == "console" or (form == "auto" and target.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    ]
    ending: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        Redactor(hides_phones=hides_phones),
        structlog.dev.ConsoleRenderer(colors=target.isatty())
        if is_for_people
        else structlog.processors.JSONRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(target)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=ending)
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, least in _LIBRARIES_TO_QUIET.items():
        logging.getLogger(name).setLevel(max(least, root.level))
