from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import packages
from saltext.muster.probes.source import Unreadable, unknown

from .conftest import DATA


def stanza(name, status="install ok installed", version="1.0-1", architecture="amd64"):
    return (
        f"Package: {name}\nStatus: {status}\nPriority: optional\nArchitecture: {architecture}\n"
        f"Version: {version}\nDescription: about {name}\n Version: 9\n .\n more\n\n"
    )


def test_dpkg(host):
    text = stanza("bash", version="5.2.15-2+b8") + stanza("chrony", version="1:4.3-2+deb12u1")
    found = packages.read(host({"/var/lib/dpkg/status": text}))
    installed = {"bash": "5.2.15-2+b8", "chrony": "1:4.3-2+deb12u1"}
    assert found == {"manager": "dpkg", "installed": installed}


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("deinstall ok installed", True),
        ("deinstall ok config-files", False),
        ("install ok half-configured", False),
        ("install ok unpacked", False),
        ("install reinstreq installed", False),
        ("install ok not-installed", False),
        ("purge ok not-installed", False),
        ("", False),
    ],
)
def test_only_what_is_wholly_there_is_installed(status, counts):
    assert bool(packages.parse_dpkg(stanza("a", status))) is counts


def test_a_foreign_architecture_is_not_the_native_package():
    text = stanza("dpkg") + stanza("qemu", architecture="i386") + stanza("doc", architecture="all")
    assert set(packages.parse_dpkg(text)) == {"dpkg", "qemu:i386", "doc"}


def test_a_status_file_of_megabytes_is_read_whole(host):
    text = "".join(stanza(f"package-{number}") for number in range(9000))
    assert len(text) > 1024 * 1024
    found = packages.read(host({"/var/lib/dpkg/status": text}))
    assert len(found["installed"]) == 9000


@pytest.mark.parametrize("folder", ["/var/lib/rpm", "/usr/lib/sysimage/rpm"])
def test_rpm(host, folder):
    asked = []

    def run(argv):
        asked.append(argv[:2])
        return "bash\t4.4.20-4.el8_6\nchrony\t4.2-1.el8\nkernel\t4.18.0-1\nkernel\t4.18.0-2\n"

    found = packages.read(host({f"{folder}/rpmdb.sqlite": ""}, run=run))
    assert asked == [["rpm", "-qa"]]
    assert found["manager"] == "rpm"
    assert found["installed"] == {
        "bash": "4.4.20-4.el8_6", "chrony": "4.2-1.el8", "kernel": "4.18.0-1 4.18.0-2",
    }  # fmt: skip


def test_an_rpm_that_lists_nothing_is_not_an_empty_system(host):
    found = packages.read(host({"/var/lib/rpm/Packages": ""}, run=lambda argv: ""))
    assert unknown(found["installed"])


def test_an_rpm_that_fails_is_unknown(host):
    def run(argv):
        raise Unreadable("rpm: exit status 1: database is locked")

    found = packages.read(host({"/var/lib/rpm/Packages": ""}, run=run))
    assert "locked" in found["installed"]["unknown"]


@pytest.mark.parametrize("version", ["8.8", "8.9", "9.3"])
def test_captured_rpm_lists(version):
    lines = (DATA / f"almalinux-{version}" / "rpm-qa.txt").read_text().splitlines()
    text = "".join("{0}\t{2}-{3}\n".format(*line.split()) for line in lines)
    found = packages.parse_rpm(text)
    assert found["almalinux-release"].startswith(f"{version}-1.el")
    assert set(found) == {line.split()[0] for line in lines}


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    packages.parse_dpkg(text)
    packages.parse_rpm(text)


NAME = st.from_regex(r"[a-z0-9][a-z0-9+.-]{1,9}", fullmatch=True)
VERSION = st.from_regex(r"([0-9]:)?[0-9][0-9a-z.+~-]{0,9}", fullmatch=True)


@given(st.dictionaries(NAME, VERSION))
def test_what_is_rendered_is_read_back(wanted):
    text = "".join(stanza(name, version=version) for name, version in wanted.items())
    assert packages.parse_dpkg(text) == wanted
    text = "".join(f"{name}\t{version}\n" for name, version in wanted.items())
    assert packages.parse_rpm(text) == wanted
