from __future__ import annotations

from fnmatch import fnmatch

import pytest

from saltext.muster.components.ssh import server

WANTED = {server.ROOT_LOGIN: "prohibit-password", server.BY_KEY: "yes"}
INCLUDE = "Include /etc/ssh/sshd_config.d/*.conf\n"
PARTS = "/etc/ssh/sshd_config.d/"


class Files:
    """sshd's files, by their paths."""

    def __init__(self, main, **parts):
        parts = {f"{PARTS}{name.replace('_', '-')}.conf": text for name, text in parts.items()}
        self.files = {server.MAIN: main, **parts}

    @property
    def args(self):
        return self.files.get, lambda pattern: [p for p in self.files if fnmatch(p, pattern)]

    def value(self, key=server.ROOT_LOGIN):
        return server.value(server.settings(*self.args), key)

    def wins(self, wanted=None):
        return server.own_file_wins(*self.args, wanted or WANTED)


def test_the_defaults():
    assert Files("").value() == "prohibit-password"
    assert Files("").value(server.BY_KEY) == "yes"


@pytest.mark.parametrize(
    "line",
    [
        "PermitRootLogin no",
        "permitrootlogin=no",
        "\tPERMITROOTLOGIN \t no # x",
        'PermitRootLogin "no"',
        "PermitRootLogin = no",
    ],
)
def test_how_a_setting_may_be_written(line):
    assert Files(f"# PermitRootLogin yes\n{line}\n").value() == "no"


def test_the_first_one_counts():
    assert Files("PermitRootLogin no\nPermitRootLogin yes\n").value() == "no"


def test_an_older_word():
    assert Files("PermitRootLogin without-password\n").value() == "prohibit-password"


def test_included_files_are_read_where_they_are_named_and_in_order():
    parts = {"b": "PermitRootLogin no\n", "a": "PermitRootLogin yes\n"}
    assert Files(f"{INCLUDE}PermitRootLogin no\n", **parts).value() == "yes"
    assert Files(f"PermitRootLogin no\n{INCLUDE}", **parts).value() == "no"


def test_an_include_by_a_path_below_etc_ssh():
    assert Files("Include sshd_config.d/*.conf\n", a="PermitRootLogin no\n").value() == "no"


def test_files_that_include_each_other_come_to_an_end():
    assert Files(INCLUDE, a=f"{INCLUDE}PermitRootLogin no\n").value() == "no"


@pytest.mark.parametrize("match", ["Match user root", "match all", "Match Address 10.0.0.0/8"])
def test_what_is_in_a_match_block_is_no_general_setting(match):
    files = Files(f"{match}\nPermitRootLogin yes\n")
    assert files.value() == "prohibit-password"
    (place,) = server.winners(server.settings(*files.args), WANTED)
    assert place.startswith(f"{server.MAIN} line 2 (Match ")
    assert place.endswith(": PermitRootLogin yes)")


def test_who_wins_is_named_by_file_and_line():
    files = Files(INCLUDE, a="\nPermitRootLogin yes\n", b="PermitRootLogin yes\n")
    found = server.winners(server.settings(*files.args), WANTED)
    assert found == [f"{PARTS}a.conf line 2 (PermitRootLogin yes)"]


@pytest.mark.parametrize(
    ("main", "parts", "wins"),
    [
        (INCLUDE, {}, True),
        (f"# x\n{INCLUDE}PermitRootLogin yes\n", {}, True),
        (INCLUDE, {"50_cloud": "PermitRootLogin yes\n"}, True),
        (INCLUDE, {"00_a": "PermitRootLogin yes\n"}, False),
        (INCLUDE, {"00_a": "X11Forwarding yes\n"}, True),
        (f"PermitRootLogin yes\n{INCLUDE}", {}, False),
        (f"Match user a\n{INCLUDE}", {}, False),
        ("PermitRootLogin yes\n", {}, False),
        ("Include /etc/ssh/other.d/*.conf\n", {}, False),
    ],
)
def test_whether_a_file_of_muster_s_own_would_win(main, parts, wins):
    assert Files(main, **parts).wins() is wins


def test_only_what_is_wanted_need_win():
    assert Files(f"PubkeyAuthentication no\n{INCLUDE}").wins({server.ROOT_LOGIN: "no"})


def test_the_block_comes_first_and_once():
    once = server.with_block("PermitRootLogin yes\n", WANTED)
    assert once.endswith("\nPermitRootLogin yes\n")
    assert server.with_block(once, WANTED) == once
    assert Files(once).value() == "prohibit-password"
    other = server.with_block(once, {server.ROOT_LOGIN: "prohibit-password"})
    assert "PubkeyAuthentication" not in other


def test_the_own_file_is_read_by_the_same_rules():
    assert Files(INCLUDE, **{"00_muster": server.own_text(WANTED)}).value() == "prohibit-password"


def test_a_candidate_includes_the_copy_in_its_place():
    files = Files(f"A\n{INCLUDE}B\n", **{"00_a": "", "50_b": ""})
    assert server.candidate(files.files[server.MAIN], files.args[1], "/tmp/own") == (
        f'A\nInclude "{PARTS}00-a.conf"\nInclude "/tmp/own"\nInclude "{PARTS}50-b.conf"\nB\n'
    )


def test_a_candidate_leaves_other_includes_and_broken_lines_alone():
    text = "Include /etc/other/*.conf\nInclude 'unclosed\n"
    assert server.candidate(text, lambda pattern: [], "/tmp/own") == text
