from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import _generation, _processor, _topology, cpu
from saltext.muster.probes.source import Unreadable, unknown

CPUS = "/sys/devices/system/cpu"
CPU0 = f"{CPUS}/cpu0"
X86 = "processor : 0\nvendor_id : {vendor}\ncpu family : {family}\nmodel : {model}\n"
X86 += "model name : {name}\nstepping : {stepping}\nflags : {flags}\n"


def x86(vendor="GenuineIntel", family=6, model=85, stepping=7, name="X", flags="fpu lm"):
    return X86.format(**locals())


@pytest.mark.parametrize(
    ("sample", "family", "number", "generation", "year", "counts"),
    [
        ("x86_64-2cpu", 6, 62, "Ivy Bridge", 2012, (2, 2, 2)),
        ("x86_64-4cpu", 15, 65, "K8", 2003, (2, 4, 4)),
        ("x86_64-8cpu", 6, 60, "Haswell", 2013, (1, 4, 8)),
    ],
)
def test_captured_x86(host, cpuinfo, sample, family, number, generation, year, counts):
    """Without /sys, /proc/cpuinfo tells sockets, cores and threads."""
    found = cpu.read(host({"/proc/cpuinfo": cpuinfo(sample)}))
    assert (found["family"], found["number"]) == (family, number)
    assert found["generation"] == {"name": generation, "year": year, "exact": True}
    assert (found["sockets"], found["cores"], found["threads"]) == counts
    assert found["flags"] == sorted(set(found["flags"]))
    assert "fpu" in found["flags"]


@pytest.mark.parametrize("sample", ["aarch64-4cpu", "armv7-rev3", "ppc64le", "s390x-z13", "sparc"])
def test_captured_others_say_what_they_do_not_tell(host, cpuinfo, sample):
    found = cpu.read(host({"/proc/cpuinfo": cpuinfo(sample)}))
    for key in ("flags", "generation", "nominal_mhz", "cores"):
        assert unknown(found[key]), key


@pytest.mark.parametrize(
    ("model", "stepping", "name"),
    [(85, 4, "Skylake"), (85, 5, "Cascade Lake"), (85, 7, "Cascade Lake"), (85, 11, "Cooper Lake"),
     (26, 5, "Nehalem"), (45, 7, "Sandy Bridge"), (63, 2, "Haswell"), (143, 8, "Sapphire Rapids")],
)  # fmt: skip
def test_intel(model, stepping, name):
    found = _generation.generation("GenuineIntel", 6, model, stepping, set())
    assert (found["name"], found["exact"]) == (name, True)


@pytest.mark.parametrize(
    ("family", "model", "name", "year"),
    [(0x10, 9, "K10", 2007), (0x15, 1, "Bulldozer", 2011), (0x15, 2, "Piledriver", 2012),
     (0x17, 1, "Zen (Naples)", 2017), (0x17, 0x31, "Zen 2 (Rome)", 2019),
     (0x17, 0x71, "Zen 2", 2019), (0x19, 1, "Zen 3 (Milan)", 2021),
     (0x19, 0x11, "Zen 4 (Genoa)", 2022), (0x1A, 2, "Zen 5", 2024)],
)  # fmt: skip
def test_amd(family, model, name, year):
    found = _generation.generation("AuthenticAMD", family, model, 0, set())
    assert (found["name"], found["year"]) == (name, year)


def test_a_processor_of_no_table_is_judged_by_what_it_can_do():
    found = _generation.generation("GenuineIntel", 19, 1, 0, {"avx2", "bmi2", "avx", "aes"})
    assert found == {"name": "Haswell", "year": 2013, "exact": False}
    found = _generation.generation("AuthenticAMD", 0x20, 1, 0, {"sha_ni", "clwb"})
    assert found == {"name": "Zen 2", "year": 2019, "exact": False}
    assert unknown(_generation.generation("GenuineIntel", 6, 0xFE, 0, {"fpu"}))
    assert unknown(_generation.generation("VIA", 6, 15, 0, {"avx2", "bmi2"}))


