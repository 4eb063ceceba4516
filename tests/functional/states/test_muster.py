"""The gates of a run, by Salt's real loader."""

from __future__ import annotations

import pytest

from tests.functional.modules.test_muster import plan
from tests.support.minion import Minion


@pytest.mark.parametrize(
    ("pillar", "text"),
    [
        ({}, "there is no plan for this minion id"),
        ({"_errors": ["muster: demo.yaml:3:1: tier: invalid"]}, "demo.yaml:3:1"),
        ({"muster": plan(library="0" * 64)}, "runs library"),
        ({"muster": {**plan(), "components": {}}}, "another pillar"),
    ],
)
def test_without_a_sound_plan_nothing_is_green(tmp_path, testmode, pillar, text):
    ret = Minion(tmp_path, pillar).state("muster.planned", test=testmode)
    assert (ret["result"], ret["changes"]) == (False, {})
    assert text in ret["comment"]


def test_a_sound_plan_passes(tmp_path, testmode):
    ret = Minion(tmp_path, {"muster": plan()}).state("muster.planned", test=testmode)
    assert (ret["result"], ret["changes"]) == (True, {})


def test_preflight_fails_with_what_is_wrong(tmp_path, testmode):
    ret = Minion(tmp_path, {"muster": plan()}).state("muster.preflight", test=testmode)
    assert (ret["result"], ret["changes"]) == (False, {})
    assert "RAV-015" in ret["comment"]
    assert "remedy" in ret["comment"]
