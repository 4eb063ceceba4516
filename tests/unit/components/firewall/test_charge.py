from __future__ import annotations

import pytest

from saltext.muster.components.firewall import charge
from saltext.muster.errors import Refused
from saltext.muster.facts import Facts


def facts(**active):
    services = {
        f"{name}.service": {"installed": True, "masked": False, "enabled": on, "active": on}
        for name, on in active.items()
    }
    return Facts({"firewall": {"services": services}})


def test_nftables_is_in_charge_unless_firewalld_is():
    assert charge.in_charge(facts(nftables=True), True, True) == charge.NFTABLES
    assert charge.in_charge(facts(nftables=False, firewalld=False), False, False) == (
        charge.NFTABLES
    )
    assert charge.in_charge(facts(nftables=False, firewalld=True), False, False) == (
        charge.FIREWALLD
    )


@pytest.mark.parametrize(
    ("nftables", "table", "file", "named"),
    [
        (True, False, False, "nftables.service"),
        (False, True, False, "the table inet muster"),
        (False, False, True, "muster's file"),
    ],
)
def test_both_in_charge_is_refused_with_both_named(nftables, table, file, named):
    with pytest.raises(Refused, match=f"firewalld and {named}.* are both in charge"):
        charge.in_charge(facts(nftables=nftables, firewalld=True), table, file)


def test_ufw_is_refused_with_the_remedy():
    with pytest.raises(Refused, match="ufw disable"):
        charge.in_charge(facts(ufw=True), False, False)


@pytest.mark.parametrize(
    ("unit", "path"),
    [
        ("[Service]\nExecStart=/usr/sbin/nft -f /etc/nftables.conf\n", "/etc/nftables.conf"),
        (
            "ExecStart=/sbin/nft -f /etc/sysconfig/nftables.conf\n"
            "ExecReload=/sbin/nft 'flush ruleset; include \"/x\";'\n",
            "/etc/sysconfig/nftables.conf",
        ),
        ("ExecStart=/bin/true\n", charge.MAIN),
        (None, charge.MAIN),
    ],
)
def test_the_main_file_is_the_one_that_the_unit_loads(unit, path):
    assert charge.main_file(unit) == path
