"""xend's file keeps every byte but the value that is set."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.xen import sxp
from saltext.muster.errors import Refused
from saltext.muster.probes import _sxp

#: Lines as xend's own file has them: comments, examples in comments, settings of others.
LINES = st.sampled_from(
    [
        "# -*- sh -*-\n",
        "#(xend-relocation-server no)\n",
        "# (dom0-min-mem 196\n",
        "(logfile /var/log/xen/xend.log)\n",
        "(xend-unix-server yes) # not (this\n",
        "(network-script\n   'network-bridge netdev=eth0')\n",
        "(device-model (a (b 'c)')) \"#\")\n",
        "\n",
        "\t(vif-script vif-bridge)\r\n",
    ]
)
VALUES = st.sampled_from(["0", "yes", "", "0.0.0.0", r"^192\.168\.3\.[0-9]+$", "it's"])
KEYS = st.sampled_from(["dom0-min-mem", "xend-relocation-server", "vncpasswd"])


@given(st.lists(LINES).map("".join), KEYS, VALUES)
def test_a_new_setting_is_added_at_the_end_and_read_back(text, key, value):
    new = sxp.edit(text, key, value)
    assert new.startswith(text)
    assert new == f"{text}{sxp.line(key, value)}\n"
    assert _sxp.parse(new)[key] == value
    assert sxp.edit(new, key, value) == new


@given(st.lists(LINES).map("".join), st.lists(LINES).map("".join), KEYS, VALUES, VALUES)
def test_a_set_value_is_replaced_where_it_stands(before, after, key, old, new):
    text = f"{before}{sxp.line(key, old)}{after}"
    changed = sxp.edit(text, key, new)
    assert changed == f"{before}{sxp.line(key, new)}{after}"
    assert _sxp.parse(changed) == {**_sxp.parse(text), key: new}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(a 1)(a 2)\n", "(a 0)(a 2)\n"),
        ("( a\n  # why\n  1 )\n", "( a\n  # why\n  0 )\n"),
        ('(a "1")\n', "(a 0)\n"),
        ("(a)\n", "(a 0)\n"),
        ("(a (b c) d)\n", "(a 0)\n"),
        ("(b (a 1))\n", "(b (a 1))\n(a 0)\n"),
        ("((a) 1)\n", "((a) 1)\n(a 0)\n"),
        ("#(a 1)\n(a 1) # x\n", "#(a 1)\n(a 0) # x\n"),
        ("(a 1)", "(a 0)"),
        ("# no end", "# no end\n(a 0)\n"),
        ("(a 0) ((", "(a 0) (("),
        ("", "(a 0)\n"),
    ],
)
def test_forms_of_a_setting(text, wanted):
    assert sxp.edit(text, "a", "0") == wanted


@pytest.mark.parametrize("text", ["(a 1", "(b (c d)\n(a 1)\n", ")", "(a 1))"])
def test_parentheses_that_do_not_match_are_refused(text):
    with pytest.raises(Refused, match="do not match"):
        sxp.edit(text, "a", "0")


def test_the_document_s_lines():
    text = ""
    for key, value in (
        ("dom0-min-mem", "0"),
        ("xend-relocation-server", "yes"),
        ("xend-relocation-port", "8002"),
        ("xend-relocation-address", ""),
        ("xend-relocation-hosts-allow", r"^192\.168\.3\.[0-9]+$"),
        ("vnc-listen", "0.0.0.0"),
        ("vncpasswd", ""),
    ):
        text = sxp.edit(text, key, value)
    assert text == (
        "(dom0-min-mem 0)\n(xend-relocation-server yes)\n(xend-relocation-port 8002)\n"
        "(xend-relocation-address '')\n"
        "(xend-relocation-hosts-allow '^192\\\\.168\\\\.3\\\\.[0-9]+$')\n"
        "(vnc-listen '0.0.0.0')\n(vncpasswd '')\n"
    )
