from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import restart
from saltext.muster.probes.source import Unreadable, unknown

BOOT = {"/proc/stat": "cpu 1 2 3\nbtime 1700000000\n"}
TAIL = " 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 {} 0 0\n"
MAPS = (
    "55d0-55d1 r-xp 00000000 fd:00 12 /usr/sbin/libvirtd{}\n"
    "7f00-7f01 r-xp 00000000 fd:00 13 /usr/lib64/libvirt.so.0.8000.0\n"
    "7f02-7f03 rw-s 00000000 00:01 99 /dev/zero (deleted)\n"
    "7f04-7f05 rw-p 00000000 00:01 98 /tmp/x (deleted)\n"
    "7f06-7f07 rw-p 00000000 00:00 0 [heap]\n"
    "7f08-7f09 rw-p 00000000 00:00 0\n"
)


def daemon(pid, name, start, maps=""):
    return {
        f"/proc/{pid}/stat": f"{pid} ({name}) S 1" + TAIL.format(start),
        f"/proc/{pid}/maps": MAPS.format(maps),
    }


def test_a_daemon_of_today(host):
    found = restart.read(host({**BOOT, **daemon(900, "libvirtd", 1599)}))
    assert found["boot"] == 1700000000
    assert found["daemons"] == {"libvirtd": {"pid": 900, "started": 1700000015, "deleted": []}}


def test_a_daemon_whose_program_was_replaced(host):
    found = restart.read(host({**BOOT, **daemon(900, "virtqemud", 1, " (deleted)")}))
    assert found["daemons"]["virtqemud"]["deleted"] == ["/usr/sbin/libvirtd"]


def test_the_oldest_process_is_the_daemon(host):
    files = {**daemon(900, "libvirtd", 100), **daemon(950, "libvirtd", 90000)}
    assert restart.read(host({**BOOT, **files}))["daemons"]["libvirtd"]["pid"] == 900


def test_without_a_time_of_boot_nothing_is_said_of_the_start(host):
    found = restart.read(host(daemon(900, "libvirtd", 100)))
    assert unknown(found["boot"])
    assert unknown(found["daemons"]["libvirtd"]["started"])
    assert found["daemons"]["libvirtd"]["deleted"] == []


def test_maps_that_only_root_may_read_are_unknown(host):
    found = restart.read(host({**BOOT, **daemon(900, "libvirtd", 1), "/proc/1/maps/": ""}))
    assert not unknown(found["daemons"])
    source = host({"/proc/901/stat": "901 (virtlxd) S 1" + TAIL.format(1)})
    assert unknown(restart.read(source)["daemons"]["virtlxd"]["deleted"])


def test_kernels(host):
    names = ("vmlinuz-4.18.0-513.el8.x86_64", "vmlinuz-0-rescue-aa", "initrd.img-5", "vmlinuz")
    source = host({f"/boot/{name}": "" for name in names}, links={"/boot/vmlinuz-9.9": "gone"})
    assert restart.read(source)["kernels"] == ["4.18.0-513.el8.x86_64"]


def test_no_kernel_is_unknown(host):
    assert unknown(restart.read(host({"/boot/grub/": ""}))["kernels"])


def test_a_reboot_that_is_asked_for(host):
    assert restart.read(host())["reboot_required"] == {"marked": False, "packages": []}
    files = {"/run/reboot-required": "x\n", "/run/reboot-required.pkgs": "b\na\nb\n\n"}
    found = restart.read(host(files))["reboot_required"]
    assert found == {"marked": True, "packages": ["a", "b"]}


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    restart.parse_maps(text)
    with pytest.raises(Unreadable):
        restart.parse_boot(f"x{text}".replace("btime", ""))
