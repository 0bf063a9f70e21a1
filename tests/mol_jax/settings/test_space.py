"""Spaces: what is combined with what, in which order, and random trials that stay as they are."""

import math
import subprocess
import sys
from collections import Counter

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.settings.space import (
    chain,
    choice,
    integers,
    log_uniform,
    product,
    random,
    uniform,
    values,
    zipped,
)

A = values("a", [1, 2])
B = values("b", ["x", "y", "z"])
RATE = log_uniform(1e-5, 1e-1)


def test_values_are_one_trial_each():
    assert A == [{"a": 1}, {"a": 2}]
    assert values("a", (x for x in np.arange(2))) == [{"a": 0}, {"a": 1}]


def test_the_last_space_of_a_product_varies_fastest():
    assert product(A, B) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 1, "b": "z"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
        {"a": 2, "b": "z"},
    ]


def test_zipped_spaces_go_together():
    assert zipped(A, values("b", [3, 4])) == [{"a": 1, "b": 3}, {"a": 2, "b": 4}]


def test_a_chain_keeps_everything_in_order():
    assert chain([{}], A, A) == [{}, *A, *A]


def test_spaces_nest():
    assert len(product(chain(A, [{}]), zipped(B, values("c", [1, 2, 3])))) == 9


def test_what_was_given_is_not_changed_through_the_result():
    chain(A)[0]["a"] = 5
    product(A)[0]["a"] = 5
    assert A[0] == {"a": 1}


LAWS = {
    "a": uniform(2, 3),
    "b": RATE,
    "c": integers(0, 4),
    "d": choice(["x", "y"]),
}

PINNED = [
    {"a": 2.617, "b": 0.001708, "c": 4, "d": "y"},
    {"a": 2.412, "b": 0.009622, "c": 4, "d": "y"},
    {"a": 2.293, "b": 0.0002068, "c": 1, "d": "x"},
]


def test_draws_are_those_that_were_published():
    # Pinned: a study that went on with other trials would be another study.
    assert random(3, LAWS, seed=7) == PINNED


def test_another_process_draws_the_same():
    program = (
        "from mol_jax.settings.space import *; "
        "print(random(5, {'b': log_uniform(1e-5, 0.1)}, seed=1))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str(random(5, {"b": RATE}, seed=1))


def test_more_trials_leave_the_first_as_they_are():
    assert random(50, LAWS)[:7] == random(7, LAWS)


def test_another_field_leaves_the_others_as_they_are():
    alone = random(20, {"b": RATE})
    assert [{"b": trial["b"]} for trial in random(20, {"a": uniform(0, 1), "b": RATE})] == alone


def test_fields_and_seeds_have_draws_of_their_own():
    both = random(20, {"a": uniform(0, 1), "b": uniform(0, 1)})
    assert all(trial["a"] != trial["b"] for trial in both)
    assert random(20, LAWS, seed=0) != random(20, LAWS, seed=1)


def test_draws_follow_their_distributions():
    trials = random(4000, LAWS)
    column = {name: [trial[name] for trial in trials] for name in LAWS}
    assert min(column["a"]) >= 2 and max(column["a"]) <= 3
    assert abs(np.mean(column["a"]) - 2.5) < 0.03
    decades = Counter(math.floor(math.log10(rate)) for rate in column["b"])
    assert all(850 < decades[decade] < 1150 for decade in (-5, -4, -3, -2))
    whole = Counter(column["c"])
    assert set(whole) == {0, 1, 2, 3, 4} and min(whole.values()) > 650
    assert abs(Counter(column["d"])["x"] - 2000) < 150


def test_drawn_numbers_are_short_plain_and_within_their_bounds():
    for trial in random(200, {"a": uniform(0.12346, 0.1234612), "b": RATE, "c": integers(3, 4)}):
        assert 0.12346 <= trial["a"] <= 0.1234612
        assert len(f"{trial['b']:e}".rstrip("0").partition("e")[0].rstrip("0")) <= 5
        assert type(trial["a"]) is type(trial["b"]) is float and type(trial["c"]) is int


BAD = [
    (lambda: values("a", []), "no value"),
    (lambda: values("a", "both"), "got 'both'; it must be a list"),
    (lambda: values("a", 3), "got 3; it must be a list"),
    (product, "got no space"),
    (chain, "got no space"),
    (lambda: product({"a": [1, 2]}), "got a dict that is no list of dicts"),
    (lambda: chain([1, 2]), "got a list that is no list of dicts"),
    (lambda: product(A, B, A), "two spaces that set 'a'"),
    (lambda: zipped(A, A), "two spaces that set 'a'"),
    (lambda: zipped(A, B), "spaces of 2, 3 trials"),
    (lambda: uniform(2, 1), r"uniform\(2, 1\) must have two numbers, the lower one first"),
    (lambda: uniform(0, math.inf), "two numbers"),
    (lambda: uniform("0", 1), "two numbers"),
    (lambda: uniform(False, True), "two numbers"),
    (lambda: log_uniform(0, 1), "above 0"),
    (lambda: log_uniform(-1, 1), "above 0"),
    (lambda: integers(1, 2.5), "two whole numbers"),
    (lambda: integers(2, 2), "the lower one first"),
    (lambda: choice([]), "no value"),
    (lambda: choice("ab"), "it must be a list"),
    (lambda: random(0, LAWS), "the count 0"),
    (lambda: random(2.0, LAWS), "the count 2.0"),
    (lambda: random(True, LAWS), "the count True"),
    (lambda: random(2, LAWS, seed=-1), "the seed -1"),
    (lambda: random(2, LAWS, seed=None), "the seed None"),
    (lambda: random(2, {}), "the fields {}"),
    (lambda: random(2, ["a"]), r"the fields \['a'\]"),
    (lambda: random(2, {"a": [1, 2]}), r"a list for 'a'; give .* choice\(options\)"),
    (lambda: random(2, {"a": uniform}), "a function for 'a'"),
    (lambda: random(2, {3: uniform(0, 1)}), "for 3; give the name of a field"),
]


@pytest.mark.parametrize(("build", "words"), BAD)
def test_bad_spaces_are_refused_with_one_sentence(build, words):
    with pytest.raises(UserError, match=words) as error:
        build()
    assert "\n" not in str(error.value)
