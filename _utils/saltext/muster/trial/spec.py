"""What a change on trial is: files, commands there and back, and what must be seen to keep it."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from saltext.muster.components import border

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
    waits to be kept. undoes names the kept change that this one takes back, "" = none.
    """

    component: str
    files: Mapping[str, New | None]
    apply: Turn
    undo: Turn
    proof: Proof
    boot: tuple[Step, ...] = ()
    data: Mapping[str, bytes] = field(default_factory=dict)
    seconds: int = 60
    undoes: str = ""


def steps(trial: Trial) -> dict[str, Any]:
    """Return the commands of a trial as plain data."""
    return {
        **{name: _plain_turn(getattr(trial, name)) for name in _TURNS},
        "boot": _plain(trial.boot),
    }


def _plain_turn(turn: Turn) -> dict[str, Any]:
    return {"before": _plain(turn.before), "after": _plain(turn.after)}


def _plain(steps: Iterable[Step]) -> list[dict[str, Any]]:
    return [{**asdict(step), "argv": list(step.argv)} for step in steps]


def to_data(trial: Trial) -> dict[str, Any]:
    """Return a trial as plain data; ``from_data`` reads it. Bytes are base64."""
    return {
        **steps(trial),
        "component": trial.component,
        "seconds": trial.seconds,
        "undoes": trial.undoes,
        "proof": {
            "devices": list(trial.proof.devices),
            "addresses": list(trial.proof.addresses),
            "gateways": [asdict(gateway) for gateway in trial.proof.gateways],
        },
        "data": {name: base64.b64encode(data).decode() for name, data in trial.data.items()},
        "files": {
            path: new and {"data": base64.b64encode(new.data).decode(), "mode": new.mode}
            for path, new in trial.files.items()
        },
    }


def from_data(data: Any) -> Trial:
    """Return the trial that plain data means. Raises InvalidArgument with all problems at once."""
    found = data if isinstance(data, Mapping) else {}
    border.demand("a change on trial", _problems(found))
    apply, undo = (_turn(found[name]) for name in _TURNS)
    proof = found["proof"]
    return Trial(
        component=found["component"],
        files={
            path: None if new is None else New(base64.b64decode(new["data"]), new["mode"])
            for path, new in found["files"].items()
        },
        apply=apply,
        undo=undo,
        proof=Proof(
            tuple(proof["devices"]),
            tuple(proof["addresses"]),
            tuple(Gateway(each["address"], each["device"]) for each in proof["gateways"]),
        ),
        boot=_steps(found["boot"]),
        data={name: base64.b64decode(text) for name, text in found["data"].items()},
        seconds=found["seconds"],
        undoes=found.get("undoes", ""),
    )


def is_kept(name: Any) -> bool:
    """Say whether a value may name a change that was kept: its order and its component."""
    return _is(_KEPT, name)


def turns(found: Mapping[str, Any]) -> tuple[Turn, Turn, tuple[Step, ...]]:
    """Return the commands there, back and at boot that ``steps`` gave as plain data."""
    return _turn(found["apply"]), _turn(found["undo"]), _steps(found["boot"])


#: How long a change may wait to be kept (seconds).
LEAST, MOST = 5, 600

_TURNS = ("apply", "undo")
_COMPONENT = re.compile("[a-z][a-z_]{0,30}", re.ASCII)
_KEPT = re.compile("[0-9]{6}-[a-z][a-z_]{0,30}", re.ASCII)
_NAME = re.compile("[a-z0-9][a-z0-9._-]{0,60}", re.ASCII)
_DEVICE = re.compile(r"(?!\.{1,2}\Z)[^\s/:%-][^\s/:%]{0,14}", re.ASCII)


def _turn(data: Mapping[str, Any]) -> Turn:
    return Turn(_steps(data["before"]), _steps(data["after"]))


def _steps(data: Iterable[Any]) -> tuple[Step, ...]:
    return tuple(Step(tuple(e["argv"]), e["may_fail"], e["seconds"]) for e in data)


