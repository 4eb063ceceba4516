"""kernel, clock, kvm_spice, bridges."""

from __future__ import annotations

import pytest

from saltext.muster.probes import bridges, clock, kernel, kvm_spice
from saltext.muster.probes.source import Source, unknown


def test_kernel(host):
    files = {"/proc/sys/kernel/osrelease": "6.1.0-37-amd64\n", "/proc/sys/kernel/arch": "x86_64\n"}
    assert kernel.read(host(files)) == {"release": "6.1.0-37-amd64", "machine": "x86_64"}


@pytest.mark.parametrize("text", ["", "\n", "../../etc\n"])
def test_a_release_that_is_none_never_becomes_a_path(host, text):
    assert unknown(kernel.read(host({"/proc/sys/kernel/osrelease": text}))["release"])


def test_an_older_captured_kernel_does_not_tell_its_machine(host):
    source = host({"/proc/sys/kernel/osrelease": "5.10.0\n"})
    assert unknown(kernel.read(source)["machine"])


def test_a_clock_goes_forward():
    first, second = clock.read(Source("/")), clock.read(Source("/"))
    assert second["monotonic"] >= first["monotonic"]
    assert first["wall"] > 1.7e9


def test_kvm_spice_absent(host):
    found = kvm_spice.read(host({"/usr/bin/": ""}))
    assert found == {
        "path": "/usr/bin/kvm-spice", "exists": False, "link": "", "executable": False, "kvm": "",
    }  # fmt: skip


def executable(tmp_path, path):
    (tmp_path / "root" / path.lstrip("/")).chmod(0o755)


def test_kvm_spice_as_debian_needs_it(host, tmp_path):
    """Both links: kvm-spice -> kvm -> the emulator."""
    source = host(
        {"/usr/bin/qemu-system-x86_64": "ELF"},
        links={"/usr/bin/kvm-spice": "/usr/bin/kvm", "/usr/bin/kvm": "qemu-system-x86_64"},
    )
    executable(tmp_path, "/usr/bin/qemu-system-x86_64")
    found = kvm_spice.read(source)
    assert (found["exists"], found["link"], found["executable"], found["kvm"]) == (
        True, "/usr/bin/kvm", True, "/usr/bin/kvm",
    )  # fmt: skip


def test_a_dangling_kvm_spice_is_in_the_way_and_no_executable(host):
    found = kvm_spice.read(host(links={"/usr/bin/kvm-spice": "/usr/bin/kvm"}))
    assert (found["exists"], found["link"], found["executable"]) == (True, "/usr/bin/kvm", False)


@pytest.mark.parametrize("mode", [0o755, 0o644])
def test_a_real_file_named_kvm_spice_is_no_link(host, tmp_path, mode):
    source = host({"/usr/bin/kvm-spice": "#!/bin/sh\n"})
    (tmp_path / "root/usr/bin/kvm-spice").chmod(mode)
    found = kvm_spice.read(source)
    assert (found["exists"], found["link"], found["executable"]) == (True, "", mode == 0o755)


def test_kvm_of_the_redhat_family(host, tmp_path):
    source = host({"/usr/libexec/qemu-kvm": "ELF"})
    executable(tmp_path, "/usr/libexec/qemu-kvm")
    assert kvm_spice.read(source)["kvm"] == "/usr/libexec/qemu-kvm"


def link(name):
    return {f"/sys/class/net/{name}/ifindex": "1\n"}


def test_bridges(host):
    files = {**link("lo"), **link("eth0"), **link("gnt-br"), **link("empty-br")}
    for name, stp, delay in (("gnt-br", "1", "1500"), ("empty-br", "0", "0")):
        files[f"/sys/class/net/{name}/bridge/stp_state"] = f"{stp}\n"
        files[f"/sys/class/net/{name}/bridge/forward_delay"] = f"{delay}\n"
        files[f"/sys/class/net/{name}/brif/"] = ""
    files["/sys/class/net/gnt-br/brif/eth0/state"] = "3\n"
    files["/sys/class/net/bonding_masters"] = "bond0\n"
    assert bridges.read(host(files)) == {
        "bridges": {
            "gnt-br": {"ports": ["eth0"], "stp": True, "forward_delay": 15.0},
            "empty-br": {"ports": [], "stp": False, "forward_delay": 0.0},
        },
        "links": ["empty-br", "eth0", "gnt-br", "lo"],
    }


def test_a_bridge_that_vanishes_while_it_is_read_is_unknown(host):
    files = {**link("br0"), "/sys/class/net/br0/bridge/": "", "/sys/class/net/br0/brif/": ""}
    found = bridges.read(host(files))["bridges"]["br0"]
    assert unknown(found["stp"])
    assert unknown(found["forward_delay"])


def test_no_network_at_all_is_not_no_bridges(host):
    found = bridges.read(host())
    assert unknown(found["bridges"])
    assert unknown(found["links"])
