"""Talk with qemu, and with the agent inside a machine, which needs no network of it."""

from __future__ import annotations

import base64
import json
import random
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lab.run import LabError

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# The agent takes one message of at most that many bytes of text.
_PIECE = 32 * 1024


class Line:
    """A socket with one JSON message a line, questions and answers in turn."""

    def __init__(self, path: Path, seconds: float) -> None:
        """Connect to a socket; an answer may take so many seconds."""
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        try:
            self._socket.connect(str(path))
        except OSError as err:
            self._socket.close()
            raise LabError(f"{path}: {err.strerror}; does the machine run?") from err
        self._file = self._socket.makefile("rb")

    def __enter__(self) -> Line:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def read(self) -> dict[str, Any]:
        """Return the next message.

        Raises LabError when there is none in time.
        """
        try:
            # The agent marks the start of a talk by a byte that no JSON holds.
            text = self._file.readline().rpartition(b"\xff")[2]
        except OSError as err:
            raise LabError("the machine did not answer in time") from err
        if not text.strip():
            raise LabError("the machine hung up")
        message: dict[str, Any] = json.loads(text)
        return message

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message."""
        try:
            self._socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError as err:
            raise LabError(f"the machine takes no message: {err.strerror}") from err

    def ask(self, command: str, **arguments: Any) -> Any:
        """Return the answer to a command; what else is said meanwhile is passed over.

        Raises LabError with the other side's own words.
        """
        self.send({"execute": command, "arguments": arguments})
        while True:
            message = self.read()
            if "error" in message:
                raise LabError(f"{command}: {message['error'].get('desc', message['error'])}")
            if "return" in message:
                return message["return"]


def monitor(path: Path, seconds: float = 120) -> Line:
    """Return a talk with qemu itself.

    path
        the socket that its QMP listens on
    """
    line = Line(path, seconds)
    line.read()
    line.ask("qmp_capabilities")
    return line


def agent(path: Path, seconds: float = 30) -> Line:
    """Return a talk with the agent inside a machine.

    Raises LabError when it does not answer: the machine has not booted yet.
    """
    line = Line(path, seconds)
    number = random.randrange(1 << 30)
    # Whatever an earlier talk left half said ends here.
    line._socket.sendall(b"\xff")
    line.send({"execute": "guest-sync-delimited", "arguments": {"id": number}})
    while line.read().get("return") != number:
        pass
    return line


def execute(
    path: Path, argv: Sequence[str], *, stdin: bytes = b"", timeout: float = 600
) -> subprocess.CompletedProcess[str]:
    """Run a command in a machine and return its exit status and both outputs.

    argv
        the command, not given to a shell
    timeout
        seconds until the wait ends (the command may go on)

    Raises LabError when the agent does not answer, cannot start it, or the time is over.
    """
    with agent(path) as line:
        arguments: dict[str, Any] = {"path": argv[0], "arg": list(argv[1:])}
        arguments["env"] = [f"PATH={_PATH}", "HOME=/root", "LANG=C.UTF-8", "TERM=dumb"]
        arguments["capture-output"] = True
        if stdin:
            arguments["input-data"] = base64.b64encode(stdin).decode()
        pid = line.ask("guest-exec", **arguments)["pid"]
        end = time.monotonic() + timeout
        while not (state := line.ask("guest-exec-status", pid=pid))["exited"]:
            if time.monotonic() > end:
                raise LabError(f"{' '.join(argv)[:200]}: no end after {timeout:.0f} s")
            time.sleep(0.1)
    out, err = (base64.b64decode(state.get(key, "")) for key in ("out-data", "err-data"))
    status = state.get("exitcode", -state.get("signal", 0))
    return subprocess.CompletedProcess(
        list(argv), status, out.decode(errors="replace"), err.decode(errors="replace")
    )


def write(path: Path, name: str, data: bytes) -> None:
    """Write a file in a machine.

    name
        the file's absolute path in it
    """
    with agent(path) as line:
        handle = line.ask("guest-file-open", path=name, mode="w")
        for start in range(0, len(data), _PIECE):
            piece = base64.b64encode(data[start : start + _PIECE]).decode()
            line.ask("guest-file-write", handle=handle, **{"buf-b64": piece})
        line.ask("guest-file-close", handle=handle)
