"""Means over folds depend on what 0/0 is taken for: each rule by hand, and the caps they put."""

import dataclasses

import pytest
from sklearn.metrics import f1_score

from mol_jax.scoring.fold_means import RULES, fold_means
from mol_jax.scoring.predictions import Prediction
from tests.mol_jax import published_log

CLASSES = ("negative", "positive", "surprise")


def table(*folds, seed=0):
    """Returns rows from (true letters, pred letters), a fold each."""
    names = {name[0]: name for name in CLASSES}
    return [
        Prediction("d", f"s{k}", f"c{i}", f"s{k}", 0, seed, names[t], names[p])
        for k, (true, pred) in enumerate(folds)
        for i, (t, p) in enumerate(zip(true, pred, strict=True))
    ]


def test_each_rule_by_hand():
    # Fold 1: negative perfect, nothing else. Fold 2: positive 1 of 2 right, one said negative.
    found = fold_means(table(("nn", "nn"), ("pp", "pn")), CLASSES)
    assert found["folds"] == 2
    assert found["warning"].startswith("NON-STANDARD")
    expected = {
        "zero": ((1 / 3 + (2 / 3) / 3) / 2, (1 / 3 + (1 / 2) / 3) / 2),
        "one": ((1 + (0 + 2 / 3 + 1) / 3) / 2, (1 + (1 + 1 / 2 + 1) / 3) / 2),
        "occurring": ((1 + (0 + 2 / 3) / 2) / 2, (1 + (0 + 1 / 2) / 2) / 2),
        "true": ((1 + 2 / 3) / 2, (1 + 1 / 2) / 2),
    }
    assert set(expected) == set(RULES) == set(found["rules"])
    for rule, (uf1, uar) in expected.items():
        got = found["rules"][rule]
        assert (got["uf1"], got["uar"], got["acc"]) == pytest.approx((uf1, uar, 0.75))


def test_occurring_is_what_scikit_learn_does_without_labels():
    rows = published_log.rows()
    folds = {row.fold for row in rows}
    each = [
        f1_score([r.true for r in mine], [r.pred for r in mine], average="macro", zero_division=0)
        for mine in ([row for row in rows if row.fold == fold] for fold in folds)
    ]
    found = fold_means(rows, CLASSES)["rules"]["occurring"]["uf1"]
    assert found == pytest.approx(sum(each) / len(each))


def test_a_perfect_predictor_does_not_reach_100_on_the_composite():
    rows = [dataclasses.replace(row, pred=row.true) for row in published_log.rows()]
    found = fold_means(rows, CLASSES)["rules"]
    assert found["zero"]["uf1"] == pytest.approx(0.63, abs=0.005)
    assert [found[rule]["uf1"] for rule in ("one", "occurring", "true")] == [1, 1, 1]


def test_seeds_are_averaged_and_a_fold_that_one_lacks_is_left_out_of_it():
    good, bad = table(("nn", "nn"), ("pp", "pp")), table(("nn", "pp"), seed=1)
    found = fold_means([*good, *bad], CLASSES)["rules"]["true"]
    assert found["acc"] == pytest.approx((1 + 0) / 2)
    assert found["uf1"] == pytest.approx((1 + 0) / 2)
