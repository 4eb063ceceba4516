"""The probes libvirt_tls and qemu_ports."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import libvirt_tls, qemu_ports
from saltext.muster.probes.source import Unreadable, unknown
from tests.unit.catalogue.cases.vmmanager_firewall import UNTIL_DECEMBER


def pem(data):
    body = base64.encodebytes(data).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def der(tag, *parts):
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + len(body).to_bytes(2, "big")
    return bytes([tag]) + size + body


def certificate(end, tag=0x17, versioned=True):
    version = [der(0xA0, der(2, b"\x02"))] if versioned else []
    validity = der(0x30, der(0x17, b"200101000000Z"), der(tag, end))
    head = [*version, der(2, b"\x01"), der(0x30), der(0x30, der(0x31, bytes(200)))]
    return pem(der(0x30, der(0x30, *head, validity, der(0x30))))


def test_a_certificate_that_openssl_made():
    assert libvirt_tls.not_after(UNTIL_DECEMBER) == "20261221072651"


@pytest.mark.parametrize(
    "made, wanted",
    [
        (certificate(b"271231235959Z"), "20271231235959"),
        (certificate(b"491231235959Z"), "20491231235959"),
        (certificate(b"500101000000Z"), "19500101000000"),
        (certificate(b"20810824072651Z", 0x18), "20810824072651"),
        (certificate(b"271231235959Z", versioned=False), "20271231235959"),
    ],
)
def test_ends(made, wanted):
    assert libvirt_tls.not_after(made) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "", "hello", pem(b""), pem(b"\x30"), pem(b"\x30\x05abc"), pem(b"\x30\x88" + bytes(9)),
        certificate(b"2712312359Z"), certificate(b"271231235959Z", 0x0C), certificate(b"\xff" * 13),
    ],
)  # fmt: skip
def test_what_is_no_certificate(text):
    with pytest.raises(Unreadable, match="holds no certificate"):
        libvirt_tls.not_after(text)


@given(st.binary())
def test_it_never_raises_anything_else(data):
    for text in (data.decode("latin-1"), pem(data), pem(b"\x30" + data)):
        try:
            libvirt_tls.not_after(text)
        except Unreadable:
            pass


def test_facts_of_the_certificate(host):
    assert libvirt_tls.read(host()) == {"present": False, "not_after": ""}
    source = host({
        "/etc/pki/libvirt/servercert.pem": UNTIL_DECEMBER,
        "/etc/pki/libvirt/private/serverkey.pem": "SECRET",
    })  # fmt: skip
    assert libvirt_tls.read(source) == {"present": True, "not_after": "20261221072651"}
    assert [each["why"] for each in source.left_out] == ["it is a private key"]


def test_ports_are_libvirt_s_own_without_a_file(host):
    found = qemu_ports.read(host())
    assert found == {"migration": [49152, 49215], "display": [5900, 65535]}


def test_ports_of_the_file(host):
    source = host({"/etc/libvirt/qemu.conf": "#migration_port_min = 1\nmigration_port_max=50000\n"
                   "remote_display_port_min = 6000 # from here\n"
                   "vnc_password = \"XYZ12345\"\n"})  # fmt: skip
    found = qemu_ports.read(source)
    assert found == {"migration": [49152, 50000], "display": [6000, 65535]}
    assert [each["what"] for each in source.left_out] == ["/etc/libvirt/qemu.conf"]


def test_ports_that_are_none(host):
    found = qemu_ports.read(host({"/etc/libvirt/qemu.conf": "migration_port_min = -1\n"}))
    assert unknown(found["migration"])
    assert found["display"] == [5900, 65535]


@given(st.text())
def test_settings_never_raise(text):
    qemu_ports.parse(text)
