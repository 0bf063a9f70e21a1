import re
from pathlib import Path

from data_builders.common import alignment, flow, summary

PAGE = Path(summary.__file__).with_name("README.md").read_text(encoding="utf-8")


def test_the_errors_are_those_of_the_page():
    """Of its table the rows of t = 8, and of these the last three columns."""
    rows = re.search(r"\| t = 8, consecutive .*?(?=\| t = 2)", PAGE, re.S)[0].splitlines()
    for row, name in zip(rows, alignment.ALIGNMENTS, strict=True):
        cells = [cell.strip() for cell in row.strip("| ").split("|")]
        assert f"`{name}`" in cells
        found = dict(zip(flow.METHODS, map(float, cells[-3:]), strict=True))
        assert summary.ERRORS[name] == found
