"""The DMI samples are written from documentation (SMBIOS, and makers' manuals), not captured."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import motherboard
from saltext.muster.probes.source import unknown


def dmi(vendor, product, board_vendor="", board="", chassis="3"):
    values = {
        "sys_vendor": vendor, "product_name": product, "board_vendor": board_vendor,
        "board_name": board, "chassis_type": chassis,
    }  # fmt: skip
    files = {f"/sys/class/dmi/id/{key}": f"{value}\n" for key, value in values.items()}
    return {**files, "/sys/devices/": "", "/dev/": ""}


DELL = dmi("Dell Inc.", "PowerEdge R740", "Dell Inc.", "06WXJT", "23")
DESKTOP = dmi("ASUS", "System Product Name", "ASUSTeK COMPUTER INC.", "PRIME B450M-A", "3")
LAPTOP = dmi("LENOVO", "20XW0026US", "LENOVO", "20XW0026US", "10")
IPMI = {"/dev/ipmi0": ""}
EDAC = {"/sys/devices/system/edac/mc/mc0/": ""}
BARE = {"/proc/cpuinfo": "processor : 0\nflags : fpu vmx\n"}
GUEST = {"/proc/cpuinfo": "processor : 0\nflags : fpu hypervisor\n"}


def test_a_server(host):
    found = motherboard.read(host({**DELL, **IPMI, **EDAC, **BARE}))
    assert found == {
        "kind": "server",
        "why": "chassis type 23 (Rack Mount Chassis)",
        "vendor": "Dell Inc.",
        "board": "Dell Inc. 06WXJT",
        "product": "PowerEdge R740",
        "chassis_type": 23,
        "bmc": True,
        "ecc": True,
    }


@pytest.mark.parametrize("chassis", [17, 23, 25, 28, 29])
def test_server_chassis(host, chassis):
    assert motherboard.read(host({**dmi("A", "B", chassis=str(chassis))}))["kind"] == "server"


@pytest.mark.parametrize("chassis", [*range(3, 17), 24, *range(30, 37)])
def test_desktop_chassis(host, chassis):
    found = motherboard.read(host({**dmi("A", "B", chassis=str(chassis))}))
    assert (found["kind"], found["bmc"]) == ("desktop", False)
    assert f"chassis type {chassis} " in found["why"]


@pytest.mark.parametrize("chassis", ["0", "1", "2", "18", "22", "26", "27", "37", "255", "x", ""])
def test_a_chassis_that_decides_nothing(host, chassis):
    found = motherboard.read(host({**dmi("A", "B", chassis=chassis)}))
    assert found["kind"] == "unknown"
    assert found["why"]


@pytest.mark.parametrize("sample", [DESKTOP, LAPTOP])
def test_a_desktop_and_a_laptop(host, sample):
    found = motherboard.read(host({**sample, **BARE}))
    assert found["kind"] == "desktop"
    assert unknown(found["ecc"])


def test_a_server_board_in_a_desktop_chassis_is_known_by_its_bmc(host):
    found = motherboard.read(host({**dmi("Supermicro", "Super Server", chassis="3"), **IPMI}))
    assert found["kind"] == "server"
    assert "BMC" in found["why"]


@pytest.mark.parametrize(
    "path",
    [
        "/dev/ipmi0",
        "/dev/ipmi/0",
        "/sys/class/ipmi/ipmi0/",
        "/sys/bus/platform/devices/dmi-ipmi-si.0/",
        "/sys/bus/platform/devices/ipmi_bmc.0/",
        "/sys/bus/acpi/devices/IPI0001:00/",
        "/sys/firmware/dmi/entries/38-0/",
    ],
)
def test_signs_of_a_bmc(host, path):
    assert motherboard.read(host({**DESKTOP, path: ""}))["bmc"] is True


@pytest.mark.parametrize(
    ("vendor", "product"),
    [
        ("QEMU", "Standard PC (Q35 + ICH9, 2009)"),
        ("VMware, Inc.", "VMware Virtual Platform"),
        ("innotek GmbH", "VirtualBox"),
        ("Xen", "HVM domU"),
        ("Microsoft Corporation", "Virtual Machine"),
        ("Amazon EC2", "m5.large"),
        ("Google", "Google Compute Engine"),
        ("Red Hat", "KVM"),
        ("Nutanix", "AHV"),
        ("Hetzner", "vServer"),
        ("DigitalOcean", "Droplet"),
        ("OpenStack Foundation", "OpenStack Nova"),
    ],
)
def test_virtual_machines_by_their_firmware(host, vendor, product):
    found = motherboard.read(host({**dmi(vendor, product, chassis="1"), **BARE}))
    assert found["kind"] == "virtual"
    assert product in found["why"]


@pytest.mark.parametrize(
    ("vendor", "product"),
    [
        ("Amazon EC2", "m5.metal"),
        ("Microsoft Corporation", "Surface Pro 7"),
        ("Google", "Eve"),
        ("Nutanix", "NX-8035-G7"),
        ("Xenon Systems", "XN-1000"),
    ],
)
def test_real_machines_of_makers_of_virtual_ones(vendor, product):
    assert not motherboard.is_virtual(vendor, product)


def test_the_hypervisor_flag_tells_where_the_firmware_does_not(host):
    found = motherboard.read(host(GUEST))
    assert found["kind"] == "virtual"
    assert "hypervisor" in found["why"]
    assert unknown(found["vendor"])


def test_xen_sees_a_hypervisor_on_bare_metal_in_domain_0(host):
    files = {**DELL, **GUEST, "/proc/xen/capabilities": "control_d\n"}
    assert motherboard.read(host(files))["kind"] == "server"
    files = {"/proc/xen/capabilities": "\n"}
    assert motherboard.read(host(files))["kind"] == "virtual"


@pytest.mark.parametrize("part", ["aarch64-4cpu", "armv7-rev4", "ppc64le", "s390x-z14", "sparc"])
def test_without_dmi_and_x86_the_kind_is_unknown(host, cpuinfo, part):
    found = motherboard.read(host({"/proc/cpuinfo": cpuinfo(part), "/sys/devices/": ""}))
    assert found["kind"] == "unknown"


@pytest.mark.parametrize(("part", "kind"), [("x86_64-2cpu", "virtual"), ("x86_64-4cpu", "unknown")])
def test_captured_x86_without_dmi(host, cpuinfo, part, kind):
    assert motherboard.read(host({"/proc/cpuinfo": cpuinfo(part)}))["kind"] == kind


@pytest.mark.parametrize(
    ("model", "kind"), [("linux,dummy-virt", "virtual"), ("Raspberry Pi 4 Model B", "unknown")]
)
def test_a_device_tree_names_the_product(host, model, kind):
    found = motherboard.read(host({"/proc/device-tree/model": f"{model}\0"}))
    assert (found["product"], found["kind"]) == (model, kind)


def test_no_bmc_is_not_said_where_nothing_could_be_seen(host):
    assert unknown(motherboard.read(host())["bmc"])
    assert motherboard.read(host({"/sys/devices/": ""}))["bmc"] is False


def test_edac_without_a_memory_controller_proves_nothing(host):
    source = host({"/sys/devices/system/edac/mc/power/": "", "/sys/devices/system/edac/mc/mc/": ""})
    assert unknown(motherboard.read(source)["ecc"])


@given(st.text(), st.text(), st.integers(), st.booleans(), st.booleans())
def test_every_machine_gets_a_kind_and_a_reason(vendor, product, chassis, bmc, hypervisor):
    facts = {"vendor": vendor, "product": product, "chassis_type": chassis, "bmc": bmc}
    kind, why = motherboard.judge(facts, hypervisor)
    assert kind in ("server", "desktop", "virtual", "unknown")
    assert why
    if hypervisor:
        assert kind == "virtual"