CLOCK = {
    "base": {f"{CPU0}/cpufreq/base_frequency": "2100000\n"},
    "cppc": {f"{CPU0}/acpi_cppc/nominal_freq": "2250\n"},
    "states": {
        f"{CPU0}/cpufreq/scaling_driver": "acpi-cpufreq\n",
        f"{CPU0}/cpufreq/scaling_available_frequencies": "3000000 2200000 1500000 \n",
    },
    "turbo": {f"{CPU0}/cpufreq/cpuinfo_max_freq": "4200000\n"},
}
NAMED = {"/proc/cpuinfo": x86(name="Xeon(R) CPU @ 2.40GHz")}
BARE = {"/proc/cpuinfo": x86(name="AMD EPYC 7302P 16-Core Processor", vendor="AuthenticAMD")}


@pytest.mark.parametrize(
    ("files", "mhz", "place"),
    [
        ({**NAMED, **CLOCK["base"], **CLOCK["cppc"]}, 2100, "base_frequency"),
        ({**NAMED, **CLOCK["cppc"], **CLOCK["turbo"]}, 2400, "its name"),
        ({**BARE, **CLOCK["cppc"], **CLOCK["states"]}, 2250, "ACPI CPPC"),
        ({**BARE, **CLOCK["states"], **CLOCK["turbo"]}, 3000, "ACPI P-states"),
        # Firmware that fills CPPC with nothing.
        ({**BARE, f"{CPU0}/acpi_cppc/nominal_freq": "0\n", **CLOCK["states"]}, 3000,
         "ACPI P-states"),
        # Intel's list: turbo stands as 1 MHz above.
        ({**BARE, **CLOCK["states"],
          f"{CPU0}/cpufreq/scaling_available_frequencies": "2401000 2400000 1200000\n"}, 2400,
         "ACPI P-states"),
    ],
)  # fmt: skip
def test_nominal_clock(host, files, mhz, place):
    found = cpu.read(host(files))
    assert (found["nominal_mhz"], found["nominal_from"]) == (mhz, place)


@pytest.mark.parametrize(
    "files",
    [
        BARE,
        {**BARE, **CLOCK["turbo"]},
        {**BARE, **CLOCK["states"], f"{CPU0}/cpufreq/scaling_driver": "amd-pstate\n"},
        {**BARE, f"{CPU0}/cpufreq/base_frequency": "fast\n"},
        {**BARE, f"{CPU0}/cpufreq/base_frequency": "\n"},
    ],
)
def test_a_turbo_clock_is_never_the_nominal_one(host, files):
    assert "turbo" in cpu.read(host(files))["nominal_mhz"]["unknown"]


def topology(groups, core="thread_siblings_list", package="core_siblings_list"):
    """{processors of a package: [processors of each core]} as files."""
    files = {}
    for all_of_it, cores in groups.items():
        for one in cores:
            for number in _topology.parse_list(one):
                files[f"{CPUS}/cpu{number}/topology/{core}"] = f"{one}\n"
                files[f"{CPUS}/cpu{number}/topology/{package}"] = f"{all_of_it}\n"
    return files


@pytest.mark.parametrize("names", [(), ("core_cpus_list", "package_cpus_list")])
def test_topology_by_sysfs(host, names):
    files = topology({"0-1,4-5": ["0,4", "1,5"], "2-3,6-7": ["2,6", "3,7"]}, *names)
    found = _topology.counts(host({f"{CPUS}/online": "0-7\n", **files}))
    assert found == {"sockets": 2, "cores": 4, "threads": 8}


def test_threads_that_are_off_take_no_core_away(host):
    files = topology({"0-3": ["0,2", "1,3"]})
    found = _topology.counts(host({f"{CPUS}/online": "0-1\n", **files}))
    assert found == {"sockets": 1, "cores": 2, "threads": 2}


@pytest.mark.parametrize("text", ["", "0-", "3-1", "a", "0-99999999", "0-65536", "1,,2"])
def test_what_is_no_list_of_processors(text):
    with pytest.raises(Unreadable, match="no list"):
        _topology.parse_list(text)


def test_processors_without_core_numbers_are_not_counted():
    with pytest.raises(Unreadable, match="neither"):
        _topology.parse_cpuinfo("processor : 0\nflags : fpu\n\nprocessor : 1\nflags : fpu\n")
    with pytest.raises(Unreadable, match="no processor"):
        _topology.parse_cpuinfo("\n")


@given(st.text() | st.text("processor: \n\t0123456789-,flagsmodelcpu family"))
def test_no_text_makes_a_parser_raise_anything_else(text):
    cpu.described(_processor.parse(text))
    for parse in (_topology.parse_list, _topology.parse_cpuinfo, cpu.parse_name):
        try:
            parse(text)
        except Unreadable:
            pass
