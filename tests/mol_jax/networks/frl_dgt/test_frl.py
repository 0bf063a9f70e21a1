"""The whole network at 36 px: what each variant is made of, what it reads, where gradients go."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data import key_frames
from mol_jax.data.clips import Batch
from mol_jax.networks.frl_dgt.frl import FrlInputs
from mol_jax.networks.frl_dgt.motion import normalised
from mol_jax.networks.network import Facts
from tests.mol_jax.networks.every import NETWORKS
from tests.mol_jax.networks.frl_dgt.drawn import normal, parameters, variables

B, SIDE = 2, 36
NETWORK = NETWORKS["frl_dgt"]
FRAMES = np.random.default_rng(0).integers(0, 256, (B, 16, SIDE, SIDE), dtype=np.uint8)
LANDMARKS = np.random.default_rng(1).uniform(4, 30, (B, 68, 2)).astype(np.float32)
FLOW, DYNAMIC = normal(2, (B, SIDE, SIDE, 2)), normal(3, (B, SIDE, SIDE))
VARIANTS = {
    "M0": {"motion": "flow", "normalise": "none"},
    "M1": {"motion": "flow"},
    "M2": {"motion": "dynamic_image"},
    "M3": {"self_supervision": "clip"},
    "M4": {"fusion": "after"},
    "M5": {"regions": "grid"},
    "M6": {"full_face": False},
    "M7": {"local_fusion": False},
    "M8": {"global_fusion": False},
    "M9": {},
    "S": {"sequence": True},
}


def network(**fields):
    return NETWORK.program(**{f"model.{name}": value for name, value in fields.items()}).network


def inputs_of(module, frames=FRAMES):
    landmarks = None if module.classifier.encoder.regions == "grid" else LANDMARKS
    return FrlInputs(frames, landmarks, FLOW, DYNAMIC)


@functools.cache
def shapes(name):
    module = network(**VARIANTS[name]).module
    return jax.eval_shape(
        lambda inputs: module.init(jax.random.key(0), inputs, train=False), inputs_of(module)
    )["params"]


def sizes(name):
    return {room: parameters(tree) for room, tree in shapes(name).items()}


def test_without_a_displacement_module_there_is_none_of_its_parameters():
    for name in ("M0", "M1", "M2"):
        assert set(shapes(name)) == {"classifier"}, name
    for name in ("M3", "M4", "M5", "M6", "M7", "M8", "M9", "S"):
        assert shapes(name)["dgm"] == shapes("M9")["dgm"], name


def test_the_dynamic_image_and_a_sequence_have_one_channel_less():
    """Of each patch of 18×18 px, in all ten projections."""
    less = 10 * 18 * 18 * 8
    assert sizes("M0") == sizes("M1")
    assert sizes("M1")["classifier"] - sizes("M2")["classifier"] == less
    joined = shapes("S")["classifier"]["sequence"]
    head = shapes("M9")["classifier"]["head"]["hidden"]["kernel"].size  # reads C, and not 2 C
    apart = sizes("M9")["classifier"] - sizes("S")["classifier"]
    assert apart == less - parameters(joined) + head // 2


def test_each_switch_changes_the_tree_or_what_is_computed_of_it():
    """Those of equal trees are told apart elsewhere: M1 and M3 here, M5 in test_classifier.py."""
    same = {name for name in VARIANTS if shapes(name) == shapes("M9")}
    assert same == {"M3", "M5", "M9"}
    assert shapes("M0") == shapes("M1")


def test_the_motion_of_m1_is_n_of_that_of_m0():
    px, of_range = (network(**VARIANTS[name]).module for name in ("M0", "M1"))
    given = inputs_of(px)
    np.testing.assert_array_equal(px._given_motion(given), FLOW)
    np.testing.assert_array_equal(of_range._given_motion(given), normalised(FLOW))
    assert np.abs(of_range._given_motion(given)).max() <= 1 < np.abs(FLOW).max()
    image = network(**VARIANTS["M2"]).module._given_motion(given)
    np.testing.assert_array_equal(image, DYNAMIC[..., None])


@pytest.mark.parametrize(
    ("fields", "terms"),
    [
        ({}, ["mer", "nm", "pair_nm", "pair_rec", "pair_sm", "rec", "sm"]),
        (VARIANTS["M3"], ["mer", "nm", "rec", "sm"]),
        ({"self_supervision": "none", "gate": 1.0}, ["mer"]),
        (VARIANTS["M1"], ["mer"]),
        (VARIANTS["S"], ["mer", "nm", "pair_nm", "pair_rec", "pair_sm", "rec", "sm"]),
    ],
    ids=["M9", "M3", "none", "M1", "S"],
)
def test_the_terms_of_the_loss(fields, terms):
    made = network(**fields)
    loss = functools.partial(terms_of, made, train=True)
    given = jax.eval_shape(
        lambda: made.module.init(jax.random.key(0), inputs_of(made.module), train=False)
    )
    found = jax.eval_shape(loss, given, 1e-6, NETWORK.scalars())
    assert sorted(found) == terms
    assert {term.shape for term in found.values()} == {(B,)}


def terms_of(made, given, gate, scalars, *, train, frames=FRAMES):
    outputs, _ = made.module.apply(
        given,
        inputs_of(made.module, frames),
        train=train,
        gate=gate,
        rngs={"dropout": jax.random.key(5)},
        mutable=["batch_stats"],
    )
    batch = Batch(None, None, None, jnp.array([0, 2]))
    return made.losses(outputs, batch, scalars, Facts(jnp.ones(3)))


@pytest.fixture(scope="module")
def gradient():
    """The gradient of the loss for all parameters, by the gate, the scalars and the frames."""
    made = network()
    given = variables(made.module, inputs_of(made.module), train=False, scale=0.2)

    @jax.jit
    def of(gate, scalars, frames):
        def total(params):
            changed = given | {"params": params}
            terms = terms_of(made, changed, gate, scalars, train=True, frames=frames)
            return sum(term.mean() for term in terms.values())

        return jax.grad(total)(given["params"])

    return of


@pytest.mark.slow
def test_where_nothing_moves_and_where_nothing_is_to_be_seen_every_gradient_is_a_number(gradient):
    still = np.repeat(FRAMES[:, :1], 16, axis=1)
    for frames in (still, np.zeros_like(FRAMES)):
        leaves = jax.tree.leaves(gradient(np.float32(1e-6), NETWORK.scalars(), frames))
        assert all(np.isfinite(leaf).all() for leaf in leaves)
        assert max(np.abs(leaf).max() for leaf in leaves) > 1e-3


@pytest.mark.slow
def test_the_gate_lets_its_share_of_the_classifiers_gradient_through_and_no_more(gradient):
    """With λ = 0 nothing else reaches the displacement module; the rest is trained alike."""
    none = {f"lambda_{name}": np.float32(0) for name in ("rec", "nm", "sm")}
    scalars = NETWORK.scalars() | none
    closed, opened = (gradient(np.float32(gate), scalars, FRAMES) for gate in (1e-6, 1.0))
    pairs = zip(*map(jax.tree.leaves, (closed["dgm"], opened["dgm"])), strict=True)
    for little, whole in pairs:
        np.testing.assert_allclose(little, 1e-6 * whole, rtol=1e-3, atol=1e-12)
    assert max(np.abs(leaf).max() for leaf in jax.tree.leaves(opened["dgm"])) > 1e-3
    for one, other in zip(
        *(jax.tree.leaves(tree["classifier"]) for tree in (closed, opened)), strict=True
    ):
        np.testing.assert_array_equal(one, other)
    taught = gradient(np.float32(1e-6), NETWORK.scalars(), FRAMES)
    assert max(np.abs(leaf).max() for leaf in jax.tree.leaves(taught["dgm"])) > 1e-3


@pytest.mark.slow
def test_a_prediction_is_of_the_onset_and_the_annotated_apex_alone():
    made = network()
    given = variables(made.module, inputs_of(made.module), train=False, scale=0.2)

    @jax.jit
    def logits(frames):
        return made.module.apply(given, inputs_of(made.module, frames), train=False).logits

    before = logits(FRAMES)
    for slot in range(key_frames.SLOTS):
        frames = FRAMES.copy()
        frames[:, slot] = 255 - frames[:, slot]
        shown = slot in (key_frames.ONSET, key_frames.APEX)
        assert np.array_equal(before, logits(frames)) != shown, slot


@pytest.mark.slow
def test_a_sequence_of_two_frames_trains_and_predicts():
    made = network(**VARIANTS["S"])
    frames = FRAMES[:, :2]
    given = variables(made.module, inputs_of(made.module, frames), train=False, scale=0.2)
    loss = functools.partial(terms_of, made, train=True, frames=frames)
    terms = jax.jit(loss)(given, np.float32(1e-6), NETWORK.scalars())
    assert all(np.isfinite(term).all() for term in terms.values())
    outputs = jax.jit(
        lambda given: made.module.apply(given, inputs_of(made.module, frames), train=False)
    )(given)
    assert outputs.logits.shape == (B, 3) and outputs.face.global_weights.shape == (B, 9)
    np.testing.assert_allclose(outputs.face.global_weights.sum(axis=1), np.ones(B), rtol=1e-5)
    assert np.abs(outputs.logits[0] - outputs.logits[1]).max() > 1e-3


@pytest.mark.slow
def test_of_a_sequence_a_clips_pairs_and_boxes_stay_together():
    """In whatever order the clips come: pairs of two clips, or boxes of another, would not."""
    module = network(**VARIANTS["S"]).module
    shown = FrlInputs(FRAMES[:, :3], LANDMARKS)
    given = variables(module, shown, train=False, scale=0.2)
    predicted = jax.jit(lambda inputs: module.apply(given, inputs, train=False))
    one, turned = predicted(shown), predicted(FrlInputs(FRAMES[::-1, :3], LANDMARKS[::-1]))
    for name in ("embedding", "boxes"):
        before, after = getattr(one.face, name), getattr(turned.face, name)
        np.testing.assert_allclose(after[::-1], before, rtol=1e-4, atol=1e-5)
        assert np.abs(after - before).max() > 1e-3, name
