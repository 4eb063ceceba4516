"""Comparisons over nodes that are more than being the same."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from saltext.muster.catalogue.predicates.distance import Compare, distance
from saltext.muster.comparison import listed, shown
from saltext.muster.components.pools import kind_of
from saltext.muster.requirement import Outcome, Values
from saltext.muster.verdict import FAIL, PASS, UNKNOWN, WARN

if TYPE_CHECKING:
    from saltext.muster.cluster import Cluster

#: Seconds that clocks may be apart: without a remark, and at most; Ganeti has its own limit.
CLOSE, APART, GANETI = 1.0, 30.0, 150.0

_LOOPBACK = ("localhost", "localhost.localdomain", "localhost4", "localhost6")


def unique(*aspects: str) -> Compare:
    """Return a comparison that no two nodes tell the same for these aspects."""

    def compare(values: Mapping[str, Values], cluster: Cluster) -> Outcome:
        wrong, count = [], 0
        for aspect in aspects:
            owners: dict[str, list[str]] = {}
            for node, text in column(values, aspect).items():
                owners.setdefault(text.casefold().rstrip("."), []).append(node)
            count += len(owners)
            for text, nodes in owners.items():
                if len(nodes) > 1:
                    wrong.append(f"{aspect} {shown(text)} is that of {listed(nodes)}")
                elif aspect == "name" and text in _LOOPBACK:
                    wrong.append(f"{listed(nodes)} is called {text}")
        wanted = f"a {' and a '.join(aspects)} of its own for each node"
        if wrong:
            return Outcome(FAIL, listed(wrong), wanted)
        return Outcome(PASS, f"{len(values)} nodes, each with its own", wanted)

    return compare


def column(values: Mapping[str, Values], aspect: str) -> dict[str, str]:
    """Return the texts that nodes told for an aspect, by node."""
    found = ((node, told.get(aspect)) for node, told in values.items())
    return {node: text for node, text in found if isinstance(text, str)}


def information(values: Mapping[str, Values], cluster: Cluster) -> Outcome:
    """Nodes may differ in this; what there is is told."""
    told = []
    for aspect in sorted({aspect for each in values.values() for aspect in each}):
        counts = Counter(column(values, aspect).values())
        parts = [f"{shown(text)} on {count}" for text, count in counts.most_common(5)]
        told.append(f"{aspect}: {listed(parts, len(counts))}")
    return Outcome(PASS, "; ".join(told[:10]), "told; nodes may differ in it")


def pools(values: Mapping[str, Values], cluster: Cluster) -> Outcome:
    """All nodes have the same pools, and the declared ones: name, type and path."""
    # Without a declared path, the nodes' own need only be the same.
    declared = {
        f"pool {pool.name}": f"{kind_of(pool.type)} {pool.path.rstrip('/')}"
        for pool in cluster.pools
        if pool.path
    }
    found = distance(values, declared)
    elsewhere = [aspect for aspect in found.aspects if _paths(values, aspect, declared) > 1]
    why = f"same name, another path: {listed(elsewhere)}" if elsewhere else ""
    remedy = (
        "bring the pool to the same path everywhere: guests with a disk in it start on one side"
        " only; virsh pool-dumpxml tells each node's"
        if elsewhere
        else ""
    )
    wanted = "the same pools on all nodes" + (", as declared" if declared else "")
    return Outcome(FAIL if found else PASS, found.text(), wanted, why, remedy)


def _paths(values: Mapping[str, Values], aspect: str, declared: Mapping[str, str]) -> int:
    """Return how many paths there are for pools of one name and type."""
    texts = {*column(values, aspect).values(), *filter(None, [declared.get(aspect)])}
    kinds = Counter(text.partition(" ")[0] for text in texts)
    return max(kinds.values(), default=0)


def mtu(values: Mapping[str, Values], cluster: Cluster) -> Outcome:
    """Each declared network has one MTU: the declared one, else the same everywhere."""
    declared = {
        f"mtu {name}": str(network.mtu) for name, network in cluster.networks.items() if network.mtu
    }
    found = distance(values, declared)
    status = (FAIL if found.declared else WARN) if found else PASS
    wanted = "as declared, else the same on all nodes"
    return Outcome(status, found.text(), wanted)


def migrates_live(cluster: Cluster) -> bool:
    """Say whether guests move between nodes while they run: declared, or usual there."""
    if cluster.platform == "vmmanager":
        return cluster.network_type != "routing"
    return bool(getattr(cluster.options, "live_migration", cluster.platform == "pvc"))


def processors(values: Mapping[str, Values], cluster: Cluster) -> Outcome:
    """A guest that was started on any node can go on on any other."""
    vendors: dict[str, list[str]] = {}
    for node, vendor in column(values, "vendor").items():
        vendors.setdefault(vendor, []).append(node)
    wanted = "one vendor and the same flags, or a CPU model for guests that every node has"
    told = {text: set(text.split()) for text in set(column(values, "flags").values())}
    common = set.intersection(*told.values()) if told else set()
    lacking = _lacking(column(values, "flags"), told)
    base = f"{len(common)} flags are common to all"
    if len(vendors) > 1:
        parts = [f"{shown(name)} on {listed(nodes)}" for name, nodes in sorted(vendors.items())]
        bad = FAIL if migrates_live(cluster) else WARN
        why = "a running guest cannot move between vendors"
        return Outcome(bad, f"{len(vendors)} vendors: {listed(parts)}; {base}", wanted, why)
    if lacking:
        seen = f"{base}; {listed(list(lacking.values()), len(lacking))}"
        why = "a guest that uses what its new node lacks stops or is refused there"
        return Outcome(WARN, seen, wanted, why)
    extra = max((len(flags) - len(common) for flags in told.values()), default=0)
    if extra:
        return Outcome(WARN, f"{base}; some nodes have up to {extra} more", wanted)
    models = Counter(column(values, "model").values())
    first = ", ".join(shown(model) for model, _ in models.most_common(3))
    return Outcome(PASS, f"{base}; {first}", wanted)


def _lacking(flags: Mapping[str, str], told: Mapping[str, set[str]]) -> dict[str, str]:
    """Return, for each node that lacks what half of them or more have, what it lacks."""
    counts: Counter[str] = Counter()
    for text, nodes in Counter(flags.values()).items():
        for flag in told[text]:
            counts[flag] += nodes
    usual = {flag for flag, count in counts.items() if 2 * count >= len(flags)}
    without = {text: sorted(usual - found) for text, found in told.items()}
    return {
        node: f"{node} lacks {listed([shown(flag) for flag in without[text]])}"
        for node, text in flags.items()
        if without[text]
    }


def clocks(values: Mapping[str, Values], cluster: Cluster) -> Outcome:
    """The nodes' clocks agree, as far as bounds of their offsets to the master's tell."""
    limit = GANETI if cluster.platform == "ganeti" else APART
    bounds = {node: _bounds(told) for node, told in values.items()}
    known = {node: each for node, each in bounds.items() if each}
    wanted = f"at most {CLOSE:g} s apart, in no case more than {limit:g} s"
    if not known:
        return Outcome(UNKNOWN, "no clock could be compared", wanted)
    low = max(known, key=lambda node: known[node][0])
    high = min(known, key=lambda node: known[node][1])
    surely, perhaps = known[low][0] - known[high][1], _widest(list(known.values()))
    seen = f"{len(known)} clocks are at most {perhaps:.1f} s apart"
    if surely > CLOSE:
        seen = f"{low} is at least {surely:.1f} s ahead of {high}{_off(known)}"
        return Outcome(FAIL if surely > limit else WARN, seen, wanted)
    if len(known) < len(values):
        odd = [node for node, each in bounds.items() if not each]
        return Outcome(UNKNOWN, seen, wanted, f"no time was told by {listed(odd)}")
    if perhaps > limit:
        why = f"they could only be compared to {perhaps:.1f} s; run it again"
        return Outcome(UNKNOWN, seen, wanted, why)
    return Outcome(PASS, seen, wanted)


def _bounds(told: Values) -> tuple[float, float] | None:
    try:
        low, high = float(str(told["low"])), float(str(told["high"]))
    except (KeyError, ValueError):
        return None
    return (low, high) if math.isfinite(low) and math.isfinite(high) and low <= high else None


def _off(known: Mapping[str, tuple[float, float]]) -> str:
    """Name the nodes whose clocks are surely away from the middle one."""
    middle = statistics.median((low + high) / 2 for low, high in known.values())
    off = [
        f"{node} ({(low + high) / 2 - middle:+.1f} s)"
        for node, (low, high) in known.items()
        if low > middle + CLOSE or high < middle - CLOSE
    ]
    return f"; off the middle: {listed(off)}" if off else ""


def _widest(known: list[tuple[float, float]]) -> float:
    """Return how far two of the clocks may be apart at most, a node not compared with itself."""
    if len(known) < 2:
        return 0.0
    highs = sorted(range(len(known)), key=lambda each: -known[each][1])[:2]
    lows = sorted(range(len(known)), key=lambda each: known[each][0])[:2]
    return max(known[h][1] - known[b][0] for h in highs for b in lows if h != b)
