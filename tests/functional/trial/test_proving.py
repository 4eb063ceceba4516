"""What a node must show to keep a change, as far as no real node is needed."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest
import salt.config

from saltext.muster.trial import proving


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


#: Both ends of a cable get one address; what the second one's kernel says of it is judged.
TWINS = """
import json, subprocess, sys, time
from saltext.muster.trial import proving
from saltext.muster.trial.spec import Proof
def ip(*words):
    return subprocess.run(["ip", *words], check=True, capture_output=True, text=True).stdout
ip("link", "add", "d0", "type", "veth", "peer", "name", "d1")
for name in ("d0", "d1"):
    ip("link", "set", name, "up")
for name in ("d0", "d1"):
    ip("address", "add", "2001:db8::1/64", "dev", name)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        words = ip("-6", "address", "show", "dev", name, "to", "2001:db8::1").split()
        if "dadfailed" in words or "tentative" not in words:
            break
        time.sleep(0.1)
asked = [(["d1"], ["2001:db8::1"]), (["d1", "d9"], ["2001:db8::2"]), (["d0"], ["2001:db8::1"])]
found = [proving.duplicates(Proof(tuple(d), tuple(a))) for d, a in asked]
json.dump(found, sys.stdout)
"""


def test_an_ipv6_address_that_another_host_has_is_no_proof():
    """The kernel's own words, in a network namespace that is nobody else's."""
    command = ["unshare", "--map-root-user", "--net", sys.executable, "-c", TWINS]
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}
    )
    assert done.returncode == 0, done.stderr
    taken, another, own = json.loads(done.stdout)
    assert taken == ["the address 2001:db8::1 on d1 is in use by another host: it answers for it"]
    assert (another, own) == ([], [])
