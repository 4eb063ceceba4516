from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import chrony
from saltext.muster.probes.source import Unreadable, unknown

TRACKING = (
    "0A4D0001,10.77.0.1,11,1763690000.123456789,-0.000012345,0.000001234,0.000023456,"
    "-12.345,0.001,0.123,0.000456789,0.000123456,64.2,Normal\n"
)


def source_of(line, kind, name, options="", file="/etc/chrony/chrony.conf"):
    return {"kind": kind, "name": name, "options": options, "file": file, "line": line}


def test_parse_config():
    text = (
        "! old comment\n; one\n# two\n% three\n\n"
        "pool 2.debian.pool.ntp.org iburst  maxsources 4\n"
        "  SERVER\tntp.example.com   # prefer\n"
        "peer 10.0.0.2\nserver\nserverless a\nmakestep 1 3\n"
    )
    sources, inclusions = chrony.parse_config(text, "/etc/chrony/chrony.conf")
    assert sources == [
        source_of(6, "pool", "2.debian.pool.ntp.org", "iburst maxsources 4"),
        source_of(7, "server", "ntp.example.com", "# prefer"),
        source_of(8, "peer", "10.0.0.2"),
    ]
    assert inclusions == []


def test_sources_of_all_files(host):
    files = {
        "/etc/chrony/chrony.conf": (
            "server a iburst\nconfdir /etc/chrony/conf.d\n"
            "sourcedir /run/chrony-dhcp /etc/chrony/sources.d\ninclude /etc/chrony/more/*.inc\n"
        ),
        "/etc/chrony/conf.d/b.conf": "server b\n",
        "/etc/chrony/conf.d/b.conf.old": "server old\n",
        "/run/chrony-dhcp/eth0.sources": "server c\nconfdir /etc/ignored\n",
        "/etc/chrony/sources.d/eth0.sources": "server hidden-by-the-first-folder\n",
        "/etc/chrony/sources.d/f.sources": "pool f\n",
        "/etc/chrony/more/e.inc": "peer e\n",
        "/etc/ignored/x.conf": "server ignored\n",
    }
    found = chrony.read(host(files))
    assert found["config"] == "/etc/chrony/chrony.conf"
    assert [(each["name"], each["file"]) for each in found["sources"]] == [
        ("a", "/etc/chrony/chrony.conf"),
        ("b", "/etc/chrony/conf.d/b.conf"),
        ("c", "/run/chrony-dhcp/eth0.sources"),
        ("f", "/etc/chrony/sources.d/f.sources"),
        ("e", "/etc/chrony/more/e.inc"),
    ]


def test_the_redhat_family_s_path(host):
    found = chrony.read(host({"/etc/chrony.conf": "server a\n"}))
    assert found["config"] == "/etc/chrony.conf"
    assert found["sources"] == [source_of(1, "server", "a", file="/etc/chrony.conf")]


def test_without_chrony_there_is_no_config_and_no_source(host):
    found = chrony.read(host())
    assert (found["config"], found["sources"]) == ("", [])
    assert not any(state["installed"] for state in found["services"].values())


def test_files_that_include_each_other_end(host):
    files = {
        "/etc/chrony.conf": "include /etc/a\nserver x\n",
        "/etc/a": "include /etc/chrony.conf\n",
    }
    assert len(chrony.read(host(files))["sources"]) == 1


def test_an_inclusion_without_end_is_unknown(host):
    files = {f"/etc/c{i}": f"include /etc/c{i + 1}\n" for i in range(20)}
    files["/etc/chrony.conf"] = "include /etc/c0\n"
    assert "nested too deep" in chrony.read(host(files))["sources"]["unknown"]


def test_one_unreadable_file_makes_the_sources_unknown(host):
    files = {"/etc/chrony.conf": "server a\nconfdir /etc/c.d\n", "/etc/c.d/x.conf/": ""}
    assert unknown(chrony.read(host(files))["sources"])


def test_tracking():
    assert chrony.parse_tracking(TRACKING) == {
        "refid": "0A4D0001",
        "name": "10.77.0.1",
        "stratum": 11,
        "offset": -0.000012345,
        "leap": "Normal",
    }


def test_tracking_of_a_daemon_that_is_not_synchronised():
    text = "00000000,,0,0.000000000,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised\n"
    found = chrony.parse_tracking(text)
    assert (found["refid"], found["stratum"], found["leap"]) == ("00000000", 0, "Not synchronised")


@pytest.mark.parametrize(
    "text",
    [
        "", "506 Cannot talk to daemon\n", TRACKING.replace(",Normal", ""), TRACKING + TRACKING,
        TRACKING.replace(",11,", ",eleven,"), TRACKING.replace("-0.000012345", "nan"),
        TRACKING.replace("-0.000012345", "inf"), TRACKING.replace("-0.000012345", ""),
    ],
)  # fmt: skip
def test_tracking_that_is_none(text):
    with pytest.raises(Unreadable, match="chronyc tracking said"):
        chrony.parse_tracking(text)


def test_tracking_is_asked_without_name_lookups(host):
    asked = []

    def run(argv):
        asked.append(argv)
        return TRACKING

    assert chrony.read(host(run=run))["tracking"]["stratum"] == 11
    assert asked == [["chronyc", "-c", "-n", "tracking"]]


@given(st.text())
def test_no_text_makes_a_parser_raise(text):
    chrony.parse_config(text, "/etc/chrony.conf")
    try:
        chrony.parse_tracking(text)
    except Unreadable:
        pass


WORD = st.from_regex(r"[a-z0-9][a-z0-9.:-]{0,9}", fullmatch=True)
LINE = st.tuples(st.sampled_from(["server", "pool", "peer"]), WORD, st.lists(WORD, max_size=3))


@given(st.lists(LINE))
def test_what_is_rendered_is_read_back(wanted):
    text = "".join(f" {kind}  {name} {' '.join(rest)}\n" for kind, name, rest in wanted)
    sources, _ = chrony.parse_config(text, "x")
    assert [(s["kind"], s["name"], s["options"].split()) for s in sources] == wanted
