"""``clarion simulate``: the simulated WhatsApp as a server of its own, to try things against.

Theory of operation.  A thin frame around ``clarion.channels.simulator``; the same world that
``clarion demo`` uses and that the tests are judged by.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from clarion.channels.simulator import Simulator, SimulatorSettings
from clarion.channels.simulator.__main__ import run_until_stopped
from clarion.commands.output import AsJson, print_facts, print_json, run
from clarion.domain.errors import ClarionError

__all__ = ["simulate"]

DEFAULT_PORT = 9000


def simulate(
    port: Annotated[
        int, typer.Option(help="The port to listen on; 0 takes any free one.", min=0, max=65535)
    ] = DEFAULT_PORT,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    seed: Annotated[
        int | None, typer.Option(help="Equal seeds and equal messages give equal fates.")
    ] = None,
    speed: Annotated[
        float | None, typer.Option(help="How many times faster than life people live.")
    ] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(help="Keep what was accepted in this file, and go on with one that exists."),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="A JSON file with any of the settings (GET /_sim/settings).")
    ] = None,
    sample: Annotated[
        str | None, typer.Option(metavar="WABA_ID", help="Give this account sample templates.")
    ] = None,
    *,
    calm: Annotated[
        bool, typer.Option("--calm", help="A world in which nothing fails and nobody answers.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Simulate WhatsApp's Cloud API, with people who read and answer, until stopped."""
    chosen = _settings(settings, seed=seed, speed=speed, is_calm=calm)
    run(_simulate(chosen, host, port, ledger, sample, is_json=as_json))


def _settings(
    path: Path | None, *, seed: int | None, speed: float | None, is_calm: bool
) -> SimulatorSettings:
    given = {"seed": seed, "speed": speed}
    try:
        settings = SimulatorSettings.calm() if is_calm else SimulatorSettings()
        if path is not None:
            settings = settings.merged(json.loads(path.read_text()))
        return settings.merged({name: value for name, value in given.items() if value is not None})
    except (OSError, ValueError) as error:  # SettingsError and JSONDecodeError are ValueErrors
        raise ClarionError("setting.invalid", f"The simulator's settings: {error}.") from error


async def _simulate(
    settings: SimulatorSettings,
    host: str,
    port: int,
    ledger: Path | None,
    sample: str | None,
    *,
    is_json: bool,
) -> None:
    def tell_ready(base_url: str) -> None:
        facts = {"base_url": base_url, "control_url": f"{base_url}/_sim"}
        (print_json if is_json else print_facts)(facts)
        sys.stdout.flush()  # whoever waits for it at a pipe must get it now

    try:
        simulator = Simulator(settings, host=host, port=port, ledger_path=ledger)
    except OSError as error:
        raise ClarionError(
            "setting.invalid", f"The ledger {ledger} cannot be opened: {error.strerror}."
        ) from error
    try:
        await run_until_stopped(simulator, tell_ready, sample=sample)
    except OSError as error:
        raise ClarionError(
            "port.in_use", f"Cannot listen on {host}:{port}: {error.strerror}.", port=port
        ) from error
