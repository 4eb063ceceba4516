"""What the emulators say is real: QEMU's own words in its releases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import qemu
from saltext.muster.probes.source import unknown

SYSTEM, LIBEXEC = "/usr/bin/qemu-system-x86_64", "/usr/libexec/qemu-kvm"
COPYRIGHT = ", Copyright (c) 2003-2008 Fabrice Bellard\n"


@pytest.mark.parametrize(
    ("text", "version", "kvm"),
    [
        ("QEMU emulator version 7.2.17 (Debian 1:7.2+dfsg-7+deb12u16)\n", "7.2.17", ""),
        ("QEMU emulator version 2.11.1(Debian 1:2.11+dfsg-1ubuntu7.42)\n", "2.11.1", ""),
        ("QEMU emulator version 6.2.0 (qemu-kvm-6.2.0-40.module_el8.9.0)\n", "6.2.0", ""),
        ("QEMU PC emulator version 0.9.1 (kvm-72)" + COPYRIGHT, "0.9.1", "72"),
        ("QEMU PC emulator version 0.10.0 (kvm-85rc2)" + COPYRIGHT, "0.10.0", "85"),
        ("QEMU PC emulator version 0.12.3 (qemu-kvm-0.12.3)" + COPYRIGHT, "0.12.3", ""),
        ("QEMU emulator version 8\n", "", ""),
        ("", "", ""),
    ],
)
def test_versions(text, version, kvm):
    assert (qemu.parse_version(text), qemu.parse_kvm(text)) == (version, kvm)


@pytest.mark.parametrize("program", [SYSTEM, LIBEXEC, "/usr/bin/kvm"])
def test_the_program_that_is_there_is_asked(host, program):
    def run(argv):
        assert argv == [program, "--version"]
        return "QEMU emulator version 8.2.2\n"

    found = qemu.read(host({program: ""}, run=run))
    assert found == {"program": program, "version": "8.2.2", "kvm": ""}


def test_without_an_emulator(host):
    found = qemu.read(host({"/usr/bin/": ""}))
    assert found["program"] == ""
    assert "no emulator is installed" in found["version"]["unknown"]


def test_what_fails_is_unknown(host):
    assert unknown(qemu.read(host())["program"])
    assert unknown(qemu.read(host({SYSTEM: ""}))["version"])
    assert unknown(qemu.read(host(run=lambda argv: "what?"))["version"])


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    qemu.parse_version(text)
    qemu.parse_kvm(text)
