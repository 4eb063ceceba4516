import json

import pytest

from saltext.muster import formats
from saltext.muster.errors import InvalidArgument

REPORT = {"verdicts": [], "counts": {}, "node": "n1", "retcode": 0}


@pytest.mark.parametrize("how", formats.FORMATS)
def test_every_format_ends_in_a_line_end(how):
    for reports in ({"n1": REPORT}, {"n1": REPORT, "n2": REPORT}):
        text = formats.text(reports, 0, how)
        assert text.endswith("\n")
        assert "n1" in text


def test_one_report_is_itself_and_several_have_a_head():
    assert json.loads(formats.text({"n1": REPORT}, 0, "json")) == REPORT
    several = json.loads(formats.text({"n1": REPORT, "n2": REPORT}, 3, "json"))
    assert (several["format"], several["version"], several["retcode"]) == ("muster-reports", 1, 3)
    assert set(several["reports"]) == {"n1", "n2"}


def test_another_format_is_refused():
    with pytest.raises(InvalidArgument, match="there are: table, json"):
        formats.text({}, 0, "xml")
