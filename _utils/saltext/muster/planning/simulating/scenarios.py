"""What each failure does: every node, every choice of nodes, every site, every cut between sites.

How the answers are found, all of them exact:

* quorum and pools depend on how many coordinators and storage hosts are down: choices of nodes
  are counted by kind, for any number of nodes;
* guests that can run nowhere are counted by the nodes that each of them needs;
* memory holds in all cases at once where the places left always suffice for guests of the largest
  size, which counting shows. Else the guests of each single case are placed. Choices of two nodes
  and more are placed where there are at most ``MOST_PLACED`` of them (63 nodes for pairs). Above
  it, nodes that are alike are counted by kind, and guests are placed once for each choice of
  kinds. Where nodes are of too many kinds, the first ``MOST_TRIED`` choices are placed until one
  fails, and one is sought whose guests need more than all others have in sum; else the choices
  are undecided, and said to be.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from saltext.muster.cluster import Cluster
from saltext.muster.parts import CephPool
from saltext.muster.planning.sheet import Row
from saltext.muster.planning.simulating import failures, moves, quorum, storage_loss
from saltext.muster.planning.simulating.failover import Failover
from saltext.muster.planning.simulating.failures import Case, Counted, Covers, Cut
from saltext.muster.planning.simulating.storage_loss import Untold
from saltext.muster.wording import listed

#: Choices of two nodes and more for which guests are placed at most.
MOST_PLACED = 2_000

#: The first of more choices, for which guests are placed until one fails.
MOST_TRIED = 1_000

HOLDS, FAILS, UNDECIDED = "holds", "fails", "undecided"

#: Kinds of failure that findings are about.
NOTHING, ONE_NODE = "nothing down", "one node down"
ONE_DOMAIN, ONE_SITE = "one failure domain down", "one site down"
CUT = "network between sites cut"

#: What a failure is judged for, besides ``I/O of pool X`` and ``data of pool X``.
QUORUM, GUESTS, MEMORY, BASES, MASTER = "quorum", "guests", "memory", "bases", "master"


@dataclass(frozen=True)
class Result:
    """What all cases of one kind of failure do to one thing.

    failed and undecided count cases; failed is None where they are too many to count. first tells
    the first that fails, or that is undecided when none fails.
    """

    failure: str
    cases: int
    what: str
    failed: int | None
    undecided: int = 0
    first: str = ""

    @property
    def verdict(self) -> str:
        """Return ``fails``, ``undecided`` or ``holds``."""
        if self.failed != 0:
            return FAILS
        return UNDECIDED if self.undecided else HOLDS

    def row(self) -> Row:
        """Return the result as a row of a table."""
        return {
            "failure": self.failure,
            "cases": self.cases,
            "what": self.what,
            "verdict": self.verdict,
            "failing": self.failed,
            "undecided": self.undecided,
            "first": self.first,
        }


class Simulation:
    """A cluster, and what its failures do; down is how many nodes fail together at most."""

    def __init__(self, cluster: Cluster, down: int) -> None:
        self.cluster = cluster
        self.down = min(down, len(cluster.nodes))
        self.sites, self.domains = failures.sites(cluster), failures.domains(cluster)
        self.cuts = failures.cuts(cluster) if len(self.sites) > 1 else []
        self.reach = moves.Reach(cluster)
        self.fates = moves.Fates(cluster, self.reach)
        self.failover = Failover(cluster, self.reach, self._placed())
        self.pools = dict(cluster.ceph.pools) if cluster.ceph else {}
        self.votes = quorum.votes(cluster)
        self._ids = tuple(cluster.nodes)
        self._place = {id_: place for place, id_ in enumerate(self._ids)}
        self._nodes_of = self._needed()

    @cached_property
    def storing(self) -> tuple[str, ...]:
        """The nodes with disks for storage; raises Untold like ``storage_loss.hosts``."""
        return storage_loss.hosts(self.cluster)

    def _needed(self) -> dict[str, dict[str, frozenset[int]]]:
        """Return what needs one of certain nodes, by position: Ravada's master and its bases."""
        place = self._place
        found: dict[str, dict[str, frozenset[int]]] = {}
        masters = [node.id for node in self.cluster.with_role("master")]
        if self.cluster.platform == "ravada" and masters:
            found[MASTER] = {"the only master is down": frozenset({place[masters[0]]})}
        told = {name: base.nodes for name, base in self.cluster.bases.items() if base.nodes}
        if told:
            places = {
                name: frozenset(map(place.__getitem__, nodes)) for name, nodes in told.items()
            }
            found[BASES] = {f"no node with base {name} is left": at for name, at in places.items()}
        return found

    def _placed(self) -> int:
        """Return how many cases are placed at most: they share the steps of all searches."""
        numbers = (math.comb(len(self.cluster.nodes), k) for k in range(1, self.down + 1))
        chosen = sum(each for k, each in enumerate(numbers) if k == 0 or each <= MOST_PLACED)
        return 1 + chosen + len(self.sites) + len(self.domains) + len(self.cuts)

    def results(self) -> Iterator[Result]:
        """Give what each kind of failure does to each thing."""
        yield from self._cases(NOTHING, [Case("", ())])
        for count in range(1, self.down + 1):
            yield from self._chosen(count)
        # One domain of some nodes counts too; one of all nodes tells nothing.
        if any(len(each.down) < len(self._ids) for each in self.domains):
            yield from self._cases(ONE_DOMAIN, self.domains)
        if len(self.sites) > 1:
            yield from self._cases(ONE_SITE, self.sites)
        yield from self._cut()

    def _chosen(self, count: int) -> Iterator[Result]:
        """Judge all choices of that many nodes."""
        failure = ONE_NODE if count == 1 else f"{count} nodes down"
        if self.votes.total:
            yield self._counted(failure, QUORUM, quorum.lost_by(self.cluster, count), self._quorum)
        for name, pool in self.pools.items():
            yield self._pool_chosen(failure, f"I/O of pool {name}", pool, count, lost=False)
            yield self._pool_chosen(failure, f"data of pool {name}", pool, count, lost=True)
        for what, needed in self._nodes_of.items():
            counted = failures.covering(Covers(set(needed.values())), len(self._ids), count)
            yield self._counted(failure, what, counted, self._missing(what))
        if self.cluster.guests:
            counted = failures.covering(self.fates.covers, len(self._ids), count)
            yield self._counted(failure, GUESTS, counted, self._fates)
            yield self._memory_chosen(failure, count)

    def _counted(
        self, failure: str, what: str, found: Counted, words: Callable[[Case], str]
    ) -> Result:
        case = Case("", tuple(self._ids[place] for place in found.first))
        first = _told(case, words(case)) if found.failed != 0 else ""
        return Result(failure, found.cases, what, found.failed, 0, first)

    def _pool_chosen(
        self, failure: str, what: str, pool: CephPool, count: int, *, lost: bool
    ) -> Result:
        try:
            found = storage_loss.stopped_by(self.cluster, pool, count, lost=lost)
        except Untold as why:
            cases = math.comb(len(self._ids), count)
            return Result(failure, cases, what, 0, cases, str(why))
        return self._counted(failure, what, found, self._pool(pool, lost=lost))

    def _memory_chosen(self, failure: str, count: int) -> Result:
        cases = math.comb(len(self._ids), count)
        if count > 1 and cases > MOST_PLACED:
            return self._memory_bounded(failure, cases, count)
        return self._memory(failure, list(failures.any_of(self.cluster, count)))

    def _memory_bounded(self, failure: str, cases: int, count: int) -> Result:
        """Judge more cases than are placed: all of them at once, or by one that fails."""
        if self.failover.always(count):
            return Result(failure, cases, MEMORY, 0)
        kinds = list(self.failover.kinds.values())
        if kinds and math.comb(len(set(kinds)) + count - 1, count) <= MOST_PLACED:
            return self._memory_by_kinds(failure, kinds, count)
        holding = 0
        for case in itertools.islice(failures.any_of(self.cluster, count), MOST_TRIED):
            found = self.failover.after(case.down)
            if found.fits is False:
                return Result(failure, cases, MEMORY, None, 0, _told(case, found.why))
            holding += found.fits is True
        down = self.failover.first_too_heavy(count)
        if down and (found := self.failover.after(down)).fits is False:
            first = _told(Case("", down), found.why)
            return Result(failure, cases, MEMORY, None, 0, f"for one, {first}")
        why = f"guests are placed for the first {MOST_TRIED} cases, and none of them fails"
        return Result(failure, cases, MEMORY, 0, cases - holding, why)

    def _memory_by_kinds(self, failure: str, kinds: Sequence[int], count: int) -> Result:
        """Judge all cases by one of each choice of kinds of nodes."""
        known: dict[tuple[int, ...], bool | None] = {}

        def fits(numbers: Mapping[int, int]) -> bool | None:
            key = tuple(numbers.values())
            if key not in known:
                down = [
                    id_
                    for kind, number in numbers.items()
                    for id_ in itertools.islice(by_kind[kind], number)
                ]
                known[key] = self.failover.after(down).fits
            return known[key]

        by_kind: dict[int, list[str]] = {}
        for id_, kind in zip(self._ids, kinds, strict=True):
            by_kind.setdefault(kind, []).append(id_)
        failed = failures.choose(kinds, count, lambda numbers: fits(numbers) is False)
        unknown = failures.choose(kinds, count, lambda numbers: fits(numbers) is None)
        case = Case("", tuple(self._ids[place] for place in failed.first or unknown.first))
        first = _told(case, self.failover.after(case.down).why) if case.down else ""
        return Result(failure, failed.cases, MEMORY, failed.failed, unknown.failed or 0, first)

    def _cases(self, failure: str, cases: Sequence[Case]) -> Iterator[Result]:
        """Judge certain cases, one by one."""
        if self.votes.total:
            yield self._each(failure, QUORUM, cases, self._quorum)
        for name, pool in self.pools.items():
            yield self._each(failure, f"I/O of pool {name}", cases, self._pool(pool, lost=False))
            yield self._each(failure, f"data of pool {name}", cases, self._pool(pool, lost=True))
        for what in self._nodes_of:
            yield self._each(failure, what, cases, self._missing(what))
        if self.cluster.guests:
            yield self._each(failure, GUESTS, cases, self._fates)
            yield self._memory(failure, cases)

    def _each(
        self, failure: str, what: str, cases: Sequence[Case], words: Callable[[Case], str]
    ) -> Result:
        try:
            failed = [(case, why) for case in cases if (why := words(case))]
        except Untold as untold:
            return Result(failure, len(cases), what, 0, len(cases), str(untold))
        first = _told(*failed[0]) if failed else ""
        return Result(failure, len(cases), what, len(failed), 0, first)

    def _memory(self, failure: str, cases: Sequence[Case]) -> Result:
        if self.failover.always(max((len(case.down) for case in cases), default=0)):
            return Result(failure, len(cases), MEMORY, 0)
        found = [(case, self.failover.after(case.down)) for case in cases]
        failed = [(case, answer) for case, answer in found if answer.fits is False]
        unknown = [(case, answer) for case, answer in found if answer.fits is None]
        first = next((_told(case, answer.why) for case, answer in (failed or unknown)), "")
        return Result(failure, len(cases), MEMORY, len(failed), len(unknown), first)

    def _cut(self) -> Iterator[Result]:
        """Judge cuts between sites: the side with the majority goes on, if there is one."""
        if not self.votes.total or not self.cuts:
            return
        sides = [(cut, quorum.majority(self.cluster, cut)) for cut in self.cuts]
        none = [cut.words() for cut, side in sides if side is None]
        first = f"{none[0]}: no side has {self.votes.needed} coordinators" if none else ""
        yield Result(CUT, len(sides), QUORUM, len(none), 0, first)
        rest = [self._others(cut, side) for cut, side in sides if side is not None]
        if rest:
            yield from (each for each in self._cases(CUT, rest) if each.what != QUORUM)

    def _others(self, cut: Cut, side: int) -> Case:
        """Return what is down for the side that goes on: all others."""
        sites = [name for place, names in enumerate(cut.sites) if place != side for name in names]
        staying = frozenset(cut.nodes[side])
        down = tuple(id_ for id_ in self._ids if id_ not in staying)
        return Case(f"{listed(sites)} cut off and so", down)

    # What fails in a case, in words; "" when nothing does.

    def _quorum(self, case: Case) -> str:
        left = quorum.votes(self.cluster, frozenset(case.down))
        return "" if left.holds else left.words()

    def _pool(self, pool: CephPool, *, lost: bool) -> Callable[[Case], str]:
        def words(case: Case) -> str:
            left = storage_loss.at(self.storing, pool, case.down)
            return left.words() if (left.lost if lost else not left.io) else ""

        return words

    def _missing(self, what: str) -> Callable[[Case], str]:
        def words(case: Case) -> str:
            gone = frozenset(self._place[id_] for id_ in case.down)
            return "; ".join(why for why, at in self._nodes_of[what].items() if at <= gone)

        return words

    def _fates(self, case: Case) -> str:
        return self.fates.words(case.down)


def _told(case: Case, why: str) -> str:
    return f"{case.words()}: {why}" if case.down else why
