from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.components.ssh import authorized
from saltext.muster.probes import _sshfiles
from tests.unit.components.ssh.made import key

MASTER = "rvm.example.com"
ADDRESSES = ["192.0.2.10", "2001:db8::10"]
(OWN,) = authorized.lines([key(1)], MASTER, ADDRESSES, ["port-forwarding", "pty"])
(NEW,) = authorized.lines([key(2)], MASTER, ADDRESSES, ["port-forwarding", "pty"])
FOREIGN = [
    "",
    "# a comment",
    key(3).text,
    f"{key(4).text} ops@example.com",
    f'from="10.0.0.0/8",command="echo muster:master:x" {key(5, "ssh-rsa").text} a b c',
    f"{key(6).text} muster:master:x and more words",
    "muster:master:x",
    "rubbish \t with\ttabs  ",
    f"{key(1).text} the same key by hand",
    "ssh-dss AAAA old",
]


def test_the_line_lets_in_from_the_masters_addresses_and_forbids_all_else():
    assert (
        'from="192.0.2.10,2001:db8::10",restrict,port-forwarding,pty'
        f" {key(1).text} muster:master:rvm.example.com"
    ) == OWN
    (read,) = _sshfiles.authorized_keys(OWN)
    assert read["options"] == ["from", "restrict", "port-forwarding", "pty"]


def test_a_new_file():
    assert authorized.edit("", [OWN]) == f"{OWN}\n"


def test_a_file_without_an_end_of_line():
    assert authorized.edit("# x", [OWN]) == f"# x\n{OWN}\n"


def test_the_masters_new_key_replaces_its_old_one():
    text = f"# x\n{OWN}\n{key(3).text}\n"
    assert authorized.difference(text, [NEW]) == ([OWN], [NEW])
    assert authorized.edit(text, [NEW]) == f"# x\n{key(3).text}\n{NEW}\n"


def test_another_masters_line_goes():
    (other,) = authorized.lines([key(1)], "old.example.com", ADDRESSES, [])
    assert authorized.edit(f"{other}\n", [OWN]) == f"{OWN}\n"


def test_a_line_that_somebody_widened_is_muster_s_still():
    wide = OWN.replace('from="192.0.2.10,2001:db8::10",', "")
    assert authorized.edit(f"{wide}\n", [OWN]) == f"{OWN}\n"


def test_without_wanted_lines_only_muster_s_go():
    text = "\n".join([*FOREIGN, OWN, ""])
    assert authorized.edit(text, []) == "\n".join([*FOREIGN, ""])


def test_foreign_lines_are_foreign():
    assert [line for line in FOREIGN if authorized.is_own(line)] == []


texts = st.lists(st.sampled_from([*FOREIGN, OWN, NEW, f"{OWN}\r", f"{key(7).text}\r"])).map(
    "\n".join
)


@given(texts, st.sampled_from([[], [OWN], [NEW], [OWN, NEW]]))
def test_an_edit_is_whole_foreign_lines_stay_and_a_second_changes_nothing(text, wanted):
    once = authorized.edit(text, wanted)
    assert authorized.edit(once, wanted) == once
    assert authorized.difference(once, wanted) == ([], [])
    old, new = text.split("\n"), once.split("\n")
    foreign = [line for line in old if not authorized.is_own(line) and line]
    assert [line for line in new if not authorized.is_own(line) and line] == foreign


@given(texts)
def test_what_is_right_keeps_its_bytes(text):
    once = authorized.edit(text, [OWN])
    if authorized.difference(text, [OWN]) == ([], []) and text.count(OWN) == 1:
        assert once == text
