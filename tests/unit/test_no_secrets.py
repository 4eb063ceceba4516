"""No secret of a server is in its bundle: planted on every captured host, then looked for."""

from __future__ import annotations

import json

import pytest

from saltext.muster import facts
from saltext.muster.probes import _command
from tests.support import hosts

#: Each holds the marker; a fact that has any of it holds a secret.
MARKER = "hunter2Zq9"
KEY = f"-----BEGIN OPENSSH PRIVATE KEY-----\n{MARKER}b3Blbn\n-----END OPENSSH PRIVATE KEY-----\n"
CEPH = f"AQ{MARKER}AAAAABAAq1w2e3r4t5z6u7i8o9=="
URL = f"http://user:{MARKER}@mirror.example.com"

PLANTED = {
    "/etc/shadow": f"root:$6$salt${MARKER}:19000:0:99999:7:::\n",
    "/etc/gshadow": f"root:{MARKER}::\n",
    "/root/.ssh/id_rsa": KEY,
    "/root/.ssh/id_ed25519": KEY,
    "/etc/ssh/ssh_host_rsa_key": KEY,
    "/etc/ssh/ssh_host_ed25519_key": KEY,
    "/etc/pki/libvirt/private/serverkey.pem": KEY.replace("OPENSSH", "RSA"),
    "/etc/pki/libvirt/private/clientkey.pem": KEY.replace("OPENSSH", "RSA"),
    "/etc/apt/sources.list": f"deb {URL}/debian bookworm main\n",
    "/etc/apt/sources.list.d/more.list": f"deb [trusted=yes] {URL}/more stable main\n",
    "/etc/apt/sources.list.d/deb822.sources": f"Types: deb\nURIs: {URL}/x\nSuites: y\n",
    "/etc/apt/auth.conf": f"machine mirror.example.com login user password {MARKER}\n",
    "/etc/apt/apt.conf.d/99proxy": f'Acquire::http::Proxy "{URL}:3128";\n',
    "/etc/yum.conf": f"[main]\nproxy={URL}\nproxy_password={MARKER}\n",
    "/etc/dnf/dnf.conf": f"[main]\nproxy={URL}\nproxy_password={MARKER}\n",
    "/etc/yum.repos.d/more.repo": (
        f"[more]\nname=more\nbaseurl={URL}/el8\nenabled=1\nusername=user\npassword={MARKER}\n"
        f"proxy={URL}\nproxy_password={MARKER}\n"
    ),
    "/etc/chrony.keys": f"1 SHA1 HEX:{MARKER}\n",
    "/etc/chrony/chrony.keys": f"1 SHA1 HEX:{MARKER}\n",
    "/etc/netplan/90-wifi.yaml": (
        "network:\n  version: 2\n  wifis:\n    wlan0:\n      access-points:\n"
        f'        "home": {{password: {MARKER}, auth: {{password: {MARKER}}}}}\n'
    ),
    "/etc/NetworkManager/system-connections/home.nmconnection": (
        "[connection]\nid=home\ntype=wifi\ninterface-name=wlan0\n[wifi-security]\n"
        f"key-mgmt=wpa-psk\npsk={MARKER}\n[802-1x]\npassword={MARKER}\n"
    ),
    "/etc/network/interfaces.d/wifi": (
        f"iface wlan0 inet dhcp\n    wpa-ssid home\n    wpa-psk {MARKER}\n"
        f"    wpa-passphrase {MARKER}\n"
    ),
    "/etc/sysconfig/network-scripts/ifcfg-wlan0": f"DEVICE=wlan0\nTYPE=Wireless\nKEY_1={MARKER}\n",
    "/etc/sysconfig/network-scripts/keys-wlan0": f"KEY={MARKER}\nWPA_PSK={MARKER}\n",
    "/etc/ceph/ceph.client.admin.keyring": f"[client.admin]\n\tkey = {CEPH}\n",
    "/var/lib/ceph/osd/ceph-0/keyring": f"[osd.0]\nkey = {CEPH}\n",
    "/var/lib/ceph/osd/ceph-0/lockbox.keyring": f"[x]\nkey = {CEPH}\n",
    "/etc/ipmi_password": f"{MARKER}\n",
    "/etc/pvc/pvc.conf": (
        f"pvc:\n  ipmi:\n    username: admin\n    password: {MARKER}\n    hostname: ipmi\n"
        f"  api:\n    token: {MARKER}\n"
    ),
    "/etc/pvc/pvcnoded.yaml": (
        f"pvc:\n  system:\n    ipmi:\n      host: h\n      user: u\n      pass: {MARKER}\n"
    ),
    "/root/.bashrc": f'export HTTP_PROXY="{URL}:3128"\nexport TOKEN={MARKER}\n',
    "/etc/frr/frr.conf": (
        f"router bgp 65000\n neighbor 192.0.2.1 password {MARKER}\npassword {MARKER}\n"
    ),
    "/etc/xen/xend-config.sxp": f"(vncpasswd '{MARKER}')\n(xend-relocation-server yes)\n",
    "/etc/libvirt/qemu.conf": f'vnc_password = "{MARKER}"\nspice_password = "{MARKER}"\n',
    "/etc/ganeti/vnc-cluster-password": f"{MARKER}\n",
    "/var/lib/ganeti/server.pem": KEY,
    "/var/lib/ganeti/rapi/users": f"admin {MARKER} write\n",
    "/etc/drbd.d/global_common.conf": f'common {{ net {{ shared-secret "{MARKER}"; }} }}\n',
    "/etc/ravada.conf": f"db:\n  user: rvd\n  password: {MARKER}\n",
    "/root/.pgpass": f"*:*:*:*:{MARKER}\n",
}  # fmt: skip


