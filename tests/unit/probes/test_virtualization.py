from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _processor, virtualization
from saltext.muster.probes.source import Source, Unreadable, unknown

NO_FLAGS = {"vmx": False, "svm": False, "hypervisor": False}


def processor(part, cpuinfo, host):
    return virtualization.read(host({"/proc/cpuinfo": cpuinfo(part)}))


@pytest.mark.parametrize(
    ("sample", "vendor", "model", "flags", "extension"),
    [
        ("x86_64-8cpu", "GenuineIntel", "i7-4800MQ", {**NO_FLAGS, "vmx": True}, "vmx"),
        ("x86_64-4cpu", "AuthenticAMD", "Opteron", {**NO_FLAGS, "svm": True}, "svm"),
        ("x86_64-2cpu", "GenuineIntel", "E5-2680 v2", {**NO_FLAGS, "hypervisor": True}, "none"),
    ],
)
def test_captured_x86(host, cpuinfo, sample, vendor, model, flags, extension):
    found = processor(sample, cpuinfo, host)
    assert found["vendor"] == vendor
    assert model in found["model"]
    assert found["flags"] == flags
    assert found["extension"] == extension


@pytest.mark.parametrize(
    ("sample", "vendor", "extension"),
    [
        ("aarch64-4cpu", "ARM", None),
        ("arm64-4cpu", "ARM", None),
        ("armv6", "ARM", None),
        ("armv7-rev3", "ARM", None),
        ("armv7-rev4", "ARM", None),
        ("ppc64-power7", "IBM", None),
        ("ppc64le", "IBM", None),
        ("s390x-z13", "IBM/S390", "sie"),
        ("s390x-z14", "IBM/S390", "sie"),
        ("sparc", None, None),
    ],
)
def test_captured_others_have_no_x86_flags_and_say_so(host, cpuinfo, sample, vendor, extension):
    """z's features hold the word vx, SPARC names a hypervisor: neither is an x86 flag."""
    found = processor(sample, cpuinfo, host)
    assert all(unknown(flag) for flag in found["flags"].values())
    assert found["vendor"] == vendor if vendor else unknown(found["vendor"])
    assert found["extension"] == extension if extension else unknown(found["extension"])
    assert found["model"]


@pytest.mark.parametrize("words", ["vmxoff", "xsvm", "svmx", "svm_lock", "ssvm npt", "VMX", ""])
def test_flags_are_whole_words(host, words):
    text = f"processor\t: 0\nflags\t\t: fpu {words} lm\n"
    found = virtualization.read(host({"/proc/cpuinfo": text}))
    assert found["flags"] == NO_FLAGS
    assert found["extension"] == "none"


def test_vmx_flags_is_another_line():
    block = _processor.parse("flags\t: fpu lm\nvmx flags\t: vnmi preemption_timer\n")
    assert _processor.flags(block) == {"fpu", "lm"}


@pytest.mark.parametrize("part", ["x86_64-2cpu", "x86_64-8cpu", "aarch64-4cpu", "ppc64le"])
def test_only_the_first_processor_counts(cpuinfo, part):
    text = cpuinfo(part)
    assert _processor.parse(text)["processor"] == "0"
    assert _processor.parse(text) == _processor.parse(text + text.replace(": 0", ": 9"))


def test_256_processors_cost_no_more_than_a_few(host, cpuinfo):
    text = cpuinfo("x86_64-8cpu") * 32
    assert len(text) > 250_000
    read = []

    class Counting(Source):
        def head(self, path, limit):
            read.append(limit)
            return super().head(path, limit)

    host({"/proc/cpuinfo": text})
    source = Counting(host().root)
    assert _processor.first(source)["vendor_id"] == "GenuineIntel"
    assert read == [8192]


def test_half_a_line_of_flags_is_no_line_of_flags(host):
    """The read ends within the flags: whether vmx follows was not seen."""
    text = "processor : 0\nvendor_id : GenuineIntel\nflags : " + "fpu " * 3000 + "vmx\n"
    found = virtualization.read(host({"/proc/cpuinfo": text}))
    assert unknown(found["flags"]["vmx"])
    assert unknown(found["extension"])


class WithDevice(Source):
    """/dev/kvm as a character device: making a real one takes root."""

    def mode(self, path):
        return stat.S_IFCHR | 0o660 if path == "/dev/kvm" else super().mode(path)


