"""What follows --feasible is read exactly, and refused in one sentence where it makes no sense."""

from fractions import Fraction

import pytest

from mol_jax.errors import UserError
from mol_jax.scoring.feasible import question


def test_digits_are_what_rounds_to_them():
    asked = question.read("acc=79.23,n=246")
    window = asked.figures["acc"].window
    assert (window.low, window.high) == (Fraction("0.79225"), Fraction("0.79235"))
    assert (asked.n, asked.counts) == (246, None)
    cut = asked.figures["acc"].cut
    assert cut.low == Fraction("0.7923")
    assert Fraction("0.79239") < cut.high < Fraction("0.7924")


@pytest.mark.parametrize("text", ["uf1=0.8100", "uf1=81.00", "uf1=81.00%", " UF1 = 81.00 % "])
def test_percentages_and_fractions_are_the_same(text):
    window = question.read(f"{text},counts=70/51/43").figures["uf1"].window
    assert (window.low, window.high) == (Fraction("0.80995"), Fraction("0.81005"))


def test_windows_end_at_0_and_1():
    window = question.read("acc=100,n=9").figures["acc"].window
    assert (window.low, window.high) == (Fraction("0.995"), 1)
    assert question.read("acc=0.0%,n=9").figures["acc"].window.low == 0


def test_a_task_gives_its_clips_and_war_is_acc():
    asked = question.read("war=79.27,uf1=60.1,task=casme2/5class")
    assert asked.counts == (32, 63, 27, 25, 99)
    assert asked.names == ("happiness", "disgust", "repression", "surprise", "others")
    assert set(asked.figures) == {"acc", "uf1"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "has '', expected NAME=VALUE"),
        ("acc", "has 'acc', expected NAME=VALUE with a name of acc, wf1, uf1"),
        ("acc=,n=4", "has 'acc=', expected NAME=VALUE"),
        ("f1=70,n=4", "has 'f1=70', expected NAME=VALUE"),
        ("acc=79,23,n=246", "has '23', expected NAME=VALUE"),
        ("acc=79.23", "lacks the number of clips"),
        ("n=246", "has no figure"),
        ("acc=-3,n=246", "has acc=-3, expected a percentage from 0 to 100"),
        ("acc=100.01,n=246", "has acc=100.01, expected a percentage"),
        ("acc=1,n=246", "has acc=1, expected a percentage from 0 to 100 or a fraction such as"),
        ("acc=0,n=246", "with all its digits, and 0 or 1 as 0% or 1%"),
        ("acc=nan,n=246", "has acc=nan, expected"),
        ("acc=1e1,n=246", "has acc=1e1, expected"),
        ("acc=7٣,n=246", "has acc=7٣, expected"),
        ("acc=70,acc=71,n=246", "has acc twice"),
        ("acc=70,war=70,n=246", "acc and war, which are the same figure"),
        ("acc=70,n=0", "has n=0, expected a whole number from 1"),
        ("acc=70,n=2.5", "has n=2.5, expected a whole number"),
        ("acc=70,n=9999999999", "expected a whole number from 1 to 1000000000"),
        ("uf1=70,n=164", "lacks the clips of each class, on which uf1 depend"),
        ("uf1=70,counts=164", "has counts=164, expected the clips of 2 to 8 classes"),
        ("uf1=70,counts=70/0/43", "has counts=70/0/43, expected"),
        ("uf1=70,counts=70/-1/43", "has counts=70/-1/43, expected"),
        ("uf1=70,counts=70/x", "has counts=70/x, expected"),
        ("uf1=70,counts=1/1/1/1/1/1/1/1/1", "expected the clips of 2 to 8 classes"),
        ("uf1=70,counts=70000/51", "at most 2000 in all"),
        ("uf1=70,counts=70/51/43,n=165", "has n=165, but the classes have 164 clips"),
        ("uf1=70,counts=70/51/43,task=smic", "has a task and counts"),
        ("uf1=70,task=nope", "there is no single task 'nope'"),
        ("uf1=70,task=samm/5class_157", "lacks the clips of each class"),
        ("acc=70,n=9,runs=3", "has 'runs=3', expected NAME=VALUE with a name of acc, wf1, uf1"),
    ],
)
def test_nonsense_is_one_sentence(text, says):
    with pytest.raises(UserError) as error:
        question.read(text)
    assert says in str(error.value)
    assert "\n" not in str(error.value)