def planted(profile, root):
    """Return a bundle of a profile's host with the secrets beside or after what it has."""
    captured = hosts.host(profile)
    files = {}
    foreign = ("/etc/yum", "/etc/dnf") if (captured.root / "etc/apt").exists() else ("/etc/apt",)
    for path, text in PLANTED.items():
        if path.startswith(foreign):
            continue
        here = captured.root / path.lstrip("/")
        old = here.read_text() if here.is_file() else ""
        files[path] = old + ("\n" if old and not old.endswith("\n") else "") + text
    source = captured.changed(root, files).source()
    return _command.bundle(facts.names(), source, facts.load, "a" * 64)


@pytest.mark.parametrize("profile", hosts.SYSTEMS)
def test_no_planted_secret_is_in_the_bundle(profile, tmp_path):
    held = planted(profile, tmp_path / "host")
    found = [
        f"{name}: ...{text[max(0, at - 120) : at + 40]}..."
        for name, each in [*held["facts"].items(), ("left_out", held["left_out"])]
        if (at := (text := json.dumps(each)).find(MARKER)) >= 0
    ]
    assert found == []
    # The hosts were read nevertheless: hardly a probe failed for what was planted.
    assert sum(set(each) == {"unknown"} for each in held["facts"].values()) == 0


def test_what_was_met_and_left_out_is_listed(tmp_path):
    debian = planted("ganeti", tmp_path / "a")["left_out"]
    redhat = planted("vmmanager-kvm", tmp_path / "b")["left_out"]
    assert "a URL in /etc/apt/sources.list" in [note["what"] for note in debian]
    assert "a URL in /etc/yum.repos.d/more.repo" in [note["what"] for note in redhat]
    assert all(note["what"] and note["why"] for note in debian + redhat)


def test_the_test_sees_a_secret(tmp_path):
    source = hosts.host("ganeti").source()
    assert MARKER not in json.dumps(_command.bundle(["os"], source, facts.load, ""))
    assert all(MARKER in text for text in PLANTED.values())
