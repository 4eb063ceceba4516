import pytest

from saltext.muster import explanation
from saltext.muster.errors import InvalidArgument


def test_a_row_is_told_with_source_remedy_and_what_muster_does():
    text = explanation.explain("gnt-012")
    for part in ("GNT-012", "127.0.1.1", "by hand", "remedy", "component hosts"):
        assert part in text


def test_a_row_without_a_component_says_so():
    assert "no component changes it" in explanation.explain("GNT-034")


@pytest.mark.parametrize("id_", ["GNT-999", "", "../x", "GNT-012; rm"])
def test_an_unknown_id_is_refused_with_near_ones(id_):
    with pytest.raises(InvalidArgument, match=r"near it: \w+-\d"):
        explanation.explain(id_)
