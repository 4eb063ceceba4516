"""PVC's rows about the firewall."""

from __future__ import annotations

from tests.support.hosts import Case
from tests.support.rulesets import NFT, rule, ruleset

PVC = "pvc"
ADMIN, UPSTREAM, CLUSTER, STORAGE = "198.51.100.0/24", "192.0.2.0/24", "10.0.1.0/24", "10.0.2.0/24"
KNOWN = [rule("1-65535", net) for net in (ADMIN, UPSTREAM, CLUSTER, STORAGE)]
KNOWN += [rule("1-65535", net, "udp") for net in (ADMIN, UPSTREAM, CLUSTER, STORAGE)]
EMPTY = {NFT: '{"nftables": [{"metainfo": {"json_schema_version": 1}}]}'}
IPV6 = {"/proc/net/if_inet6": "20010db8000000000000000000000011 02 40 00 80 bond0.100\n"}

CASES = (
    Case("PVC-050", PVC, "pass", "not accepted from there"),
    Case("PVC-050", PVC, "warn", "7370/tcp", commands=EMPTY),
    Case("PVC-050", PVC, "warn", "203.0.113.9",
         commands=ruleset(*KNOWN, rule(7370, "203.0.113.9"))),
    Case("PVC-050", PVC, "pass", "not accepted", commands=ruleset(*KNOWN, rule(7369), rule(7371))),
    Case("PVC-050", PVC, "pass", "private address", commands=EMPTY,
         plan={"declared/api_address": "10.0.0.9"}),
    Case("PVC-050", PVC, "pass", "not accepted",
         commands=ruleset(*KNOWN, rule(7370, "192.168.0.0/16"))),
    Case("PVC-050", PVC, "unknown", "limit", commands=ruleset(rule(limit=5))),
    Case("PVC-050", PVC, "skip", "coordinators", plan={"declared/role": "hypervisor"}),
    Case("PVC-104", PVC, "pass", "nothing accepted from elsewhere"),
    Case("PVC-104", PVC, "pass", "nothing accepted", commands=ruleset(*KNOWN)),
    Case("PVC-104", PVC, "warn", "1-65535/tcp", commands=EMPTY),
    Case("PVC-104", PVC, "warn", "22/tcp from", commands=ruleset(*KNOWN, rule(22))),
    Case("PVC-104", PVC, "warn", "1-65535/udp", files=IPV6, plan={"declared/peers": None},
         commands=ruleset(*KNOWN, rule("1-65535", "::/0", "udp"))),
    Case("PVC-104", PVC, "unknown", "admin", plan={"declared/admin": None}),
    Case("PVC-104", PVC, "unknown", "limit", commands=ruleset(rule(22, limit=5))),
)  # fmt: skip
