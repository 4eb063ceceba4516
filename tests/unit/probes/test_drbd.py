"""/proc/drbd is written from documentation (DRBD 8.4's user's guide)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _drbdconf, drbd
from saltext.muster.probes.source import unknown

IDLE = "version: 8.4.11 (api:1/proto:86-101)\nsrcversion: 211FB288A383ED945B83420\n"
BUSY = IDLE + (
    "\n 0: cs:Connected ro:Primary/Secondary ds:UpToDate/UpToDate C r-----\n"
    "    ns:1 nr:0 dw:1 dr:1 al:1 bm:0 lo:0 pe:0 ua:0 ap:0 ep:1 wo:f oos:0\n"
)
# Seen with Debian's kernel 6.1 after drbdsetup new-minor.
UNCONFIGURED = IDLE + " 0: cs:Unconfigured\n"
LOADED = {
    "/sys/module/drbd/parameters/minor_count": "32\n",
    "/sys/module/drbd/parameters/usermode_helper": "drbdadm\n",
    "/sys/module/drbd/refcnt": "0\n",
    "/sys/module/drbd/version": "8.4.11\n",
}
NOT_LOADED = {"/sys/module/loop/": ""}
KERNEL = {"/proc/sys/kernel/osrelease": "6.1.0\n"}


def test_loaded_with_its_defaults_while_configured_otherwise(host):
    """drbd-utils loads the module at boot; options given later change nothing."""
    files = {
        **LOADED, **KERNEL, "/proc/drbd": IDLE,
        "/etc/modprobe.d/d.conf": "options drbd minor_count=128 usermode_helper=/bin/true\n",
        "/usr/lib/modules-load.d/drbd.conf": "drbd\n",
    }  # fmt: skip
    found = drbd.read(host(files))
    assert found.pop("options")[0]["file"] == "/etc/modprobe.d/d.conf"
    assert found == {
        "loaded": True,
        "version": "8.4.11",
        "available": True,
        "parameters": {"minor_count": "32", "usermode_helper": "drbdadm"},
        "configured": {"minor_count": "128", "usermode_helper": "/bin/true"},
        "boot": True,
        "listed": [{"file": "/usr/lib/modules-load.d/drbd.conf", "line": 1, "text": "drbd"}],
        "blocked": "",
        "in_use": False,
        "resources": [],
    }


def test_not_loaded(host):
    found = drbd.read(host({**NOT_LOADED, **KERNEL}))
    assert (found["loaded"], found["available"], found["in_use"]) == (False, False, False)
    assert found["parameters"] == {"unknown": "module drbd is not loaded"}
    assert unknown(found["version"])


@pytest.mark.parametrize("name", ["modules.dep", "modules.builtin"])
def test_available_for_the_running_kernel_alone(host, name):
    index = {f"/lib/modules/6.1.0/{name}": "kernel/drivers/block/drbd/drbd.ko:\n"}
    assert drbd.read(host({**NOT_LOADED, **KERNEL, **index}))["available"] is True
    host({"/proc/sys/kernel/osrelease": "6.12.0\n"})
    assert drbd.read(host())["available"] is False


def test_the_file_s_version_is_asked_for_when_it_is_not_loaded(host):
    def run(argv):
        assert argv == ["modinfo", "-F", "version", "drbd"]
        return "8.4.11\n"

    assert drbd.read(host(NOT_LOADED, run=run))["version"] == "8.4.11"


def test_a_module_without_a_version_is_unknown(host):
    assert unknown(drbd.read(host(NOT_LOADED, run=lambda argv: "\n"))["version"])


@pytest.mark.parametrize(
    ("files", "in_use"),
    [
        ({**LOADED, "/proc/drbd": BUSY}, True),
        ({**LOADED, "/sys/module/drbd/refcnt": "2\n"}, True),
        ({**LOADED, "/proc/drbd": UNCONFIGURED}, True),
        ({**LOADED, "/proc/drbd": UNCONFIGURED.replace("8.4.11", "8.3.16")}, False),
        (LOADED, False),
        ({"/sys/module/drbd/": "", "/proc/drbd": IDLE}, False),
        ({"/sys/module/drbd/": "", "/proc/drbd": "version: 9.2.1 (api:2)\n"}, None),
        ({"/sys/module/drbd/": ""}, None),
    ],
)
def test_in_use(host, files, in_use):
    found = drbd.read(host(files))["in_use"]
    assert unknown(found) if in_use is None else found is in_use


def test_one_unreadable_parameter_is_unknown_alone(host):
    found = drbd.read(host({**LOADED, "/sys/module/drbd/parameters/secret/": ""}))["parameters"]
    assert unknown(found["secret"])
    assert found["minor_count"] == "32"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("resource r0 { }", [("r0", 1, False)]),
        ('resource "r 0" { on a { address 1; } }', [("r 0", 1, False)]),
        ('skip resource "r0" { net { } }', [("r0", 1, True)]),
        ("skip\nresource r0\n{\n}\nresource r1 {}", [("r0", 1, True), ("r1", 5, False)]),
        (
            "# resource r0 {\nresource r1 { # }\n} resource r2 {",
            [("r1", 2, False), ("r2", 3, False)],
        ),
        ('global { usage-count no; } common { x "resource a {"; } resource b {', [("b", 1, False)]),
        ("resource r0 minor 1 { }", [("r0", 1, False)]),
        ("resource r0 { volume 0 { resource inner { } } }", [("r0", 1, False)]),
        ("skip global { }\nskip { }\nresource { }\n", []),
        ("resource r0", []),
        ("} } resource r0 {", [("r0", 1, False)]),
    ],
)
def test_sections(text, wanted):
    found, _ = _drbdconf.parse(text)
    assert [(each["name"], each["line"], each["skip"]) for each in found] == wanted


def test_the_tutorial_s_sample_is_skipped_and_its_unskipped_form_is_not():
    sample = 'skip resource r0 {\n...\n}\nskip resource "r1" {\n...\n}\n'
    assert [(r["name"], r["skip"]) for r in _drbdconf.parse(sample)[0]] == [
        ("r0", True),
        ("r1", True),
    ]
    assert not any(r["skip"] for r in _drbdconf.parse(sample.replace("skip ", ""))[0])
    newer = "skip {\n  resource r0 {\n    ...\n  }\n}\n"
    assert _drbdconf.parse(newer)[0] == []


def test_lines_that_load_it_at_boot(host):
    files = {
        "/etc/modules": "# x\nloop\ndrbd minor_count=128 usermode_helper=/bin/true\ndrbd\n",
        "/etc/modules-load.d/a.conf": "drbd\n",
    }
    source = host(files, links={"/etc/modules-load.d/modules.conf": "../modules"})
    assert drbd.read(source)["listed"] == [
        {"file": "/etc/modules-load.d/a.conf", "line": 1, "text": "drbd"},
        {
            "file": "/etc/modules",
            "line": 3,
            "text": "drbd minor_count=128 usermode_helper=/bin/true",
        },
        {"file": "/etc/modules", "line": 4, "text": "drbd"},
    ]


def test_resources_of_all_files(host):
    files = {
        "/etc/drbd.conf": (
            'include "drbd.d/global_common.conf";\ninclude "/srv/*.drbd";\nskip resource r0 { }\n'
        ),
        "/etc/drbd.d/global_common.conf": "global { }\n",
        "/etc/drbd.d/a.res": "resource a { }\n",
        "/etc/drbd.d/a.res.bak": "resource old { }\n",
        "/srv/b.drbd": 'include "/etc/drbd.conf";\nresource b { }\n',
    }
    found = drbd.read(host(files))["resources"]
    assert found == [
        {"name": "r0", "file": "/etc/drbd.conf", "line": 3, "skip": True},
        {"name": "b", "file": "/srv/b.drbd", "line": 2, "skip": False},
        {"name": "a", "file": "/etc/drbd.d/a.res", "line": 1, "skip": False},
    ]


def test_an_unreadable_file_makes_the_resources_unknown(host):
    assert unknown(drbd.read(host({"/etc/drbd.d/a.res/": ""}))["resources"])


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    _drbdconf.parse(text)
    drbd.parse_version(text)
    drbd.minors(text)


@given(st.text(alphabet='{};"\\# \nresoucskipld'))
def test_nothing_that_looks_like_it_makes_the_parser_raise(text):
    for section in _drbdconf.parse(text)[0]:
        assert 1 <= section["line"] <= text.count("\n") + 1


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=8)
BODY = st.sampled_from(["", "on a { device /dev/drbd0; }", "# }\n", 'x "}";'])


@given(st.lists(st.tuples(NAMES, st.booleans(), BODY)))
def test_what_is_rendered_is_read_back(wanted):
    text = ""
    for name, skip, body in wanted:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        text += f'{"skip " if skip else ""}resource "{quoted}" {{ {body} }}\n'
    found, _ = _drbdconf.parse(text)
    assert [(each["name"], each["skip"]) for each in found] == [one[:2] for one in wanted]
