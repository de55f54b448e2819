"""The simulator as a process: ``python -m clarion.channels.simulator --port 9000``.

Prints one line of JSON on standard output when it is ready (``{"ready": "http://127.0.0.1:9000", "pid": 1}``)
and stops cleanly on SIGTERM or SIGINT.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from clarion.channels.simulator.sample import SAMPLE_TEMPLATES
from clarion.channels.simulator.settings import SettingsError, SimulatorSettings
from clarion.channels.simulator.simulator import Simulator

__all__ = ["main"]


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
    return parser


def _settings(arguments: argparse.Namespace) -> SimulatorSettings:
    settings = SimulatorSettings.calm() if arguments.calm else SimulatorSettings()
    if arguments.settings is not None:
        settings = settings.merged(json.loads(arguments.settings.read_text()))
    given = {"seed": arguments.seed, "speed": arguments.speed}
    return settings.merged({name: value for name, value in given.items() if value is not None})


async def _run(arguments: argparse.Namespace, settings: SimulatorSettings) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stopped.set)
    simulator = Simulator(
        settings, host=arguments.host, port=arguments.port, ledger_path=arguments.ledger
    )
    async with simulator:
        if arguments.sample is not None:
            simulator.add_templates(arguments.sample, SAMPLE_TEMPLATES)
        ready = json.dumps({"ready": simulator.base_url, "pid": os.getpid()})
        sys.stdout.write(ready + "\n")
        sys.stdout.flush()
        await stopped.wait()


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
