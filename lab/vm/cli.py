"""The command line of the lab's virtual machines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from lab.run import LabError
from lab.vm import up
from lab.vm.recipe import KINDS


def _parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(prog="vm", description="Virtual machines in the lab.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    boot = commands.add_parser("up", help="start machines; one that runs is ended first")
    boot.add_argument("--kind", choices=KINDS, default="plain", help="selinux: booted with it")
    boot.add_argument("names", metavar="NAME", nargs="+")
    commands.add_parser("down", help="end all machines")
    commands.add_parser("status", help="show the machines")
    commands.add_parser("build", help="build image and templates only")
    inside = commands.add_parser("exec", help="run a command in a machine")
    inside.add_argument("name", metavar="NAME")
    inside.add_argument("argv", nargs=argparse.REMAINDER, metavar="ARGUMENT")
    again = commands.add_parser("reboot", help="reboot a machine and wait for it")
    again.add_argument("name", metavar="NAME")
    return parser


def main(argv: Sequence[str]) -> int:
    """Run one command.

    argv
        the arguments after the program's name

    Returns the exit status: of the command in a machine its own; 1 when it cannot be done.
    """
    try:
        return _dispatch(_parser().parse_args(argv))
    except LabError as err:
        print(f"vm: {err}", file=sys.stderr)
        return 1


def _dispatch(given: argparse.Namespace) -> int:
    """Do what was asked and return the exit status."""
    match given.command:
        case "up":
            up.up(*given.names, kind=given.kind)
        case "down":
            up.down()
        case "build":
            for kind in KINDS:
                up.prepare(kind)
        case "reboot":
            up.reboot(given.name)
        case "status":
            for name, text in up.status():
                print(f"{name:<8} {text}")
        case _:
            return _execute(given.name, given.argv)
    return 0


def _execute(name: str, argv: list[str]) -> int:
    """Run a command in a machine; what it says comes in the end."""
    if not argv:
        raise LabError("no command given; 'lab/vm/vm exec vm1 hostname' is an example")
    done = up.execute(name, *argv)
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode
