"""What all nodes of a cluster share: time, name servers, lines of the hosts file, pools."""

from __future__ import annotations

import re
from collections.abc import Sequence

from saltext.muster.master.drafting.agreed import usual
from saltext.muster.master.drafting.server import Server
from saltext.muster.master.drafting.written import Draft
from saltext.muster.wording import listed

_LABEL = re.compile(r"[A-Za-z0-9]+([_-][A-Za-z0-9]+)*")
_FOLDER = re.compile(r"/[\x20-\x7e]{0,999}")


def describe(servers: Sequence[Server], draft: Draft) -> None:
    """Write into a draft what the servers tell alike."""
    _time(servers, draft)
    _dns(servers, draft)
    draft.data["admin"] = []
    draft.decide(("admin",), "the networks that administration (SSH, Salt) comes from")
    _hosts(servers, draft)
    _pools(servers, draft)


def _time(servers: Sequence[Server], draft: Draft) -> None:
    sources, others = usual({each.id: each.time for each in servers if each.time})
    if not sources:
        draft.decide(("admin",), "time: {sources: [...]}, where the nodes get the time from")
        return
    draft.data["time"] = {"sources": list(sources)}
    others += [each.id for each in servers if not each.time]
    if others:
        draft.decide(("time",), f"other sources, or none: {listed(others)}")


def _dns(servers: Sequence[Server], draft: Draft) -> None:
    given, others = usual({each.id: each.dns for each in servers if each.dns})
    if not given:
        draft.decide(("admin",), "dns: [...], the nodes' name servers")
        return
    draft.data["dns"] = list(given)
    others += [each.id for each in servers if not each.dns]
    if others:
        draft.decide(("dns",), f"other name servers, or none: {listed(others)}")


def _hosts(servers: Sequence[Server], draft: Draft) -> None:
    """Lines that all servers have, besides those of the servers themselves."""
    own = {end.address for each in servers for end in each.ends}
    taken = {name for each in servers for name in (each.id, each.id.partition(".")[0])}
    common = set.intersection(*({address for address, _ in each.hosts} for each in servers)) - own
    lines = []
    for address, given in servers[0].hosts:
        free = [name for name in given if name not in taken]
        if address in common and free:
            common.discard(address)
            taken |= set(free)
            lines.append({"address": address, "names": free})
    if lines:
        draft.data["hosts"] = lines
        draft.decide(("hosts",), "a line of the cluster's own name belongs under `cluster`")


def _pools(servers: Sequence[Server], draft: Draft) -> None:
    lines = []
    for name in servers[0].pools:
        have = {each.id: each.pools[name] for each in servers if name in each.pools}
        (kind, path), others = servers[0].pools[name], usual(have)[1]
        shown = name[:64].encode("ascii", "replace").decode()
        if not all(len(text) <= 64 and _LABEL.fullmatch(text) for text in (name, kind)):
            draft.note(("nodes",), f"left out: the pool {shown}: no name or type for this file")
        elif len(have) < len(servers) or others:
            draft.note(("nodes",), f"left out: the pool {shown}: not alike on all servers")
        else:
            safe = _FOLDER.fullmatch(path) and ".." not in path.split("/")
            lines.append({"name": name, "type": kind, **({"path": path} if safe else {})})
    if lines:
        draft.data["pools"] = lines
