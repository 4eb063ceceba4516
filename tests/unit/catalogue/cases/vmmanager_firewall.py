"""VMmanager's rows about the firewall, and the certificate behind one of its ports."""

from __future__ import annotations

from datetime import datetime, timezone

from tests.support.hosts import Case
from tests.support.rulesets import NFT, rule, ruleset

KVM, LXD, FABRIC = "vmmanager-kvm", "vmmanager-lxd", "vmmanager-fabric"

NODES = "192.0.2.0/24"
EMPTY = {NFT: '{"nftables": [{"metainfo": {"json_schema_version": 1}}]}'}
UNREAD = {NFT: {"error": "exit status 1: Operation not permitted (you must be root)"}}
BARE = {NFT: None}

TCP = "/proc/net/tcp"
LISTENS = {
    TCP: "  sl  local_address rem_address   st\n"
    "   0: 00000000:4082 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 20001 1 0\n"
}
CERTIFICATE = "/etc/pki/libvirt/servercert.pem"
#: Made for this test: valid to 2026-12-21 07:26:51 UTC.
UNTIL_DECEMBER = """-----BEGIN CERTIFICATE-----
MIIBjTCCATOgAwIBAgIUALTN6YtVzVURKQQ/BABJmEXuIA8wCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRbm9kZTEuZXhhbXBsZS5jb20wHhcNMjYxMTIxMDcyNjUxWhcN
MjYxMjIxMDcyNjUxWjAcMRowGAYDVQQDDBFub2RlMS5leGFtcGxlLmNvbTBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABI9U35MMMo8iI3r7a6twdXefUi8UPc8JZVzw
EiIWx2j+KPe6BFGbzcsHiF0rJtc5QOz8Nee/ktef81LFg9fNBoyjUzBRMB0GA1Ud
DgQWBBSaX+GF839EXTLKGHhv4RqKDrLFFTAfBgNVHSMEGDAWgBSaX+GF839EXTLK
GHhv4RqKDrLFFTAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCO
THwbAQoafnowniLiakl21nSu3LccJ9yD7+FnI0fvZwIgZuaYTmsN+Vu2Kho+AI34
oo2MQxgvuwUnzc47jeB668M=
-----END CERTIFICATE-----
"""
SERVED = {**LISTENS, CERTIFICATE: UNTIL_DECEMBER}


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()


def screens(last, source=""):
    return ruleset(rule(f"5900-{last}", source))


QEMU = "/etc/libvirt/qemu.conf"
WANTS = "/etc/systemd/system/multi-user.target.wants/nftables.service"
MANY = {"declared/vms_per_node": 1500}

BUILT_IN = "/lib/modules/4.18.0-513.24.1.el8_9.x86_64/modules.builtin"

