"""The head for action units: its loss and its counts, and that at 0 there is none of it."""

import dataclasses
import functools

import jax
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.data.action_units import UNITS
from mol_jax.data.clips import Batch
from mol_jax.networks.au_head.network import (
    MEASURES,
    Headed,
    HeadedNetwork,
    counts,
    cross_entropy,
)
from mol_jax.networks.classification import Classified
from mol_jax.networks.network import Facts
from mol_jax.scoring import measure
from mol_jax.training import step
from mol_jax.training.batches import fold_table
from tests.mol_jax.networks.every import NETWORKS

LOGITS = np.random.default_rng(0).normal(scale=2, size=(4, 9)).astype(np.float32)
SHOWN = np.random.default_rng(1).random((4, 9)) < 0.5
CODED = np.array([True, True, False, True])
LOSS = jax.jit(cross_entropy)
NAMES = ["ststnet", "sssnet", "off_apexnet", "dual_inception", "rcn_a", "graph_au"]


def test_the_loss_is_the_literal_one_of_coded_clips():
    p = 1 / (1 + np.exp(-LOGITS.astype(np.float64)))
    each = -np.where(SHOWN, np.log(p), np.log(1 - p)).mean(axis=1)
    found = LOSS(LOGITS, SHOWN, CODED)
    np.testing.assert_allclose(found, np.where(CODED, each, 0), rtol=1e-5)
    assert np.isfinite(LOSS(np.float32(1e4) * LOGITS, SHOWN, CODED)).all()


def test_a_clip_that_was_not_coded_teaches_nothing():
    grads = jax.jit(jax.grad(lambda logits: LOSS(logits, SHOWN, CODED).sum()))(LOGITS)
    np.testing.assert_array_equal(np.abs(grads).max(axis=1) > 0, CODED)


def test_units_are_counted_one_by_one():
    found = jax.jit(counts)(LOGITS, SHOWN, CODED)
    measure.check(MEASURES)
    assert set(found) == {one.name for one in MEASURES}
    assert {leaf.dtype for leaf in found.values()} == {np.dtype(np.int32)}
    np.testing.assert_array_equal(found["au_coded"], CODED)
    for k, unit in enumerate(UNITS):
        for clip in range(4):
            told, shows = LOGITS[clip, k] > 0, SHOWN[clip, k]
            wanted = (told and shows, shows and not told, told and not shows)
            has = [int(found[f"au{unit}_{name}"][clip]) for name in ("hit", "miss", "false")]
            assert has == [int(CODED[clip] and one) for one in wanted]


@pytest.mark.parametrize("name", NAMES)
def test_at_0_the_network_is_what_it_is_and_above_it_has_a_head(name):
    off, on = (NETWORKS[name].program(**{"model.au_weight": w}) for w in (0.0, 0.7))
    assert not isinstance(off.network, HeadedNetwork) and "au_weight" not in off.scalars
    assert isinstance(on.network, HeadedNetwork) and "au_weight" in on.scalars
    assert on.network.own == off.network == on.network.module.network
    assert set(off.reads) | {"aus", "has_aus"} == set(on.reads)
    assert "au" in name or set(off.reads) != set(on.reads)
    assert on.network.arguments == off.network.arguments and not off.network.measures


def test_the_loss_of_a_clip_is_of_its_own_units_and_weighted():
    network = NETWORKS["ststnet"].program(**{"model.au_weight": 0.7}).network
    logits = np.zeros((4, 3), np.float32)
    outputs = Headed(Classified(logits, logits), LOGITS)
    facts, label = Facts(np.ones(3, np.float32)), np.arange(4) % 3
    scalars = NETWORKS["ststnet"].scalars(au_weight=0.7)

    @jax.jit
    def terms(shown, scalars=scalars):
        batch = Batch(None, None, None, label, {"aus": shown, "has_aus": CODED})
        return network.losses(outputs, batch, scalars, facts)

    before, other = terms(SHOWN), SHOWN.copy()
    assert set(before) == {"mer", "au"}
    np.testing.assert_allclose(before["au"], 0.7 * LOSS(LOGITS, SHOWN, CODED), rtol=1e-6)
    np.testing.assert_array_equal(terms(SHOWN, scalars | {"au_weight": np.float32(0)})["au"], 0)
    other[[0, 2]] = ~other[[0, 2]]
    changed = terms(other)["au"] != before["au"]
    assert changed.tolist() == [True, False, False, False]
    np.testing.assert_array_equal(terms(other)["mer"], before["mer"])


def test_units_are_no_input_of_a_network_as_labels_are_none():
    """Only traced. What is predicted is measured by them."""
    seen, case, on = [], NETWORKS["ststnet"], {"model.au_weight": 0.7}

    class Watched(HeadedNetwork):
        def inputs(self, batch, facts):
            seen.append((batch.label, {*batch.inputs}))
            return super().inputs(batch, facts)

    program, table = case.program(**on), case.table(**on)
    network = Watched(program.network.module, program.network.own)
    program = dataclasses.replace(program, network=network)
    scalars, rows = settings.scalars(case.config(**on)), np.arange(8)
    fold = fold_table(rows, size=12, seed=0, name="sub0")
    init, train, predict = (
        functools.partial(each, program) for each in (step.init_fold, step.train_step, step.predict)
    )
    state = jax.eval_shape(init, scalars, table, fold)
    jax.eval_shape(train, scalars, table, fold, state)
    predicted = jax.eval_shape(predict, table, rows, state)
    assert seen == [(None, {"flow_image_28"})] * 3
    assert {*table.inputs} == {"flow_image_28", "aus", "has_aus"}
    assert {"au1_hit", "au_coded"} <= predicted.measures.keys()
