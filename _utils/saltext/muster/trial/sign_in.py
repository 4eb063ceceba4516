"""Sign in to a Salt master anew: a script of its own, run by the minion's interpreter.

Options of the minion come as JSON on standard input, what came of it goes to standard output. A
new process has no session, key or connection of the minion that it could lean on.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

#: What a master answers to each of its minions, and what costs it next to nothing.
REQUEST = {"cmd": "_file_envs"}

UNANSWERED = "no answer to the sign-in, or the master does not accept the node's key;"


def main() -> int:
    """Sign in, make one encrypted request, and tell what came of it."""
    opts = json.load(sys.stdin)
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: said.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("salt").addHandler(handler)
    problem = _problem(opts)
    words = " ".join(" ".join([problem, *(said if problem else [])]).split())
    sys.stdout.write(json.dumps({"problem": words[:400].rstrip(";")}))
    sys.stdout.flush()
    # Threads and sockets of the transport go with the process: nothing is waited for.
    os._exit(0)


def _problem(opts: dict[str, Any]) -> str:
    pinned = os.path.join(opts["pki_dir"], "minion_master.pub")
    if not opts.get("open_mode") and not os.path.isfile(pinned):
        return f"{pinned} is not there: the minion never accepted a master's key"
    import salt.channel.client

    try:
        with salt.channel.client.ReqChannel.factory(opts) as channel:
            answer = channel.send(dict(REQUEST), tries=1, timeout=opts["auth_timeout"])
    except Exception as err:  # noqa: BLE001 - whatever it is, the master was not reached
        # What Salt says of a sign-in that it would go on trying.
        return str(err).replace("-|RETRY|-", UNANSWERED) or type(err).__name__
    return "" if isinstance(answer, list) else f"the master answered {answer!r:.100}"


if __name__ == "__main__":
    sys.path.pop(0)  # this folder: its modules are none of Salt's
    main()
