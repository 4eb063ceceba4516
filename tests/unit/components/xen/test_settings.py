"""Small files of Xen's tools."""

from __future__ import annotations

import pytest

from saltext.muster.components.xen import settings
from saltext.muster.probes import xen


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("A=1\nXENDOMAINS_SAVE=/var/lib/xen/save # x\nB=2", "A=1\nXENDOMAINS_SAVE= # x\nB=2"),
        ('XENDOMAINS_SAVE="/var/lib/xen/save"\n', 'XENDOMAINS_SAVE=""\n'),
        ("XENDOMAINS_SAVE='/x'\r\n", "XENDOMAINS_SAVE=''\r\n"),
        ("XENDOMAINS_SAVE=/a\nXENDOMAINS_SAVE=/b\n", "XENDOMAINS_SAVE=\nXENDOMAINS_SAVE=\n"),
        ("#XENDOMAINS_SAVE=/a\n", "#XENDOMAINS_SAVE=/a\n"),
        ('XENDOMAINS_SAVE=""\n', 'XENDOMAINS_SAVE=""\n'),
    ],
)
def test_nothing_is_saved(text, wanted):
    assert settings.without_saving(text) == wanted
    assert settings.without_saving(wanted) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('#autoballoon="auto"\n', '#autoballoon="auto"\nautoballoon="off"\n'),
        ('autoballoon="on"\nx=1\n', 'autoballoon="off"\nx=1\n'),
        (" autoballoon = 1 # why\n", ' autoballoon = "off" # why\n'),
        ("x=1", 'x=1\nautoballoon="off"\n'),
        ("", 'autoballoon="off"\n'),
    ],
)
def test_the_first_domain_does_not_balloon(text, wanted):
    assert settings.without_ballooning(text) == wanted
    assert settings.without_ballooning(wanted) == wanted
    assert xen.parse_autoballoon(wanted) == "off"
