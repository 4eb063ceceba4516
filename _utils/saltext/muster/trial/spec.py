"""What a change on trial is: files, commands there and back, and what must be seen to keep it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Where a running trial is, and where the last one that ended is kept for who asks.
FOLDER = "/var/lib/muster/trial"
LAST = "/var/lib/muster/last-trial"

#: Where the commands of a trial find its ``data``.
DATA = f"{FOLDER}/data"


@dataclass(frozen=True)
class Step:
    """A command, not given to a shell: it is ended after ``seconds``.

    One that fails ends the trial, unless it may fail; on the way back all steps are tried.
    """

    argv: tuple[str, ...]
    may_fail: bool = False
    seconds: int = 30


@dataclass(frozen=True)
class Turn:
    """The commands before the files are replaced, and those after."""

    before: tuple[Step, ...] = ()
    after: tuple[Step, ...] = ()


@dataclass(frozen=True)
class New:
    """What a file is to be; mode is that of a file that is not there yet."""

    data: bytes
    mode: int = 0o644


@dataclass(frozen=True)
class Gateway:
    """A router that must answer, by the device that it is reached by."""

    address: str
    device: str


@dataclass(frozen=True)
class Proof:
    """What must be seen before a change is kept, besides a fresh sign-in to a master.

    devices are those that the change is about: when the master is reached by one of them, then
    from one of ``addresses`` (without prefix lengths). gateways must answer.
    """

    devices: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    gateways: tuple[Gateway, ...] = ()


@dataclass(frozen=True)
class Trial:
    """A change of a component.

    files are what files are to be by absolute path, None = removed. apply leads there, undo back:
    its ``before`` runs while the new files are still there, its ``after`` when the old ones are
    back. boot runs at boot after the old files are back, before the network is started. data are
    further files that commands read, by name, at ``DATA/name``. seconds is how long the change
    waits to be kept.
    """

    component: str
    files: Mapping[str, New | None]
    apply: Turn
    undo: Turn
    proof: Proof
    boot: tuple[Step, ...] = ()
    data: Mapping[str, bytes] = field(default_factory=dict)
    seconds: int = 60
