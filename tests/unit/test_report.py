from hypothesis import given
from hypothesis import strategies as st

from saltext.muster import report

GOOD = {
    "node": "n1",
    "cluster": "demo",
    "profile": "ganeti kvm",
    "plan": "0123456789abcdef",
    "counts": {"fail": 1, "pass": 1},
    "retcode": 2,
    "verdicts": [
        {"id": "X-001", "subject": "n1", "status": "fail", "text": "the name is right",
         "seen": "short", "wanted": "long.example", "remedy": "set it"},
        {"id": "X-002", "subject": "n1", "status": "pass", "text": "all well", "seen": "yes"},
    ],
}  # fmt: skip


def test_the_table_tells_seen_wanted_and_remedy():
    text = report.table({"n1": GOOD})
    assert text.splitlines() == [
        "n1  cluster demo  ganeti kvm  plan 0123456789ab  1 fail, 1 pass",
        "  fail     X-001    the name is right",
        "           seen: short; wanted: long.example",
        "           remedy: set it",
        "  pass     X-002    all well: yes",
    ]


def test_colours_only_when_asked():
    assert "\x1b" not in report.table({"n1": GOOD})
    assert "\x1b[31;1mfail" in report.table({"n1": GOOD}, colour=True)


def test_a_waiver_shows_what_it_covers():
    verdict = {"id": "X", "status": "waived", "was": "unknown", "waiver": "why (owner o, until d)"}
    assert "waived unknown: why (owner o, until d)" in report.table(
        {"n": {**GOOD, "verdicts": [verdict]}}
    )


def test_waivers_that_cover_nothing_are_told_at_the_end():
    waiver = {"requirement": "X-001", "reason": "why", "owner": "o", "expires": "2027-01-01"}
    waivers = [{**waiver, "state": state} for state in ("used", "unused", "expired")]
    lines = report.table({"n1": {**GOOD, "waivers": waivers}}).splitlines()
    assert [line for line in lines if "waiver" in line] == [
        "  waiver   X-001    unused: why (owner o, until 2027-01-01)",
        "  waiver   X-001    expired: why (owner o, since 2027-01-01)",
    ]
    assert "unused: why" in report.summary({**GOOD, "waivers": waivers})


def test_hostile_waivers_are_shown_plainly_or_not_at_all():
    for waivers in (None, 7, "x", {}, [None, [], "x"], [{"requirement": ["\x1b"], "state": 3}]):
        assert "\x1b" not in report.table({"n1": {**GOOD, "waivers": waivers}})


def test_what_is_no_report_is_unknown():
    text = report.table({"n1": "Minion did not return", "n2": {"verdicts": [{"id": 3}]}})
    assert "unknown  no report" in text
    assert "Minion did not return" in text
    assert "unknown  unreadable report" in text


def test_the_summary_leaves_out_what_passes():
    text = report.summary(GOOD)
    assert "X-001" in text
    assert "X-002" not in text
    assert "plan 0123456789ab" in text


anything = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), anything | st.fixed_dictionaries({"verdicts": anything})))
def test_hostile_reports_neither_crash_nor_steer_the_terminal(reports):
    text = report.table(reports)
    assert all(char.isprintable() or char == "\n" for char in text)


@given(st.text())
def test_hostile_texts_in_a_verdict_stay_printable(seen):
    verdict = {"id": "X", "status": "fail", "seen": seen[:4000], "text": seen[:4000]}
    text = report.table({"n": {**GOOD, "verdicts": [verdict], "problems": [seen]}})
    assert all(char.isprintable() or char == "\n" for char in text)
