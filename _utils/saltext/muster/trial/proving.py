"""See whether the node is reachable after a change: a fresh sign-in, and gateways that answer."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from saltext.muster.trial.spec import Gateway, Proof

#: How long one answer of a master is waited for, and a whole try (seconds).
ANSWER, TRY = 4, 12

#: States of a neighbour that answered just now.
_THERE = {"REACHABLE", "DELAY", "PROBE", "STALE"}

_SIGN_IN = Path(__file__).with_name("sign_in.py")


def prove(
    proof: Proof, masters: list[dict[str, Any]], seconds: float = TRY
) -> tuple[list[str], list[str]]:
    """Try once, all at the same time; return what was seen and what was not.

    masters are the options of the minion, once for each master that it may use: one must answer
    within seconds.
    """
    wait = min(TRY, max(1.0, seconds))
    with ThreadPoolExecutor(max_workers=8) as pool:
        masters_said = pool.map(lambda opts: _master(proof, opts, wait), masters)
        routers = list(pool.map(answers, proof.gateways))
        signed = list(masters_said)
    seen = [said for said, _ in signed if said][:1]
    missed = [] if seen else [problem for _, problem in signed]
    missed += duplicates(proof)
    for gateway, there in zip(proof.gateways, routers, strict=True):
        name = f"the gateway {gateway.address} on {gateway.device}"
        if there:
            seen.append(f"{name} answered")
        else:
            missed.append(f"{name} did not answer")
    return seen, missed


def portable(opts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the minion's options that a process of its own can read, set for one quick try."""
    found = {}
    for key, value in opts.items():
        if key == "pillar":
            continue
        try:
            found[key] = json.loads(json.dumps(value))
        except (TypeError, ValueError):
            continue
    found.update(
        auth_timeout=ANSWER,
        auth_tries=1,
        auth_safemode=False,
        # A refused key is told at once instead of being waited for.
        detect_mode=True,
        auth_events=False,
        acceptance_wait_time=0,
        acceptance_wait_time_max=0,
        request_channel_tries=1,
        request_channel_timeout=ANSWER,
    )
    return found


def route(address: str, source: str = "") -> tuple[str, str]:
    """Return the device and the source address that packets to an address leave by.

    Raises OSError when there is no route.
    """
    command = ["ip", "-j", "route", "get", address, *(["from", source] if source else [])]
    done = _run(command)
    try:
        found = json.loads(done.stdout)[0]
        return found.get("dev", ""), source or found.get("prefsrc", "")
    except (ValueError, IndexError, AttributeError):
        raise OSError(" ".join(done.stderr.split())[:200] or "no route") from None


def sign_in(opts: Mapping[str, Any], seconds: float = TRY) -> str:
    """Sign in to the master of ``opts`` in a fresh process; return "" or what went wrong.

    The process is ended after seconds.
    """
    command = [sys.executable, "-B", str(_SIGN_IN)]
    try:
        done = subprocess.run(
            command, input=json.dumps(opts), capture_output=True, text=True, timeout=seconds
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {seconds:.0f} s"
    try:
        problem: str = json.loads(done.stdout)["problem"]
        return problem
    except (ValueError, KeyError, TypeError):
        return " ".join(done.stderr.split())[-300:] or f"exit status {done.returncode}"


def answers(gateway: Gateway) -> bool:
    """Say whether a router answers now: an echo, or the question for its link address."""
    address, device = gateway.address, gateway.device
    place = ["dev", device]
    if "PERMANENT" not in _neighbour(address, place):
        _run(["ip", "neigh", "del", address, *place])
    if not _run(["ping", "-n", "-c", "1", "-W", "2", "-I", device, address]).returncode:
        return True
    _poke(address, device)
    for _ in range(10):
        if _neighbour(address, place) & _THERE:
            return True
        time.sleep(0.1)
    return False


def duplicates(proof: Proof) -> list[str]:
    """Return what speaks against the IPv6 addresses: the kernel asks whether others have them."""
    found = []
    for device in proof.devices:
        done = _run(["ip", "-j", "-6", "address", "show", "dev", device])
        try:
            entries = json.loads(done.stdout or "[]")
            held = [info for entry in entries for info in entry.get("addr_info", [])]
        except (ValueError, AttributeError):
            continue  # the device is not there: what is reached tells
        for info in held:
            name = f"the address {info.get('local')} on {device}"
            if info.get("local") not in proof.addresses:
                continue
            if info.get("dadfailed"):
                found.append(f"{name} is in use by another host: it answers for it")
            elif info.get("tentative"):
                found.append(f"{name} is not usable yet: the kernel asks whether it is in use")
    return found


def _master(proof: Proof, opts: dict[str, Any], seconds: float) -> tuple[str, str]:
    """Return what was seen of a master, or what was not."""
    address = str(opts["master_ip"]).strip("[]")
    name = f"the master {address}:{opts['master_port']}"
    try:
        device, source = route(address, opts.get("source_ip") or "")
    except OSError as err:
        return "", f"{name} is not reached: {err}"
    if device in proof.devices:
        if proof.addresses and source not in proof.addresses:
            wanted = " or ".join(proof.addresses)
            return "", f"{name} is reached from {source or 'no address'}, wanted {wanted}"
        opts = {**opts, "source_ip": source}
    problem = sign_in(opts, seconds)
    if problem:
        return "", f"{name} did not let the node sign in from {source}: {problem}"
    return f"{name} answered a fresh sign-in from {source}", ""


def _neighbour(address: str, place: list[str]) -> set[str]:
    try:
        entries = json.loads(_run(["ip", "-j", "neigh", "show", address, *place]).stdout or "[]")
        return {state for entry in entries for state in entry.get("state", [])}
    except (ValueError, AttributeError):
        return set()


def _poke(address: str, device: str) -> None:
    """Have the kernel ask for an address's link address where there is no ping to do so."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as poke:
            poke.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, device.encode())
            poke.sendto(b"", (address, 9))
    except OSError:
        pass  # the neighbour table tells


def _run(command: list[str], seconds: float = ANSWER) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired) as err:
        return subprocess.CompletedProcess(command, 127, "", str(err))
