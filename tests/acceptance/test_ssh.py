"""What sshd itself says of muster's settings, on the nodes of the Ravada cluster."""

from __future__ import annotations

import pytest

MASTER, NODE, ALL = "rvm.example.com", "rv1.example.com", "rv*"
OWN, FOREIGN = "/etc/ssh/sshd_config.d/00-muster.conf", "/etc/ssh/sshd_config.d/50-test.conf"
CONFIGURED = "The SSH server lets root in by a key"
PINNED = "The cluster's nodes are pinned"
SSH = f"ssh -o BatchMode=yes -o ConnectTimeout=5 root@{NODE}"
EFFECTIVE = "sshd -T -C user=root,host=10.77.0.51,addr=10.77.0.51 | grep ^permitrootlogin"


def run(lab, node, command):
    return lab.exec(node, "timeout", "30", "bash", "-c", command)


def works(lab, node, command):
    done = run(lab, node, command)
    assert done.returncode == 0, f"{node}: {command}: {done.stdout}{done.stderr}"
    return done.stdout


def applied(lab, target, *argv):
    """Apply the states of SSH, and of the names it goes by; return results by minion and name."""
    found = lab.salt_json(target, "state.apply", "muster.hosts,muster.ssh", *argv)
    assert found, f"{target} did not answer"
    for states in found.values():
        assert isinstance(states, dict), states
    return {
        node: {each["__id__"]: each for each in states.values()} for node, states in found.items()
    }


@pytest.fixture(scope="module", autouse=True)
def trusted(lab):
    found = applied(lab, ALL)
    assert {each["result"] for states in found.values() for each in states.values()} == {True}
    yield
    lab.salt_json(ALL, "state.apply", "muster.absent")
    # A test stopped it before muster came, so it is stopped again.
    works(lab, NODE, "systemctl enable --now ssh")


@pytest.fixture(autouse=True)
def as_before(lab):
    works(lab, NODE, "cp -a /etc/ssh /tmp/ssh-before")
    yield
    works(lab, NODE, "rm -r /etc/ssh && mv /tmp/ssh-before /etc/ssh && systemctl reload ssh")


def test_a_password_login_ends_and_connections_stay(lab):
    works(lab, NODE, f"rm -f {OWN}; echo PermitRootLogin yes >{FOREIGN}; systemctl reload ssh")
    works(lab, MASTER, f"{SSH} sleep 300 </dev/null >/dev/null 2>&1 & echo $! >/tmp/there; sleep 2")
    found = applied(lab, NODE)[NODE][CONFIGURED]
    assert set(found["changes"]) == {"permitrootlogin"}
    assert "reloaded ssh.service" in found["comment"]
    assert works(lab, NODE, EFFECTIVE).split()[1] in ("prohibit-password", "without-password")
    works(lab, MASTER, "kill -0 $(cat /tmp/there) && kill $(cat /tmp/there)")


def test_settings_that_cannot_win_are_not_written(lab):
    works(
        lab,
        NODE,
        f"rm -f {OWN}; printf 'Match user root\n  PermitRootLogin yes\n' >{FOREIGN}",
    )
    found = applied(lab, NODE)[NODE][CONFIGURED]
    assert found["result"] is False
    assert f"{FOREIGN} line 2 (Match user root: PermitRootLogin yes)" in found["comment"]
    assert run(lab, NODE, f"test -e {OWN}").returncode == 1


def test_a_broken_configuration_is_named_and_the_server_goes_on(lab):
    works(lab, NODE, f"rm -f {OWN}; printf 'PermitRootLogin yes\nBogus yes\n' >{FOREIGN}")
    found = applied(lab, NODE)[NODE][CONFIGURED]
    assert found["result"] is False
    assert f"{FOREIGN}: line 2: Bad configuration option: Bogus" in found["comment"]
    assert run(lab, NODE, f"test -e {OWN}").returncode == 1
    works(lab, MASTER, f"{SSH} true")


def test_a_server_that_never_ran_is_started_with_the_settings(lab):
    works(lab, NODE, f"rm -f {OWN}; echo PermitRootLogin yes >{FOREIGN}")
    works(lab, NODE, "systemctl disable --now ssh; rm -rf /run/sshd")
    found = applied(lab, NODE)[NODE][CONFIGURED]
    assert found["result"] is True, found["comment"]
    assert works(lab, NODE, "systemctl is-enabled ssh; systemctl is-active ssh").split() == [
        "enabled",
        "active",
    ]
    assert "yes" not in works(lab, NODE, EFFECTIVE)


def test_where_somebody_may_need_the_password_it_waits_for_consent(lab):
    works(lab, NODE, f"rm -f {OWN}; echo PermitRootLogin yes >{FOREIGN}; mkdir /opt/ispsystem")
    try:
        found = applied(lab, NODE)[NODE][CONFIGURED]
        assert "permitrootlogin" not in found["changes"]
        assert "permitrootlogin (pending: vmmanager" in found["comment"]
        assert "yes" in works(lab, NODE, EFFECTIVE)
        found = applied(lab, NODE, "pillar={muster_consent: true}")[NODE][CONFIGURED]
        assert "permitrootlogin" in found["changes"]
    finally:
        works(lab, NODE, "rmdir /opt/ispsystem")


def test_another_host_key_than_was_sent_is_named_and_not_pinned(lab):
    pins = works(lab, MASTER, "cat /root/.ssh/known_hosts")
    works(lab, NODE, "rm /etc/ssh/ssh_host_* && ssh-keygen -A >/dev/null && systemctl restart ssh")
    found = applied(lab, MASTER)[MASTER][PINNED]
    assert found["result"] is False
    assert f"{NODE} shows another host key than it sent" in found["comment"]
    assert works(lab, MASTER, "cat /root/.ssh/known_hosts") == pins
