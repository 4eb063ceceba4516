"""The runner's reports: of every node, rebuilt from checked parts, and of every cluster."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saltext.muster import comparison, platforms, report
from saltext.muster.master.gather import gather
from saltext.muster.plan import plan
from saltext.muster.requirement import Comparison, Outcome, Requirement, Rule
from saltext.muster.verdict import Verdict
from tests.unit.test_conflicts import GNT, PVC, VMM, cluster, node, waiver

#: 2026-11-21, 00:00 UTC.
NOW = 1795219200.0

N1, N2 = "node1.example.com", "node2.example.com"


def row(number):
    return Requirement(
        id=f"X-00{number}", source="s", place="p", text=f"row {number}", recommended="r",
        probes=("os",), test=lambda facts, plan: Outcome("pass", "", ""), remedy="r", by_hand="h",
    )  # fmt: skip


def differ(values, cluster):
    texts = {each.get("a") for each in values.values()}
    return Outcome("pass" if len(texts) == 1 else "fail", str(len(texts)), "one")


COMPARED = Comparison(
    id="X-101", source="s", place="p", text="a is the same", minimum="m", probes=("os",),
    values=lambda facts, plan: {"a": "1"}, compare=differ, remedy="r", by_hand="h",
)  # fmt: skip


@pytest.fixture(autouse=True)
def two_rows(monkeypatch):
    """Ganeti with two rows, one comparison and one rule."""
    module = platforms.load(GNT)
    monkeypatch.setattr(module, "REQUIREMENTS", (row(1), row(2)))
    monkeypatch.setattr(module, "COMPARISONS", (COMPARED,))
    rule = Rule(id="X-201", source="s", place="p", text="t")
    monkeypatch.setattr(module, "RULES", (rule,))


DEMO = cluster(GNT)


def answer(node, *statuses, of=None, values=None, **changes):
    """What a sound minion returns: one status for each row."""
    verdicts = [
        {"id": f"X-00{number}", "subject": node, "status": status, "text": f"row {number}"}
        for number, status in enumerate(statuses, 1)
    ]
    digest = plan(of or DEMO, node)["digest"]
    told = {"X-101": {"a": "1"}} if values is None else values
    return {"node": node, "plan": digest, "verdicts": verdicts, "values": told, **changes}


def gathered(answers, expected=(N1, N2), clusters=(DEMO,)):
    return gather(answers, clusters, expected, NOW)


def both(*statuses, **changes):
    return {N1: answer(N1, *statuses, **changes), N2: answer(N2, *statuses)}


def statuses(report):
    return {verdict["id"]: verdict["status"] for verdict in report["verdicts"]}


@pytest.mark.parametrize(
    ("first", "retcode"),
    [
        (("pass", "skip"), 0),
        (("pass", "warn"), 0),
        (("pass", "pending"), 3),
        (("pending", "fail"), 2),
        (("pass", "unknown"), 2),
        (("pass",), 2),
        ((), 2),
    ],
)
def test_the_retcode_is_the_worst_of_all(first, retcode):
    assert gathered(both(*first) | {N2: answer(N2, "pass", "pass")})["retcode"] == retcode


@pytest.mark.parametrize("odd", [False, None, "'muster.check' is not available.", [], {}, 7])
def test_a_node_without_a_report_is_unknown_and_so_is_the_comparison(odd):
    found = gathered(both("pass", "pass") | {N2: odd})
    assert found["retcode"] == 2
    assert "unknown: " in found["reports"][N2]["problems"][0]
    of_cluster = found["reports"]["cluster ganeti-demo"]
    assert statuses(of_cluster) == {"X-101": "unknown"}
    assert N2 in of_cluster["verdicts"][0]["reason"]


@pytest.mark.parametrize(
    "odd", [False, None, "Minion did not return. [No response]", "Minion did not return"]
)
def test_all_ways_in_which_salt_says_that_a_node_is_silent(odd):
    found = gathered(both("pass", "pass") | {N2: odd})["reports"]
    assert "the minion did not answer" in found[N2]["problems"][0]
    assert "it did not answer" in found["cluster ganeti-demo"]["verdicts"][0]["reason"]


def nested(depth):
    found = []
    for _level in range(depth):
        found = [found]
    return found


@pytest.mark.parametrize("odd", [nested(5000), 10**5000], ids=["nested", "number"])
def test_what_cannot_even_be_shown(odd):
    ways = [odd, {"verdicts": odd}, {"verdicts": [odd]}, {"verdicts": [], "problems": [odd]}]
    ways += [answer(N1, "pass", "pass", **{key: odd}) for key in ("plan", "problems", "values")]
    ways.append(answer(N1, "pass", "pass", values={"X-101": {"a": {"unknown": odd}}}))
    for way in ways:
        found = gathered({N1: way, N2: answer(N2, "pass", "pass")})
        assert list(found["reports"]) == [N1, N2, "cluster ganeti-demo"]
        report.table(found["reports"])


def test_a_node_that_is_not_connected_is_named():
    found = gathered({N1: answer(N1, "pass", "pass")})
    assert "not accepted" in found["reports"][N2]["problems"][0]
    reason = found["reports"]["cluster ganeti-demo"]["verdicts"][0]["reason"]
    assert reason == f"not told by {N2} (it is not connected)"


def test_nothing_at_all_is_not_green():
    assert gather({}, (), (), NOW)["retcode"] == 2
    assert gathered({}, clusters=())["retcode"] == 2


def test_each_cluster_has_a_report_of_its_own():
    found = gathered(both("pass", "pass"))
    assert list(found["reports"]) == [N1, N2, "cluster ganeti-demo"]
    of_cluster = found["reports"]["cluster ganeti-demo"]
    assert statuses(of_cluster) == {"X-101": "pass"}
    assert of_cluster["verdicts"][0]["subject"] == "ganeti-demo"
    assert (of_cluster["node"], of_cluster["cluster"]) == ("", "ganeti-demo")
    assert of_cluster["profile"] == "ganeti kvm current production"
    assert found["retcode"] == 0
    assert found["format"] == "muster-reports"


def test_a_difference_between_nodes_is_the_clusters():
    found = gathered(both("pass", "pass", values={"X-101": {"a": "2"}}))
    assert found["retcode"] == 2
    assert statuses(found["reports"]["cluster ganeti-demo"]) == {"X-101": "fail"}
    assert found["reports"][N1]["retcode"] == 0


def test_some_nodes_asked_are_no_comparison():
    found = gathered({N1: answer(N1, "pass", "pass")}, expected=())
    of_cluster = found["reports"]["cluster ganeti-demo"]
    assert statuses(of_cluster) == {"X-101": "skip"}
    assert N2 in of_cluster["verdicts"][0]["reason"]
    assert found["retcode"] == 0


def test_clusters_of_which_nobody_was_asked_are_left_out():
    other = cluster(PVC, nodes=[node(7), node(8)])
    found = gathered(both("pass", "pass"), expected=(), clusters=(DEMO, other))
    assert "cluster pvc-demo" not in found["reports"]


def test_two_clusters_of_one_name_are_told_apart():
    other = cluster(GNT, nodes=[node(7), node(8)])
    answers = both("pass", "pass")
    answers |= {id_: answer(id_, "pass", "pass", of=other) for id_ in other.nodes}
    found = gathered(answers, clusters=(DEMO, other))
    assert {"cluster ganeti-demo", "cluster ganeti-demo #2"} <= set(found["reports"])


class TestForgery:
    """A minion speaks for itself only, about its rows only, by the master's plan only."""

    def test_of_another_node(self):
        evil = answer(N1, "pass", "pass")
        evil["node"] = N2
        evil["verdicts"][0]["subject"] = N2
        found = gathered({N1: evil, N2: False})["reports"]
        assert found[N1]["node"] == N1
        assert {verdict["subject"] for verdict in found[N1]["verdicts"]} == {N1}
        assert found[N2]["verdicts"] == []

    def test_of_the_clusters_report(self):
        found = gathered(both("pass", "pass") | {"cluster ganeti-demo": answer(N1, "fail")})
        assert statuses(found["reports"]["cluster ganeti-demo"]) == {"X-101": "pass"}
        assert "minion 'cluster ganeti-demo'" in found["reports"]
        assert found["retcode"] == 2

    def test_of_the_clusters_comparisons(self):
        evil = answer(N1, "pass", "pass")
        evil["verdicts"].append({"id": "X-101", "status": "pass"})
        evil["cluster"] = "another"
        found = gathered({N1: evil, N2: answer(N2, "pass", "pass")})["reports"]
        assert "judges what its platform does not ask for: 'X-101'" in found[N1]["problems"][0]
        assert found[N1]["cluster"] == "ganeti-demo"
        assert statuses(found["cluster ganeti-demo"]) == {"X-101": "unknown"}

    def test_of_the_retcode_counts_and_waivers(self):
        evil = answer(N1, "fail", "pass", retcode=0, counts={}, waivers=[{"a": "b"}])
        found = gathered({N1: evil})["reports"][N1]
        assert (found["retcode"], found["counts"]) == (2, {"fail": 1, "pass": 1})
        assert found["waivers"] == []

    def test_of_a_waiver(self):
        evil = answer(N1, "waived", "pass")
        evil["verdicts"][0].update(was="fail", waiver="none of your business")
        found = gathered({N1: evil, N2: answer(N2, "pass", "pass")})
        assert found["retcode"] == 2
        (verdict,) = [v for v in found["reports"][N1]["verdicts"] if v["id"] == "X-001"]
        assert verdict["status"] == "unknown"
        assert "no waiver of the cluster file holds" in verdict["reason"]

    def test_a_true_waiver_is_told_in_the_files_words(self):
        where = cluster(GNT, waivers=(waiver("X-001"), waiver("X-002", expires="2026-11-20")))
        mine = answer(N1, "waived", "waived", of=where)
        mine["verdicts"][0].update(was="fail", waiver="forged")
        other = answer(N2, "pass", "pass", of=where)
        found = gathered({N1: mine, N2: other}, clusters=(where,))["reports"]
        told = {verdict["id"]: verdict for verdict in found[N1]["verdicts"]}
        assert (told["X-001"]["status"], told["X-002"]["status"]) == ("waived", "unknown")
        assert told["X-001"]["waiver"] == "r (owner o, until 2027-01-01)"
        states = {each["requirement"]: each["state"] for each in found[N1]["waivers"]}
        assert states == {"X-001": "used", "X-002": "expired"}
        states = {each["requirement"]: each["state"] for each in found[N2]["waivers"]}
        assert states == {"X-001": "unused", "X-002": "expired"}

    def test_a_row_left_out_is_unknown(self):
        found = gathered(both("pass"))["reports"][N1]
        assert statuses(found) == {"X-001": "pass", "X-002": "unknown"}
        assert "leaves this row out" in found["verdicts"][0]["reason"]

    def test_a_row_left_out_may_be_waived(self):
        where = cluster(GNT, waivers=(waiver("X-002"),))
        found = gathered({N1: answer(N1, "pass", of=where)}, clusters=(where,))["reports"][N1]
        assert statuses(found) == {"X-001": "pass", "X-002": "waived"}

    def test_a_row_told_twice(self):
        evil = answer(N1, "pass", "pass")
        evil["verdicts"].append({"id": "X-001", "status": "fail"})
        found = gathered({N1: evil})["reports"][N1]
        assert found["retcode"] == 2
        assert "judges twice: X-001" in found["problems"][0]

    def test_a_foreign_row_cannot_flood_the_report(self):
        evil = answer(N1, "pass", "pass")
        evil["verdicts"] += [{"id": f"EVIL\n{i}", "status": "pass"} for i in range(5000)]
        found = gathered({N1: evil})["reports"][N1]
        assert len(found["verdicts"]) == 2
        assert len(found["problems"]) == 1
        assert "and 1988 more" in found["problems"][0]
        assert "\n" not in found["problems"][0]

    @pytest.mark.parametrize("other", ["", "0" * 64, None, 7, ["x"]])
    def test_another_plan_is_told(self, other):
        found = gathered({N1: answer(N1, "pass", "pass", plan=other), N2: False})["reports"][N1]
        assert found["retcode"] == 2
        assert "was judged by plan" in found["problems"][0]
        assert found["plan"] == plan(DEMO, N1)["digest"]

    def test_its_own_words_for_a_row_are_the_catalogues(self):
        evil = answer(N1, "pass", "pass")
        evil["verdicts"][0]["text"] = "all is well"
        assert gathered({N1: evil})["reports"][N1]["verdicts"][0]["text"] == "row 1"

    def test_a_node_of_no_file_or_of_two(self):
        found = gathered({"n9": answer(N1, "pass", "pass")}, expected=(), clusters=())
        assert "name it" in found["reports"]["n9"]["problems"][0]
        found = gathered(both("pass", "pass"), clusters=(DEMO, replace(DEMO, name="second")))
        assert "name it" in found["reports"][N1]["problems"][0]
        assert found["retcode"] == 2

    def test_problems_of_its_own_are_kept_and_bounded(self):
        sent = answer(N1, problems=["x" * 5000] * 50)
        found = gathered({N1: sent})["reports"][N1]
        assert len(found["problems"]) == 20
        assert max(map(len, found["problems"])) == 1000
        assert found["verdicts"] == []


