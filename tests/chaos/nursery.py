"""A process that has imported Clarion and forks the others: they start at once.

Importing everything takes seconds on a busy machine, and these tests start dozens of processes.  Each
line on standard input is ``{"log": …, "environment": {…}, "arguments": […]}``; the answer is the
child's process id.  Children are ordinary processes of their own; who asks signals them by id.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys

import stand_in

from clarion.channels.simulator.__main__ import main as simulate
from clarion.cli import main as clarion


def bear(order: dict) -> int:
    process_id = os.fork()
    if process_id:
        return process_id
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(order["environment"])
    log = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    program, *arguments = order["arguments"]
    code = 0
    try:
        if program == "simulator":
            code = simulate(arguments)
        elif program == "stand_in":
            sys.argv = ["stand_in", *arguments]
            stand_in.main()
        else:
            sys.argv = ["clarion", *arguments]
            clarion()
    except SystemExit as stop:
        code = stop.code if isinstance(stop.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    gc.freeze()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        else:
            answer = bear(order)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
