"""Changes on trial on a real node: whatever fails, everything is put back and said."""

from __future__ import annotations

import json

import pytest

from lab import node as nodes
from lab.recipes import NODES
from lab.run import wait_for
from saltext.muster.trial import runner, units
from saltext.muster.trial.spec import Gateway, New, Proof, Step, Trial, Turn, to_data

NODE = "node1"
FOLDER, LAST = "/var/lib/muster/trial", "/var/lib/muster/last-trial"
MASTER, OWN = "10.77.0.1", {"node1": "10.77.0.11", "node2": "10.77.0.12"}
SILENT = Gateway("10.99.0.254", "trial0")

#: Files as they are before: odd owners, modes and times, a link, one in a folder of its own.
LAYOUT = """
rm -rf /etc/trialled /srv/trialled; mkdir -p /etc/trialled
printf 'old\\n\\377' >/etc/trialled/replaced; chown 1:2 /etc/trialled/replaced
chmod 2604 /etc/trialled/replaced; touch -d '2020-01-01 00:00:00.123456789' /etc/trialled/replaced
echo gone >/etc/trialled/removed; touch -d 2021-01-01 /etc/trialled/removed
echo target >/etc/trialled/target; ln -s target /etc/trialled/link
ln -s nowhere /etc/trialled/dangling
"""
SEEN = """
find /etc/trialled /srv/trialled | sort | while read -r path; do
  stat -c '%n %F %a %u %g %N' "$path"
  test -d "$path" || stat -c %.Y "$path"
  test -f "$path" && sha256sum <"$path"
done
ip -br link | cut -d' ' -f1; ip -br -4 addr; ip route
find /etc/systemd/system | sort
# One that is loaded yet inactive is what systemd remembers of the boot.
systemctl list-units --state=active,activating,failed --plain --no-legend 'muster*'
ls -A /var/lib/muster | grep -vxE 'last-trial|origins'
"""


def step(*argv, **options):
    return Step(argv, **options)


def change(*more, component="network", proof=None, seconds=10, before=(), **other):
    """A harmless change of files and of a bridge that nothing uses."""
    made = [
        step("ip", "link", "add", "trial0", "type", "bridge"),
        step("ip", "link", "set", "trial0", "up"),
        step("ip", "address", "add", "10.99.0.1/24", "dev", "trial0"),
    ]
    files = {
        "/etc/trialled/replaced": New(b"new\n"),
        "/etc/trialled/removed": None,
        "/etc/trialled/link": New(b"through the link\n"),
        "/etc/trialled/dangling": None,
        "/srv/trialled/deep/made": New(b"made\n", 0o640),
    }
    trial = Trial(
        component=component,
        files=files,
        apply=Turn(tuple(before), (*made, *more)),
        undo=Turn((step("ip", "link", "del", "trial0", may_fail=True),)),
        proof=proof or Proof(),
        seconds=seconds,
        **other,
    )
    return json.dumps(to_data(trial))


UNPROVEN = Proof(gateways=(SILENT,))


def out(lab, script, node=NODE):
    done = lab.exec(node, "sh", "-c", script)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def seen(lab, node=NODE):
    return lab.exec(node, "sh", "-c", SEEN).stdout


def told(lab, node=NODE):
    """What the node says of trials."""
    (found,) = lab.salt_json(f"{node}*", "muster_trial.status").values()
    return found


def run(lab, data, node=NODE):
    """Run a change by the master; return its answer as text."""
    return lab.salt("--timeout=60", f"{node}*", "muster_trial.run", data).stdout


def begin(lab, data):
    """Start a change without waiting for its answer."""
    assert lab.salt("--async", f"{NODE}*", "muster_trial.run", data).returncode == 0


def stage(lab, *wanted):
    """Wait until the trial on the node is that far."""
    read = f"cat {FOLDER}/status.json 2>/dev/null || echo '{{}}'"

    def there():
        found = lab.exec(NODE, "sh", "-c", read).stdout
        return json.loads(found or "{}").get("stage") in wanted

    wait_for(f"the stage {wanted}", there, seconds=30)


def ended(lab):
    """Wait until nothing is on trial; return how the last one ended."""
    gone = lambda: lab.exec(NODE, "test", "-e", FOLDER).returncode != 0  # noqa: E731
    wait_for("the end of the trial", gone, seconds=60)
    return json.loads(out(lab, f"cat {LAST}/status.json")), out(lab, f"cat {LAST}/undone").strip()


def owner(lab):
    return json.loads(out(lab, f"cat {FOLDER}/trial.json"))["owner"][0]


def answering(lab):
    """Wait until the minion answers its master."""
    answers = lambda: bool(lab.salt_json("--timeout=5", f"{NODE}*", "test.ping"))  # noqa: E731
    wait_for("the minion", answers, seconds=60)