def _problems(found: Mapping[str, Any]) -> Iterator[str]:
    if not _is(_COMPONENT, found.get("component")):
        yield f"component: {found.get('component')!r:.60} is no name of a component"
    if not _whole(found.get("seconds"), LEAST, MOST):
        yield f"seconds: {found.get('seconds')!r:.60} is not {LEAST} to {MOST}"
    if found.get("undoes", "") != "" and not is_kept(found["undoes"]):
        yield f"undoes: {found['undoes']!r:.60} is no change that was kept"
    for name in _TURNS:
        turn = found.get(name)
        for part in ("before", "after"):
            steps = turn.get(part) if isinstance(turn, Mapping) else None
            yield from _step_problems(f"{name}.{part}", steps)
    yield from _step_problems("boot", found.get("boot"))
    yield from _file_problems(found.get("files"))
    yield from _data_problems(found.get("data"))
    yield from _proof_problems(found.get("proof"))


def _step_problems(where: str, steps: Any) -> Iterator[str]:
    if not isinstance(steps, (list, tuple)):
        yield f"{where}: {steps!r:.60} is no list of steps"
        return
    for number, step in enumerate(steps):
        argv = step.get("argv") if isinstance(step, Mapping) else None
        good = isinstance(argv, (list, tuple)) and argv and all(map(_is_text, argv)) and argv[0]
        if not good:
            yield f"{where}[{number}]: {argv!r:.90} is no command: wanted a list of texts"
        elif not isinstance(step.get("may_fail"), bool) or not _whole(step.get("seconds"), 1, 600):
            yield f"{where}[{number}]: wanted may_fail (yes or no) and seconds (1 to 600)"


def _file_problems(files: Any) -> Iterator[str]:
    if not isinstance(files, Mapping):
        yield f"files: {files!r:.60} is no mapping of paths"
        return
    for path, new in files.items():
        if not (_is_text(path) and path.startswith("/") and not path.endswith("/")):
            yield f"files: {path!r:.90} is no absolute path of a file"
        elif any(part in ("", ".", "..") for part in path[1:].split("/")):
            yield f"files: {path!r:.90} has an empty part, '.' or '..'"
        if new is None:
            continue
        if not (isinstance(new, Mapping) and _is_base64(new.get("data"))):
            yield f"files: {path!r:.90}: its data is no base64"
        elif not _whole(new.get("mode"), 0, 0o7777):
            yield f"files: {path!r:.90}: {new.get('mode')!r:.60} is no mode"


def _data_problems(data: Any) -> Iterator[str]:
    if not isinstance(data, Mapping):
        yield f"data: {data!r:.60} is no mapping of names"
        return
    for name, text in data.items():
        if not _is(_NAME, name) or not _is_base64(text):
            yield f"data: {name!r:.60}: wanted a plain file name and base64"


def _proof_problems(proof: Any) -> Iterator[str]:
    if not isinstance(proof, Mapping):
        yield f"proof: {proof!r:.60} is no mapping"
        return
    lists = {name: proof.get(name) for name in ("devices", "addresses", "gateways")}
    for name, value in lists.items():
        if not isinstance(value, (list, tuple)):
            yield f"proof.{name}: {value!r:.60} is no list"
            return
    gateways = [each if isinstance(each, Mapping) else {} for each in proof["gateways"]]
    for device in [*proof["devices"], *(each.get("device") for each in gateways)]:
        if not _is(_DEVICE, device):
            yield f"proof: {device!r:.60} is no name of a network device"
    for address in [*proof["addresses"], *(each.get("address") for each in gateways)]:
        if not _is_address(address):
            yield f"proof: {address!r:.60} is no IP address"


def _is(pattern: re.Pattern[str], value: Any) -> bool:
    return isinstance(value, str) and bool(pattern.fullmatch(value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


def _is_base64(value: Any) -> bool:
    try:
        return isinstance(value, str) and base64.b64decode(value, validate=True) is not None
    except (binascii.Error, ValueError):
        return False


def _is_address(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(ipaddress.ip_address(value))
    except ValueError:
        return False
