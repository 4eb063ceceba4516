"""The command line of the lab."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from lab import host, node, up
from lab.recipes import MASTER
from lab.run import LabError

_ON_MASTER = ("salt", "salt-run", "salt-key", "salt-cp")


def _parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="lab", description="Real nodes on this machine.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    boot = commands.add_parser("up", help="boot the lab (after a crash: clean up first)")
    boot.add_argument("--fresh", action="store_true", help="end a running lab first")
    commands.add_parser("down", help="end the lab")
    commands.add_parser("status", help="show the nodes; exit status 1 unless all are up")
    commands.add_parser("build", help="build the cached parts only")
    commands.add_parser("check-host", help="say in one line why the lab cannot run here")
    for name, text in (("exec", "run a command in a node"), ("salt-call", "salt-call in a node")):
        sub = commands.add_parser(name, help=text)
        sub.add_argument("node", metavar="NODE")
        sub.add_argument("argv", nargs=argparse.REMAINDER, metavar="ARGUMENT")
    for name in _ON_MASTER:
        sub = commands.add_parser(name, help=f"{name} on the master", add_help=False)
        sub.add_argument("argv", nargs=argparse.REMAINDER, metavar="ARGUMENT")
    return parser


def _execute(name: str, argv: list[str]) -> int:
    """Become a command in a node; the exit status is the command's."""
    if not argv:
        raise LabError("no command given; 'lab/lab exec node1 hostname' is an example")
    host.require()
    terminal = sys.stdin.isatty() and sys.stdout.isatty()
    command = node.command(up.find(name), argv, terminal=terminal)
    sys.stdout.flush()
    os.execvp(command[0], command)


def _status() -> int:
    """Print the nodes; return 0 when all are up."""
    for name, text in up.status():
        print(f"{name:<8} {text}")
    return 0 if up.is_up() else 1


def _check_host() -> int:
    """Print why the lab cannot run here; return 0 when it can."""
    words = host.problem()
    if words:
        print(words, file=sys.stderr)
        return 1
    missing = host.missing_packages()
    print("the lab can run here" + (f"; it will install {', '.join(missing)}" if missing else ""))
    return 0


def main(argv: Sequence[str]) -> int:
    """Run one command of the lab.

    argv
        the arguments after the program's name

    Returns the exit status: of the command in a node its own; 1 when the lab cannot do it.
    """
    # Not argparse's: a Salt command's own options must reach it, also before its arguments.
    if argv and argv[0] in _ON_MASTER:
        given = argparse.Namespace(command=argv[0], argv=list(argv[1:]))
    else:
        given = _parser().parse_args(argv)
    try:
        return _dispatch(given)
    except LabError as err:
        print(f"lab: {err}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _dispatch(given: argparse.Namespace) -> int:
    """Do what was asked and return the exit status."""
    match given.command:
        case "up":
            up.up(fresh=given.fresh)
        case "down":
            up.down()
        case "status":
            return _status()
        case "build":
            up.prepare()
        case "check-host":
            return _check_host()
        case "exec":
            return _execute(given.node, given.argv)
        case "salt-call":
            return _execute(given.node, ["salt-call", *given.argv])
        case _:
            return _execute(MASTER.name, [given.command, *given.argv])
    return 0
