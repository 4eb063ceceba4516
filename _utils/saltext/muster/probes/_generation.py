"""Which generation an x86 processor is of, by the numbers that CPUID gives."""

from typing import Any, Dict, Optional, Set, Tuple, Union

from .source import Unknown

Found = Optional[Tuple[str, int]]

#: (name, year of its first processor, model numbers) of Intel's family 6.
_INTEL = (
    ("Core", 2006, (0x0F, 0x16)),
    ("Penryn", 2007, (0x17, 0x1D)),
    ("Nehalem", 2008, (0x1A, 0x1E, 0x1F, 0x2E)),
    ("Westmere", 2010, (0x25, 0x2C, 0x2F)),
    ("Sandy Bridge", 2011, (0x2A, 0x2D)),
    ("Ivy Bridge", 2012, (0x3A, 0x3E)),
    ("Haswell", 2013, (0x3C, 0x3F, 0x45, 0x46)),
    ("Silvermont", 2013, (0x37, 0x4A, 0x4D, 0x5A, 0x5D)),
    ("Broadwell", 2014, (0x3D, 0x47, 0x4F, 0x56)),
    ("Airmont", 2015, (0x4C,)),
    ("Skylake", 2015, (0x4E, 0x5E)),
    ("Goldmont", 2016, (0x5C, 0x5F)),
    ("Knights Landing", 2016, (0x57, 0x85)),
    ("Kaby Lake", 2016, (0x8E, 0x9E)),
    ("Goldmont Plus", 2017, (0x7A,)),
    ("Cannon Lake", 2018, (0x66,)),
    ("Ice Lake", 2019, (0x7D, 0x7E)),
    ("Comet Lake", 2020, (0xA5, 0xA6)),
    ("Tiger Lake", 2020, (0x8C, 0x8D)),
    ("Tremont", 2020, (0x86, 0x8A, 0x96, 0x9C)),
    ("Ice Lake", 2021, (0x6A, 0x6C)),
    ("Rocket Lake", 2021, (0xA7,)),
    ("Alder Lake", 2021, (0x97, 0x9A, 0xBE)),
    ("Raptor Lake", 2022, (0xB7, 0xBA, 0xBF)),
    ("Sapphire Rapids", 2023, (0x8F,)),
    ("Emerald Rapids", 2023, (0xCF,)),
    ("Meteor Lake", 2023, (0xAA, 0xAC)),
    ("Granite Rapids", 2024, (0xAD, 0xAE)),
    ("Sierra Forest", 2024, (0xAF,)),
    ("Lunar Lake", 2024, (0xBD,)),
    ("Arrow Lake", 2024, (0xB5, 0xC5, 0xC6)),
)

#: Three generations share one number: (name, year, highest stepping).
_SKYLAKE_SERVER = 0x55
_STEPPINGS = (("Skylake", 2017, 4), ("Cascade Lake", 2019, 9), ("Cooper Lake", 2020, 15))

#: AMD's: (family, first model, last model, name, year of the core's first processor).
_AMD = (
    (0x0F, 0x00, 0xFF, "K8", 2003),
    (0x10, 0x00, 0xFF, "K10", 2007),
    (0x11, 0x00, 0xFF, "Puma", 2008),
    (0x12, 0x00, 0xFF, "K10", 2007),
    (0x14, 0x00, 0xFF, "Bobcat", 2011),
    (0x15, 0x00, 0x01, "Bulldozer", 2011),
    (0x15, 0x02, 0x1F, "Piledriver", 2012),
    (0x15, 0x30, 0x3F, "Steamroller", 2014),
    (0x15, 0x60, 0x7F, "Excavator", 2015),
    (0x16, 0x00, 0xFF, "Jaguar", 2013),
    (0x17, 0x00, 0x07, "Zen (Naples)", 2017),
    (0x17, 0x08, 0x0F, "Zen+", 2018),
    (0x17, 0x10, 0x2F, "Zen", 2017),
    (0x17, 0x30, 0x3F, "Zen 2 (Rome)", 2019),
    (0x17, 0x40, 0xAF, "Zen 2", 2019),
    (0x19, 0x00, 0x0F, "Zen 3 (Milan)", 2021),
    (0x19, 0x10, 0x1F, "Zen 4 (Genoa)", 2022),
    (0x19, 0x20, 0x5F, "Zen 3", 2020),
    (0x19, 0x60, 0x7F, "Zen 4", 2022),
    (0x19, 0xA0, 0xAF, "Zen 4 (Bergamo)", 2023),
    (0x1A, 0x00, 0xFF, "Zen 5", 2024),
)

#: What none that is older can do: (flags, generation, year), newest first.
_BY_FLAGS = {
    "GenuineIntel": (
        ({"avx2", "bmi2"}, "Haswell", 2013),
        ({"avx", "aes"}, "Sandy Bridge", 2011),
        ({"sse4_2", "popcnt"}, "Nehalem", 2008),
    ),
    "AuthenticAMD": (
        ({"clwb", "sha_ni"}, "Zen 2", 2019),
        ({"sha_ni"}, "Zen", 2017),
        ({"avx"}, "Bulldozer", 2011),
    ),
}


def generation(
    vendor: str, family: int, model: int, stepping: int, flags: Set[str]
) -> Union[Dict[str, Any], Unknown]:
    """Return {"name", "year", "exact"} of a processor.

    One that is not in the table is told by what it can do: then exact is False, and it is of
    that generation or of a newer one.
    """
    found = None  # type: Found
    if vendor == "GenuineIntel":
        found = _intel(family, model, stepping)
    elif vendor == "AuthenticAMD":
        found = _amd(family, model)
    if found is not None:
        return {"name": found[0], "year": found[1], "exact": True}
    for needed, name, year in _BY_FLAGS.get(vendor, ()):
        if needed <= flags:
            return {"name": name, "year": year, "exact": False}
    return {"unknown": f"no known generation: {vendor} family {family} model {model}"}


def _intel(family: int, model: int, stepping: int) -> Found:
    if family == 15:
        return ("NetBurst", 2000)
    if family != 6:
        return None
    if model == _SKYLAKE_SERVER:
        steppings = (each[:2] for each in _STEPPINGS if stepping <= each[2])
        return next(steppings, None)
    return next((each[:2] for each in _INTEL if model in each[2]), None)


def _amd(family: int, model: int) -> Found:
    for number, first, last, name, year in _AMD:
        if family == number and first <= model <= last:
            return (name, year)
    return None
