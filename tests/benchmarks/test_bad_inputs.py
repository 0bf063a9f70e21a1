"""A sample of the bad inputs of `benchmarks.bad_inputs`: sentences, right numbers, no traceback."""

import dataclasses

import pytest

from benchmarks.bad_inputs import flags, tables
from benchmarks.bad_inputs.case import RIGHT, SENTENCE, TRACEBACK, WRONG, Case, Ending, judged
from benchmarks.bad_inputs.running import run

EVERY = 9


def take(cases, command):
    """Every ninth case of a command that reads no generated clips."""
    return [case for case in cases if case.command == command][::EVERY]


SCORED = take(tables.cases(), flags.SCORE)
FLAGS = [c for name in (flags.MAIN, flags.PLAN, flags.SYNTHETIC) for c in take(flags.cases(), name)]


@pytest.mark.parametrize("case", SCORED + FLAGS, ids=lambda c: f"{c.command}: {c.what}"[:70])
def test_a_bad_input_is_one_sentence_and_an_odd_one_is_read(case, tmp_path):
    end, why = judged(case, run(case, tmp_path))
    assert end in (SENTENCE, RIGHT), why


def test_the_sample_has_both_kinds():
    assert len(SCORED) > 25
    assert {case.code for case in SCORED} == {0, 2, None}


CASE = Case(command="mol_jax.score", what="", make=lambda folder: [], says="line 3", right="0[.]5")
SAID = "error: t.csv, line 3: got x, expected y\n"


@pytest.mark.parametrize(
    ("code", "ending", "end"),
    [
        (2, Ending(2, "", SAID), SENTENCE),
        (2, Ending(2, "", "a warning\n" + SAID), WRONG),
        (2, Ending(2, "", "error: line 3: 'a\n b'\n"), WRONG),
        (2, Ending(2, "", "error: line 4\n"), WRONG),
        (2, Ending(2, "", SAID, ("data",)), WRONG),
        (2, Ending(0, "0.5\n", ""), WRONG),
        (2, Ending(1, "", SAID), WRONG),
        (2, Ending(2, "", "error: line 3: ValueError('x')\n"), WRONG),
        (2, Ending(-1, "", "Traceback (most recent call last):\nKeyError: line 3\n"), TRACEBACK),
        (0, Ending(0, "0.5\n", ""), RIGHT),
        (0, Ending(0, "0.4\n", ""), WRONG),
        (0, Ending(2, "", SAID), WRONG),
        (None, Ending(0, "0.5\n", ""), RIGHT),
        (None, Ending(0, "0.4\n", ""), WRONG),
        (None, Ending(2, "", SAID), SENTENCE),
    ],
)
def test_what_a_command_line_ended_with(code, ending, end):
    assert judged(dataclasses.replace(CASE, code=code), ending)[0] == end
