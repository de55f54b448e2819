"""What the receiver of webhooks sees of each sender, told to the database at most once a second.

Theory of operation.  The busiest door of the house must not pay a statement a request to say that
somebody came, and a flood of forged bodies must cost even less.  So it notes in memory, one line a
sender, and tells the sum of it from time to time.  A process that dies loses the last second of
counting, nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clarion.store.pool import Pool
from clarion.store.queries import load

__all__ = ["WebhookWatch"]

QUERIES = load("webhook_watches")


@dataclass(slots=True)
class _Seen:
    last_event_at: datetime | None = None
    handshake_at: datetime | None = None
    signature_refused_count: int = 0
    signature_refused_at: datetime | None = None
    former_secret_at: datetime | None = None


class WebhookWatch:
    """Notes of one process; ``tell`` writes and forgets them."""

    def __init__(self) -> None:
        self._seen: dict[int, _Seen] = {}

    def _of(self, sender_id: int) -> _Seen:
        return self._seen.setdefault(sender_id, _Seen())

    def event(self, sender_id: int, at: datetime, *, is_former_secret: bool = False) -> None:
        """A body that was kept, signed with the secret of today or the former one."""
        seen = self._of(sender_id)
        seen.last_event_at = at
        if is_former_secret:
            seen.former_secret_at = at

    def handshake(self, sender_id: int, at: datetime) -> None:
        """The provider shook hands."""
        self._of(sender_id).handshake_at = at

    def refused(self, sender_id: int, at: datetime) -> None:
        """A body whose signature does not fit."""
        seen = self._of(sender_id)
        seen.signature_refused_count += 1
        seen.signature_refused_at = at

    async def tell(self, pool: Pool) -> None:
        """Write what was seen since the last time; what cannot be written is kept for the next."""
        if not self._seen:
            return
        told, self._seen = self._seen, {}
        try:
            await QUERIES.execute(
                pool,
                "note_webhooks",
                sender_ids=list(told),
                last_event_ats=[each.last_event_at for each in told.values()],
                handshake_ats=[each.handshake_at for each in told.values()],
                signature_refused_counts=[each.signature_refused_count for each in told.values()],
                signature_refused_ats=[each.signature_refused_at for each in told.values()],
                former_secret_ats=[each.former_secret_at for each in told.values()],
            )
        except BaseException:
            self._keep(told)
            raise

    def _keep(self, told: dict[int, _Seen]) -> None:
        """Put notes back beneath what came meanwhile."""
        for sender_id, old in told.items():
            new = self._of(sender_id)
            new.last_event_at = new.last_event_at or old.last_event_at
            new.handshake_at = new.handshake_at or old.handshake_at
            new.signature_refused_count += old.signature_refused_count
            new.signature_refused_at = new.signature_refused_at or old.signature_refused_at
            new.former_secret_at = new.former_secret_at or old.former_secret_at
