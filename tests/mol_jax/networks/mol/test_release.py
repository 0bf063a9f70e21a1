"""What the authors' release does otherwise in F5C, against loops written from its description.

Its positions are the vertices of CCC's graph, f_i is subtracted twice, FCC works on two halves of
the channels with batch norm, and the two frames of a pair have weights of their own.
"""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.mol.f5c import CCC, HalfFCC
from mol_jax.networks.mol.mol import Mol

N, H, W, C = 2, 3, 2, 4


def normal(seed, shape=(N, H, W, C)):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def drawn(module, x, **how):
    """Variables of a module, all random: zeros would hide a missing term."""
    shapes = jax.eval_shape(lambda x: module.init(jax.random.key(0), x, **how), x)
    leaves, tree = jax.tree.flatten(shapes["params"])
    params = tree.unflatten([normal(i + 1, leaf.shape) for i, leaf in enumerate(leaves)])
    return {**shapes, "params": params}


def correlated(x, params, *, axis, train_norm):
    """Position, batch norm by the batch's own statistics, circular correlation, bias: by loops."""
    x = x + np.expand_dims(params["position"].T, (0, 3 - axis))
    if train_norm:
        mean, var = x.mean((0, 1, 2)), x.var((0, 1, 2))
        scale, bias = params["norm"]["scale"], params["norm"]["bias"]
        x = (x - mean) / np.sqrt(var + 1e-5) * scale + bias
    y = np.zeros_like(x) + params["bias"]
    for n, i, j, c in itertools.product(*map(range, x.shape)):
        for s in range(x.shape[axis]):
            at = (n, (i + s) % x.shape[1], j) if axis == 1 else (n, i, (j + s) % x.shape[2])
            y[n, i, j, c] += params["weights"][c, s] * x[(*at, c)]
    return y


def test_each_half_of_the_channels_is_one_branch_with_batch_norm():
    x, module = normal(0), HalfFCC()
    variables = drawn(module, x, train=True)
    stats = jax.tree.map(lambda leaf: jnp.zeros(leaf.shape), variables["batch_stats"])
    given = {"params": variables["params"], "batch_stats": stats}
    found, changed = module.apply(given, x, train=True, mutable=["batch_stats"])
    params, (first, second) = variables["params"], np.split(x, 2, axis=-1)
    first = correlated(first, params["vh_v"], axis=1, train_norm=True)
    first = correlated(first, params["vh_h"], axis=2, train_norm=False)
    second = correlated(second, params["hv_h"], axis=2, train_norm=True)
    second = correlated(second, params["hv_v"], axis=1, train_norm=False)
    np.testing.assert_allclose(found, np.concatenate([first, second], -1), atol=1e-4)
    assert set(params) == {"vh_v", "vh_h", "hv_h", "hv_v"}  # and no 1×1 convolution
    assert set(changed["batch_stats"]) == {"vh_v", "hv_h"}  # the first of each two is normalised


def nearest_vertices(vertices, k):
    """The k rows of highest cosine with each row, itself first: [V,F] → [V,k]."""
    unit = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
    similarity = unit @ unit.T + 2 * np.eye(len(unit))
    return np.argsort(-similarity, axis=1, kind="stable")[:, :k]


def spatial_edges(f, params, k, times):
    """The release's order of things: channel by channel, neighbour by neighbour; f [C,HW]."""
    index = nearest_vertices(f.T, k)
    out = np.zeros_like(f)
    for channel in range(len(f)):
        edges = []
        for j in range(k):
            moved = np.array([f[channel, index[place, j]] for place in range(f.shape[1])])
            difference = moved - times * f[channel]
            raw = params["v1"] @ f[channel] + params["v2"] @ difference + params["bias"]
            edges.append(np.maximum(raw, 0))
        out[channel] = np.max(edges, axis=0)
    return out


@pytest.mark.parametrize(("edge", "times"), [("once", 1), ("twice", 2)])
def test_the_spatial_graph_is_its_loops(edge, times):
    x, module = normal(0), CCC(neighbours=3, graph="spatial", edge=edge)
    variables = drawn(module, x)
    assert set(variables["params"]) == {"v1", "v2", "bias"}  # and no 1×1 convolution
    found = np.asarray(module.apply(variables, x))
    for n in range(N):
        f = x[n].reshape(H * W, C).T
        expected = spatial_edges(f, variables["params"], 3, times)
        np.testing.assert_allclose(found[n].reshape(H * W, C).T, expected, atol=1e-4)


