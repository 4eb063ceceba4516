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
    assert found["manager"] == "dpkg"
    assert found["installed"] == {"bash": "5.2.15-2+b8", "chrony": "1:4.3-2+deb12u1"}
    assert found["kernels"] == []
    assert unknown(found["changed"])


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


ROWS = (
    "bash\t4.4.20-4.el8_6\tx86_64\t1700000000\tAlmaLinux\n"
    "gpg-pubkey\t3abb34f8-5ffd890e\t(none)\t1700000500\t(none)\n"
    "kernel-core\t4.18.0-513.24.1.el8_9\tx86_64\t1700000900\tAlmaLinux\n"
    "kernel-ml\t6.9.1-1.el8.elrepo\tx86_64\t1699999999\tthe ELRepo Project\n"
    "kernel-tools-libs\t4.18.0-513\tx86_64\t1\tAlmaLinux\n"
)


def test_rpm_tells_of_kernels_and_of_the_last_change(host):
    found = packages.read(host({"/var/lib/rpm/Packages": ""}, run=lambda argv: ROWS))
    assert found["changed"] == 1700000900
    assert [(k["name"], k["vendor"]) for k in found["kernels"]] == [
        ("kernel-core", "AlmaLinux"), ("kernel-ml", "the ELRepo Project"),
    ]  # fmt: skip
    assert found["kernels"][0]["version"] == "4.18.0-513.24.1.el8_9"
    assert found["installed"]["gpg-pubkey"] == "3abb34f8-5ffd890e"


@pytest.mark.parametrize("time", ["(none)", "", "-1", "9" * 30])
def test_a_time_that_is_none_is_not_guessed(host, time):
    run = lambda argv: f"bash\t1-1\tx86_64\t{time}\tX\n"  # noqa: E731
    assert unknown(packages.read(host({"/var/lib/rpm/Packages": ""}, run=run))["changed"])


def test_dpkg_tells_of_kernels(host):
    text = stanza("linux-image-6.1.0-37-amd64", version="6.1.140-1") + stanza("linux-image-amd64")
    text = text.replace("Priority: optional", "Maintainer: Debian Kernel Team <k@example.org>")
    assert packages.read(host({"/var/lib/dpkg/status": text}))["kernels"] == [{
        "name": "linux-image-6.1.0-37-amd64", "version": "6.1.140-1", "architecture": "",
        "vendor": "Debian Kernel Team <k@example.org>",
    }]  # fmt: skip


LOG = (
    "2026-10-01 08:00:00 startup packages configure\n"
    "2026-10-01 08:00:01 upgrade bash:amd64 5.1 5.2\n"
    "2026-10-02 09:00:00 status installed bash:amd64 5.2\n"
)


@pytest.mark.parametrize(
    ("logs", "day"),
    [({"": LOG}, 1), ({"": "", ".1": LOG}, 1), ({".1": LOG}, 1),
     ({"": LOG.replace("2026-10-01 08:00:01 upgrade", "2026-10-05 08:00:01 remove")}, 5)],
)  # fmt: skip
def test_dpkg_logs_tell_of_the_last_change(host, logs, day):
    files = {f"/var/log/dpkg.log{suffix}": text for suffix, text in logs.items()}
    found = packages.read(host({"/var/lib/dpkg/status": stanza("bash"), **files}))
    # A captured host's zone is not known: its times are taken for UTC.
    assert found["changed"] == 1790812800 + (day - 1) * 86400 + 8 * 3600 + 1


@pytest.mark.parametrize("stamp", ["2026-13-01 00:00:00", "2026-02-30 00:00:00", "9999-99-99 1"])
def test_a_date_that_is_none_is_unreadable(stamp):
    with pytest.raises(Unreadable):
        packages.seconds(stamp, False)


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
    packages.parse_log(text)
    packages.parse_stanzas(text)


NAME = st.from_regex(r"[a-z0-9][a-z0-9+.-]{1,9}", fullmatch=True)
VERSION = st.from_regex(r"([0-9]:)?[0-9][0-9a-z.+~-]{0,9}", fullmatch=True)


@given(st.dictionaries(NAME, VERSION))
def test_what_is_rendered_is_read_back(wanted):
    text = "".join(stanza(name, version=version) for name, version in wanted.items())
    assert packages.parse_dpkg(text) == wanted
    text = "".join(f"{name}\t{version}\n" for name, version in wanted.items())
    assert packages.parse_rpm(text) == wanted
