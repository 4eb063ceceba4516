"""rpm's order of versions, and versions as numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.catalogue.predicates import software, versions


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        ("8.8-3.el8", "8.8-3.el8", 0),
        ("8.8-1.el8", "8.8-3.el8", -1),
        ("8.8-4.el8", "8.8-3.el8", 1),
        ("8.9-1.el8", "8.8-3.el8", 1),
        ("8.10-1.el8", "8.9-1.el8", 1),
        ("9.3-1.el9", "8.8-3.el8", 1),
        ("1:8.6-1.el8", "8.8-3.el8", 1),
        ("0:8.8-3.el8", "8.8-3.el8", 0),
        ("8.8", "8.8-3.el8", 0),
    ],
)
def test_evr(one, other, order):
    assert versions.compare_evr(one, other) == order
    assert versions.compare_evr(other, one) == -order


@pytest.mark.parametrize(
    ("one", "other", "order"),
    [
        # As rpm's own tests have them.
        ("1.0", "1.0", 0), ("1.0", "2.0", -1), ("2.0.1", "2.0", 1), ("2.0.1a", "2.0.1", 1),
        ("5.5p1", "5.5p2", -1), ("5.5p10", "5.5p1", 1), ("10xyz", "10.1xyz", -1),
        ("xyz10", "xyz10.1", -1), ("xyz.4", "8", -1), ("5.5p2", "5.6p1", -1), ("6.0.rc1", "6.0", 1),
        ("10b2", "10a1", 1), ("1.0aa", "1.0a", 1), ("10.0001", "10.1", 0),
        ("10.0001", "10.0039", -1),
        ("4.999.9", "5.0", -1), ("20101121", "20101122", -1), ("2_0", "2.0", 0), ("a+", "a_", 0),
        ("1.0~rc1", "1.0", -1), ("1.0~rc1", "1.0~rc2", -1), ("1.0~rc1~git123", "1.0~rc1", -1),
        ("1.0^", "1.0", 1), ("1.0^git1", "1.01", -1), ("1.0^20160101", "1.0.1", -1),
        ("1.0~rc1^git1", "1.0~rc1", 1), ("1.0^git1~pre", "1.0^git1", -1),
        ("6.1.0-9-amd64", "6.1.0-37-amd64", -1),
        ("4.18.0-513.24.1.el8_9.x86_64", "4.18.0-553.el8_10.x86_64", -1),
    ],
)  # fmt: skip
def test_versions(one, other, order):
    assert versions.compare(one, other) == order
    assert versions.compare(other, one) == -order


VERSION = st.text("0123456789abz.~^-+_", max_size=12)


@given(VERSION, VERSION, VERSION)
def test_it_is_an_order(one, two, three):
    assert versions.compare(one, two) == -versions.compare(two, one)
    if versions.compare(one, two) <= 0 and versions.compare(two, three) <= 0:
        assert versions.compare(one, three) <= 0


@given(st.text())
def test_no_text_makes_it_raise(text):
    assert versions.compare_evr(text, text) == 0
    versions.numbers(text)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("0.9.21-0~bpo", (0, 9, 21)), ("1:4.3", (4, 3)), ("18.04", (18, 4)), ("v1", ()), ("", ())],
)
def test_numbers(text, numbers):
    assert versions.numbers(text) == numbers


def test_newest():
    assert versions.newest(["4.18.0-80", "4.18.0-513", "4.18.0-193"]) == "4.18.0-513"


@pytest.mark.parametrize(
    ("what", "name", "kind"),
    [
        ("packages", "nginx", "web server"), ("packages", "postgresql-15", "database"),
        ("packages", "postgresql-client-15", ""), ("packages", "bind9-dnsutils", ""),
        ("packages", "mysql-common", ""), ("packages", "libmariadb3", ""),
        ("units", "mariadb", "database"), ("units", "docker", "container engine"),
        ("units", "ssh", ""), ("programs", "php-fpm8.2", "web server"), ("programs", "dnsmasq", ""),
    ],
)  # fmt: skip
def test_kinds_of_additional_services(what, name, kind):
    assert software.kind_of(what, name) == kind


@pytest.mark.parametrize("family", ["debian", "redhat"])
@pytest.mark.parametrize("platform", ["vmmanager", "ganeti", "ravada"])
def test_no_additional_service_is_in_a_base_set(family, platform):
    for what in ("units", "programs", "packages"):
        base = software.base(what, family, platform)
        for kind in software.ADDITIONAL:
            for name in getattr(kind, what).split():
                assert name.rstrip("*") not in base, (what, name)
