"""``clarion`` without the second that importing takes: imported once, and forked for each command.

Theory of operation.  A server process imports the command line and listens on a socket.  A tiny
client, installed as ``clarion`` on the PATH, hands over its arguments, folder, environment and
standard streams; the server forks, and the child runs the very ``main`` of the command.  So a page
of commands is run as it stands, in a fraction of the time.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from pathlib import Path

CLIENT = """\
#!{python} -SE
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as line:
    line.connect({address!r})
    told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(line, [len(told).to_bytes(4, "big")], [0, 1, 2])
    line.sendall(told)
    sys.exit(int.from_bytes(line.recv(1), "big"))
"""


def install(folder: Path) -> Path:
    """Write the client into ``folder``; the address of the server."""
    folder.mkdir()
    address = folder / "socket"
    client = folder / "clarion"
    client.write_text(CLIENT.format(python=sys.executable, address=str(address)))
    client.chmod(0o755)
    return address


def _command(line: socket.socket, streams: list[int], size: int) -> int:
    """Run one command in this (forked) process; its exit code."""
    from clarion.cli import main

    told = b""
    while len(told) < size:
        told += line.recv(size - len(told))
    arguments, folder, environment = json.loads(told)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["clarion", *arguments]
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


def serve(address: str) -> None:
    """Answer until killed."""
    import clarion.cli  # noqa: F401 - what takes its time

    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(address)
        door.listen()
        while True:
            line, _ = door.accept()
            with line:
                head, streams, _, _ = socket.recv_fds(line, 4, 3)
                if os.fork() == 0:
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    code = _command(line, streams, int.from_bytes(head, "big"))
                    line.sendall(code.to_bytes(1, "big"))
                    os._exit(0)
                for stream in streams:
                    os.close(stream)


if __name__ == "__main__":
    serve(sys.argv[1])