@pytest.fixture
def before(lab):
    """What is there before the change; it must be there again after the test."""
    lab.exec(NODE, "sh", "-c", "ip link del trial0 2>/dev/null")
    out(lab, LAYOUT)
    yield (was := seen(lab))
    assert seen(lab) == was


@pytest.mark.parametrize("node", OWN)
def test_a_change_is_kept_after_a_fresh_sign_in_from_the_right_address(lab, node):
    out(lab, LAYOUT, node)
    units = out(lab, "find /etc/systemd/system | sort", node)
    proof = Proof(("gnt-br",), (OWN[node],), (Gateway(MASTER, "gnt-br"),))
    listen = "salt-run state.event tagmatch=salt/auth count=1 quiet=False"
    script = f"timeout 40 {listen} >/tmp/signed-in 2>&1 & sleep 4"
    out(lab, script, "master")
    said = run(lab, change(proof=proof), node)
    assert f"the master {MASTER}:4506 answered a fresh sign-in from {OWN[node]}" in said
    assert f"the gateway {MASTER} on gnt-br answered" in said
    assert f'"id": "{node}.example.com"' in out(lab, "cat /tmp/signed-in", "master")
    assert out(lab, "cat /etc/trialled/replaced /etc/trialled/target", node) == (
        "new\nthrough the link\n"
    )
    assert out(lab, "stat -c '%a %u %g' /etc/trialled/replaced", node) == "2604 1 2\n"
    assert out(lab, "stat -c %a /srv/trialled/deep/made", node) == "640\n"
    assert lab.exec(node, "test", "-e", "/etc/trialled/removed").returncode == 1
    assert lab.exec(node, "test", "-L", "/etc/trialled/dangling").returncode == 1
    assert "10.99.0.1/24" in out(lab, "ip -br addr show trial0; ip link del trial0", node)
    assert out(lab, "find /etc/systemd/system | sort", node) == units
    assert out(lab, "find /etc/trialled -name '.*'; ls -A /var/lib/muster", node) == (
        "last-trial\norigins\n"
    )
    found = told(lab, node)
    assert (found["pending"], found["last"]["outcome"]) == (None, "kept")


@pytest.mark.parametrize(
    "data, cause",
    [
        (
            change(step("sh", "-c", "echo no such thing >&2; exit 3"), step("true")),
            "failed: no such thing",
        ),
        (change(step("/nowhere/at/all")), "/nowhere/at/all could not be started: No such file"),
        (change(step("sleep", "99", seconds=1)), "sleep 99 did not end within 1 s"),
        (change(step("sleep", "99", seconds=99), seconds=5), "sleep 99 was at work"),
        (change(before=[step("false")]), "false failed: exit status 1"),
        (
            change(proof=UNPROVEN, seconds=5),
            "not confirmed within 5 s: the gateway 10.99.0.254 on trial0 did not answer",
        ),
        (
            change(proof=Proof(("gnt-br",), ("10.77.0.99",)), seconds=5),
            "the master 10.77.0.1:4506 is reached from 10.77.0.11, wanted 10.77.0.99",
        ),
        (
            change(step("ip", "route", "add", "blackhole", "10.77.0.1"), seconds=5),
            "the master 10.77.0.1:4506 is not reached",
        ),
    ],
)
def test_a_change_that_fails_is_put_back_and_its_cause_is_told(lab, before, data, cause):
    if "blackhole" in data:
        spec = json.loads(data)
        undo = {"argv": ["ip", "route", "del", "blackhole", MASTER], "may_fail": 0, "seconds": 9}
        spec["undo"]["after"] = [{**undo, "may_fail": False}]
        data = json.dumps(spec)
    said = run(lab, data)
    assert cause in said
    assert "put back: the files and the running state" in said
    assert told(lab)["last"]["outcome"] == "undone"


@pytest.mark.parametrize("node", OWN)
def test_another_masters_key_is_no_proof(lab, node):
    """The pinned key is what the node knows its master by."""
    out(lab, LAYOUT, node)
    was = seen(lab, node)
    pinned = "/etc/salt/pki/minion/minion_master.pub"
    out(lab, f"cp -p {pinned} /root/pinned; cp /etc/salt/pki/minion/minion.pub {pinned}", node)
    try:
        said = run(lab, change(seconds=20), node)
    finally:
        out(lab, f"mv /root/pinned {pinned}", node)
    assert "did not let the node sign in" in said
    assert "master key has changed" in said
    assert seen(lab, node) == was


def test_a_second_change_is_refused_while_one_is_pending(lab, before):
    begin(lab, change(component="firewall", proof=UNPROVEN))
    stage(lab, "applying", "waiting")
    said = run(lab, change())
    assert "another change is on trial: firewall, since 2" in said
    assert "within 10 s, run again then" in said
    ended(lab)


