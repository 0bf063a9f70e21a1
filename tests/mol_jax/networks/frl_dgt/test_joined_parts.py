"""How the classifier joins its parts: regions, whole face and head, each applied by itself."""

import jax
import numpy as np

from mol_jax.networks.frl_dgt.resampling import patches, resample
from mol_jax.networks.frl_dgt.token_fusion import TokenFusion
from tests.mol_jax.networks.frl_dgt.test_classifier import (
    BOXES,
    CLASSIFIER,
    SMALL,
    STACK,
    VARIABLES,
    B,
)

SIZES = {"depth": 1, "heads": 2, "mlp_ratio": 2}


def own(name):
    """Returns the variables of a module of the encoder."""
    return {room: leaves["encoder"][name] for room, leaves in VARIABLES.items()}


@jax.jit
def by_hand(variables, stack, boxes):
    """Returns the global vector and the full face's, each [B,C]."""
    projected, whole = TokenFusion(dim=8, **SIZES), TokenFusion(**SIZES)
    crops = patches(resample(stack, boxes, SMALL.au_side), SMALL.patch)

    def vector(given, tokens):
        return projected.apply(given, tokens, train=False)[0]

    vectors = jax.vmap(vector, (0, 1), 1)(variables["local"], crops)  # test_classifier.py has loops
    joined, _ = whole.apply(variables["global"], vectors, train=False)
    return joined, vector(variables["full_face"], patches(stack, SMALL.patch))


def test_the_head_reads_the_regions_and_the_whole_face_at_its_own_size():
    outputs = jax.jit(lambda given: CLASSIFIER.apply(given, STACK, BOXES, train=False))(VARIABLES)
    parts = by_hand({name: own(name) for name in ("local", "global", "full_face")}, STACK, BOXES)
    embedding = np.concatenate(parts, axis=1)
    np.testing.assert_allclose(outputs.face.embedding, embedding, atol=1e-4)
    hidden, logits = (VARIABLES["params"]["head"][name] for name in ("hidden", "logits"))
    before = embedding @ hidden["kernel"] + hidden["bias"]
    expected = np.maximum(before, 0) @ logits["kernel"] + logits["bias"]
    np.testing.assert_allclose(outputs.logits, expected, atol=1e-3)
    assert outputs.logits.shape == (B, 3) and (before < 0).any() and (before > 0).any()


def test_positions_start_as_a_small_normal_draw():
    module = TokenFusion(dim=64, attend=False)
    tokens = np.ones((1, 100, 3), np.float32)
    start = jax.jit(lambda: module.init(jax.random.key(0), tokens, train=False)["params"])
    positions = np.asarray(start()["positions"])
    np.testing.assert_allclose(positions.std(), 0.02, rtol=0.05)
    assert abs(positions.mean()) < 0.001
