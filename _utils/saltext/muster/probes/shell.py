"""What root's .bashrc prints or does to the prompt, beyond what the distribution put there."""

import re
from typing import Any, Dict, List

from ._text import lines, words
from .source import Source, attempt

_PATH = "/root/.bashrc"
_SKELETONS = (
    "/etc/skel/.bashrc",
    "/usr/share/base-files/dot.bashrc",
    "/usr/share/rootfiles/.bashrc",
)

_PROMPTS = ("PS0", "PS1", "PS2", "PROMPT_COMMAND", "PROMPT_DIRTRIM")
_PRINTERS = {
    "banner", "boxes", "cat", "cowsay", "date", "df", "echo", "fastfetch", "figlet", "fortune",
    "free", "hostname", "id", "last", "lastlog", "lolcat", "motd", "neofetch", "pfetch",
    "printf", "screenfetch", "toilet", "uname", "uptime", "w", "who", "whoami",
}  # fmt: skip
_DRAWERS = (
    "starship",
    "oh-my-posh",
    "liquidprompt",
    "powerline",
    "powerlevel10k",
    "bash-git-prompt",
)

#: What a line of commands is cut at; a word in front of these is no command.
_CUT = re.compile(r"&&|\|\||[;|&(){}`]")
_PREFIXES = {
    "then",
    "do",
    "else",
    "if",
    "while",
    "until",
    "!",
    "command",
    "builtin",
    "exec",
    "time",
}
_SETS = re.compile(r"^(%s)\+?=" % "|".join(_PROMPTS))
_FUNCTION = re.compile(r"^\s*(?:function\s+[\w.:-]+|[\w.:-]+\s*\(\s*\))")
_MOST = 100


def read(source: Source) -> Dict[str, Any]:
    """Return exists and changes of /root/.bashrc.

    changes are the lines that the distribution's skeletons have not and that print something or
    set the prompt: {"line", "what" (the command or variable)}. The lines themselves are left
    out: people keep secrets in there.
    """
    return {"path": _PATH, "exists": source.exists(_PATH), "changes": attempt(_changes, source)}


def offenders(text: str) -> List[Dict[str, Any]]:
    """Return the lines of a shell file that print or set the prompt: {"line", "what"}.

    A function's body is passed over: it does nothing by itself.
    """
    found, inside = [], False
    for number, line in lines(text):
        if inside or _FUNCTION.match(line):
            inside = "}" not in line if not inside else not line.startswith("}")
            continue
        what = offence(line)
        if what:
            found.append({"line": number, "what": what})
    return found[:_MOST]


def offence(line: str) -> str:
    """Return what in one line of shell prints or sets the prompt, or ""."""
    if line.lstrip().startswith("#"):
        return ""
    bare = _without_quotes(line)
    for drawer in _DRAWERS:
        if drawer in line:
            return words(drawer)[0]
    for piece in _CUT.split(bare):
        given = words(piece)
        while given and given[0] in _PREFIXES:
            given = given[1:]
        if given and given[0] in ("export", "declare", "typeset", "readonly"):
            given = [word for word in given[1:] if not word.startswith("-")]
        for word in given:
            match = _SETS.match(word)
            if match:
                return match.group(1)
            if "=" not in word:
                break  # the command's own name: what follows are its arguments
        if given and given[0] in _PRINTERS and not _silent(piece):
            return given[0]
    return ""


def _silent(piece: str) -> bool:
    """Say whether the command's output goes elsewhere."""
    return re.search(r"(?<![0-9])1?>", piece) is not None


def _without_quotes(line: str) -> str:
    """Return the line without comments; what is in quotes or $(...) is one letter."""
    line = re.sub(r"'[^']*'|\"(?:\\.|[^\"\\])*\"", "Q", line)
    line = re.sub(r"\$\([^()]*\)|`[^`]*`", "S", line)
    line = re.sub(r"[0-9]?>&[0-9-]", "", line).replace("&>", ">")
    return re.split(r"(?:^|\s)#", line, maxsplit=1)[0]


def _changes(source: Source) -> List[Dict[str, Any]]:
    text = source.text_or(_PATH)
    known = {line.strip() for path in _SKELETONS for _, line in lines(source.text_or(path))}
    texts = {number: line.strip() for number, line in lines(text)}
    return [each for each in offenders(text) if texts[each["line"]] not in known]
