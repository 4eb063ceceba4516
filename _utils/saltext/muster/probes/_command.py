"""The command that collects: on a bare server, as the file muster-collect, and in muster itself."""

import argparse
import json
import os
import stat
import sys
import time
from typing import Any, Callable, Dict, List, Optional, Sequence

from ._collect import collect
from ._text import first_line
from .source import Source, Unreadable, shown

FORMAT = "muster-bundle"
VERSION = 1

#: What --target takes at most.
_TARGETS = 50


def bundle(
    names: Sequence[str], source: Source, load: Callable[[str], Any], library: str
) -> Dict[str, Any]:
    """Return the bundle of the named probes' facts: plain data.

    load(name) returns a probe's module; library is the digest of all probes' texts.
    """
    collected = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    facts = collect(names, source, load)
    return {
        "format": FORMAT,
        "version": VERSION,
        "collected": collected,
        "node": node_name(source),
        "library": library,
        "python": ".".join(str(part) for part in sys.version_info[:3]),
        "facts": facts,
        "left_out": source.left_out,
    }


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of collecting to a command's parser."""
    parser.add_argument(
        "--probe", action="append", metavar="NAME", help="read only this (may be given again)"
    )
    parser.add_argument(
        "--target",
        action="append",
        metavar="ADDRESS",
        help="try to reach this address, as the platform's hosts must (may be given again)",
    )
    parser.add_argument("--root", default="/", help="read the captured host in this folder")
    parser.add_argument(
        "--output", metavar="FILE", help="write there, readable by you alone; default: print"
    )


def run(
    arguments: argparse.Namespace,
    names: Sequence[str],
    load: Callable[[str], Any],
    library: str,
) -> Optional[str]:
    """Collect as the options say; return None, or what is wrong with them in one line."""
    wanted = list(dict.fromkeys(arguments.probe or names))
    strange = [name for name in wanted if name not in names]
    if strange:
        return f"there is no probe {strange[0]!a}; there are: {', '.join(names)}"
    targets = arguments.target or []
    if len(targets) > _TARGETS:
        return f"--target was given {len(targets)} times, at most {_TARGETS} are tried"
    if not os.path.isdir(arguments.root):
        return f"{arguments.root} is no folder; give the root of a captured host"
    found = bundle(wanted, Source(arguments.root, None, targets), load, library)
    return printed(arguments.output, json.dumps(found, indent=1, sort_keys=True) + "\n")


def main(
    arguments: List[str], names: Sequence[str], load: Callable[[str], Any], library: str
) -> int:
    """Run the file muster-collect; return its exit status, 0 or 2."""
    parser = argparse.ArgumentParser(
        prog="muster-collect",
        description="Read what this server is, changing nothing, for muster check and muster fit.",
    )
    add_options(parser)
    wrong = run(parser.parse_args(arguments), names, load, library)
    if wrong:
        sys.stderr.write(f"muster-collect: {wrong}\n")
    return 2 if wrong else 0


def node_name(source: Source) -> str:
    """Return the name that the node gives itself; "" when a captured host tells none."""
    if source.live:
        return shown(os.uname().nodename)
    try:
        return first_line(source.text("/etc/hostname"))[:253]
    except Unreadable:
        return ""


def printed(path: Optional[str], text: str) -> Optional[str]:
    """Print text, or write it to ``path`` for its owner alone; return None, or what went wrong."""
    try:
        if path:
            _write(path, text)
        else:
            sys.stdout.write(text)
            sys.stdout.flush()
    except OSError as err:
        return f"{path or 'the output'} could not be written: {err.strerror}"
    return None


def _write(path: str, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        # An old file of that name must not show it either; a device keeps its mode.
        if stat.S_ISREG(os.fstat(handle).st_mode):
            os.fchmod(handle, 0o600)
        file.write(text)
