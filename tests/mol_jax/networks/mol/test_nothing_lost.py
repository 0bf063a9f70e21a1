"""Stored numbers: behind the contract of a network MOL is what it was before there was one."""

import json
import zlib

import jax
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.training.fetching import take_replica
from tests.mol_jax import tiny

# Of the tiny config's first fold, recorded before `mol_jax.networks` was there. The terms of an
# update are Eq 9's before their weights 1, 0.1 and 68.
TREE = 2674973883
START = 7580.674420547397  # the sum of all absolute values
UPDATES = [  # total, mer, flow, landmarks, the gradient's norm
    (125.19389343261719, 0.6939884424209595, 1.0115928649902344, 1.8293933868408203, 5.898394107),
    (78.51436614990234, 0.8820942044258118, 0.9988977909088135, 1.1401820182800293, 6.364857196),
    (197.15843200683594, 2.779569149017334, 1.0055272579193115, 2.8570337295532227, 19.68527412),
]
PROBABILITIES = [
    [0.2684067189693451, 0.281512588262558, 0.4500807225704193],
    [0.2425905019044876, 0.1306479573249817, 0.6267614960670471],
    [0.2695012092590332, 0.4544539749622345, 0.2760448157787323],
    [0.2051083892583847, 0.35133540630340576, 0.4435562193393707],
]
MEASURES = {
    "epe": [1.2464075088500977, 1.265130639076233, 1.2733583450317383, 1.243351936340332],
    "epe_zero": [1.2459142208099365, 1.264296054840088, 1.2729082107543945, 1.2422915697097778],
    "nme": [20.519519805908203, 15.71377944946289, 21.575437545776367, 18.809139251708984],
    "failures": [1, 1, 1, 1],
    "nme_mean_face": [20.4802818298, 15.7040071487, 21.5726871490, 18.8113288879],
}
END = 7507.524383675684 + 63.34601516177645  # parameters, running statistics


def magnitude(tree) -> float:
    return sum(float(np.abs(np.asarray(leaf, np.float64)).sum()) for leaf in jax.tree.leaves(tree))


@pytest.fixture(scope="module")
def trained(make_engine, replicas):
    """The variables of a fold before and after three updates, their metrics, what it predicts."""
    engine = make_engine(tiny.table())
    wave = engine.wave(replicas[:1], [settings.scalars(tiny.config())])
    state = engine.init(wave)
    start = take_replica(state, 0)
    state, metrics = engine.advance(wave, state, 3)
    found = engine.predict(wave, state, [replicas[0].fold.test])[0]
    return start, take_replica(state, 0), jax.device_get(metrics), found


@pytest.mark.slow
def test_the_tree_of_parameters_is_as_it_was(trained):
    start = {"params": trained[0].params, **trained[0].collections}
    shapes = {
        jax.tree_util.keystr(path, simple=True, separator="/"): list(leaf.shape)
        for path, leaf in jax.tree_util.tree_leaves_with_path(start)
    }
    assert len(shapes) == 110
    assert zlib.crc32(json.dumps(shapes, sort_keys=True).encode()) == TREE
    assert magnitude(start) == pytest.approx(START, rel=1e-6)


@pytest.mark.slow
def test_three_updates_are_as_they_were(trained):
    _, end, metrics, _ = trained
    for step, (total, mer, flow, landmarks, norm) in zip(metrics, UPDATES, strict=True):
        terms = {"mer": mer, "flow": 0.1 * flow, "landmarks": 68 * landmarks}
        assert {name: float(v[0]) for name, v in step.terms.items()} == pytest.approx(terms, 1e-6)
        assert float(step.total[0]) == pytest.approx(total, rel=1e-6)
        assert float(step.grad_norm[0]) == pytest.approx(norm, rel=1e-5)
    assert magnitude((end.params, end.collections)) == pytest.approx(END, rel=1e-6)


@pytest.mark.slow
def test_what_it_predicts_is_as_it_was(trained):
    found = trained[-1]
    np.testing.assert_allclose(found.probabilities, PROBABILITIES, rtol=1e-6, atol=1e-6)
    assert list(found.measures) == sorted(MEASURES)  # as every tree of arrays
    for name, column in MEASURES.items():
        np.testing.assert_allclose(found.measures[name], column, rtol=1e-6)
