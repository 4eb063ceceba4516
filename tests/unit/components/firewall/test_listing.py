from __future__ import annotations

from saltext.muster.components.firewall import listing

WANTED = """\
table inet muster {
\tset carried4 {
\t\ttype ipv4_addr . inet_service . inet_service
\t\tflags timeout
\t}

\tset peers1 {
\t\ttype ipv4_addr
\t\tflags interval
\t\telements = { 192.0.2.0/25, 192.0.2.129,
\t\t\t     192.0.2.130 }
\t}

\tchain input {
\t\ttype filter hook input priority filter; policy drop;
\t\ticmp type { echo-request, time-exceeded } counter accept
\t\tip saddr @peers1 tcp dport 22 counter accept comment "SSH"
\t}
}
"""
RUNNING = (
    WANTED.replace(
        "\t\tflags timeout\n",
        "\t\tflags timeout\n\t\telements = { 192.0.2.1 . 4505 . 40000 timeout 2d,\n"
        "\t\t\t     192.0.2.1 . 4506 . 40002 timeout 2d }\n",
    )
    .replace("{ echo-request, time-exceeded }", "{ time-exceeded, echo-request }")
    .replace("192.0.2.129,\n\t\t\t     192.0.2.130", "192.0.2.129, 192.0.2.130")
)


def test_order_in_sets_line_breaks_and_carried_connections_are_no_difference():
    assert RUNNING != WANTED
    assert listing.diff(RUNNING, WANTED, 1) == {}


def test_a_rule_too_many_and_one_that_is_missing_are_told():
    changed = RUNNING.replace("tcp dport 22", "tcp dport { 22, 23 }")
    assert listing.diff(changed, WANTED, 1)["rules"] == {
        "old": ['ip saddr @peers1 tcp dport { 22, 23 } counter accept comment "SSH"'],
        "new": ['ip saddr @peers1 tcp dport 22 counter accept comment "SSH"'],
    }


def test_another_policy_another_order_and_another_peer_are_differences():
    for old, new in (
        ("policy drop", "policy accept"),
        ("192.0.2.130", "192.0.2.131"),
        ("counter accept\n", "counter drop\n"),
    ):
        assert listing.diff(RUNNING.replace(old, new), WANTED, 1), old
    rows = WANTED.splitlines()
    rows[-4], rows[-3] = rows[-3], rows[-4]
    assert listing.diff("\n".join(rows), WANTED, 1)


def test_no_table_is_told_with_what_will_be():
    assert listing.diff(None, None, 7)["rules"] == {
        "old": "no table inet muster",
        "new": "table inet muster with 7 rules of the plan",
    }


def test_many_differences_are_counted():
    many = WANTED.replace(
        "}\n}", "".join(f"\t\ttcp dport {n} accept\n" for n in range(50)) + "}\n}"
    )
    old = listing.diff(many, WANTED, 1)["rules"]["old"]
    assert old[-1] == "and 40 lines more"
