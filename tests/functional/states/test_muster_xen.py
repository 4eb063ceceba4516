"""Xen's files below a folder: Debian 12's own (shortened), and those of the old toolstack."""

from __future__ import annotations

import pytest

MANAGED = "muster_xen.managed"
MIGRATION = {
    "port": 8002,
    "hosts": r"^192\.168\.3\.(6[4-9]|[7-9][0-9]|1([01][0-9]|2[0-7]))$",
    "network": "192.168.3.64/26",
    "address": "192.168.3.71",
}
WANTED = {
    "memory": "1024M",
    "cpus": 1,
    "migration": MIGRATION,
    "consoles": False,
    "routed": False,
    "kernel": "vmlinuz-3-xenU",
    "initrd": "initrd-3-xenU",
}
XL_CONF, XEND = "/etc/xen/xl.conf", "/etc/xen/xend-config.sxp"
XENDOMAINS, GRUB, MENU = "/etc/default/xendomains", "/etc/default/grub", "/boot/grub/menu.lst"
XEN_CFG = "/etc/default/grub.d/xen.cfg"
KERNEL, INITRD = "/boot/vmlinuz-3-xenU", "/boot/initrd-3-xenU"

#: As the packages of Debian 12 have them, without most of their comments.
DEBIAN = {
    XL_CONF: '## Global XL config file ##\n\n#autoballoon="auto"\n\n#claim_mode=1\n',
    XENDOMAINS: 'XENDOMAINS_MIGRATE=""\n\nXENDOMAINS_SAVE=/var/lib/xen/save\n\n'
    "XENDOMAINS_RESTORE=true\n",
    GRUB: 'GRUB_DEFAULT=0\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\nGRUB_CMDLINE_LINUX=""\n',
    XEN_CFG: 'echo "Including Xen overrides from /etc/default/grub.d/xen.cfg" >&2\n\n'
    '#GRUB_CMDLINE_XEN_DEFAULT=""\n#GRUB_CMDLINE_XEN=""\n\n'
    'if [ "$XEN_OVERRIDE_GRUB_DEFAULT" = "1" ]; then\n'
    '\tGRUB_DEFAULT=$( \\\n\t\tprintf "$(gettext "%s, with Xen hypervisor")" \\\n'
    '\t\t"$GRUB_DISTRIBUTOR GNU/Linux")\nfi\n',
    "/usr/sbin/xl": "",
    "/boot/xen-4.17-amd64.gz": "",
    "/boot/vmlinuz-6.1.0-9-amd64": "",
    "/boot/vmlinuz-6.1.0-37-amd64": "",
    "/boot/vmlinuz-6.1.0-40-cloud-amd64": "",
    "/boot/config-6.1.0-37-amd64": "CONFIG_XEN=y\nCONFIG_XEN_DOM0=y\n",
    "/boot/config-6.1.0-40-cloud-amd64": "# CONFIG_XEN is not set\n",
    "/boot/initrd.img-6.1.0-37-amd64": "",
}
LINE = 'GRUB_CMDLINE_XEN="dom0_mem=1024M,max:1024M dom0_max_vcpus=1"\n'

#: As Xen 3.2 had it: settings, and examples of others in comments.
OLD = {
    XEND: "# -*- sh -*-\n#\n# Xend configuration file.\n\n#(xend-http-server no)\n"
    "#(xend-relocation-server no)\n(xend-relocation-server no)\n"
    "# (xend-relocation-hosts-allow '^localhost$')\n"
    "(xend-relocation-hosts-allow '^localhost$ ^localhost\\\\.localdomain$')\n"
    "(network-script network-bridge)\n(vif-script vif-bridge)\n"
    "# Dom0 will balloon out when needed\n(dom0-min-mem 196)\n(dom0-cpus 0)\n"
    "(vnc-listen '127.0.0.1')\n(vncpasswd 'hush')\n",
    XENDOMAINS: '## Type: string\nXENDOMAINS_SAVE="/var/lib/xen/save"\n',
    MENU: "default\t\t0\n### BEGIN AUTOMAGIC KERNELS LIST\n"
    "## Xen hypervisor options to use with the default Xen boot option\n# xenhopt=\n"
    "## Xen Linux kernel options to use with the default Xen boot option\n"
    "# xenkopt=console=tty0\n## ## End Default Options ##\n",
    "/usr/sbin/xend": "",
    "/boot/xen-3.2-1-amd64.gz": "",
    "/boot/vmlinuz-2.6.26-2-xen-amd64": "",
    "/boot/initrd.img-2.6.26-2-xen-amd64": "",
}


