"""``clarion demo``: the command and its life, from the first line to the last.

Theory of operation.  A signal while everything starts cancels the start; a signal later ends the
watching.  Either way what was started is stopped in order by the frames in which it stands, so that
no process is left behind.  The log goes to a file; the terminal belongs to the live view, or
takes plain lines when it is none.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import asyncpg
import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from clarion.commands.data_dir import DATA_DIR
from clarion.commands.demo.folder import DemoFolder, open_folder
from clarion.commands.demo.log_tail import LogTail
from clarion.commands.demo.snapshot import Snapshot, read_snapshot
from clarion.commands.demo.stage import Stage, keep_simulator, staged
from clarion.commands.demo.view import header, live_view, plain_lines
from clarion.commands.output import run
from clarion.commands.place import command_settings
from clarion.config import Settings
from clarion.observe.logging import configure_logging

__all__ = ["demo"]

EMAIL = "demo@clarion.test"
_PASSWORD_BYTES = 12
_LIVE_SECONDS = 0.5
_PLAIN_SECONDS = 3.0
# What a watcher may meet while the database is away; the view goes on when it is back.
_PASSING = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)

Show = Callable[[Stage, Snapshot], None]


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What the command line asks for."""

    contact_count: int
    is_fresh: bool
    is_live: bool
    exit_after_seconds: float | None


def demo(
    port: Annotated[
        int, typer.Option(help="The port to listen on; 0 takes any free one.", min=0, max=65535)
    ] = 8000,
    contacts: Annotated[
        int, typer.Option(help="How many customers a new shop has.", min=20, max=200_000)
    ] = 2000,
    data_dir: Annotated[
        Path | None, typer.Option(help="The demo's folder; its own, apart from all others.")
    ] = None,
    exit_after: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Stop by itself so long after it was ready.", min=0),
    ] = None,
    *,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Delete what an earlier demo left, and begin anew.")
    ] = False,
    no_live: Annotated[
        bool, typer.Option("--no-live", help="Print plain lines instead of the live view.")
    ] = False,
) -> None:
    """Run a sample shop with a simulated WhatsApp, and watch its campaigns send."""
    settings = _settings(data_dir, port)
    is_live = not no_live and sys.stdout.isatty()
    run(_demo(settings, _Wishes(contacts, fresh, is_live, exit_after)))


def _settings(data_dir: Path | None, port: int) -> Settings:
    """Settings that keep the demo apart from any installation, whatever the environment says."""
    given = command_settings(host="127.0.0.1", port=port)
    is_named = data_dir is not None or _names_data_dir()
    folder = (data_dir or given.data_dir).expanduser().absolute()
    return given.model_copy(
        update={
            "data_dir": folder if is_named else folder / "demo",
            "database_url": None,
            "secret_key": None,
            "public_url": None,
        }
    )


def _names_data_dir() -> bool:
    """Whether ``clarion --data-dir DIR`` names the folder on this command line."""
    return DATA_DIR.get() is not None


async def _demo(settings: Settings, wishes: _Wishes) -> None:
    told_to_stop, is_ready = asyncio.Event(), asyncio.Event()
    life = asyncio.create_task(_live(settings, wishes, told_to_stop, is_ready))

    def stop() -> None:
        is_first = not told_to_stop.is_set()
        told_to_stop.set()
        if is_first and not is_ready.is_set():
            life.cancel()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        await life
    except asyncio.CancelledError:
        if not told_to_stop.is_set():
            raise


async def _live(
    settings: Settings, wishes: _Wishes, told_to_stop: asyncio.Event, is_ready: asyncio.Event
) -> None:
    console = Console(highlight=False, soft_wrap=not wishes.is_live)
    with (
        open_folder(
            settings.data_dir,
            is_fresh=wishes.is_fresh,
            email=EMAIL,
            mint_password=lambda: secrets.token_urlsafe(_PASSWORD_BYTES),
        ) as folder,
        _logging_into(folder) as tail,
    ):
        say = _speaker(console)
        async with staged(settings, folder, contact_count=wishes.contact_count, say=say) as stage:
            is_ready.set()
            if wishes.exit_after_seconds is not None:
                loop = asyncio.get_running_loop()
                loop.call_later(wishes.exit_after_seconds, told_to_stop.set)
            facts = _facts(stage)
            with (
                _live_show(console, facts, tail)
                if wishes.is_live
                else _plain_show(console, facts) as show
            ):
                await _watch(
                    stage,
                    show,
                    told_to_stop,
                    every_seconds=_LIVE_SECONDS if wishes.is_live else _PLAIN_SECONDS,
                )
            say("Stopping")
        console.print(f"Stopped. The shop is kept in {folder.path}.")


def _speaker(console: Console) -> Callable[[str], None]:
    def say(text: str) -> None:
        console.print(Text(f"{text} …", style="dim"))

    return say


@contextlib.contextmanager
def _logging_into(folder: DemoFolder) -> Iterator[LogTail]:
    """Send the log into the folder's file meanwhile."""
    with LogTail(folder.path / "demo.log") as tail:
        configure_logging(form="json", stream=tail)
        try:
            yield tail
        finally:
            configure_logging(level="warning")


def _facts(stage: Stage) -> Mapping[str, str]:
    facts = stage.folder.facts
    return {
        "Address": stage.origin,
        "Sign in": f"{facts.email}   {facts.password}",
        "API": f"{stage.origin}/api/docs",
        "WhatsApp": f"{stage.simulator.base_url}/_sim/state  (simulated)",
    }


@contextlib.contextmanager
def _live_show(console: Console, facts: Mapping[str, str], tail: LogTail) -> Iterator[Show]:
    with Live(header(facts), console=console, auto_refresh=False) as live:
        yield lambda stage, snapshot: live.update(
            live_view(facts, snapshot, stage.notices, tail.lines), refresh=True
        )


@contextlib.contextmanager
def _plain_show(console: Console, facts: Mapping[str, str]) -> Iterator[Show]:
    for name, value in facts.items():
        console.print(Text(f"{name:<9} {value}"))
    before: Snapshot | None = None

    def show(stage: Stage, snapshot: Snapshot) -> None:
        nonlocal before
        while stage.notices:
            console.print(Text(stage.notices.popleft()))
        for line in plain_lines(snapshot, before):
            console.print(Text(line))
        before = snapshot

    yield show


async def _watch(
    stage: Stage, show: Show, told_to_stop: asyncio.Event, *, every_seconds: float
) -> None:
    """Show what happens until told to stop.  Raises ``simulator.failed`` when it cannot be kept."""
    keeper = asyncio.create_task(keep_simulator(stage))
    try:
        while not told_to_stop.is_set():
            if keeper.done():
                await keeper
            try:
                show(stage, await read_snapshot(stage.process.place.pool, stage.scope))
            except _PASSING as error:
                stage.notices.append(f"The database does not answer: {error}")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(every_seconds):
                    await told_to_stop.wait()
    finally:
        keeper.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeper
