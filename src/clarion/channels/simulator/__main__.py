"""The simulator as a process: ``python -m clarion.channels.simulator --port 9000``.

Prints one line of JSON on standard output when it is ready (``{"ready": "http://127.0.0.1:9000", "pid": 1}``)
and stops cleanly on SIGTERM or SIGINT.  With ``--stop-with-input`` it stops as well when its standard input ends, so
that it never outlives the process that holds the other end, however that one dies.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import uvloop

from clarion.channels.simulator.sample import SAMPLE_TEMPLATES
from clarion.channels.simulator.settings import SettingsError, SimulatorSettings
from clarion.channels.simulator.simulator import Simulator

__all__ = ["main", "run_until_stopped"]

_READ_BYTES = 4096


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m clarion.channels.simulator",
        description="A simulated WhatsApp Cloud API with people in it.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--speed", type=float, default=None, help="how fast people live")
    parser.add_argument("--ledger", type=Path, default=None, metavar="FILE")
    parser.add_argument("--settings", type=Path, default=None, metavar="FILE", help="JSON, partial")
    parser.add_argument("--calm", action="store_true", help="begin with a world without surprises")
    parser.add_argument(
        "--sample", default=None, metavar="WABA_ID", help="store the sample templates there"
    )
    parser.add_argument(
        "--stop-with-input", action="store_true", help="stop when standard input ends"
    )
    return parser


def _settings(arguments: argparse.Namespace) -> SimulatorSettings:
    settings = SimulatorSettings.calm() if arguments.calm else SimulatorSettings()
    if arguments.settings is not None:
        settings = settings.merged(json.loads(arguments.settings.read_text()))
    given = {"seed": arguments.seed, "speed": arguments.speed}
    return settings.merged({name: value for name, value in given.items() if value is not None})


async def run_until_stopped(
    simulator: Simulator,
    on_ready: Callable[[str], None],
    *,
    sample: str | None = None,
    stops_with_input: bool = False,
) -> None:
    """Run a simulator until SIGTERM or SIGINT; ``on_ready`` is told its address.

    ``sample`` names an account (WABA) that gets the sample templates.  ``OSError`` if the port cannot be had.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopped.set)
    if stops_with_input:
        loop.add_reader(sys.stdin.fileno(), _stop_at_end_of_input, stopped)
    async with simulator:
        if sample is not None:
            simulator.add_templates(sample, SAMPLE_TEMPLATES)
        on_ready(simulator.base_url)
        await stopped.wait()


def _stop_at_end_of_input(stopped: asyncio.Event) -> None:
    if not os.read(sys.stdin.fileno(), _READ_BYTES):
        asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
        stopped.set()


def _tell_ready(base_url: str) -> None:
    sys.stdout.write(json.dumps({"ready": base_url, "pid": os.getpid()}) + "\n")
    sys.stdout.flush()


async def _run(arguments: argparse.Namespace, settings: SimulatorSettings) -> None:
    simulator = Simulator(
        settings, host=arguments.host, port=arguments.port, ledger_path=arguments.ledger
    )
    await run_until_stopped(
        simulator,
        _tell_ready,
        sample=arguments.sample,
        stops_with_input=arguments.stop_with_input,
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run until a signal; the exit code."""
    logging.basicConfig(level=logging.WARNING)
    arguments = _parser().parse_args(argv)
    try:
        uvloop.run(_run(arguments, _settings(arguments)))
    except (OSError, SettingsError, json.JSONDecodeError) as error:
        sys.stderr.write(f"simulator: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
