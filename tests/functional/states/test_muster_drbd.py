from __future__ import annotations

import pytest

OPTIONS = {"minor_count": "128", "usermode_helper": "/bin/true"}
CONFIGURED, LOADED = "muster_drbd.configured", "muster_drbd.loaded"
OWN = "/etc/modprobe.d/muster-drbd.conf"
LINE = "options drbd minor_count=128 usermode_helper=/bin/true"


def test_a_fresh_node(converged, node, testmode):
    assert set(converged(CONFIGURED, options=OPTIONS)["changes"]) == {"options", "boot"}
    if not testmode:
        assert node.read(OWN).splitlines()[-1] == LINE
        boot = node.read("/etc/modules-load.d/muster-drbd.conf").splitlines()
        assert boot[-1] == "drbd"


@pytest.mark.parametrize("path", ["/usr/lib/modules-load.d/drbd.conf", "/etc/modules"])
def test_drbd_utils_loads_it_at_boot_already(converged, node, path):
    node.write(path, "# x\ndrbd\n")
    assert set(converged(CONFIGURED, options=OPTIONS)["changes"]) == {"options"}
    assert not node.path("/etc/modules-load.d").exists()


def test_options_behind_a_name_in_modules_load_load_nothing(converged, node):
    node.write("/etc/modules", "drbd minor_count=128 usermode_helper=/bin/true\n")
    assert "boot" in converged(CONFIGURED, options=OPTIONS)["changes"]


def test_options_that_somebody_else_set_rightly_stay(converged, node):
    node.write("/etc/modprobe.d/drbd.conf", f"{LINE} disable_sendpage=1\n")
    node.write("/etc/modules", "drbd\n")
    assert converged(CONFIGURED, options=OPTIONS)["changes"] == {}
    assert not node.path(OWN).exists()


def test_an_earlier_file_is_overruled_and_stays(converged, node):
    text = "options drbd minor_count=32\n"
    node.write("/etc/modprobe.d/drbd.conf", text)
    converged(CONFIGURED, options=OPTIONS)
    assert node.read("/etc/modprobe.d/drbd.conf") == text


def test_a_later_file_that_would_win_is_commented_out(converged, node, testmode):
    text = "options drbd minor_count=32 disable_sendpage=1\n"
    node.write("/etc/modprobe.d/zz.conf", text)
    comment = converged(CONFIGURED, options=OPTIONS)["comment"]
    if not testmode:
        assert node.read("/etc/modprobe.d/zz.conf") == (
            f"# muster commented this out: {text}options drbd disable_sendpage=1\n"
        )
        (backup,) = node.path("/etc/modprobe.d").glob("zz.conf.muster-*")
        assert backup.read_text() == text
        assert str(backup) in comment


def test_a_package_that_would_win_is_reported(minion, node, testmode):
    node.write("/usr/lib/modprobe.d/zz.conf", "options drbd minor_count=32\n")
    kwargs = {"options": OPTIONS, "root": node.root}
    ret = minion.state(CONFIGURED, test=testmode, **kwargs)
    assert ret["result"] is (None if testmode else False)
    assert testmode or "/usr/lib/modprobe.d/zz.conf" in ret["comment"]
    assert testmode or "same name into /etc/modprobe.d" in ret["comment"]
    assert node.read("/usr/lib/modprobe.d/zz.conf") == "options drbd minor_count=32\n"


def test_a_masked_file_is_not_written_through(fails, node):
    node.link(OWN, "/dev/null")
    assert "/dev/null" in fails(CONFIGURED, both=False, options=OPTIONS)


def test_a_blacklisted_module_is_pending(converged, node):
    node.write("/etc/modprobe.d/no.conf", "blacklist drbd\n")
    node.write("/etc/modules", "drbd\n")
    ret = converged(CONFIGURED, options=OPTIONS)
    assert set(ret["changes"]) == {"options"}
    assert "boot (pending: somebody forbids the module" in ret["comment"]


RESOURCES = 'include "drbd.d/*.res";\nresource r0 {\n}\n'


def test_default_resources_are_skipped(converged, node, testmode):
    node.write("/etc/drbd.conf", RESOURCES)
    node.write("/etc/drbd.d/r1.res", 'resource "r1" { }\nskip resource r2 { }\n')
    assert set(converged(LOADED, options=OPTIONS)["changes"]) == {"resources"}
    if not testmode:
        wanted = RESOURCES.replace("resource r0", 'skip "resource r0"')
        assert node.read("/etc/drbd.conf") == wanted
        wanted = 'skip "resource r1" { }\nskip resource r2 { }\n'
        assert node.read("/etc/drbd.d/r1.res") == wanted


def test_an_images_module_is_nobodys(converged):
    assert converged(LOADED, options=OPTIONS)["changes"] == {}


@pytest.mark.parametrize("state", [CONFIGURED, LOADED])
@pytest.mark.parametrize(
    "options",
    [{}, None, {"minor_count": "256"}, {"minor_count": 128}, {"usermode_helper": "/x\ninstall"}],
)
def test_bad_options(fails, state, options):
    assert "muster_drbd: options" in fails(state, options=options)
