from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saltext.muster.probes import shell
from saltext.muster.probes.source import unknown


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("PS1='# '", "PS1"),
        ('export PS1="\\u@\\h"', "PS1"),
        ("PS1+=x", "PS1"),
        ("declare -x PROMPT_COMMAND=hello", "PROMPT_COMMAND"),
        ("if true; then PS1=x; fi", "PS1"),
        ("LANG=C PS1=x", "PS1"),
        ("echo hello", "echo"),
        ("[ -t 1 ] && echo hello", "echo"),
        ("if [ -f /etc/motd ]; then cat /etc/motd; fi", "cat"),
        ("{ uptime; }", "uptime"),
        ("command echo hello", "echo"),
        ("echo hello >&2", "echo"),
        ("echo hello 2>/dev/null", "echo"),
        ("neofetch", "neofetch"),
        ('eval "$(starship init bash)"', "starship"),
        ("printf '%s' x | tr a b", "printf"),
    ],
)
def test_what_prints_or_sets_the_prompt(line, what):
    assert shell.offence(line) == what


@pytest.mark.parametrize(
    "line",
    [
        "",
        "# PS1='# '",
        "alias ls='ls --color=auto'",
        "alias hello='echo hello'",
        "export EDITOR=vim",
        'PATH="$PATH:/opt/bin"',
        '[ -z "$PS1" ] && return',
        "case $- in *i*) ;; *) return;; esac",
        "echo started >> /var/log/logins",
        "echo started &> /dev/null",
        "HOST=$(hostname)",
        "HOST=`hostname`",
        "export NAME=$(uname -n) OTHER=x",
        'test -r ~/.dircolors && eval "$(dircolors -b ~/.dircolors)"',
        "    . /etc/bashrc",
        "shopt -s histappend  # echo no",
        "grep -q PS1= /etc/profile",
        "OPS1=x",
    ],
)
def test_what_does_neither(line):
    assert shell.offence(line) == ""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("greet() {\n  echo hello\n}\necho bye\n", [4]),
        ("greet() { echo hello; }\necho bye\n", [2]),
        ("function greet\n{\n  echo hello\n}\n", []),
        ("greet () {\n  if true; then\n    echo a\n  fi\n}\nPS1=x\n", [6]),
    ],
)
def test_a_function_does_nothing_by_itself(text, lines):
    assert [each["line"] for each in shell.offenders(text)] == lines


@pytest.mark.parametrize("skeleton", ["/etc/skel/.bashrc", "/usr/share/base-files/dot.bashrc"])
def test_the_distribution_may_set_the_prompt(host, skeleton):
    text = "if true; then\n    PS1='a '\nfi\n"
    source = host({"/root/.bashrc": text + "PS1='mine '\n", skeleton: text})
    assert shell.read(source)["changes"] == [{"line": 4, "what": "PS1"}]


def test_no_file_says_nothing(host):
    assert shell.read(host())["changes"] == []
    assert shell.read(host())["exists"] is False


def test_a_folder_is_unknown(host):
    assert unknown(shell.read(host({"/root/.bashrc/": ""}))["changes"])


def test_lines_are_no_facts(host):
    found = shell.read(host({"/root/.bashrc": "echo token=hunter2\n"}))
    assert "hunter2" not in str(found)


@given(st.text())
def test_no_text_makes_it_raise(text):
    shell.offenders(text)
    shell.offence(text)
