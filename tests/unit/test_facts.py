import pytest

from saltext.muster import facts
from saltext.muster.errors import InvalidArgument
from saltext.muster.facts import Facts, Unread
from saltext.muster.probes import hostname


def test_only_what_is_asked_for_is_read(tmp_path):
    assert set(facts.collect(["hosts", "os", "hosts"], str(tmp_path))) == {"hosts", "os"}


@pytest.mark.parametrize("name", ["nonsense", "source", "_text", "..errors", "", "os.path"])
def test_an_unknown_probe_is_named_with_those_there_are(name, tmp_path):
    with pytest.raises(InvalidArgument, match=r"there are: .*hostname"):
        facts.collect([name], str(tmp_path))


def test_a_probe_that_fails_takes_no_other_down(tmp_path, monkeypatch):
    def fail(source):
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr(hostname, "read", fail)
    found = facts.collect(["hostname", "hosts"], str(tmp_path))
    assert "ZeroDivisionError: by zero" in found["hostname"]["unknown"]
    assert "unknown" not in found["hosts"] or "hosts" in found["hosts"]["unknown"]
    with pytest.raises(Unread, match="by zero"):
        Facts(found).get("hostname", "running")


@pytest.mark.parametrize(
    ("path", "why"),
    [
        (("a",), "a was not collected"),
        (("b", "c"), "the reason"),
        (("d", "e", "f"), "d.e.f was not collected"),
        (("d", "e", "g"), "the reason"),
    ],
)
def test_a_value_that_is_not_there_says_why(path, why):
    found = Facts({"b": {"unknown": "the reason"}, "d": {"e": {"g": {"unknown": "the reason"}}}})
    with pytest.raises(Unread, match=why):
        found.get(*path)