CASES = (
    Case("VMM-027", KVM, "pass", "enabled"),
    Case("VMM-027", KVM, "fail", "not enabled", links={WANTS: None}),
    Case("VMM-027", KVM, "fail", "masked",
         links={"/etc/systemd/system/nftables.service": "/dev/null"}),
    Case("VMM-027", KVM, "fail", "not installed", links={WANTS: None},
         files={"/usr/lib/systemd/system/nftables.service": None}),
    Case("VMM-027", KVM, "skip", "debian", facts={"os/id": "debian"}),
    Case("VMM-027", KVM, "unknown", "lost", facts={"firewall": {"unknown": "lost"}}),
    Case("VMM-052", KVM, "pass", "anywhere", commands=EMPTY),
    Case("VMM-052", KVM, "pass", "192.0.2.5, 198.51.100.0/24",
         commands=ruleset(rule(22, "192.0.2.5"), rule(22, "198.51.100.0/24"))),
    Case("VMM-052", KVM, "fail", "accepted from 192.0.2.5",
         commands=ruleset(rule(22, "192.0.2.5"))),
    Case("VMM-052", KVM, "fail", "nowhere", commands=ruleset()),
    Case("VMM-052", KVM, "fail", "nowhere", commands=ruleset(rule(22, iif="eno2"))),
    Case("VMM-052", KVM, "pass", "anywhere", commands=ruleset(rule(22, iif="eno1"))),
    Case("VMM-052", KVM, "unknown", "platform_address", plan={"declared/platform_address": None},
         commands=ruleset(rule(22, "192.0.2.5"))),
    Case("VMM-052", KVM, "unknown", "limit", commands=ruleset(rule(22, limit=5))),
    Case("VMM-052", KVM, "unknown", "must be root", commands=UNREAD),
    Case("VMM-052", KVM, "unknown", "nft is not installed", commands=BARE),
    Case("VMM-052", KVM, "pass", "anywhere", commands=BARE,
         files={"/sys/module/nf_tables/": None, BUILT_IN: "kernel/fs/binfmt_misc.ko\n"}),
    Case("VMM-052", KVM, "unknown", "may be built in", commands=BARE,
         files={"/sys/module/nf_tables/": None}),
    Case("VMM-052", KVM, "pass", "anywhere", system="centos-7", commands=BARE,
         files={"/sys/module/nf_tables/": None, "/proc/net/ip_tables_names": "filter\n"}, facts={}),
    Case("VMM-053", KVM, "pass", NODES),
    Case("VMM-053", KVM, "fail", "4789/udp accepted from nowhere",
         commands=ruleset(rule(179, NODES), rule(4789, NODES))),
    Case("VMM-053", KVM, "fail", "192.0.2.0/25",
         commands=ruleset(rule(179, "192.0.2.0/25"), rule(4789, NODES, "udp"))),
    Case("VMM-053", KVM, "unknown", "cidr", plan={"declared/cidr": None}),
    Case("VMM-053", FABRIC, "fail", "203.0.113.7",
         plan={"declared/route_reflectors": ["203.0.113.7"]}),
    Case("VMM-054", KVM, "pass", "anywhere", commands=screens(6900)),
    Case("VMM-054", KVM, "pass", "anywhere", commands=screens(6901)),
    Case("VMM-054", KVM, "fail", "nowhere", commands=screens(6899)),
    Case("VMM-054", KVM, "fail", NODES, commands=screens(6900, NODES)),
    Case("VMM-054", KVM, "pass", NODES, commands=screens(6900, NODES),
         plan={"declared/console_via": "platform"}),
    Case("VMM-054", KVM, "fail", "192.0.2.0/25", commands=screens(6900, "192.0.2.0/25"),
         plan={"declared/console_via": "platform"}),
    Case("VMM-055", KVM, "skip", "1000", plan={"declared/vms_per_node": 1000}),
    Case("VMM-055", KVM, "pass", "5900-6900/tcp", plan={"declared/vms_per_node": 1001}),
    Case("VMM-055", KVM, "fail", "5900-6901/tcp accepted from nowhere",
         plan={"declared/vms_per_node": 1002}),
    Case("VMM-055", KVM, "pass", "5900-7399/tcp", plan=MANY, commands=screens(7399)),
    Case("VMM-055", KVM, "fail", "1499 for 1500 guests", plan=MANY, commands=EMPTY,
         files={QEMU: "remote_display_port_max = 7398\n"}),
    Case("VMM-055", KVM, "pass", "5900-7399/tcp", plan=MANY, commands=EMPTY,
         files={QEMU: "remote_display_port_max = 7399\n"}),
    Case("VMM-055", KVM, "unknown", "is no port", plan=MANY,
         files={QEMU: 'remote_display_port_max = "many"\n'}),
    Case("VMM-056", KVM, "pass", NODES),
    Case("VMM-056", KVM, "fail", "nowhere", commands=ruleset(rule(22))),
    Case("VMM-056", KVM, "pass", "holds until 2026-12-21", files=SERVED),
    Case("VMM-056", KVM, "pass", "holds until", files=SERVED, now=at("2026-12-20T12:00:00")),
    Case("VMM-056", KVM, "pass", "holds until", files=SERVED, now=at("2026-12-21T07:26:50")),
    Case("VMM-056", KVM, "fail", "expired", files=SERVED, now=at("2026-12-21T07:26:51")),
    Case("VMM-056", KVM, "fail", "expired", files=SERVED, now=at("2026-12-22T12:00:00")),
    Case("VMM-056", KVM, "fail", "no /etc/pki/libvirt/servercert.pem", files=LISTENS),
    Case("VMM-056", KVM, "unknown", "no certificate", files={**LISTENS, CERTIFICATE: "soon\n"}),
    Case("VMM-057", KVM, "pass", "49152-49215/tcp"),
    Case("VMM-057", KVM, "pass", NODES, commands=ruleset(rule("49152-49215", NODES))),
    Case("VMM-057", KVM, "fail", "nowhere", commands=ruleset(rule("49152-49214", NODES))),
    Case("VMM-057", KVM, "fail", "49152-49300/tcp",
         files={QEMU: '#migration_port_max = 1\nmigration_port_max = 49300  # more\n'}),
    Case("VMM-058", LXD, "pass", NODES),
    Case("VMM-058", LXD, "fail", "179/tcp accepted from nowhere", commands=ruleset(rule(22))),
    Case("VMM-058", LXD, "unknown", "limit",
         commands=ruleset(rule(22), rule(179, limit=9), rule(4789, "", "udp"))),
    Case("VMM-058", KVM, "skip", "lxd"),
    Case("VMM-059", LXD, "pass", "anywhere"),
    Case("VMM-059", LXD, "pass", NODES, commands=ruleset(rule(8443, NODES)),
         plan={"declared/platform_address": "192.0.2.5"}),
    Case("VMM-059", LXD, "fail", NODES, commands=ruleset(rule(8443, NODES)),
         plan={"declared/platform_address": "203.0.113.5"}),
    Case("VMM-059", LXD, "fail", "nowhere", commands=ruleset(rule(8444))),
)  # fmt: skip