INTEL = "processor : 0\nvendor_id : GenuineIntel\nflags : fpu vmx lm\n"
BARE = "processor : 0\nvendor_id : GenuineIntel\nflags : fpu lm\n"
MISC = {"/sys/class/misc/rtc/": "", "/dev/": ""}
SERVED = {**MISC, "/sys/class/misc/kvm/": ""}
LOADED = {"/sys/module/kvm/": "", "/sys/module/kvm_intel/parameters/nested": "Y\n"}
UNLOADED = {"/sys/module/loop/": ""}


@pytest.mark.parametrize(
    ("files", "device", "kvm", "module", "firmware"),
    [
        ({"/proc/cpuinfo": INTEL, **SERVED, **LOADED}, True, True, "kvm_intel", "enabled"),
        # A container: the kernel serves KVM, the container has no device for it.
        ({"/proc/cpuinfo": INTEL, **SERVED, **LOADED}, False, False, "kvm_intel", "enabled"),
        # Built in: the module is in /sys/module although KVM did not start.
        ({"/proc/cpuinfo": INTEL, **MISC, **LOADED}, False, False, "kvm_intel", "disabled"),
        # udev made the node at boot; nothing answers behind it.
        ({"/proc/cpuinfo": INTEL, **MISC, **LOADED}, True, False, "kvm_intel", "disabled"),
        ({"/proc/cpuinfo": INTEL, **MISC, **UNLOADED}, True, False, "", None),
        ({"/proc/cpuinfo": BARE, **MISC, **UNLOADED}, False, False, "", None),
        ({"/proc/cpuinfo": INTEL, "/dev/": "", **LOADED}, True, True, "kvm_intel", None),
    ],
)
def test_kvm_and_firmware(host, files, device, kvm, module, firmware):
    root = host(files).root
    found = virtualization.read(WithDevice(root) if device else Source(root))
    assert (found["kvm"], found["module"]) == (kvm, module)
    assert found["firmware"] == firmware if firmware else unknown(found["firmware"])


def test_a_missing_flag_is_not_blamed_on_the_processor_alone(host):
    reason = virtualization.read(host({"/proc/cpuinfo": BARE, **MISC}))["firmware"]["unknown"]
    assert "firmware disables it" in reason
    assert "hypervisor hides it" in reason


def test_a_file_named_kvm_is_no_device(host):
    assert virtualization.read(host({"/dev/kvm": "", **SERVED}))["kvm"] is False


def test_an_untried_module_is_named(host):
    found = virtualization.read(host({"/proc/cpuinfo": INTEL, **MISC, **UNLOADED}))
    assert "kvm_intel" in found["firmware"]["unknown"]


def test_arm_with_a_working_kvm_has_el2(host, cpuinfo):
    source = WithDevice(host({"/proc/cpuinfo": cpuinfo("aarch64-4cpu"), **SERVED}).root)
    found = virtualization.read(source)
    assert found["extension"] == "el2"
    assert unknown(found["firmware"])


@pytest.mark.parametrize(("text", "nested"), [("Y\n", True), ("1\n", True), ("N\n", False)])
def test_nested(host, text, nested):
    path = "/sys/module/kvm_amd/parameters/nested"
    assert virtualization.read(host({path: text}))["nested"] is nested


@pytest.mark.parametrize("files", [{}, UNLOADED, {**LOADED, "/sys/module/kvm_intel/": ""}])
def test_nested_is_unknown_without_a_module(host, files):
    files = dict(files)
    if "/sys/module/kvm_intel/parameters/nested" in files:
        files["/sys/module/kvm_intel/parameters/nested"] = "maybe\n"
    assert unknown(virtualization.read(host(files))["nested"])


def test_iommu(host):
    assert unknown(virtualization.read(host())["iommu"])
    assert virtualization.read(host({"/sys/kernel/": ""}))["iommu"] is False
    assert virtualization.read(host({"/sys/kernel/iommu_groups/": ""}))["iommu"] is False
    assert virtualization.read(host({"/sys/kernel/iommu_groups/0/": ""}))["iommu"] is True


@given(st.text())
def test_no_text_makes_the_parser_raise(text):
    block = _processor.parse(text)
    for function in (_processor.vendor, _processor.model, _processor.flags, _processor.is_arm):
        function(block)
    virtualization.extension(block, False)


def test_an_empty_cpuinfo_is_unknown(host):
    with pytest.raises(Unreadable, match="names no processor"):
        _processor.first(host({"/proc/cpuinfo": "\n\n"}))
