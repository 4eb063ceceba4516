"""With the real ssh-keygen; Salt's mine, which only a master has, is a dictionary here."""

from __future__ import annotations

import hashlib
import json
import subprocess

import pytest

from tests.support.minion import snapshot

OFFERED, AUTHORIZED = "muster_ssh.offered", "muster_ssh.authorized"
PINNED, CONFIGURED = "muster_ssh.pinned", "muster_ssh.configured"
MASTER = {"id": "rvm.example.com", "addresses": ["192.0.2.10"]}
#: Keys that were made for these tests.
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPlz7gM+IfGnOQ4t0NIcHepgEdOSsrWzFISAvQC3NIKk"
OTHER = KEY.replace("Plz7gM", "Plz7gN")
LINE = f'from="192.0.2.10",restrict,pty {KEY} muster:master:rvm.example.com\n'
KEYS = "/root/.ssh/authorized_keys"
KNOWN = "/root/.ssh/known_hosts"
DROP_IN = "/etc/ssh/sshd_config.d/00-muster.conf"
INCLUDE = "Include /etc/ssh/sshd_config.d/*.conf\n"


@pytest.fixture
def mine(minion):
    """What minions told the mine, by function and minion id."""
    told = {"muster_sshkeys.root_keys": {MASTER["id"]: [KEY]}, "muster_sshkeys.host_keys": {}}

    def get(tgt, fun, tgt_type="glob", exclude_minion=False):
        assert tgt_type == "list", "a minion may be called '*'"
        return {id_: told[fun][id_] for id_ in tgt if id_ in told[fun]}

    minion.modules["mine.get"] = get
    return told


@pytest.fixture
def shared(minion):
    """The cluster's list as the master serves it."""
    nodes = [
        {"id": "node1.example.com", "address": "192.0.2.10", "names": ["rvm.example.com"]},
        {"id": "rv1.example.com", "address": "192.0.2.11", "names": ["rv1.example.com", "rv1"]},
        {"address": "192.0.2.1", "names": ["gate.example.com", "gate"]},
    ]
    text = json.dumps(nodes)
    digest = hashlib.sha256(text.encode()).hexdigest()
    path = minion.files / f"muster-shared/hosts-{digest}.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return {"digest": digest, "source": f"salt://muster-shared/hosts-{digest}.json"}


def public(path):
    argv = ["ssh-keygen", "-y", "-P", "", "-f", str(path)]
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split()[:2]


