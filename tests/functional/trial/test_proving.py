"""What a node must show to keep a change, as far as no real node is needed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time

import pytest
import salt.config

from saltext.muster.trial import proving
from saltext.muster.trial.spec import Proof


@pytest.fixture
def opts(tmp_path):
    """A minion that knows a master's key; where its master was, somebody takes connections."""
    found = salt.config.minion_config(None)
    (tmp_path / "pki").mkdir()
    (tmp_path / "pki" / "minion_master.pub").write_text("a key")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found.update(
            root_dir=str(tmp_path),
            pki_dir=str(tmp_path / "pki"),
            cachedir=str(tmp_path / "cache"),
            id="node1.example.com",
            master_ip="127.0.0.1",
            master_port=port,
            master_uri=f"tcp://127.0.0.1:{port}",
        )
        yield {**proving.portable(found), "auth_timeout": 1}


def test_options_that_another_process_cannot_read_are_left_out():
    found = proving.portable({"id": "a", "pillar": {"secret": 1}, "io": object(), "auth_tries": 7})
    assert json.loads(json.dumps(found)) == found
    assert (found["id"], found["auth_tries"]) == ("a", 1)
    assert not {"pillar", "io"} & set(found)


def test_a_minion_without_a_pinned_key_cannot_prove_its_master(tmp_path):
    said = proving.sign_in({"pki_dir": str(tmp_path)})
    assert (
        said
        == f"{tmp_path}/minion_master.pub is not there: the minion never accepted a master's key"
    )


def test_a_mere_connection_is_no_proof(opts):
    """The port is open, and what takes the connection is no master."""
    said = proving.sign_in(opts, seconds=60)
    assert said.startswith("no answer to the sign-in, or the master does not accept")


def test_the_way_to_an_address_is_told():
    device, source = proving.route("127.0.0.1")
    assert (device, source) == ("lo", "127.0.0.1")


def test_an_address_that_cannot_be_reached_is_told():
    with pytest.raises(OSError, match=r"no address"):
        proving.route("no address")


@pytest.fixture
def twins():
    """Two ends of a cable in network namespaces of their own: (names, run in one of them)."""
    names = [f"muster{os.getpid()}{end}" for end in "ab"]

    def run(end, *argv):
        command = ["ip", "netns", "exec", names[end], *argv]
        return subprocess.run(command, capture_output=True, text=True)

    try:
        for name in names:
            subprocess.run(["ip", "netns", "add", name], check=True)
        words = ("link", "add", "d0", "netns", names[0], "type", "veth", "peer", "d0")
        subprocess.run(["ip", *words, "netns", names[1]], check=True)
        yield run
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "del", name], check=True)


def test_an_ipv6_address_that_another_host_has_is_no_proof(twins, monkeypatch):
    for end in (0, 1):
        assert twins(end, "ip", "link", "set", "d0", "up").returncode == 0
    for end in (0, 1):
        assert twins(end, "ip", "address", "add", "2001:db8::1/64", "dev", "d0").returncode == 0
        _settled(twins, end)
    monkeypatch.setattr(proving, "_run", lambda command: twins(1, *command))
    assert proving.duplicates(Proof(("d0",), ("2001:db8::1",))) == [
        "the address 2001:db8::1 on d0 is in use by another host: it answers for it"
    ]
    # An address that is none of the change's, a device that is not there.
    assert proving.duplicates(Proof(("d0", "d1"), ("2001:db8::2",))) == []
    monkeypatch.setattr(proving, "_run", lambda command: twins(0, *command))
    assert proving.duplicates(Proof(("d0",), ("2001:db8::1",))) == []


def _settled(twins, end):
    """Wait until the kernel knows about the address."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        words = twins(end, "ip", "-6", "address", "show", "dev", "d0", "to", "2001:db8::1").stdout
        if "2001:db8::1" in words and ("dadfailed" in words or "tentative" not in words):
            return
        time.sleep(0.1)
    raise AssertionError("the kernel did not end its question")
