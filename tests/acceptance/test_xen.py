"""Debian's own Xen packages and GRUB on a real node, up to the reboot that a container has not.

Two parts are stand-ins. A container has no block device below its root, so grub-probe, which
looks for it, says one; the first test shows what becomes of a node where it does not. And
20_linux_xen makes entries for kernels that are in /boot, which a container's root has not.
"""

from __future__ import annotations

import json

import pytest

NODE, ID = "xen1", "xen1.example.com"
VERSION = "6.1.0-37-amd64"
CFG, MENU = "/etc/default/grub.d/xen.cfg", "/boot/grub/grub.cfg"
XEN = "Xen is set up for instances"
REBOOT = ("GNT-018", "GNT-020", "GNT-021", "GNT-027", "GNT-028")
PROBE = """\
#!/bin/sh
case "$*" in
*--target=device*) echo /dev/vda1 ;;
*--target=fs_uuid*) echo 0a1b2c3d-0000-4000-8000-000000000001 ;;
*--target=fs*) echo ext2 ;;
*--target=drive*) echo "(hd0,msdos1)" ;;
*--target=partmap*) echo msdos ;;
esac
"""
#: As an administrator leaves them: GRUB's settings, and a kernel for Xen's first domain.
PREPARED = f"""\
cp /usr/share/grub/default/grub /etc/default/grub
mkdir -p /boot/grub
echo kernel >/boot/vmlinuz-{VERSION}
echo initrd >/boot/initrd.img-{VERSION}
printf 'CONFIG_XEN=y\\nCONFIG_XEN_DOM0=y\\n' >/boot/config-{VERSION}
"""
#: Prints what is below folders, so finely that a touch of a file is seen.
SNAPSHOT = """\
import hashlib, json, os
found = {}
for top in ("/etc", "/boot"):
    for folder, folders, files in os.walk(top):
        for name in folders + files:
            path = os.path.join(folder, name)
            status = os.lstat(path)
            told = [status.st_mode, status.st_uid, status.st_gid]
            if os.path.islink(path):
                told.append(os.readlink(path))
            elif os.path.isfile(path):
                told += [status.st_mtime_ns, hashlib.sha256(open(path, "rb").read()).hexdigest()]
            found[path] = told
print(json.dumps(found))
"""


def out(lab, *argv):
    done = lab.exec(NODE, *argv)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def applied(lab, *argv):
    """Return the states that ran, by their sentences."""
    done = lab.exec(NODE, "salt-call", "--out=json", "state.apply", *argv)
    states = json.loads(done.stdout)["local"]
    assert isinstance(states, dict), states
    return {state["__id__"]: state for state in states.values()}


def verdicts(lab):
    # Its status is that of all rows, and other components have not been applied.
    report = json.loads(lab.exec(NODE, "salt-call", "--out=json", "muster.check").stdout)["local"]
    return {verdict["id"]: verdict for verdict in report["verdicts"]}


def configuration(lab):
    """Return the state of each file of the node by its path; of the boot menu, that it is there."""
    found = json.loads(out(lab, "python3", "-c", SNAPSHOT))
    return {path: told for path, told in found.items() if path != MENU}


@pytest.fixture(scope="module")
def node(lab):
    """A node with Xen's packages, which muster installed, and nothing else of it."""
    out(lab, "sh", "-c", PREPARED)
    states = applied(lab, "muster.packages")
    assert all(state["result"] for state in states.values()), states
    assert "xen-system-amd64" in out(lab, "dpkg", "-l", "xen-system-amd64")
    return lab


@pytest.fixture(scope="module")
def before(node):
    """The node's files before muster set up Xen."""
    return configuration(node)


@pytest.fixture(scope="module")
def broken(node, before):
    """What became of a run on the node where GRUB's own grub-probe fails."""
    return applied(node, "muster.xen")[XEN]


@pytest.fixture(scope="module")
def bootable(node, broken):
    """The node with a grub-probe that works."""
    node.put(NODE, "/usr/sbin/grub-probe", PROBE)
    out(node, "update-grub")
    return node


@pytest.fixture(scope="module")
def runs(bootable):
    """Xen's state in test mode, for real, and once more."""
    return [applied(bootable, "muster.xen", *mode)[XEN] for mode in (("test=True",), (), ())]


