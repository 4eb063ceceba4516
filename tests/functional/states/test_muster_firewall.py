"""The firewall's files below a root; what runs is tried on real nodes, in tests/lab."""

from __future__ import annotations

STATE = "muster_firewall.filtered"
RULES = [
    {
        "protocol": "tcp",
        "first": 22,
        "last": 22,
        "peers": ["192.0.2.0/24"],
        "interface": "",
        "rows": ["RAV-028"],
        "why": ["SSH"],
    }
]
WANTED = {"rules": RULES, "admin": ["192.0.2.0/24"], "masters": ["192.0.2.1"]}
UNIT = "[Service]\nExecStart=/usr/sbin/nft -f {}\n[Install]\nWantedBy=sysinit.target\n"
MAIN = "#!/usr/sbin/nft -f\nflush ruleset\n"
OWN = "/etc/nftables.d/muster.nft"


def with_nftables(node, main="/etc/nftables.conf"):
    node.write("/usr/lib/systemd/system/nftables.service", UNIT.format(main))
    node.write(main, MAIN)


def test_a_node_without_a_firewall(converged, node, testmode):
    with_nftables(node)
    assert set(converged(STATE, **WANTED)["changes"]) == {"files", "boot"}
    if not testmode:
        assert node.read("/etc/nftables.conf").startswith(MAIN)
        assert node.read("/etc/nftables.conf").endswith(f'include "{OWN}"\n')
        assert "ip saddr 192.0.2.0/24 tcp dport 22 counter accept" in node.read(OWN)


def test_the_main_file_is_the_distribution_s_own(converged, node, testmode):
    with_nftables(node, "/etc/sysconfig/nftables.conf")
    converged(STATE, **WANTED)
    assert not node.path("/etc/nftables.conf").exists()
    assert testmode or OWN in node.read("/etc/sysconfig/nftables.conf")


def test_a_main_file_that_loads_the_folder_stays(converged, node, testmode):
    with_nftables(node)
    text = f'{MAIN}include "/etc/nftables.d/*.nft"\n'
    node.write("/etc/nftables.conf", text)
    assert "files" in converged(STATE, **WANTED)["changes"]
    assert node.read("/etc/nftables.conf") == text


def test_firewalld_gets_a_zone_and_keeps_its_other_settings(converged, node, testmode):
    unit = "[Service]\nExecStart=/usr/sbin/firewalld\n[Install]\nWantedBy=multi-user.target\n"
    node.write("/usr/lib/systemd/system/firewalld.service", unit)
    wants = "/etc/systemd/system/multi-user.target.wants/firewalld.service"
    node.link(wants, "/usr/lib/systemd/system/firewalld.service")
    node.write("/etc/firewalld/firewalld.conf", "# x\nDefaultZone=public\nLogDenied=all\n")
    assert set(converged(STATE, **WANTED)["changes"]) == {"files"}
    if not testmode:
        settings = "# x\nDefaultZone=muster\nLogDenied=all\n"
        assert node.read("/etc/firewalld/firewalld.conf") == settings
        assert 'address="192.0.2.0/24"' in node.read("/etc/firewalld/zones/muster.xml")
        assert not node.path("/etc/nftables.d").exists()


def test_two_in_charge_is_a_conflict(fails, node):
    with_nftables(node)
    for unit in ("nftables", "firewalld"):
        path = f"/usr/lib/systemd/system/{unit}.service"
        node.write(path, UNIT.format("/etc/nftables.conf"))
        node.link(f"/etc/systemd/system/sysinit.target.wants/{unit}.service", path)
    comment = fails(STATE, **WANTED)
    assert "firewalld and nftables.service are both in charge" in comment
    assert "nothing was changed" in comment


def test_what_is_no_rule_is_refused_with_the_remedy(fails, node):
    comment = fails(STATE, **{**WANTED, "admin": ["everybody"]})
    assert "'everybody' is no address or network; correct the cluster file" in comment
