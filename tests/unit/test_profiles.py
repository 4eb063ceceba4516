"""Profiles: all that platforms offer, and none that they refuse."""

from __future__ import annotations

import pytest

from saltext.muster import assess, platforms, profiles
from saltext.muster.errors import InvalidArgument, NoSuchPlatform


def texts():
    return [assess.profile_text({"profile": profile}) for profile in profiles.every()]


def test_every_platform_has_its_profiles_and_none_that_it_refuses():
    found = texts()
    assert len(found) == len(set(found)) == 36
    assert {text.split()[0] for text in found} == set(platforms.names())
    assert "vmmanager lxd switching current test" in found
    assert "vmmanager kvm routing current heavy" in found
    assert not [text for text in found if text.startswith("vmmanager lxd routing")]


def test_what_is_not_told_is_the_platforms_default():
    assert profiles.choose("vmmanager") == {
        "platform": "vmmanager",
        "hypervisor": "kvm",
        "network_type": "switching",
        "edition": "current",
        "tier": "production",
    }
    assert profiles.choose("ravada")["network_type"] is None


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"hypervisor": "xen"}, "there is no hypervisor 'xen'; there are: kvm, lxd"),
        ({"network_type": "rooting"}, "did you mean routing?"),
        ({"edition": "9"}, "there is no edition '9'"),
        ({"tier": "tests"}, "did you mean test?"),
        ({"hypervisor": "lxd", "network_type": "routing"}, "does not offer routing under LXD"),
    ],
)
def test_what_the_platform_does_not_offer_is_refused(arguments, text):
    with pytest.raises(InvalidArgument, match=text):
        profiles.choose("vmmanager", **arguments)


def test_a_network_type_where_there_is_none():
    with pytest.raises(InvalidArgument, match="ganeti has no network types"):
        profiles.choose("ganeti", network_type="routing")
    with pytest.raises(NoSuchPlatform, match="there are: ganeti"):
        profiles.choose("nonsense")


def test_a_role_is_one_of_the_platforms():
    profile = profiles.choose("pvc")
    assert profiles.plan(profile, "n", 0.0)["declared"] == {}
    assert profiles.plan(profile, "n", 0.0, "coordinator")["declared"] == {"role": "coordinator"}
    assert profiles.plan(profiles.choose("vmmanager"), "n", 0.0)["declared"] == {"role": "node"}
    with pytest.raises(InvalidArgument, match="did you mean coordinator"):
        profiles.plan(profile, "n", 0.0, "coordinators")


def test_every_profile_can_be_judged_whatever_is_not_known():
    for profile in profiles.every():
        plan = profiles.plan(profile, "n", 1795219200.0)
        found = assess.verdicts(assess.requirements(plan), plan, lambda probes: {})
        assert found
        assert {verdict.status for verdict in found} <= {"unknown", "skip"}