@pytest.fixture
def debian(node):
    return filled(node, DEBIAN)


@pytest.fixture
def old(node):
    return filled(node, OLD)


def filled(node, files):
    for path, text in files.items():
        node.write(path, text)
    return node


def test_debian_12(converged, debian, testmode):
    ret = converged(MANAGED, wanted=WANTED)
    assert set(ret["changes"]) == {"memory", "cpus", "balloon", "save", "kernel", "initrd"}
    if testmode:
        return
    assert debian.read(XL_CONF) == DEBIAN[XL_CONF] + 'autoballoon="off"\n'
    assert debian.read(XENDOMAINS) == DEBIAN[XENDOMAINS].replace("/var/lib/xen/save", "")
    assert debian.read(XEN_CFG) == DEBIAN[XEN_CFG] + LINE
    assert debian.read(GRUB) == DEBIAN[GRUB]
    assert debian.path(KERNEL).readlink().name == "vmlinuz-6.1.0-37-amd64"
    assert debian.path(INITRD).readlink().name == "initrd.img-6.1.0-37-amd64"
    assert not debian.path(XEND).exists()


def test_the_old_toolstack(converged, old, testmode):
    wanted = {**WANTED, "kernel": "vmlinuz-2.6-xenU", "initrd": "initrd-2.6-xenU"}
    ret = converged(MANAGED, wanted=wanted)
    relocation = {f"relocation.{key}" for key in ("server", "port", "address", "hosts")}
    assert set(ret["changes"]) == relocation | {
        "memory", "cpus", "balloon", "save", "kernel", "initrd",
    }  # fmt: skip
    if testmode:
        return
    hosts = MIGRATION["hosts"].replace("\\", "\\\\")
    text = OLD[XEND].replace("\n(xend-relocation-server no)", "\n(xend-relocation-server yes)")
    text = text.replace("'^localhost$ ^localhost\\\\.localdomain$'", f"'{hosts}'")
    text = text.replace("(dom0-min-mem 196)", "(dom0-min-mem 0)")
    assert old.read(XEND) == text + "(xend-relocation-port 8002)\n(xend-relocation-address '')\n"
    assert old.read(XENDOMAINS) == '## Type: string\nXENDOMAINS_SAVE=""\n'
    menu = OLD[MENU].replace("# xenhopt=\n", "# xenhopt=dom0_mem=1024M\n")
    assert old.read(MENU) == menu.replace("=console=tty0\n", "=console=tty0 nosmp\n")
    assert old.path("/boot/vmlinuz-2.6-xenU").resolve().name == "vmlinuz-2.6.26-2-xen-amd64"
    assert old.path("/boot/initrd-2.6-xenU").resolve().name == "initrd.img-2.6.26-2-xen-amd64"


def test_routed_instances_get_xends_scripts_in_place(converged, old, testmode):
    ret = converged(MANAGED, wanted={**WANTED, "migration": None, "routed": True})
    assert {"script.network", "script.vif"} <= set(ret["changes"])
    if not testmode:
        assert "(network-script network-route)\n(vif-script vif-route)\n" in old.read(XEND)


def test_open_consoles_are_told_at_every_run(converged, old, minion, testmode):
    wanted = {**WANTED, "migration": None, "consoles": True}
    ret = converged(MANAGED, wanted=wanted)
    assert {"vnc.listen", "vnc.password"} <= set(ret["changes"])
    assert "hush" not in str(ret)
    assert any("without a password" in each for each in ret["warnings"])
    if not testmode:
        assert "\n(vnc-listen '0.0.0.0')\n(vncpasswd '')\n" in old.read(XEND)
        again = minion.state(MANAGED, wanted=wanted, root=old.root)
        assert any("without a password" in each for each in again["warnings"])