def make(node, name="id_ed25519", kind="ed25519", passphrase=""):
    path = node.path(f"/root/.ssh/{name}")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    argv = ["ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(path)]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    return path


def test_a_key_pair_is_made_where_there_is_none(minion, node, testmode):
    ret = minion.state(OFFERED, test=testmode, host=False, root=node.root)
    assert set(ret["changes"]) == {"pair"}
    assert ret["result"] is (None if testmode else True)
    path = node.path("/root/.ssh/id_ed25519")
    assert path.exists() is not testmode
    if not testmode:
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
        assert node.read("/root/.ssh/id_ed25519.pub").split()[:2] == public(path)
        before = snapshot(node.root)
        assert minion.state(OFFERED, host=False, root=node.root)["changes"] == {}
        assert snapshot(node.root) == before


@pytest.mark.parametrize(("name", "kind"), [("id_rsa", "rsa"), ("id_ecdsa", "ecdsa")])
def test_an_existing_pair_of_any_type_is_enough(converged, minion, node, name, kind):
    path = make(node, name, kind)
    assert converged(OFFERED, host=False)["changes"] == {}
    told = minion.call("muster_sshkeys.root_keys", root=node.root)
    assert [each.split() for each in told] == [public(path)]


def test_a_type_that_is_asked_for_is_made_beside_another(minion, node, testmode):
    path = make(node, "id_rsa", "rsa")
    before = path.read_bytes()
    kwargs = {"host": False, "kinds": ["ssh-ed25519"], "root": node.root}
    assert set(minion.state(OFFERED, test=testmode, **kwargs)["changes"]) == {"pair"}
    assert path.read_bytes() == before
    assert node.path("/root/.ssh/id_ed25519").exists() is not testmode


def test_an_open_private_key_is_closed(converged, node, testmode):
    make(node).chmod(0o644)
    node.path("/root/.ssh").chmod(0o755)
    assert set(converged(OFFERED, host=False)["changes"]) == {"private"}
    if not testmode:
        assert node.path("/root/.ssh/id_ed25519").stat().st_mode & 0o777 == 0o600
        assert node.path("/root/.ssh").stat().st_mode & 0o777 == 0o700


def test_a_pair_with_a_passphrase_is_not_overwritten(fails, node):
    make(node, passphrase="secret")
    said = fails(OFFERED, both=False, host=False)
    assert "/root/.ssh/id_ed25519 is there" in said
    assert "nothing was overwritten" in said


def test_the_public_half_of_another_pair_is_not_told(fails, node):
    make(node)
    node.write("/root/.ssh/id_ed25519.pub", f"{KEY} x\n")
    assert "is another's" in fails(OFFERED, both=False, host=False)


def test_a_public_half_alone_is_not_overwritten(fails, node):
    node.write("/root/.ssh/id_ed25519.pub", f"{KEY} x\n")
    node.path("/root/.ssh").chmod(0o700)
    assert "without its private half" in fails(OFFERED, both=False, host=False)


def test_host_keys_are_told_without_comments_and_only_whole_pairs(minion, node):
    node.write("/etc/ssh/ssh_host_ed25519_key", "secret")
    node.write("/etc/ssh/ssh_host_ed25519_key.pub", f"{KEY} root@rv1\n")
    node.write("/etc/ssh/ssh_host_rsa_key.pub", f"{KEY} root@rv1\n")
    assert minion.call("muster_sshkeys.host_keys", root=node.root) == [KEY]


def test_a_fresh_node_lets_the_master_in(converged, mine, node, testmode):
    ret = converged(AUTHORIZED, master=MASTER, allowed=["pty"])
    assert set(ret["changes"]) == {"key"}
    if not testmode:
        path = node.path(KEYS)
        assert path.read_text() == LINE
        assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_foreign_keys_stay_and_the_masters_old_one_goes(converged, mine, node, testmode):
    foreign = f"# ops\n{OTHER} ops@example.com\n"
    node.write(KEYS, foreign + LINE.replace(KEY, OTHER), 0o600)
    node.path("/root/.ssh").chmod(0o700)
    converged(AUTHORIZED, master=MASTER, allowed=["pty"])
    if not testmode:
        assert node.read(KEYS) == foreign + LINE


def test_open_files_are_closed(converged, mine, node, testmode):
    node.write(KEYS, LINE, 0o644)
    node.path("/root/.ssh").chmod(0o755)
    assert set(converged(AUTHORIZED, master=MASTER, allowed=["pty"])["changes"]) == {"modes"}


def test_a_key_that_does_not_come_is_told_with_who_must_send_it(minion, mine, node, testmode):
    mine["muster_sshkeys.root_keys"].clear()
    kwargs = {"master": MASTER, "wait": 0, "root": node.root}
    ret = minion.state(AUTHORIZED, test=testmode, **kwargs)
    assert ret["result"] is (None if testmode else False)
    assert testmode or "run state.apply on rvm.example.com" in ret["comment"]
    assert not node.path(KEYS).exists()


@pytest.mark.parametrize(
    "sent",
    [
        [f'command="x" {KEY}'],
        [f"{KEY}\n{OTHER}"],
        [f"{KEY} comment"],
        "x",
        {"ssh-ed25519": KEY},
        [KEY.replace("ssh-ed25519", "ssh-rsa")],
    ],
)
def test_nothing_else_than_a_key_gets_in(minion, mine, node, testmode, sent):
    mine["muster_sshkeys.root_keys"][MASTER["id"]] = sent
    ret = minion.state(AUTHORIZED, test=testmode, master=MASTER, wait=0, root=node.root)
    assert ret["result"] is (None if testmode else False)
    assert not node.path(KEYS).exists()


@pytest.mark.parametrize("master", [None, {}, {"id": "*", "addresses": ["192.0.2.10"]}])
def test_a_strange_master(fails, mine, master):
    assert "muster_ssh: master." in fails(AUTHORIZED, master=master)


def test_the_nodes_are_pinned(converged, mine, shared, node, testmode):
    mine["muster_sshkeys.host_keys"]["rv1.example.com"] = [KEY]
    assert set(converged(PINNED, shared=shared)["changes"]) == {"known_hosts"}
    if not testmode:
        assert node.read(KNOWN) == f"rv1.example.com,rv1,192.0.2.11 {KEY}\n"
        assert node.path(KNOWN).stat().st_mode & 0o777 == 0o600


def test_a_reinstalled_node_is_followed(converged, mine, shared, node, testmode):
    mine["muster_sshkeys.host_keys"]["rv1.example.com"] = [KEY]
    node.write(KNOWN, f"gate,rv1 {OTHER} # both\n", 0o600)
    converged(PINNED, shared=shared)
    if not testmode:
        kept = f"gate {OTHER} # both\n"
        assert node.read(KNOWN) == f"{kept}rv1.example.com,rv1,192.0.2.11 {KEY}\n"


def test_a_node_that_sent_no_key_is_named(minion, mine, shared, node, testmode):
    mine["muster_sshkeys.host_keys"]["gate.example.com"] = [KEY]
    ret = minion.state(PINNED, test=testmode, shared=shared, wait=0, root=node.root)
    assert ret["result"] is (None if testmode else False)
    assert testmode or "rv1.example.com sent no host key" in ret["comment"]
    assert not node.path(KNOWN).exists()


ONLY_KEYS = {"root_login": ["prohibit-password"]}


def test_a_right_configuration_stays(converged, node):
    node.write("/etc/ssh/sshd_config", f"{INCLUDE}PermitRootLogin without-password\n")
    assert converged(CONFIGURED, **ONLY_KEYS)["changes"] == {}


def test_a_drop_in_is_written_where_it_wins(converged, node, testmode):
    main = f"{INCLUDE}PermitRootLogin yes\n"
    node.write("/etc/ssh/sshd_config", main)
    assert set(converged(CONFIGURED, **ONLY_KEYS)["changes"]) == {"permitrootlogin"}
    assert node.read("/etc/ssh/sshd_config") == main
    if not testmode:
        assert node.read(DROP_IN).splitlines()[1:] == ["PermitRootLogin prohibit-password"]


def test_a_second_setting_joins_the_first_in_the_drop_in(converged, node, testmode):
    node.write("/etc/ssh/sshd_config", f"{INCLUDE}PermitRootLogin yes\nPubkeyAuthentication no\n")
    node.write(DROP_IN, "PermitRootLogin prohibit-password\n")
    assert set(converged(CONFIGURED, **ONLY_KEYS)["changes"]) == {"pubkeyauthentication"}
    if not testmode:
        wanted = ["PermitRootLogin prohibit-password", "PubkeyAuthentication yes"]
        assert node.read(DROP_IN).splitlines()[1:] == wanted


@pytest.mark.parametrize("main", ["PermitRootLogin yes\n", f"PermitRootLogin yes\n{INCLUDE}"])
def test_without_an_include_in_time_sshd_config_has_the_block(converged, node, testmode, main):
    node.write("/etc/ssh/sshd_config", main)
    converged(CONFIGURED, **ONLY_KEYS)
    assert not node.path(DROP_IN).exists()
    if not testmode:
        text = node.read("/etc/ssh/sshd_config")
        assert text.endswith(f"\n{main}")
        assert "\nPermitRootLogin prohibit-password\n" in text


def test_a_match_block_that_wins_is_named(fails, node):
    node.write("/etc/ssh/sshd_config", f"PermitRootLogin yes\n{INCLUDE}")
    node.write("/etc/ssh/sshd_config.d/a.conf", "Match user root\nPermitRootLogin yes\n")
    said = fails(CONFIGURED, both=False, **ONLY_KEYS)
    assert "/etc/ssh/sshd_config.d/a.conf line 2 (Match user root: PermitRootLogin yes)" in said


def test_a_platform_may_leave_passwords_as_they_are(converged, node):
    node.write("/etc/ssh/sshd_config", "PermitRootLogin yes\n")
    assert converged(CONFIGURED, root_login=["prohibit-password", "yes"])["changes"] == {}


@pytest.mark.parametrize("given", [{"root_login": ["x"]}, {**ONLY_KEYS, "client": "a,b"}])
def test_strange_arguments(fails, given):
    assert "muster_ssh" in fails(CONFIGURED, **given)
