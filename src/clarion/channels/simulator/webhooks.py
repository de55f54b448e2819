"""The pump that tells callbacks what happened.

Theory of operation.  Each subscription has a queue of updates and up to ``concurrency_count`` workers, started when there
is something to tell and gone when there is not.  A worker takes what waits, at most a batch, signs the raw body, and
posts it: while a receiver is slow the batches grow by themselves.  A POST that is not answered by 200 in time is
put aside and repeated, the same bytes, until it is taken or too old.  Before the first POST a subscription must
pass the handshake; until then updates wait.

Order is not kept across workers, and updates may be doubled or delayed by the settings: at least once, in any
order, is the contract.
"""

from __future__ import annotations

import asyncio
import hmac
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from clarion.channels.simulator.callbacks import CallbackClient, CallbackError
from clarion.channels.simulator.clock import Agenda, Clock
from clarion.channels.simulator.ids import share_of
from clarion.channels.simulator.numbers import Number, Subscription
from clarion.channels.simulator.payloads import Update, envelope
from clarion.channels.simulator.settings import WebhookSettings

__all__ = ["WebhookPump"]

_OK = 200
_SLOW_SECONDS = 1.0
_HISTOGRAM_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class WebhookPump:
    """Delivers updates at least once."""

    def __init__(
        self, settings: Callable[[], WebhookSettings], seed: int, clock: Clock, agenda: Agenda
    ) -> None:
        self._settings = settings
        self._seed = seed
        self._clock = clock
        self._agenda = agenda
        self._client = CallbackClient()
        self._tasks: set[asyncio.Task[None]] = set()
        self._update_ordinal = 0
        self.counts: Counter[str] = Counter()
        self.durations: Counter[str] = Counter()

    def tell(self, number: Number, update: Update, *, duplicate: float, disorder: float) -> None:
        """Have an update told.  The two chances decide whether it is doubled or comes late."""
        subscription, settings = number.subscription, self._settings()
        if subscription is None or not number.is_subscribed or not settings.is_on:
            self.counts["dropped_update_count"] += 1
            return
        if duplicate < settings.duplicate_share:
            self.counts["doubled_update_count"] += 1
            late = settings.disorder_seconds * duplicate / settings.duplicate_share
            self._agenda.after(late, self._enqueue, (subscription, update))
        if disorder < settings.disorder_share:
            late = settings.disorder_seconds * disorder / settings.disorder_share
            self._agenda.after(late, self._enqueue, (subscription, update))
            return
        self._enqueue((subscription, update))

    def _enqueue(self, entry: tuple[Subscription, Update]) -> None:
        subscription, update = entry
        subscription.waiting.append(update)
        self._wake(subscription)

    def _wake(self, subscription: Subscription) -> None:
        settings = self._settings()
        if not subscription.is_verified and settings.is_handshake_required:
            limit = 1  # the first worker shakes hands
        else:
            limit = settings.concurrency_count
        # One more worker for each batch that waits: bursts travel together, backlogs in parallel.
        wanted = 1 + len(subscription.waiting) // max(1, settings.batch_max_count)
        if subscription.worker_count < min(limit, wanted + len(subscription.repeats)):
            subscription.worker_count += 1
            task = asyncio.get_running_loop().create_task(self._work(subscription))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, subscription: Subscription) -> None:
        try:
            if not subscription.is_verified and self._settings().is_handshake_required:
                await self.shake_hands(subscription)
                if not subscription.is_verified:
                    pause = self._pause_seconds(min(subscription.handshake_count, 30))
                    self._agenda.after(pause, self._wake, subscription)
                    return
                self._wake(subscription)
            while subscription.repeats or subscription.waiting:
                await self._post_next(subscription)
        finally:
            subscription.worker_count -= 1

    async def _post_next(self, subscription: Subscription) -> None:
        if subscription.repeats:
            body, updates_count, try_count, first_at = subscription.repeats.popleft()
        else:
            body, updates_count = self._next_body(subscription)
            try_count, first_at = 0, self._clock.elapsed()
        settings = self._settings()
        started = self._clock.elapsed()
        is_taken, reason = await self._post(subscription, body, settings.timeout_seconds)
        self._measure(self._clock.elapsed() - started)
        if is_taken:
            self.counts["post_count"] += 1
            self.counts["update_count"] += updates_count
            return
        self.counts["failed_post_count"] += 1
        self.counts[f"failed:{reason}"] += 1
        if self._clock.elapsed() - first_at > settings.give_up_after_seconds:
            self.counts["given_up_update_count"] += updates_count
            return
        subscription.resting_count += 1
        repeat = (subscription, (body, updates_count, try_count + 1, first_at))
        self._agenda.after(self._pause_seconds(try_count), self._repeat, repeat)

    def _repeat(self, entry: tuple[Subscription, tuple[bytes, int, int, float]]) -> None:
        subscription, repeat = entry
        subscription.resting_count -= 1
        subscription.repeats.append(repeat)
        self._wake(subscription)

    def _pause_seconds(self, try_count: int) -> float:
        settings = self._settings()
        if try_count == 0:
            return settings.retry_first_seconds
        grown = settings.retry_base_seconds * 2.0 ** min(try_count - 1, 30)
        return min(grown, settings.retry_max_seconds)

    def _next_body(self, subscription: Subscription) -> tuple[bytes, int]:
        settings = self._settings()
        subscription.batch_count += 1
        waiting = subscription.waiting
        size = min(len(waiting), settings.batch_max_count)
        updates = [waiting.popleft() for _ in range(size)]
        chance = share_of(self._seed, f"spread|{subscription.batch_count}")
        is_spread = size > 1 and chance < settings.spread_share
        return envelope(updates, self._clock.now(), is_spread=is_spread), size

    async def _post(
        self, subscription: Subscription, body: bytes, timeout_seconds: float
    ) -> tuple[bool, str]:
        signature = hmac.digest(subscription.app_secret.encode(), body, "sha256").hex()
        headers = {
            "content-type": "application/json",
            "x-hub-signature-256": f"sha256={signature}",
        }
        try:
            status, _ = await self._client.post(
                subscription.callback_url, headers, body, timeout_seconds
            )
        except CallbackError as failure:
            return False, str(failure).partition(":")[0]
        return status == _OK, f"status {status}"

    async def shake_hands(self, subscription: Subscription) -> None:
        """Verify a callback; the outcome stands in the subscription."""
        subscription.handshake_count += 1
        challenge = str(
            int(share_of(self._seed, f"challenge|{subscription.handshake_count}") * 1e10)
        )
        query = urlencode(
            {
                "hub.mode": "subscribe",
                "hub.challenge": challenge,
                "hub.verify_token": subscription.verify_token,
            }
        )
        joint = "&" if "?" in subscription.callback_url else "?"
        try:
            status, body = await self._client.get(
                subscription.callback_url + joint + query, self._settings().timeout_seconds
            )
        except CallbackError as failure:
            subscription.handshake_problem = str(failure)
            return
        if status == _OK and body.decode(errors="replace").strip() == challenge:
            subscription.is_verified = True
            subscription.handshake_problem = None
        else:
            subscription.handshake_problem = f"the callback answered {status} and not the challenge"

    def _measure(self, seconds: float) -> None:
        for limit in _HISTOGRAM_SECONDS:
            if seconds <= limit:
                self.durations[f"le_{limit}"] += 1
                break
        else:
            self.durations["slower"] += 1
        if seconds > _SLOW_SECONDS:
            self.counts["slow_post_count"] += 1

    def as_document(self) -> dict[str, Any]:
        """Counters of the pump, and how long receivers took."""
        return {**self.counts, "answer_seconds_histogram": dict(self.durations)}

    async def close(self) -> None:
        """Stop telling; what waits is lost."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._client.close()