@pytest.mark.parametrize("when", ["applying", "waiting"])
def test_the_change_of_a_job_that_is_killed_is_put_back_at_once(lab, before, when):
    more = [step("sleep", "77", seconds=99)] if when == "applying" else []
    begin(lab, change(*more, proof=UNPROVEN, seconds=99))
    stage(lab, when)
    out(lab, f"sleep 1; kill -KILL {owner(lab)}")
    assert ended(lab)[1] == "the job that made the change is gone"
    assert "sleep 77" not in out(lab, "ps -eo args")


def test_a_job_killed_before_its_change_leaves_nothing_that_the_next_does_not_clear(lab, before):
    script = (
        "import sys; sys.path.insert(0, '/var/cache/salt/minion/extmods/utils')\n"
        "from saltext.muster.trial import saving, spec, units\n"
        "import json\n"
        "saving.save(spec.from_data(json.load(open('/root/change'))))\n"
        "units.enable_rollback(sys.executable)\n"
    )
    lab.put(NODE, "/root/change", change(component="firewall"))
    lab.put(NODE, "/root/script.py", script)
    out(lab, "$(sed -n '1s/^#!//p' $(command -v salt-call)) -B /root/script.py")
    assert told(lab)["pending"]["component"] == "firewall"
    assert "put back" in run(lab, change(step("false")))


def test_a_runner_that_is_killed_still_puts_everything_back(lab, before):
    begin(lab, change(proof=UNPROVEN, seconds=99))
    stage(lab, "waiting")
    out(lab, "systemctl kill -s KILL 'muster-trial-*.service'")
    assert ended(lab)[1] == "the trial's own process was ended (KILL)"


def test_the_timer_ends_a_trial_whose_job_hangs(lab, before):
    begin(lab, change(proof=UNPROVEN, seconds=5))
    stage(lab, "waiting")
    pid = owner(lab)
    out(lab, f"kill -STOP {pid}")
    assert ended(lab)[1] == "not confirmed within 5 s"
    # A job that wakes up late says nothing of the change that is on trial by then.
    begin(lab, change(component="firewall", proof=UNPROVEN, seconds=20))
    stage(lab, "waiting")
    out(lab, f"kill -CONT {pid}")
    gone = lambda: lab.exec(NODE, "kill", "-0", str(pid)).returncode != 0  # noqa: E731
    wait_for("the late job's end", gone, seconds=20)
    assert told(lab)["pending"]["component"] == "firewall"
    assert ended(lab)[1].startswith("not confirmed within 20 s: the gateway")


def test_a_master_that_goes_away_is_waited_for_and_told(lab, before):
    begin(lab, change(step("sleep", "3"), seconds=12))
    stage(lab, "applying")
    out(lab, "systemctl stop salt-master", "master")
    try:
        _, reason = ended(lab)
    finally:
        out(lab, "systemctl start salt-master", "master")
        answering(lab)
    assert "not confirmed within 12 s: the master 10.77.0.1:4506 did not let" in reason


@pytest.mark.parametrize("how", [("reboot",), ("reboot", "-ff")])
def test_an_unconfirmed_change_is_put_back_when_the_node_restarts(lab, before, how):
    boot = (step("sh", "-c", "ip -br link >/root/links-at-boot"),)
    begin(lab, change(proof=UNPROVEN, seconds=99, boot=boot))
    stage(lab, "waiting")
    init = nodes.init(NODES[NODE])
    lab.exec(NODE, "systemctl", *how)
    wait_for("the node's end", lambda: not init.alive(), seconds=60)
    nodes.wait_running(NODES[NODE])
    _, reason = ended(lab)
    assert reason == "the node was restarted before the change was kept"
    assert "trial0" not in out(lab, "cat /root/links-at-boot")
    show = "systemctl show --value -p"
    back = out(lab, f"{show} InactiveEnterTimestampMonotonic muster-rollback.service")
    network = out(lab, f"{show} InactiveExitTimestampMonotonic networking.service")
    assert 0 < int(back) < int(network)
    answering(lab)


def full(lab, folder, size="64k"):
    """Mount a small file system over a folder of the node."""
    out(lab, f"mount -t tmpfs -o size={size} tmpfs {folder}")


def test_nothing_is_changed_when_the_disk_is_full(lab, before):
    full(lab, "/var/lib/muster", "32k")
    try:
        said = run(lab, change())
        left = out(
            lab, "find /var/lib/muster -type f; ls -A /var/lib/muster | grep -v origins || true"
        )
    finally:
        out(lab, "umount /var/lib/muster")
    assert "could not be saved" in said
    assert "No space left on device; nothing was changed; free space on its file system" in said
    assert left == ""


