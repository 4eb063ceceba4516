"""Rulesets as nft prints them, made of a few rules."""

from __future__ import annotations

import json
from typing import Any

NFT = "nft -j list ruleset"


def rule(
    ports: int | str = 0, source: str = "", protocol: str = "tcp", then: str = "accept", **more: Any
) -> list[dict[str, Any]]:
    """Return the expressions of one rule; a range of ports is "a-b"; more are whole statements."""
    found = []
    if source:
        address, _, length = source.partition("/")
        right: Any = {"prefix": {"addr": address, "len": int(length)}} if length else address
        family = "ip6" if ":" in source else "ip"
        found.append(
            _match({"payload": {"protocol": family, "field": more.get("of", "saddr")}}, right)
        )
    if ports:
        low, _, high = str(ports).partition("-")
        right = {"range": [int(low), int(high)]} if high else int(low)
        found.append(_match({"payload": {"protocol": protocol, "field": "dport"}}, right))
    if "iif" in more:
        found.append(_match({"meta": {"key": "iifname"}}, more["iif"]))
    if "limit" in more:
        found.append({"limit": {"rate": more["limit"], "burst": 5, "per": "minute"}})
    return [*found, {then: None}]


def ruleset(
    *rules: list[dict[str, Any]], policy: str = "drop", hook: str = "input"
) -> dict[str, str]:
    """Return the command that prints one chain, with what every sound ruleset begins by."""
    begin = [
        [_match({"ct": {"key": "state"}}, ["established", "related"], "in"), {"accept": None}],
        rule(iif="lo"),
    ]
    home = {"family": "inet", "table": "filter"}
    chain = {**home, "name": hook, "type": "filter", "hook": hook, "prio": 0, "policy": policy}
    objects: list[dict[str, Any]] = [{"metainfo": {"json_schema_version": 1}}, {"chain": chain}]
    objects += [{"rule": {**home, "chain": hook, "expr": expr}} for expr in (*begin, *rules)]
    return {NFT: json.dumps({"nftables": objects})}


def _match(left: Any, right: Any, op: str = "==") -> dict[str, Any]:
    return {"match": {"op": op, "left": left, "right": right}}
