"""The firewall that the kernel applies, in one neutral form, and the services that load it."""

from typing import Any, Dict, List, Set, Tuple

from . import _iptables, _nft, _units
from ._rules import Chain
from ._text import first_line, lines, words
from .source import Absent, Source, Unreadable, attempt

SERVICES = (
    "nftables.service",
    "firewalld.service",
    "iptables.service",
    "netfilter-persistent.service",
    "ufw.service",
)

_NFT = ["nft", "-j", "list", "ruleset"]
_SAVE = {"ip": "iptables-save", "ip6": "ip6tables-save"}
_LEGACY = {"ip": "iptables-legacy-save", "ip6": "ip6tables-legacy-save"}
_NAMES = {"ip": "/proc/net/ip_tables_names", "ip6": "/proc/net/ip6_tables_names"}

#: What iptables-save printed, by family.
_Saved = Dict[str, str]

_Metrics = List[Tuple[int, str]]

_ROUTES_LIMIT = 4 * 1024 * 1024


def read(source: Source) -> Dict[str, Any]:
    """Return the chains with their rules, the uplink, whether IPv6 is in use, and the services.

    chains are as told in _rules.py, none = no firewall; uplink is the interface of IPv4's default
    route ("" = there is none); ipv6 says whether a global IPv6 address is there; services as
    _units.states has them.
    """
    return {
        "chains": attempt(_chains, source),
        "uplink": attempt(_uplink, source),
        "ipv6": attempt(_ipv6, source),
        "services": attempt(_units.states, source, SERVICES),
    }


def parse_uplink(text: str) -> str:
    """Return the interface of the default route with the least metric in /proc/net/route, or ""."""
    found = []  # type: _Metrics
    for _, line in lines(text):
        fields = words(line)
        if len(fields) > 7 and fields[1] == fields[7] == "00000000" and fields[6].isdigit():
            found.append((int(fields[6]), fields[0][:64]))
    return min(found)[1] if found else ""


def parse_ipv6(text: str) -> bool:
    """Say whether /proc/net/if_inet6 has an address of global scope."""
    rows = [words(line) for _, line in lines(text)]
    return any(len(fields) == 6 and fields[3] == "00" for fields in rows)


def _chains(source: Source) -> List[Chain]:
    saved = {}  # type: _Saved
    try:
        text = source.run(_NFT)
    except Absent:
        return _legacy(source, saved) + _without_nft(source, saved)
    chains = _nft.parse(text)
    foreign = _nft.foreign(text)
    for family in _SAVE:
        tables = {table for home, table in foreign if home == family}
        if tables:
            chains = _replaced(chains, family, tables, _save(source, family, saved))
    return chains + _legacy(source, saved)


def _save(source: Source, family: str, saved: _Saved) -> str:
    """Return what iptables-save prints, "" where it is not installed; it runs once."""
    if family not in saved:
        saved[family] = _output(source, _SAVE[family])
    return saved[family]


def _output(source: Source, command: str) -> str:
    try:
        return source.run([command])
    except Absent:
        return ""


def _replaced(chains: List[Chain], family: str, tables: Set[str], text: str) -> List[Chain]:
    """Return the chains with these tables as iptables itself prints them, if it does."""
    if not _iptables.by_nft(text):
        return chains
    others = [each for each in chains if each["family"] != family or each["table"] not in tables]
    return others + [each for each in _iptables.parse(text, family) if each["table"] in tables]


def _legacy(source: Source, saved: _Saved) -> List[Chain]:
    """Return the chains of tables that the kernel keeps besides nf_tables."""
    found = []  # type: List[Chain]
    for family, path in _NAMES.items():
        if not source.text_or(path).strip():
            continue
        text = _output(source, _LEGACY[family]) or _save(source, family, saved)
        if not text or _iptables.by_nft(text):
            raise Unreadable(f"{path} names tables, but no {_LEGACY[family]} is there to read them")
        # nf_tables may have tables of the same names: these are others.
        found += [
            dict(each, table=f"legacy {each['table']}") for each in _iptables.parse(text, family)
        ]
    return found


def _without_nft(source: Source, saved: _Saved) -> List[Chain]:
    """Return nf_tables' chains as far as iptables shows all of them."""
    texts = {family: _save(source, family, saved) for family in _SAVE}
    by_nft = {family: text for family, text in texts.items() if _iptables.by_nft(text)}
    if not by_nft:
        _no_nf_tables(source)
    elif _units.states(source, ["firewalld.service"])["firewalld.service"]["active"] is True:
        raise Unreadable("firewalld runs, but nft is not installed to show its rules")
    return [each for family, text in by_nft.items() for each in _iptables.parse(text, family)]


def _no_nf_tables(source: Source) -> None:
    modules = source.names("/sys/module")
    if not modules:
        raise Unreadable("nft is not installed, and /sys/module does not tell whether it is used")
    if "nf_tables" in modules or "/nf_tables.ko" in _built_in(source):
        raise Unreadable("nft is not installed, but the kernel's nf_tables is loaded")


def _built_in(source: Source) -> str:
    """Return the list of what is part of the running kernel; without it nobody can tell."""
    path = f"/lib/modules/{first_line(source.text('/proc/sys/kernel/osrelease'))}/modules.builtin"
    try:
        return source.text(path)
    except Absent:
        raise Unreadable(
            f"nft is not installed, and without {path} nf_tables may be built in"
        ) from None


def _uplink(source: Source) -> str:
    return parse_uplink(source.text("/proc/net/route", _ROUTES_LIMIT))


def _ipv6(source: Source) -> bool:
    if not source.exists("/proc/net"):
        raise Unreadable("/proc/net is not there")
    return parse_ipv6(source.text_or("/proc/net/if_inet6"))