@pytest.mark.parametrize("reserve", ["there", "removed"])
def test_files_are_put_back_on_a_disk_that_became_full(lab, reserve):
    """By the copy that waits beside each file, or else in place."""
    lab.exec(NODE, "sh", "-c", "ip link del trial0 2>/dev/null")
    out(lab, "rm -rf /etc/trialled; mkdir /etc/trialled")
    full(lab, "/etc/trialled")
    full(lab, "/var/lib/muster", "256k")
    try:
        out(lab, LAYOUT.replace("rm -rf /etc/trialled", "rm -rf /etc/trialled/*"))
        was = seen(lab)
        begin(lab, change(proof=UNPROVEN, seconds=99))
        stage(lab, "waiting")
        if reserve == "removed":
            out(lab, "rm /etc/trialled/.replaced.muster-old /etc/trialled/.target.muster-old")
        for folder in ("/etc/trialled", "/var/lib/muster"):
            assert lab.exec(NODE, "sh", "-c", f"cat /dev/zero >{folder}/filled").returncode
        out(lab, f"kill -KILL {owner(lab)}")
        state, reason = ended(lab)
        out(lab, "rm /etc/trialled/filled /var/lib/muster/filled")
        assert seen(lab) == was
        assert (state["left"], state["back"]) == ([], [])
        assert reason == "the job that made the change is gone"
    finally:
        out(lab, "umount /etc/trialled /var/lib/muster")


def test_what_cannot_be_put_back_is_told_and_tried_again(lab, before):
    full(lab, "/etc/trialled")
    out(lab, LAYOUT.replace("rm -rf /etc/trialled", "rm -rf /etc/trialled/*"))
    was = seen(lab)
    try:
        guard = step("mount", "-o", "remount,ro", "/etc/trialled")
        said = run(lab, change(guard, step("false")))
        assert "NOT put back: /etc/trialled/replaced: Read-only file system" in said
        assert f"the old files are in {FOLDER}/old" in said
        assert told(lab)["pending"]["stage"] == "left"
        again = run(lab, change())
        assert "an earlier change could not be put back: /etc/trialled/replaced: Read-on" in again
        out(lab, "mount -o remount,rw /etc/trialled")
        assert "false failed" in run(lab, change(step("false")))
        assert seen(lab) == was
    finally:
        out(lab, "umount /etc/trialled")


@pytest.mark.parametrize("folder", ["/etc/trialled", "/etc/systemd/system"])
def test_nothing_is_changed_where_a_folder_is_read_only(lab, before, folder):
    out(lab, f"mount --bind {folder} {folder} && mount -o remount,ro,bind {folder}")
    try:
        said = run(lab, change())
    finally:
        out(lab, f"umount {folder}")
    assert f"{folder}/" in said
    assert "Read-only file system" in said
    assert "nothing was changed" in said or "put back: the files and the running state" in said
    assert told(lab)["pending"] is None


def test_a_running_node_is_not_rolled_back_by_starting_the_units_of_the_boot(lab, before):
    begin(lab, change(proof=UNPROVEN, seconds=8))
    stage(lab, "waiting")
    out(lab, "systemctl daemon-reload; systemctl start muster-rollback.service")
    assert "trial0" in out(lab, "ip -br link")
    assert ended(lab)[1].startswith("not confirmed within 8 s")


def test_without_a_master_to_sign_in_to_nothing_is_begun(lab, before):
    done = lab.exec(NODE, "salt-call", "--local", "muster_trial.run", change())
    assert "there is no master to sign in to" in done.stdout + done.stderr


def test_the_commands_of_a_change_may_leave_a_daemon_behind(lab):
    """A DHCP client that the change started must outlive the trial's unit, and hinder no other."""
    out(lab, LAYOUT)
    daemon = step("sh", "-c", "setsid sleep 4321 & echo $! >/root/daemon")
    said = run(lab, change(daemon))
    assert "kept: " in said
    assert "kept: " in run(lab, change(before=[step("ip", "link", "del", "trial0")]))
    out(lab, "ip link del trial0")
    assert out(lab, "ps -o comm= -p $(cat /root/daemon)") == "sleep\n"
    out(lab, "kill $(cat /root/daemon)")


@pytest.mark.parametrize("node", ["node1", "node3"])
def test_systemd_finds_nothing_wrong_with_the_unit_of_the_boot(lab, node):
    path = f"/run/{runner.ROLLBACK}"
    lab.put(node, path, units.rollback_text("/bin/sh"))
    try:
        done = lab.exec(
            node, "systemd-analyze", "verify", "--man=no", "--recursive-errors=no", path
        )
    finally:
        lab.exec(node, "rm", path)
    said = done.stdout + done.stderr
    assert [line for line in said.splitlines() if runner.ROLLBACK in line] == []
    assert done.returncode == 0
