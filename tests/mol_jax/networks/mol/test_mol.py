"""The joint network: sizes of the paper, every variant's shapes, isolation, gradients."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax import settings
from mol_jax.data.clips import Batch
from mol_jax.networks.mol import losses
from mol_jax.networks.mol.mol import Mol
from mol_jax.networks.network import Facts
from tests.mol_jax import tiny

SMALL = {
    "num_classes": 3,
    "frames": 3,
    "crop": 64,
    "width": 16,
    "neighbours": 2,
    "flow_width": 1 / 32,
    "landmark_width": 1 / 4,  # narrower, a head of drawn weights may be dead, and nothing moves it
    "mer_width": 1 / 32,
}


# Tests run each program once or twice: what they wait for is the compiler.
QUICK = {"xla_backend_optimization_level": 0}


def _count(tree):
    return sum(int(np.prod(leaf.shape)) for leaf in jax.tree.leaves(tree))


def _shapes(model, batch=2):
    """Outputs and variables of a model, without computing them."""
    frames = jax.ShapeDtypeStruct((batch, model.frames, model.crop, model.crop), jnp.float32)

    def init(frames):
        return model.init_with_output(jax.random.key(0), frames, train=False, dropout=0.5)

    return jax.eval_shape(init, frames)


def test_parameter_counts_at_the_papers_size():
    outputs, variables = _shapes(Mol(num_classes=5))
    assert {name: _count(part) for name, part in variables["params"].items()} == {
        "conv_stack": 19_048,
        "f5c_0": 213_376,
        "landmark_head": 3_318_440,
        "flow_head": 39_730_282,
        "mer_head": 738_853,
    }
    assert _count(variables["params"]) == 44_019_999
    assert outputs.logits.shape == (2, 5)
    assert outputs.flow.shape == (2, 7, 128, 128, 2)
    assert outputs.landmarks.shape == (2, 7, 68, 2)


@pytest.mark.parametrize("frames", [2, 4, 16])
@pytest.mark.parametrize("fusion", ["concat", "concat_channels", "add", "first", "all"])
def test_number_of_frames_and_fusion(frames, fusion):
    model = Mol(**{**SMALL, "frames": frames}, fusion=fusion, tasks=("mer",))
    assert _shapes(model)[0].logits.shape == (2, 3)


@pytest.mark.parametrize("crop", [64, 128, 192])
def test_crops(crop):
    outputs, _ = _shapes(Mol(**{**SMALL, "crop": crop}))
    assert outputs.flow.shape == (2, 2, crop, crop, 2)


@pytest.mark.parametrize(
    "tasks", [("mer",), ("flow",), ("landmarks",), ("mer", "landmarks"), ("flow", "mer")]
)
def test_a_task_that_is_off_has_no_parameters_and_no_output(tasks):
    outputs, variables = _shapes(Mol(**SMALL, tasks=tasks))
    given = {"mer": outputs.logits, "flow": outputs.flow, "landmarks": outputs.landmarks}
    assert {task for task, output in given.items() if output is not None} == set(tasks)
    heads = {"mer": "mer_head", "flow": "flow_head", "landmarks": "landmark_head"}
    assert set(variables["params"]) == {"conv_stack", "f5c_0", *(heads[task] for task in tasks)}
    assert ("batch_stats" in variables) == ("flow" in tasks)


@pytest.mark.parametrize("blocks", [1, 2, 3])
def test_stacked_blocks(blocks):
    _, variables = _shapes(Mol(**SMALL, num_f5c=blocks, tasks=("mer",)))
    assert {name for name in variables["params"] if name.startswith("f5c")} == {
        f"f5c_{i}" for i in range(blocks)
    }


def test_bfloat16_keeps_outputs_and_parameters_in_float32():
    outputs, variables = _shapes(Mol(**SMALL, dtype=jnp.bfloat16))
    for leaf in jax.tree.leaves((outputs, variables)):
        assert leaf.dtype == jnp.float32


@pytest.fixture(scope="module")
def small():
    """A small joint model, drawn variables and a batch of two clips.

    Drawn, not initialised: that compiles nothing, and no kernel starts at zero.
    """
    model = Mol(**SMALL)
    rng = np.random.default_rng(0)

    def drawn(leaf):
        return jnp.asarray(rng.normal(size=leaf.shape) / max(4, leaf.size) ** 0.5, leaf.dtype)

    shapes = _shapes(model)[1]
    stats = jax.tree.map(lambda leaf: 1 + drawn(leaf) ** 2, shapes["batch_stats"])
    variables = {"params": jax.tree.map(drawn, shapes["params"]), "batch_stats": stats}
    batch = Batch(
        frames=jnp.asarray(rng.uniform(-1, 1, (2, 3, 64, 64)), jnp.float32),
        flow=jnp.asarray(rng.normal(size=(2, 2, 64, 64, 2)), jnp.float32),
        landmarks=jnp.asarray(rng.uniform(0, 64, (2, 3, 68, 2)), jnp.float32),
        label=jnp.asarray([0, 2]),
    )
    return model, variables, batch


def _loss(model, params, batch_stats, batch, key):
    outputs, changed = model.apply(
        {"params": params, "batch_stats": batch_stats},
        batch.frames,
        train=True,
        dropout=jnp.float32(0.5),
        mutable=["batch_stats"],
        rngs={"dropout": key},
    )
    scalars = settings.scalars(tiny.config())
    terms = losses.joint(outputs, batch, scalars, Facts(jnp.ones(3)))
    return sum(terms.values()).mean(), changed["batch_stats"]


@pytest.mark.slow
def test_every_parameter_learns_from_the_joint_loss(small):
    model, variables, batch = small
    gradient = jax.jit(
        jax.grad(functools.partial(_loss, model), has_aux=True), compiler_options=QUICK
    )
    old = variables["batch_stats"]
    grads, new = gradient(variables["params"], old, batch, jax.random.key(1))
    for path, leaf in jax.tree.leaves_with_path(grads):
        assert np.isfinite(leaf).all() and np.asarray(leaf).any(), jax.tree_util.keystr(path)
    changed = jax.tree.map(lambda a, b: bool(jnp.isfinite(b).all() & (a != b).all()), old, new)
    assert all(jax.tree.leaves(changed)), changed


@pytest.fixture(scope="module")
def forward(small):
    """Frames [2,3,64,64] → the outputs of the small model, compiled once."""
    model, variables, _ = small
    apply = functools.partial(model.apply, train=False, dropout=0.0)
    return functools.partial(jax.jit(apply, compiler_options=QUICK), variables)


# Which pairs see a frame, and of which of the predicted landmarks it is the face: those of frames
# 1…t−1 (Eq 8). The onset's landmarks are nobody's.
@pytest.mark.parametrize(
    ("frame", "pairs", "faces"), [(0, {0}, set()), (1, {0, 1}, {0}), (2, {1}, {1})]
)
def test_a_pair_sees_its_own_two_frames_only(small, forward, frame, pairs, faces):
    frames = small[2].frames
    before, after = forward(frames), forward(frames.at[0, frame].multiply(-1.0))
    moved = {
        name: {
            k
            for k in range(2)
            if not np.array_equal(getattr(before, name)[0, k], getattr(after, name)[0, k])
        }
        for name in ("flow", "landmarks")
    }
    assert moved == {"flow": pairs, "landmarks": faces}
    assert not np.array_equal(before.logits[0], after.logits[0])
    other = (jax.tree.map(lambda leaf: leaf[1], outputs) for outputs in (before, after))
    jax.tree.map(np.testing.assert_array_equal, *other)


@pytest.mark.slow
def test_mapped_over_parameters_equals_one_after_another(small):
    _, variables, batch = small
    model = Mol(**SMALL, lowering="patches")
    gradient = jax.grad(functools.partial(_loss, model), has_aux=True)
    two = jax.tree.map(lambda p: jnp.stack([p, 1.1 * p]), variables["params"])
    shared = (variables["batch_stats"], batch, jax.random.key(1))
    mapped, _ = jax.jit(jax.vmap(lambda p: gradient(p, *shared)))(two)
    serial, _ = jax.jit(lambda two: jax.lax.map(lambda p: gradient(p, *shared), two))(two)

    def same(a, b):
        np.testing.assert_allclose(a, b, atol=2e-4 * max(1e-3, float(jnp.abs(b).max())))

    jax.tree.map(same, mapped, serial)


def _lively(variables, model):
    """Kernels that keep the variance of their input; else biases drown what is shown."""
    rng = np.random.default_rng(1)

    def drawn(leaf):
        fan_in = leaf.size / leaf.shape[-1] if leaf.ndim > 1 else 16
        return jnp.asarray(rng.normal(size=leaf.shape) * (1.5 / fan_in) ** 0.5, leaf.dtype)

    return variables | {"params": jax.tree.map(drawn, _shapes(model)[1]["params"])}


@pytest.mark.slow
def test_lowerings_and_bfloat16_agree_on_the_outputs(small):
    """Beside what another input changes in them: what is left of a bias alone always agrees."""
    _, variables, batch = small
    model = Mol(**SMALL | {"landmark_width": 1 / 8, "mer_width": 1 / 8})
    variables = _lively(variables, model)

    def run(frames=batch.frames, **fields):
        forward = jax.jit(functools.partial(model.clone(**fields).apply, train=False, dropout=0.0))
        return jax.tree.leaves(forward(variables, frames))

    reference, turned = run(lowering="lax"), run(-batch.frames, lowering="lax")
    for fields, tolerance in (({"lowering": "patches"}, 1e-5), ({"dtype": jnp.bfloat16}, 0.1)):
        for a, b, other in zip(run(**fields), reference, turned, strict=True):
            moved = jnp.linalg.norm((other - b).ravel())
            assert moved > 0.1 * jnp.linalg.norm(b.ravel())
            assert jnp.linalg.norm((a - b).ravel()) < tolerance * moved
