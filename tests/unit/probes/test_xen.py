"""menu.lst and xend-config.sxp are the samples of Ganeti's tutorial of 2009; the rest is written
from Xen's documentation."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _grub, _sxp, xen
from saltext.muster.probes.source import Absent, unknown

SAMPLE = r"""
(dom0-min-mem 0)
(xend-relocation-server yes)
(xend-relocation-port 8002)
(xend-relocation-address '')
(xend-relocation-hosts-allow '^192\\.168\\.3\\.[0-9]+$')
(vnc-listen '0.0.0.0') (vncpasswd '')
"""
MENU = """
## Xen hypervisor options to use with the default Xen boot option
# xenhopt=dom0_mem=1024M
## Xen Linux kernel options to use with the default Xen boot option
# xenkopt=nosmp
"""
INFO = (
    "host : a\nxen_major : 4\nxen_commandline        : placeholder dom0_mem=1G,max:1G loglvl=all\n"
)
DOM0 = {"/proc/xen/capabilities": "control_d\n", "/sys/hypervisor/type": "xen\n"}


def no_xl(argv):
    if argv[0] == "xl":
        raise Absent("xl is not installed")
    return INFO


def test_the_tutorial_s_settings(host):
    found = xen.read(host({"/etc/xen/xend-config.sxp": SAMPLE}))["xend"]
    assert found["values"] == {
        "dom0-min-mem": "0",
        "xend-relocation-server": "yes",
        "xend-relocation-port": "8002",
        "xend-relocation-address": "",
        "xend-relocation-hosts-allow": r"^192\.168\.3\.[0-9]+$",
        "vnc-listen": "0.0.0.0",
    }
    assert (found["there"], found["vncpasswd"], found["started"]) == (True, False, None)


def test_a_password_is_no_fact(host):
    source = host({"/etc/xen/xend-config.sxp": "(vncpasswd 'hush!') (xend-unix-path hush!)"})
    found = xen.read(source)
    assert found["xend"]["vncpasswd"] is True
    assert "hush" not in json.dumps(found)
    assert source.left_out == [
        {"what": "vncpasswd of /etc/xen/xend-config.sxp", "why": "a password"}
    ]


def test_the_tutorial_s_boot_menu(host):
    found = xen.read(host({"/boot/grub/menu.lst": MENU}))["boot"]
    options = {"hypervisor": ["dom0_mem=1024M"], "kernel": ["nosmp"]}
    assert found == {"loader": "grub", "configured": options, "entries": []}


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("# xenkopt=console=tty0 nosmp", ["console=tty0", "nosmp"]),
        ("## xenkopt=nosmp", []),
        ("xenkopt=nosmp", []),
        ("#xenkopt=nosmp", []),
        ("# xenkopt=nosmp\n# xenkopt=\n", []),
        ("# xenkopt=password=x nosmp", ["nosmp"]),
    ],
)
def test_lines_that_stay_comments(line, options):
    assert _grub.parse_menu(line)["kernel"] == options


def test_grub_2(host):
    files = {
        "/etc/default/grub": "GRUB_CMDLINE_LINUX='console=tty0'\nGRUB_TIMEOUT=$(sleep 1)\n",
        "/etc/default/grub.d/xen.cfg": 'A="dom0_max_vcpus=1"\nGRUB_CMDLINE_XEN="dom0_mem=1G \\\n'
        '$A" # as asked\nGRUB_CMDLINE_LINUX_XEN_REPLACE_DEFAULT="${GRUB_CMDLINE_LINUX} nosmp"\n',
        "/boot/grub2/grub.cfg": "linux /vmlinuz nosmp\nmultiboot /xen.gz dom0_mem=1G\n"
        "module /vmlinuz placeholder nosmp quiet\nmodule /initrd\n"
        "multiboot /other.gz dom0_mem=2G\n",
    }
    assert xen.read(host(files))["boot"] == {
        "loader": "grub2",
        "configured": {
            "hypervisor": ["dom0_mem=1G", "dom0_max_vcpus=1"],
            "kernel": ["console=tty0", "console=tty0", "nosmp"],
        },
        "entries": [{"hypervisor": ["dom0_mem=1G"], "kernel": ["nosmp"]}],
    }


@pytest.mark.parametrize("value", ['"`cat x`"', '"$(cat x)"', "`x`"])
def test_what_only_a_shell_tells_is_unknown(host, value):
    source = host({"/etc/default/grub": f"GRUB_CMDLINE_XEN={value}\n", "/boot/grub/grub.cfg": ""})
    assert unknown(xen.read(source)["boot"])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("X='$A b'", "$A b"),
        ('X="a\\"b"', 'a"b'),
        ("X=a'b c'\"d\" e", "ab cd"),
        ("A=1\nexport X=$A${A}$B;", "11"),
        ("X=a # b", "a"),
        ("X=`x`", None),
        ("X=", ""),
        (" X=a\nX=b", "b"),
    ],
)
def test_a_shell_s_assignments(text, value):
    assert _grub.variables(text)["X"] == value


@pytest.mark.parametrize(
    ("files", "role"),
    [
        (DOM0, "dom0"),
        ({"/proc/xen/capabilities": "\n", "/sys/hypervisor/type": "xen\n"}, "guest"),
        ({"/sys/kernel/": ""}, "none"),
        ({"/sys/hypervisor/type": "kvm\n"}, "none"),
        ({"/sys/hypervisor/type": "xen\n"}, None),
        ({}, None),
    ],
)
def test_roles(host, files, role):
    found = xen.read(host(files))["role"]
    assert unknown(found) if role is None else found == role


def test_what_runs(host):
    files = {
        **DOM0,
        "/sys/hypervisor/version/major": "3\n",
        "/sys/hypervisor/version/minor": "0\n",
        "/sys/hypervisor/version/extra": ".3-1\n",
        "/proc/cmdline": "root=/dev/sda1 ro nosmp token=hush\n",
        "/sys/devices/system/cpu/online": "0,2-3\n",
        "/boot/xen-4.17-amd64.gz": "",
        "/boot/xen-4.17-amd64.config": "",
    }
    found = xen.read(host(files, links={"/boot/vmlinuz-3-xenU": "gone"}, run=no_xl))
    assert found["version"] == "3.0.3-1"
    assert found["images"] == ["xen-4.17-amd64.gz"]
    assert found["running"] == {
        "hypervisor": ["dom0_mem=1G,max:1G"],
        "kernel": ["nosmp"],
        "cpus": 3,
    }
    assert found["links"] == {"vmlinuz-3-xenU": {"target": "gone", "resolves": False}}


def test_when_xend_was_started(host):
    fields = "S 1 7 7 0 -1 4194560 100 0 0 0 5 5 0 0 20 0 1 0 12345 1 1"
    files = {
        "/var/run/xend.pid": "7\n",
        "/proc/7/stat": f"7 (xend) (x) {fields}\n",
        "/proc/stat": "cpu 1\nbtime 1000000000\n",
    }
    assert xen.read(host(files))["xend"]["started"] == 1000000123.45
    assert unknown(xen.read(host({"/proc/7/stat": "7 (xend) S 1\n"}))["xend"]["started"])
    assert unknown(xen.read(host({"/var/run/xend.pid": "../1\n"}))["xend"]["started"])


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"/etc/default/xendomains": 'XENDOMAINS_SAVE=""\n'}, ""),
        ({"/etc/default/xendomains": "XENDOMAINS_SAVE=/a # b\n"}, "/a"),
        ({"/etc/sysconfig/xendomains": "XENDOMAINS_SAVE=/a\n"}, "/a"),
        ({"/etc/default/xendomains": "XENDOMAINS_SAVE= # none\n"}, ""),
        ({}, ""),
    ],
)
def test_what_is_saved(host, files, found):
    assert xen.read(host({"/etc/xen/": "", **files}))["xendomains"]["save"] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "auto"),
        ("#autoballoon=0", "auto"),
        ('autoballoon="off"', "off"),
        ("autoballoon = 1", "on"),
        ("autoballoon='auto'\nautoballoon=0", "off"),
    ],
)
def test_autoballoon(text, found):
    assert xen.parse_autoballoon(text) == found


@pytest.mark.parametrize(
    ("text", "count"), [("0\n", 1), ("0-3,6\n", 5), ("", None), ("x", None), ("3-1", 0)]
)
def test_processors(text, count):
    assert xen.count_cpus(text) == count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(a b)", {"a": "b"}),
        ("(a)(b '')", {"a": "", "b": ""}),
        ("#(a b)\n(a c) (a d)", {"a": "c"}),
        ("(a (b c)) (d e f)", {"a": None, "d": None}),
        ('(a "x\\ty\\"") (b \'\\q\')', {"a": 'x\ty"', "b": None}),
        (") (a b", {}),
        ("(a 'open\n(b c))", {"a": None}),
    ],
)
def test_lists(text, found):
    assert _sxp.parse(text) == found


@given(st.text() | st.text(alphabet="()'\"\\# \nab$={}`-,0"))
def test_no_text_makes_a_parser_raise(text):
    _sxp.parse(text)
    _grub.parse_menu(text)
    _grub.parse_entries(text)
    _grub.variables(text)
    xen.parse_info(text)
    xen.parse_autoballoon(text)
    xen.count_cpus(text)


def odd(path):
    path.write_bytes(bytes(range(256)) * 40)


@pytest.mark.parametrize("make", [odd, lambda path: path.mkdir()])
def test_odd_files_never_stop_the_probe(host, tmp_path, make):
    source = host()
    for path in (
        "/proc/xen/capabilities", "/proc/cmdline", "/proc/stat", "/sys/hypervisor/type",
        "/sys/hypervisor/version/major", "/sys/devices/system/cpu/online", "/var/run/xend.pid",
        "/etc/xen/xend-config.sxp", "/etc/xen/xl.conf", "/etc/default/xendomains",
        "/etc/default/grub", "/boot/grub/grub.cfg", "/boot/grub/menu.lst", "/boot/vmlinuz-3-xenU",
    ):  # fmt: skip
        here = tmp_path / "root" / path.lstrip("/")
        here.parent.mkdir(parents=True, exist_ok=True)
        make(here)
    json.dumps(xen.read(source))


def test_grub_2_before_its_first_menu(host):
    files = {"/etc/default/grub": 'GRUB_CMDLINE_XEN="dom0_mem=1G"\n', "/boot/": ""}
    found = xen.read(host(files))["boot"]
    assert (found["loader"], found["entries"]) == ("grub2", [])
    assert found["configured"]["hypervisor"] == ["dom0_mem=1G"]


def test_an_entry_of_the_recovery_mode_has_other_options():
    entry = (
        "multiboot2 /boot/xen-4.17-amd64.gz placeholder {}\nmodule2 /vmlinuz placeholder ro {}\n"
    )
    text = entry.format("dom0_mem=1G", "quiet") + entry.format("", "single")
    assert _grub.parse_entries(text) == [{"hypervisor": ["dom0_mem=1G"], "kernel": []}]


def test_kernels_that_guests_can_run_the_newest_first(host):
    names = (
        "vmlinuz-6.1.0-9-amd64", "vmlinuz-6.1.0-37-amd64", "initrd.img-6.1.0-37-amd64",
        "vmlinuz-3-xenU", "vmlinuz-6.1.0-38-amd64.old", "vmlinuz-5.14.0-1.el9.x86_64",
        "initramfs-5.14.0-1.el9.x86_64.img", "vmlinuz-6.1.0-40-cloud-amd64", "vmlinuz",
        "vmlinuz-6.1.0-41-amd64.muster-20260101T000000.000000Z", "xen-4.17-amd64.gz",
    )  # fmt: skip
    configs = {
        "/boot/config-6.1.0-40-cloud-amd64": "# CONFIG_XEN is not set\n",
        "/boot/config-6.1.0-37-amd64": "CONFIG_XEN=y\n",
    }
    assert xen.read(host({**{f"/boot/{name}": "" for name in names}, **configs}))["kernels"] == [
        {"kernel": "vmlinuz-6.1.0-37-amd64", "initrd": "initrd.img-6.1.0-37-amd64"},
        {"kernel": "vmlinuz-6.1.0-9-amd64", "initrd": ""},
        {"kernel": "vmlinuz-5.14.0-1.el9.x86_64", "initrd": "initramfs-5.14.0-1.el9.x86_64.img"},
    ]


def test_xl_s_file_is_told(host):
    assert xen.read(host({}))["xl"]["there"] is False
    assert xen.read(host({"/etc/xen/xl.conf": ""}))["xl"] == {"there": True, "autoballoon": "auto"}
