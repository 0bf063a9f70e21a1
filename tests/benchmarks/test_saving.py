"""The benchmark of saving runs at a tiny size and refuses what it cannot measure."""

import re

import pytest

from benchmarks import saving


@pytest.mark.slow
def test_both_tables_at_a_tiny_size(capsys):
    assert saving.main(["--parameters=20000", "--replicas=2", "--rounds=1", "--saves=1"]) == 0
    said = capsys.readouterr().out
    first, second = said.split("\n\n")[1::2]
    assert re.findall(r"^\| (\S+) ", first, re.M)[1:] == ["zstd", "none"]
    assert re.findall(r"^\| (\S+) ", second, re.M)[1:] == ["nothing", "waiting", "behind"]
    for table in (first, second):
        rows = [line.split(" | ") for line in table.strip().splitlines()[2:]]
        assert rows[0][-1] == "1.00 |"  # what the others are compared with
        assert all(float(cell.strip(" |")) >= 0 for row in rows for cell in row[1:])


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("--parameters=0", "parameters is 0; give 1000 at least"),
        ("--parameters=-5", "parameters is -5"),
        ("--parameters=999", "parameters is 999"),
        ("--parameters=many", "invalid int value: 'many'"),
        ("--parameters=1.5", "invalid int value"),
        ("--parameters=nan", "invalid int value"),
        ("--replicas=0", "replicas is 0; give 1 at least"),
        ("--rounds=0", "rounds is 0"),
        ("--saves=0", "saves is 0; give 1 at least"),
        ("--folder=/proc/nowhere", "/proc/nowhere cannot be written"),
        ("--parameters=1000000000000", "GiB of memory"),
        ("--saves", "expected one argument"),
        ("--save=3x", "invalid int value"),
        ("--other=1", "unrecognized arguments"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_a_sentence(flag, words, capsys):
    assert saving.main([flag]) == 2
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and said.out == ""
