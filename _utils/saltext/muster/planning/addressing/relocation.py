"""xend's expression for the hosts that may send instances: made, and proved to be exact."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from ipaddress import IPv4Network

from saltext.muster.cluster import MAIN, Cluster
from saltext.muster.patterns import LENGTH, Pattern, Position, Unsupported
from saltext.muster.planning.addressing.taken import IPV6, number

Octets = tuple[int, ...]

#: What is left of a number after its first digits: whether it may end there, and what follows.
Rest = tuple[bool, tuple[tuple[str, "Rest"], ...]]

_END: Rest = (True, ())

#: Where the automata of several expressions are.
Positions = tuple[Position, ...]

SETTING = "xend-relocation-hosts-allow"


def addresses(cluster: Cluster) -> tuple[str, ...]:
    """Return the nodes' addresses that instances come from when they migrate.

    They are those of the replication network, or of options.secondary_cidr; without either, the
    nodes' own. Source: GNT-026, GNT-055.
    """
    name = network_name(cluster)
    return tuple(cluster.address_in(node, name) for node in cluster.nodes.values())


def network_name(cluster: Cluster) -> str:
    """Return the name of the network that instances migrate over, which all nodes are in."""
    secondary = getattr(cluster.options, "secondary_cidr", "")
    names = [name for name, _network in cluster.networks_for("replication")]
    names += [name for name, net in cluster.networks.items() if secondary == net.cidr]
    nodes = cluster.nodes.values()
    return next((n for n in names if all(cluster.address_in(node, n) for node in nodes)), MAIN)


def network(cluster: Cluster) -> IPv4Network:
    """Return the network that instances migrate over.

    Raises ValueError where it has no IPv4 addresses.
    """
    found = cluster.networks.get(network_name(cluster))
    return IPv4Network(found.cidr if found else "", strict=False)


def setting(cluster: Cluster) -> str:
    """Return the line that xend's configuration needs, "" where nothing migrates under Xen.

    "" also where nodes have other than IPv4 addresses, which GNT-026 refuses.
    """
    if cluster.hypervisor != "xen" or not getattr(cluster.options, "live_migration", False):
        return ""
    try:
        return sxp(expression(network(cluster)))
    except ValueError:
        return ""


def expression(wanted: Collection[str] | IPv4Network) -> str:
    """Return what matches exactly these IPv4 addresses, in the shape that xend reads.

    That is one regular expression, or several with spaces between them where one would be
    longer than a person reads (and than muster's own check takes). Of a network that is one, of
    any prefix length: a node that joins it changes no other node. Raises ValueError for an
    address of another family, or for none at all: to xend, an empty text means everybody.
    """
    if isinstance(wanted, IPv4Network):
        return "^" + r"\.".join(map(_numbers, _ranges(wanted))) + "$"
    numbers = sorted({number(address) for address in wanted})
    if not numbers or numbers[-1] >= IPV6:
        raise ValueError("wanted IPv4 addresses, at least one")
    found = [tuple(value.to_bytes(4, "big")) for value in numbers]
    return " ".join(_words(found))


def _ranges(wanted: IPv4Network) -> list[range]:
    """Return the numbers of each octet: a network's addresses are all that they make together."""
    ends = zip(wanted.network_address.packed, wanted.broadcast_address.packed, strict=True)
    return [range(first, last + 1) for first, last in ends]


def sxp(expression: str) -> str:
    """Return the line of xend-config.sxp, where a backslash is written twice."""
    doubled = expression.replace("\\", "\\\\")
    return f"({SETTING} '{doubled}')"


def counterexample(expression: str, wanted: Collection[str] | IPv4Network) -> str | None:
    """Return a text that an expression matches and should not, or the other way; None = exact.

    wanted are addresses, or a network for all of its addresses.

    Every text is looked at: the automata of the expression's words run beside the wanted
    addresses, over each character that they tell apart. Raises patterns.Unsupported for an
    expression that is not understood.
    """
    patterns = [Pattern(word) for word in expression.split()]
    if not patterns:
        return "localhost"  # to xend, everybody
    left = _Octets(wanted) if isinstance(wanted, IPv4Network) else _Prefixes(wanted)
    alphabet = _alphabet(patterns, left.chars)
    if any(pattern.matches("") for pattern in patterns):
        return ""
    start = tuple(pattern.start for pattern in patterns)
    todo: list[tuple[Positions, str | None, str]] = [(start, "", "")]
    seen: set[tuple[Positions, str | None]] = set()
    while todo:
        positions, prefix, text = todo.pop()
        for char in alphabet:
            after = tuple(p.feed(at, char) for p, at in zip(patterns, positions, strict=True))
            state = after, left.after(prefix, char)
            if state in seen or not (any(after) or state[1] is not None):
                continue
            seen.add(state)
            found = any(p.accepts(at) for p, at in zip(patterns, after, strict=True))
            if found is not left.ends(state[1]):
                return text + char
            todo.append((*state, text + char))
    return None


def _alphabet(patterns: Iterable[Pattern], chars: set[str]) -> list[str]:
    """Return the characters that are told apart, and one that stands for all others."""
    found = {char for pattern in patterns for char in pattern.named} | chars
    other = next(char for char in map(chr, range(0xE000, 0xF8FF)) if char not in found)
    return [*sorted(found), other]


class _Prefixes:
    """Which texts are the beginning of a wanted one; None is the beginning of none."""

    def __init__(self, wanted: Iterable[str]) -> None:
        self._whole = set(wanted)
        self.chars = set("".join(self._whole))
        self._parts = {text[:end] for text in self._whole for end in range(len(text) + 1)}

    def ends(self, prefix: str | None) -> bool:
        return prefix in self._whole

    def after(self, prefix: str | None, char: str) -> str | None:
        longer = None if prefix is None else prefix + char
        return longer if longer in self._parts else None


class _Octets:
    """The same for all addresses of a network; of what is before an octet, the dots are enough."""

    def __init__(self, wanted: IPv4Network) -> None:
        self.chars = set("0123456789.")
        self._octets = [{str(each) for each in octets} for octets in _ranges(wanted)]
        self._parts = [
            {text[:end] for text in octet for end in range(len(text) + 1)} for octet in self._octets
        ]

    def ends(self, prefix: str | None) -> bool:
        return prefix is not None and prefix[:3] == "..." and prefix[3:] in self._octets[3]

    def after(self, prefix: str | None, char: str) -> str | None:
        if prefix is None:
            return None
        place = prefix.count(".")
        digits = prefix[place:]
        if char == ".":
            return "." * (place + 1) if place < 3 and digits in self._octets[place] else None
        return prefix + char if digits + char in self._parts[place] else None


def _words(found: Sequence[Octets]) -> Iterator[str]:
    """Give expressions for addresses in order, halved until each is short enough."""
    word = f"^{_parts(found)}$"
    if len(found) == 1 or _readable(word):
        yield word
        return
    middle = len(found) // 2
    yield from _words(found[:middle])
    yield from _words(found[middle:])


def _readable(word: str) -> bool:
    try:
        return len(word) <= LENGTH and bool(Pattern(word))
    except Unsupported:
        return False


def _parts(found: Iterable[Octets]) -> str:
    """Return an expression for the rest of addresses: octets that the same follows go together."""
    rests: dict[int, list[Octets]] = {}
    for first, *rest in found:
        rests.setdefault(first, []).append(tuple(rest))
    groups: dict[tuple[Octets, ...], list[int]] = {}
    for octet, rest_of in rests.items():
        groups.setdefault(tuple(sorted(rest_of)), []).append(octet)
    choices = []
    for after, octets in groups.items():
        more = f"\\.{_parts(after)}" if after != ((),) else ""
        choices.append(_numbers(octets) + more)
    return _choice(choices)


def _choice(choices: Sequence[str]) -> str:
    """Return what matches one of these, in parentheses when there are several."""
    return choices[0] if len(choices) == 1 else f"({'|'.join(choices)})"


def _numbers(octets: Iterable[int]) -> str:
    """Return an expression for these numbers alone."""
    return _digits(_rest({str(octet) for octet in octets}))


def _rest(texts: set[str]) -> Rest:
    heads = sorted({text[0] for text in texts if text})
    after = ((head, _rest({text[1:] for text in texts if text[:1] == head})) for head in heads)
    return "" in texts, tuple(after)


def _digits(rest: Rest) -> str:
    """Return an expression for what is left of numbers; digits that the same follows together."""
    may_end, after = rest
    groups: dict[Rest, list[str]] = {}
    for digit, more in after:
        groups.setdefault(more, []).append(digit)
    if not groups:
        return ""
    found = _choice([_set(digits) + _digits(more) for more, digits in groups.items()])
    if not may_end:
        return found
    atom = len(groups) > 1 or next(iter(groups)) == _END
    return f"{found}?" if atom else f"({found})?"


def _set(digits: Sequence[str]) -> str:
    """Return what matches one of these digits, in order: ``7``, ``[37]``, ``[2-5]``."""
    if len(digits) == 1:
        return digits[0]
    runs: list[str] = []
    for digit in digits:
        if runs and int(runs[-1][-1]) + 1 == int(digit):
            runs[-1] += digit
        else:
            runs.append(digit)
    return "[" + "".join(run if len(run) < 3 else f"{run[0]}-{run[-1]}" for run in runs) + "]"
