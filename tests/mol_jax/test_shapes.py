"""A wrong shape is refused where it enters, and not met later as a wrong number."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import ClipTable
from mol_jax.networks import classification, convolutions
from mol_jax.networks.mol import correlation, f5c, landmark_head, losses, measures, mer_head
from mol_jax.networks.mol.mol import Mol
from mol_jax.networks.mol.pairs import Pairs
from mol_jax.training import augment, batches, facts
from tests.mol_jax import tiny

FLOW, FACES, MAPS = (2, 1, 4, 4, 2), (2, 1, 68, 2), (1, 4, 4, 3)


def _fcc_v(x):
    return f5c.FullAxis(1).init_with_output(jax.random.key(0), x)


def _nearest(f):
    return f5c.nearest(f, 2)


def _added(first, second):
    return mer_head.fuse(Pairs(first, second, 2), "add")


def _entropy(logits, label):
    return classification.cross_entropy(logits, label.astype(jnp.int32))


def _adjusted(logits, counts):
    return classification.adjusted(logits, counts, 1.0)


CLIP = [(2, 8, 8), (1, 8, 8, 2), (2, 68, 2)]


def _clip(frames, flow, landmarks, clips=()):
    label = jnp.zeros(clips, jnp.int32)
    return ClipTable(frames, flow, landmarks, label, label)


def _mirrored(*leaves):
    return augment.mirror(_clip(*leaves), 8, 9)


def _batch(*leaves):
    return augment.to_batch(_clip(*leaves, clips=leaves[0].shape[:1]))


def _samples(clip_id, phases):
    ids, phases = (leaf.astype(jnp.int32) for leaf in (clip_id, phases))
    return batches.draw_samples(jax.random.key(0), ids, phases)


def _mean_face(face):
    head = {"points": {"bias": jnp.zeros(136)}}
    return landmark_head.with_mean_face({"landmark_head": head}, face)


# What fits, and what would broadcast, be reshaped or be read as something else without a word.
CASES = {
    "weights of one channel": (f5c.circulant, [(3, 4)], [(4,)]),
    "maps without a batch": (_fcc_v, [MAPS], [(4, 4, 3)]),
    "maps for channels": (_nearest, [(1, 4, 9)], [(1, 4, 3, 3)]),
    "clips without frames": (_added, [(1, 2, 4, 4, 3)] * 2, [(2, 4, 4, 3)] * 2),
    "one second frame": (_added, [(1, 2, 4, 4, 3)] * 2, [(1, 2, 4, 4, 3), (1, 1, 4, 4, 3)]),
    "a kernel of other channels": (convolutions.conv, [MAPS, (3, 3, 3, 2)], [MAPS, (3, 3, 1, 2)]),
    "a kernel that is no square": (convolutions.conv, [MAPS, (3, 3, 3, 2)], [MAPS, (3, 1, 3, 2)]),
    "a kernel of 3×3": (convolutions.conv_transpose, [MAPS, (4, 4, 3, 2)], [MAPS, (3, 3, 3, 2)]),
    "a map of one channel": (correlation.correlation, [MAPS, MAPS], [MAPS, (1, 4, 4, 1)]),
    "a target of one clip": (losses.flow_mse, [FLOW, FLOW], [FLOW, (1, *FLOW[1:])]),
    "flow of one component": (losses.flow_mse, [FLOW, FLOW], [(*FLOW[:-1], 1)] * 2),
    "a target of one frame": (losses.landmark_l1, [FACES, FACES], [(2, 2, 68, 2), FACES]),
    "five landmarks": (losses.interocular, [FACES], [(2, 1, 5, 2)]),
    "one label for two": (_entropy, [(2, 3), (2,)], [(2, 3), (1,)]),
    "counts of one class": (_adjusted, [(2, 3), (3,)], [(2, 3), (1,)]),
    "a face for each clip": (_mean_face, [(68, 2)], [(1, 68, 2)]),
    "a batch for a clip": (_mirrored, CLIP, [(2, *shape) for shape in CLIP]),
    "a clip for a batch": (_batch, [(2, *shape) for shape in CLIP], CLIP),
    "phases of one clip": (_samples, [(2,), (2,)], [(2,), (1,)]),
    "EPE of one flow": (measures.endpoint_error, [FLOW, FLOW], [FLOW, FLOW[1:]]),
    "NME of one face": (measures.landmark_error, [FACES, FACES], [FACES, (68, 2)]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_shape_is_refused(name):
    function, right, wrong = CASES[name]

    def trace(shapes):
        jax.eval_shape(function, *(jax.ShapeDtypeStruct(s, jnp.float32) for s in shapes))

    trace(right)
    with pytest.raises(AssertionError, match=r"assert_equal_shape|Error in (shape|rank)"):
        trace(wrong)


def test_frames_of_another_size_or_number_are_refused():
    network = Mol(num_classes=3, frames=2, crop=64, width=16)
    for shape in ((1, 3, 64, 64), (1, 2, 72, 72), (2, 64, 64)):
        with pytest.raises(AssertionError, match=r"expected \(None, 2, 64, 64\)"):
            network.init(jax.random.key(0), jnp.zeros(shape), train=False, dropout=0.0)


def test_a_table_of_more_frames_than_the_network_reads_is_refused():
    rows = batches.fold_table(np.arange(8), size=12, seed=0, name="sub0")
    facts.fold_facts(tiny.program(), tiny.table(), rows)
    with pytest.raises(AssertionError, match=r"expected \(None, 2, 68, 2\)"):
        facts.fold_facts(tiny.program(), tiny.table(frames=4), rows)
