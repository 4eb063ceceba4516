"""Every state runs in test mode and live, and twice."""

from __future__ import annotations

import pytest

from tests.support.minion import snapshot


@pytest.fixture(autouse=True, params=[True, False], ids=["test", "live"])
def testmode(request):
    return request.param


@pytest.fixture
def converged(minion, node, testmode):
    """Run a state below the node's root and hold what every state promises."""

    def run(function, **kwargs):
        kwargs.setdefault("root", node.root)
        before = snapshot(node.root)
        would = minion.state(function, test=True, **kwargs)
        assert snapshot(node.root) == before, "test mode changed something"
        assert would["result"] is (None if would["changes"] else True), would
        if testmode:
            return would
        did = minion.state(function, **kwargs)
        assert did["result"] is True, did
        assert did["changes"] == would["changes"]
        after = snapshot(node.root)
        again = minion.state(function, **kwargs)
        assert (again["result"], again["changes"]) == (True, {}), again
        assert snapshot(node.root) == after, "the second run changed something"
        return did

    return run


@pytest.fixture
def fails(minion, node, testmode):
    """Run a state that must fail, live, or in both modes, without touching anything."""

    def run(function, both=True, **kwargs):
        kwargs.setdefault("root", node.root)
        before = snapshot(node.root)
        ret = minion.state(function, test=testmode and both, **kwargs)
        assert snapshot(node.root) == before, "a failed run changed something"
        assert (ret["result"], ret["changes"]) == (False, {}), ret
        assert "Traceback" not in ret["comment"]
        return ret["comment"]

    return run
