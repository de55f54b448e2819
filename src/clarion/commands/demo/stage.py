"""What plays behind the demo's curtain: the simulator, the server and the shop, put together.

Theory of operation.  The simulator starts first and ends last, so that no request of ours ever
finds nobody there.  When it dies, ``keep_simulator`` starts it again and puts the shop's number
back into service; its ledger goes on.
"""

from __future__ import annotations

import contextlib
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import structlog

from clarion.channels.contract import SenderAccount
from clarion.channels.simulator import (
    PeopleSettings,
    RateSettings,
    SimulatorSettings,
)
from clarion.commands.demo.folder import DemoFolder
from clarion.commands.demo.simulator_process import SimulatorProcess
from clarion.commands.place import command_actor
from clarion.commands.serve import Running, running
from clarion.config import Settings
from clarion.domain.errors import ClarionError
from clarion.services.sample_shop import (
    PHONE_NUMBER_ID,
    WABA_ID,
    fill_shop,
    give_sign_in,
    open_sender,
    start_campaigns,
)
from clarion.services.scope import Scope
from clarion.services.sender_health import refresh_health
from clarion.services.senders import Sender
from clarion.services.workspaces import first_workspace
from clarion.store.pool import transaction

__all__ = ["Stage", "keep_simulator", "simulator_settings", "staged"]

log = structlog.get_logger(__name__)

SPEED = 15.0  # a person who takes half a minute to answer takes two seconds
PHONE_OF_PERSON_WITHOUT_PHONE = "31657000001"
_MINTED_BYTES = 16


def simulator_settings() -> SimulatorSettings:
    """A livelier world than the everyday one: more people answer, and soon."""
    return SimulatorSettings(
        speed=SPEED,
        people=PeopleSettings(
            not_on_whatsapp_share=0.015,
            reads_share=0.8,
            personas={"yes": 0.2, "no": 0.08, "text": 0.08, "stop": 0.01, "silent": 0.63},
        ),
        # Above the sender's own rate: inbound messages count too.
        rates=RateSettings(messages_per_second=200.0),
    )


@dataclass(slots=True)
class Stage:
    """A demo that runs.  ``notices`` are what a watcher must be told, the newest last."""

    folder: DemoFolder
    simulator: SimulatorProcess
    process: Running
    workspace_id: int
    origin: str
    notices: deque[str] = field(default_factory=lambda: deque(maxlen=5))

    @property
    def scope(self) -> Scope:
        """The demo as an actor, now."""
        return Scope(self.workspace_id, command_actor(), self.process.place.clock())


@contextlib.asynccontextmanager
async def staged(
    settings: Settings, folder: DemoFolder, *, contact_count: int, say: Callable[[str], None]
) -> AsyncIterator[Stage]:
    """Start everything; ``say`` is told what takes a while.  Stopped in order at the end.

    Raises ``port.in_use``, ``data_dir.unusable``, ``database.unreachable``, ``simulator.failed``.
    """
    simulator = SimulatorProcess(
        folder.path, simulator_settings(), port=folder.facts.simulator_port
    )
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(simulator.stop)
        say("Starting the simulated WhatsApp, the database and the server")
        await simulator.start()
        folder.keep(simulator_port=simulator.port)
        with_wall = settings.model_copy(update={"simulator_url": simulator.base_url})
        process = await stack.enter_async_context(running(with_wall))
        place = process.place
        async with transaction(place.pool) as connection:
            workspace = await first_workspace(connection, now=place.clock())
        stage = Stage(folder, simulator, process, workspace.id, process.origin or "")
        sender = await _attach(stage)
        if not folder.facts.is_filled:
            say(f"Filling the sample shop with {contact_count} customers")
            await _fill(stage, sender, contact_count)
        await _start_campaigns(stage)
        yield stage


async def _attach(stage: Stage) -> Sender:
    """Put the shop's number into service at the simulator, and point the sender to it."""
    place = stage.process.place
    sender, account = await open_sender(place, stage.scope, base_url=stage.simulator.base_url)
    await _ask(
        place.http,
        "POST",
        f"{stage.simulator.base_url}/_sim/numbers",
        _number(stage, account, sender),
    )
    return sender


def _number(stage: Stage, account: SenderAccount, sender: Sender) -> dict[str, Any]:
    return {
        "phone_number_id": PHONE_NUMBER_ID,
        "waba_id": WABA_ID,
        "token": account.secrets["token"],
        "app_secret": account.secrets["app_secret"],
        "verify_token": account.secrets["verify_token"],
        "callback_url": stage.origin + sender.webhook_path,
        "display_phone_number": "4930555010",
        "verified_name": "Sample shop",
    }


async def _ask(
    http: aiohttp.ClientSession, method: str, url: str, document: Any = None
) -> dict[str, Any]:
    """Ask the simulator.  Raises ``simulator.failed``."""
    try:
        async with http.request(method, url, json=document) as answer:
            told: dict[str, Any] = await answer.json(content_type=None)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise ClarionError(
            "simulator.failed", f"The simulator does not answer: {error}."
        ) from error
    if answer.status != 200:
        raise ClarionError("simulator.failed", f"The simulator refused {url}: {told}.")
    return told


async def _fill(stage: Stage, sender: Sender, contact_count: int) -> None:
    place, facts = stage.process.place, stage.folder.facts
    person_url = f"{stage.simulator.base_url}/_sim/people/{PHONE_OF_PERSON_WITHOUT_PHONE}"
    person = await _ask(place.http, "GET", person_url)
    await fill_shop(
        place,
        stage.scope,
        sender.id,
        contact_count=contact_count,
        bsuid=person["bsuid"],
        folder=stage.folder.path,
    )
    await refresh_health(place, stage.scope, sender.id)
    await give_sign_in(place, stage.scope, email=facts.email, password=facts.password)
    stage.folder.keep(is_filled=True)


async def _start_campaigns(stage: Stage) -> None:
    """Start campaigns if all have ended; a shop that somebody took apart starts none."""
    try:
        await start_campaigns(
            stage.process.place, stage.scope, mint_code=lambda: secrets.token_hex(_MINTED_BYTES)
        )
    except ClarionError as error:
        log.warning("no campaign started", reason=error.message)
        stage.notices.append(f"No campaign was started: {error.message}")


async def keep_simulator(stage: Stage) -> None:
    """Start the simulator again each time it ends.  Raises ``simulator.failed``."""
    while True:
        code = await stage.simulator.ended()
        log.warning("simulator ended", exit_code=code)
        stage.notices.append(f"The simulator ended (exit code {code}); it is started again.")
        await stage.simulator.start()
        await _attach(stage)
        stage.notices.append("The simulator runs again.")
