"""Whatever release a node has: with the names for it installed, the rows about packages pass."""

from __future__ import annotations

import pytest

from saltext.muster import platforms
from saltext.muster.catalogue.ravada.releases import REQUIRED
from saltext.muster.components import packages
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts

ROWS = {row.id: row for row in platforms.load("ravada").REQUIREMENTS}
ABOUT_PACKAGES = ("RAV-009", "RAV-010", "RAV-011", "RAV-012", "RAV-013", "RAV-014", "RAV-034")

#: What libvirt-daemon-system cannot be installed without.
BROUGHT = {"libvirt-daemon": "1"}


def facts(release, installed):
    id_, _, version = release.partition("-")
    family = "debian" if id_ in ("debian", "ubuntu") else "redhat"
    system = {"id": id_, "version_id": version, "family": family}
    return Facts({"os": system, "packages": {"installed": installed}})


@pytest.mark.parametrize("release", REQUIRED)
def test_the_names_of_a_release_satisfy_every_row(release):
    found = facts(release, {**BROUGHT, **dict.fromkeys(REQUIRED[release], "1")})
    for id_ in ABOUT_PACKAGES:
        assert ROWS[id_].test(found, {}).status == "pass", id_


@pytest.mark.parametrize("release", REQUIRED)
def test_each_name_is_asked_for(release):
    assert packages.names(facts(release, {}), REQUIRED) == sorted(REQUIRED[release])


@pytest.mark.parametrize(
    ("release", "name", "there"),
    [
        ("ubuntu-18.04", "libvirt-bin", True),
        ("ubuntu-18.10", "libvirt-bin", False),
        ("debian-10", "libvirt-bin", False),
        ("ubuntu-18.04", "netcat-openbsd", True),
        ("debian-12", "netcat-openbsd", False),
        ("fedora-42", "libvirt-daemon-kvm", True),
    ],
)
def test_names_differ_by_release(release, name, there):
    assert (name in REQUIRED[release]) is there


@pytest.mark.parametrize("release", ["ubuntu-16.04", "debian-9", "fedora-32", "arch-1", "suse-15"])
def test_another_release_is_refused_by_name(release):
    with pytest.raises(InvalidArgument, match=f"no names are known for {release}"):
        packages.names(facts(release, {}), REQUIRED)