def test_a_boot_menu_that_cannot_be_made_leaves_the_boot_loader_as_it_was(broken, before):
    assert broken["result"] is False
    assert "update-grub failed" in broken["comment"]
    assert "grub-probe: error" in broken["comment"]
    assert f"put back: {CFG}" in broken["comment"]
    assert not {"memory", "cpus", "menu"} & set(broken["changes"])
    assert {"balloon", "save", "kernel", "initrd"} <= set(broken["changes"])


def test_the_file_was_put_back(node, before, broken):
    assert out(node, "dpkg", "-V", "xen-hypervisor-common").count(CFG) == 0


def test_mode_test_was_true(runs):
    told, done, _ = runs
    assert (told["result"], done["result"]) == (None, True)
    assert told["changes"] == done["changes"]
    assert set(done["changes"]) == {"memory", "cpus"}


def test_the_second_run_changes_nothing_and_says_what_waits(runs):
    again = runs[2]
    assert (again["result"], again["changes"]) == (True, {})
    assert any("reboot" in warning for warning in again["warnings"])


def test_each_entry_for_xen_passes_the_options(node, runs):
    entries = [
        line.split() for line in out(node, "cat", MENU).splitlines() if "multiboot2\t" in line
    ]
    assert entries
    for entry in entries:
        assert {"dom0_mem=1024M,max:1024M", "dom0_max_vcpus=1"} <= set(entry)


def test_the_links_lead_to_the_kernel(node, runs):
    assert out(node, "readlink", "/boot/vmlinuz-3-xenU").strip() == f"vmlinuz-{VERSION}"
    assert out(node, "readlink", "-e", "/boot/initrd-3-xenU").strip().endswith(VERSION)


def test_every_row_of_xen_passes_or_waits_for_the_reboot(node, runs):
    found = verdicts(node)
    for number in range(18, 33):
        verdict = found[f"GNT-0{number}"]
        if verdict["id"] in REBOOT:
            assert verdict["status"] == "pending", verdict
            assert "reboot" in verdict["reason"]
        else:
            assert verdict["status"] in ("pass", "skip"), verdict
    assert {found[id_]["status"] for id_ in ("GNT-019", "GNT-022", "GNT-031", "GNT-032")} == {
        "pass"
    }
    assert "xl manages this Xen" in found["GNT-023"]["reason"]


def test_a_restart_of_xend_is_one_of_its_own_script(node):
    """No xend runs on a system with Python 3.10: a script says how it was called."""
    script = '#!/bin/sh\necho "$@" >>/run/xend-called\n'
    node.put(NODE, "/etc/init.d/xend", script)
    out(node, "chmod", "+x", "/etc/init.d/xend")
    out(node, "salt-call", "muster_xen.undo", "{xend: ran}")
    assert out(node, "cat", "/run/xend-called") == "restart\n"
    node.put(NODE, "/etc/init.d/xend", "#!/bin/sh\necho no such hypervisor >&2\nexit 1\n")
    done = node.exec(NODE, "salt-call", "--retcode-passthrough", "muster_xen.undo", "{xend: ran}")
    assert done.returncode != 0
    assert "no such hypervisor" in done.stdout + done.stderr
    out(node, "rm", "/etc/init.d/xend", "/run/xend-called")


def test_all_of_it_is_taken_back_byte_for_byte(node, before, runs):
    """The node is as before muster set up Xen, its packages apart."""
    states = applied(node, "muster.absent")
    assert all(state["result"] for state in states.values()), states
    assert configuration(node) == before
    entries = [line for line in out(node, "cat", MENU).splitlines() if "multiboot2\t" in line]
    assert entries
    assert not any("dom0_" in entry for entry in entries)


def test_options_of_an_administrator_stay_in_their_order(node, runs):
    """After muster's work was taken back: what others write since could not be."""
    kept = out(node, "cat", CFG)
    line = 'GRUB_CMDLINE_XEN="com1=115200,8n1 dom0_mem=4G,max:4G loglvl=all"  # as asked\n'
    node.put(NODE, CFG, kept + line)
    out(node, "update-grub")
    assert verdicts(node)["GNT-027"]["status"] == "warn"
    state = applied(node, "muster.xen")[XEN]
    assert state["changes"]["memory"] == {"old": "4096M", "new": "1024M"}
    wanted = "com1=115200,8n1 dom0_mem=1024M,max:1024M loglvl=all dom0_max_vcpus=1"
    assert f'GRUB_CMDLINE_XEN="{wanted}"  # as asked\n' in out(node, "cat", CFG)
    assert wanted in out(node, "cat", MENU)
