from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _modprobe


def pairs(options):
    return [(each["option"], each["value"]) for each in options]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("options drbd minor_count=128", [("minor_count", "128")]),
        ("options drbd minor-count=128", [("minor_count", "128")]),
        ("  options\tdrbd  a=1   b=2 ", [("a", "1"), ("b", "2")]),
        ("options drbd a=1\noptions drbd a=2\n", [("a", "1"), ("a", "2")]),
        ('options drbd helper="/bin/my true" a=1', [("helper", "/bin/my true"), ("a", "1")]),
        ("options drbd disable_sendpage", [("disable_sendpage", "")]),
        ("options drbd \\\n  a=1 \\\n  b=2\n", [("a", "1"), ("b", "2")]),
        ("# options drbd a=1", []),
        ("options drbd", []),
        ("options drbd_transport_tcp a=1", []),
        ("options  loop drbd=1", []),
        ("option drbd a=1", []),
        ("options drbd a=1\r\n", [("a", "1")]),
    ],
)
def test_options(text, wanted):
    assert pairs(_modprobe.parse_options(text, "drbd", "x")) == wanted


def test_a_dash_and_an_underscore_name_one_module():
    assert pairs(_modprobe.parse_options("options kvm-intel nested=1", "kvm_intel", "x"))


def test_options_tell_where_they_stand():
    text = "# c\noptions drbd \\\n a=1\noptions drbd b=2\n"
    found = _modprobe.parse_options(text, "drbd", "/etc/modprobe.d/x.conf")
    assert found[0] == {"option": "a", "value": "1", "file": "/etc/modprobe.d/x.conf", "line": 2}
    assert found[1]["line"] == 4


def test_precedence_is_by_file_name_and_etc_hides_the_rest(host):
    files = {
        "/etc/modprobe.d/b.conf": "options drbd a=etc\n",
        "/usr/lib/modprobe.d/b.conf": "options drbd a=hidden\n",
        "/usr/lib/modprobe.d/z.conf": "options drbd a=last\n",
        "/run/modprobe.d/a.conf": "options drbd a=first\n",
        "/lib/modprobe.d/y.conf": "options drbd a=lib\n",
        "/etc/modprobe.d/zz.conf.bak": "options drbd a=none\n",
    }
    found = _modprobe.options(host(files), "drbd")
    assert [each["value"] for each in found] == ["first", "etc", "lib", "last"]


def test_a_link_to_dev_null_takes_a_file_out_of_force(host):
    source = host(
        {"/usr/lib/modprobe.d/a.conf": "options drbd a=1\n"},
        {"/etc/modprobe.d/a.conf": "/dev/null"},
    )
    assert _modprobe.options(source, "drbd") == []


def test_merged_usr_lists_a_file_once(host):
    source = host({"/usr/lib/modprobe.d/a.conf": "options drbd a=1\n"}, {"/lib": "usr/lib"})
    assert len(_modprobe.options(source, "drbd")) == 1


def test_the_kernel_s_command_line_has_the_last_word(host):
    files = {
        "/etc/modprobe.d/a.conf": "options drbd minor_count=128\n",
        "/proc/cmdline": "ro drbd.minor_count=64 drbdx.minor_count=1\n",
    }
    assert pairs(_modprobe.options(host(files), "drbd")) == [
        ("minor_count", "128"), ("minor_count", "64"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("blacklist drbd", "/etc/modprobe.d/x.conf:1: blacklist drbd"),
        ("install drbd /bin/true", "/etc/modprobe.d/x.conf:1: install drbd /bin/true"),
        ("blacklist drbd9", ""),
        ("# blacklist drbd", ""),
        ("softdep drbd pre: x", ""),
    ],
)
def test_blocked(host, line, found):
    assert _modprobe.blocked(host({"/etc/modprobe.d/x.conf": f"{line}\n"}), "drbd") == found


@pytest.mark.parametrize("folder", ["/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"])
def test_at_boot(host, folder):
    assert _modprobe.at_boot(host({f"{folder}/modules-load.d/x.conf": "drbd\n"}), "drbd")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("drbd", True), ("# c\n; c\n  drbd \r\n", True), ("loop\ndrbd\n", True),
        # systemd takes the whole line for a name, so it loads nothing.
        ("drbd minor_count=128\n", False), ("#drbd\n", False), ("drbd8\n", False), ("", False),
    ],
)  # fmt: skip
def test_listed(text, wanted):
    assert _modprobe.listed(text, "drbd") is wanted


def test_the_vendor_s_file_may_be_masked_by_etc(host):
    """drbd-utils ships /usr/lib/modules-load.d/drbd.conf."""
    source = host({"/usr/lib/modules-load.d/drbd.conf": "drbd\n"})
    assert _modprobe.at_boot(source, "drbd")
    host({"/etc/modules-load.d/drbd.conf": "# nothing\n"})
    assert not _modprobe.at_boot(source, "drbd")


def test_etc_modules(host):
    assert _modprobe.at_boot(host({"/etc/modules": "# c\ndrbd\n"}), "drbd")


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("kernel/drivers/block/drbd/drbd.ko: kernel/lib/lru_cache.ko", True),
        ("kernel/drivers/block/drbd/drbd.ko.xz:", True),
        ("updates/dkms/drbd.ko.zst: ", True),
        ("drbd.ko:", True),
        ("kernel/drivers/block/drbd/drbd.ko", True),
        ("kernel/drivers/block/drbd_transport_tcp.ko: kernel/drbd/drbd.ko", False),
        ("kernel/xdrbd.ko:", False),
        ("kernel/drbdx.ko:", False),
        ("", False),
    ],
)
def test_indexed(line, wanted):
    assert _modprobe.indexed(f"kernel/a.ko:\n{line}\nkernel/b.ko: x\n", "drbd") is wanted


def test_a_module_s_file_may_have_dashes():
    assert _modprobe.indexed("kernel/kvm-intel.ko:\n", "kvm_intel")


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    _modprobe.parse_options(text, "drbd", "x")
    _modprobe.listed(text, "drbd")
    _modprobe.indexed(text, "drbd")


OPTION = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
VALUE = st.from_regex(r"[A-Za-z0-9/._:-]{0,8}", fullmatch=True)


@given(st.lists(st.lists(st.tuples(OPTION, VALUE), min_size=1)), st.sampled_from([" ", " \\\n "]))
def test_what_is_rendered_is_read_back(lines, between):
    text = "".join(
        "options drbd " + between.join(f"{name}={value}" for name, value in line) + "\n# c\n"
        for line in lines
    )
    found = _modprobe.parse_options(text, "drbd", "x")
    assert pairs(found) == [pair for line in lines for pair in line]