class TestConflicts:
    """Conflicts of what is asked of a cluster's servers are in its report."""

    def test_a_resolvable_one_is_a_warning(self):
        where = cluster(GNT, also=(VMM,))
        answers = {id_: answer(id_, "pass", "pass", of=where) for id_ in where.nodes}
        found = gathered(answers, clusters=(where,))
        told = statuses(found["reports"]["cluster ganeti-demo"])
        assert told["XC-06"] == "warn"
        assert found["retcode"] == 0

    def test_a_waived_one_is_never_silent(self):
        where = cluster(GNT, also=(VMM,), waivers=(waiver("XC-06"), waiver("XC-13")))
        answers = {id_: answer(id_, "pass", "pass", of=where) for id_ in where.nodes}
        found = gathered(answers, clusters=(where,))["reports"]["cluster ganeti-demo"]
        assert statuses(found)["XC-06"] == "waived"
        states = {each["requirement"]: each["state"] for each in found["waivers"]}
        assert states == {"XC-06": "used", "XC-13": "unused"}

    def test_one_between_two_files_fails_both(self):
        other = cluster(
            PVC, nodes=[replace(each, id=f"p-{each.id}") for each in DEMO.nodes.values()]
        )
        found = gathered(both("pass", "pass"), expected=(), clusters=(DEMO, other))
        assert statuses(found["reports"]["cluster ganeti-demo"])["XC-01"] == "fail"
        assert found["retcode"] == 2


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
nearly = st.fixed_dictionaries(
    {"verdicts": anything | st.lists(anything | st.fixed_dictionaries({"id": st.sampled_from(
        ["X-001", "X-002", "X-101"]), "status": st.sampled_from(["pass", "waived", "x"])}))},
    optional={"plan": anything | st.just(plan(DEMO, N1)["digest"]), "problems": anything,
              "values": anything | st.dictionaries(st.just("X-101"), anything)},
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text() | st.sampled_from([N1, N2]), anything | nearly))
def test_no_answer_crashes_the_run_or_makes_it_green(answers):
    found = gathered(answers)
    assert found["retcode"] == 2
    for each in found["reports"].values():
        for data in each["verdicts"]:
            Verdict.from_data(data)
    text = report.table(found["reports"])
    assert all(char.isprintable() or char == "\n" for char in text)


def test_a_thousand_nodes(monkeypatch):
    monkeypatch.undo()
    nodes = [
        replace(node(1), id=f"n{i}", fqdn=f"n{i}.example.com", short=f"n{i}") for i in range(1000)
    ]
    where = cluster(VMM, nodes=[replace(each, address=f"10.1.{i // 250}.{i % 250 + 1}")
                                for i, each in enumerate(nodes)])  # fmt: skip
    rows = platforms.load(VMM).REQUIREMENTS
    compared = comparison.rows(VMM)
    verdicts = [{"id": each.id, "subject": "n", "status": "pass", "seen": "x"} for each in rows]
    told = {each.id: {"os": "almalinux 8.9"} for each in compared}
    answers = {
        each.id: {"plan": plan(where, each.id)["digest"], "verdicts": verdicts, "values": told}
        for each in nodes
    }
    found = gather(answers, [where], [], NOW)
    assert len(found["reports"]) == 1001