def test_f_i_can_be_subtracted_twice_from_a_channels_neighbour():
    x = normal(0)
    once, twice = (CCC(neighbours=2, edge=edge) for edge in ("once", "twice"))
    variables = drawn(once, x)
    params = variables["params"]
    v1, v2, merge = params["v1"], params["v2"], params["merge"]
    found = np.asarray(twice.apply(variables, x))
    for n in range(N):
        f = x[n].reshape(H * W, C).T
        out = np.zeros_like(f)
        for i, chosen in enumerate(nearest_vertices(f, 2)):
            edges = [v1 @ f[i] + v2 @ ((f[j] - f[i]) - f[i]) for j in chosen]
            out[i] = np.maximum(np.max(edges, axis=0), 0)
        expected = out.T @ merge["kernel"][0, 0] + merge["bias"]
        np.testing.assert_allclose(found[n].reshape(H * W, C), expected, atol=1e-4)
    assert np.abs(found - once.apply(variables, x)).max() > 0.1


RELEASE = {"graph": "spatial", "edge": "twice", "f5c": "per_frame", "fcc": "halves"}
SMALL = {"num_classes": 3, "frames": 3, "crop": 64, "width": 16}
QUICK = {"xla_backend_optimization_level": 0}


def shapes_of(model):
    frames = jnp.zeros((2, model.frames, model.crop, model.crop))
    return jax.eval_shape(
        lambda x: model.init(jax.random.key(0), x, train=False, dropout=0.0), frames
    )


def test_parameter_counts_of_the_release_at_its_size():
    """Its FCC keeps kernels and positions of 32 numbers and uses 16; its CCC adds two biases."""
    params = shapes_of(Mol(num_classes=5, **RELEASE))["params"]
    count = {
        name: sum(int(np.prod(leaf.shape)) for leaf in jax.tree.leaves(part))
        for name, part in params.items()
    }
    fcc = 4 * 64 * 16 + 4 * 64 * 16 + 4 * 64 + 2 * 2 * 64  # kernels, positions, biases, norms
    ccc = 2 * 256 * 256 + 256
    assert count["f5c_first_0"] == count["f5c_second_0"] == fcc + ccc
    assert count["conv_stack"] == 19_048 and count["flow_head"] == 39_730_282
    assert count["mer_head"] == 738_853 and count["landmark_head"] == 3_318_440


@pytest.mark.slow
def test_two_blocks_of_the_same_weights_are_one_shared_block():
    tasks = ("mer", "landmarks")
    shared, apart = (Mol(**SMALL, tasks=tasks, f5c=f5c) for f5c in ("shared", "per_frame"))
    params = jax.tree.map(lambda leaf: normal(0, leaf.shape) / 8, shapes_of(shared)["params"])
    block = params.pop("f5c_0")
    frames = normal(1, (2, 3, 64, 64))

    def run(model, params):
        forward = jax.jit(
            lambda p: model.apply({"params": p}, frames, train=False, dropout=0.0),
            compiler_options=QUICK,
        )
        return forward(params)

    expected = run(shared, {**params, "f5c_0": block})
    both = {**params, "f5c_first_0": block, "f5c_second_0": block}
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5),
        run(apart, both),
        expected,
    )
    # The landmarks are read from the second frame's block, the classes from both.
    other = jax.tree.map(lambda leaf: leaf * 1.5, block)
    first, second = (
        run(apart, both | {"f5c_first_0": other}),
        run(apart, both | {"f5c_second_0": other}),
    )
    np.testing.assert_array_equal(first.landmarks, run(apart, both).landmarks)
    assert np.abs(second.landmarks - expected.landmarks).max() > 1e-3
    for changed in (first, second):
        assert np.abs(changed.logits - expected.logits).max() > 1e-3


@pytest.mark.slow
def test_every_parameter_of_the_release_learns():
    model = Mol(**SMALL, **RELEASE, tasks=("mer",))
    shapes = shapes_of(model)
    params = jax.tree.map(lambda leaf: normal(0, leaf.shape) / 4, shapes["params"])
    stats = jax.tree.map(lambda leaf: np.ones(leaf.shape, "f4"), shapes["batch_stats"])
    frames = normal(1, (2, 3, 64, 64))

    def loss(params):
        outputs, changed = model.apply(
            {"params": params, "batch_stats": stats},
            frames,
            train=True,
            dropout=0.0,
            mutable=["batch_stats"],
            rngs={"dropout": jax.random.key(0)},
        )
        return jnp.sum(outputs.logits[:, 0]), changed["batch_stats"]

    grads, changed = jax.jit(jax.grad(loss, has_aux=True), compiler_options=QUICK)(params)
    for path, leaf in jax.tree.leaves_with_path(grads):
        assert np.isfinite(leaf).all() and np.asarray(leaf).any(), jax.tree_util.keystr(path)
    assert all(jax.tree.leaves(jax.tree.map(lambda a, b: (a != b).all(), stats, changed)))