def test_xl_has_no_consoles_to_open(converged, debian):
    ret = converged(MANAGED, wanted={**WANTED, "consoles": True})
    assert "warnings" not in ret
    assert not {"vnc.listen", "relocation.server"} & set(ret["changes"])


def test_a_link_that_leads_somewhere_stays(converged, debian, testmode):
    debian.link(KERNEL, "vmlinuz-6.1.0-9-amd64")
    debian.write("/boot/initrd.img-6.1.0-9-amd64")
    changes = converged(MANAGED, wanted=WANTED)["changes"]
    assert "kernel" not in changes
    assert changes["initrd"]["new"] == "initrd.img-6.1.0-9-amd64"
    if not testmode:
        assert str(debian.path(KERNEL).readlink()) == "vmlinuz-6.1.0-9-amd64"


def test_a_link_that_leads_nowhere_is_made_anew(converged, debian):
    debian.link(KERNEL, "vmlinuz-5.10.0-1-amd64")
    changes = converged(MANAGED, wanted=WANTED)["changes"]
    assert changes["kernel"]["old"] == "vmlinuz-5.10.0-1-amd64, which is not there"


def test_a_node_without_xen_says_what_was_looked_for(minion, node, testmode):
    node.path("/boot").mkdir()
    node.path("/usr").mkdir()
    ret = minion.state(MANAGED, test=testmode, wanted=WANTED, root=node.root)
    assert ret["result"] is (None if testmode else False)
    if testmode:
        assert set(ret["changes"]) == {"package"}
    else:
        for path in ("/usr/sbin/xend", XEND, "/usr/sbin/xl", XL_CONF, "xen-system-amd64"):
            assert path in ret["comment"]


def test_an_unknown_boot_loader_says_what_was_looked_for(minion, debian):
    debian.path(GRUB).unlink()
    debian.path(XEN_CFG).unlink()
    ret = minion.state(MANAGED, wanted=WANTED, root=debian.root)
    assert ret["result"] is False
    assert "memory" not in ret["changes"]
    for path in (GRUB, "/boot/grub/grub.cfg", MENU, "GNT-027"):
        assert path in ret["comment"]


def test_no_initrd_of_the_kernel_is_said(minion, debian):
    debian.path("/boot/initrd.img-6.1.0-37-amd64").unlink()
    ret = minion.state(MANAGED, wanted=WANTED, root=debian.root)
    assert ret["result"] is False
    assert "xen_initrd: false" in ret["comment"]


def test_parentheses_that_do_not_match_change_nothing(minion, old):
    old.write(XEND, OLD[XEND] + "(((\n")
    ret = minion.state(MANAGED, wanted=WANTED, root=old.root)
    assert ret["result"] is False
    assert f"{XEND}: its parentheses do not match" in ret["comment"]
    assert old.read(XEND) == OLD[XEND] + "(((\n"


def test_what_the_plan_leaves_alone(converged, debian):
    wanted = {**WANTED, "memory": "", "cpus": 0, "initrd": ""}
    assert set(converged(MANAGED, wanted=wanted)["changes"]) == {"balloon", "save", "kernel"}


@pytest.mark.parametrize(
    "changes", [{"memory": "1G; reboot"}, {"migration": {**MIGRATION, "hosts": ".*"}}, {"x": 1}]
)
def test_a_bad_plan(fails, debian, changes):
    assert "muster_xen: " in fails(MANAGED, wanted={**WANTED, **changes})


@pytest.mark.parametrize("files", [DEBIAN, OLD])
def test_all_of_it_is_taken_back(minion, node, files):
    filled(node, files)
    was = {path: node.path(path).stat().st_mtime_ns for path in files}
    assert minion.state(MANAGED, wanted=WANTED, root=node.root)["result"] is True
    assert minion.state("muster_origins.undone", of="xen", root=node.root)["result"] is True
    assert {path: node.read(path) for path in files} == dict(files)
    assert {path: node.path(path).stat().st_mtime_ns for path in files} == was
    left = {str(path) for path in node.folder.rglob("*") if path.is_file() or path.is_symlink()}
    assert left == {str(node.path(path)) for path in files}
