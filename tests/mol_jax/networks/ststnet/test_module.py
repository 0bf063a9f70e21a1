"""STSTNet's layers against a forward pass written plainly, and against PyTorch's with gradients."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.networks.ststnet.module import STREAMS, Ststnet

IMAGES = np.random.default_rng(0).normal(size=(4, 28, 28, 3)).astype(np.float32)
EDGES = np.cumsum((0, *STREAMS))


def variables(classes: int = 3):
    """Returns variables with noise on every one, so that none is 0 or 1."""
    drawn = Ststnet(classes).init(jax.random.key(0), jnp.asarray(IMAGES), train=False, dropout=0.0)
    rng = np.random.default_rng(1)
    moved = jax.tree.map(lambda x: np.array(x + 0.2 * rng.uniform(size=x.shape), np.float32), drawn)
    moved["params"]["norm"]["scale"][::3] *= -1  # where pooling meets another end of the map
    return moved


def literal(held, *, train: bool):
    """Returns logits, by streams and loops; the batch's own statistics where it trains."""
    p, kept, streams = held["params"], held["batch_stats"]["norm"], []
    padded = np.pad(IMAGES.astype(np.float64), ((0, 0), (1, 1), (1, 1), (0, 0)))
    for low, high in itertools.pairwise(EDGES):
        y = np.zeros((len(IMAGES), 28, 28, high - low))
        for i in range(28):
            for j in range(28):
                patch = padded[:, i : i + 3, j : j + 3]
                y[:, i, j] = np.einsum("byxc,yxcd->bd", patch, p["kernel"][..., low:high])
        y = np.maximum(y + p["bias"][low:high], 0)
        mean, var = kept["mean"][low:high], kept["var"][low:high]
        if train:
            mean, var = y.mean((0, 1, 2)), y.var((0, 1, 2))
        y = (y - mean) / np.sqrt(var + 1e-5)
        y = y * p["norm"]["scale"][low:high] + p["norm"]["bias"][low:high]
        walled = np.pad(y, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=-np.inf)
        pooled = np.empty((len(IMAGES), 10, 10, high - low))
        for i in range(10):
            for j in range(10):
                pooled[:, i, j] = walled[:, 3 * i : 3 * i + 3, 3 * j : 3 * j + 3].max((1, 2))
        streams.append(pooled)
    met, small = np.concatenate(streams, axis=-1), np.empty((len(IMAGES), 5, 5, 16))
    for i in range(5):
        for j in range(5):
            small[:, i, j] = met[:, 2 * i : 2 * i + 2, 2 * j : 2 * j + 2].mean((1, 2))
    return small.reshape(len(IMAGES), 400) @ p["classes"]["kernel"] + p["classes"]["bias"]


@pytest.mark.parametrize("lowering", ["lax", "patches"])
@pytest.mark.parametrize("train", [False, True])
def test_it_is_the_literal_network(train, lowering):
    held, module = variables(), Ststnet(3, lowering)
    outputs, _ = module.apply(
        held,
        jnp.asarray(IMAGES),
        train=train,
        dropout=0.0,
        mutable=["batch_stats"],
        rngs={"dropout": jax.random.key(0)},
    )
    assert outputs.embedding.shape == (4, 400)
    np.testing.assert_allclose(outputs.logits, literal(held, train=train), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("classes", "count"), [(3, 1683), (5, 2485)])
def test_it_has_as_many_parameters_as_there_are(classes, count):
    made = jax.eval_shape(lambda: Ststnet(classes).init(
        jax.random.key(0), jnp.zeros((1, 28, 28, 3)), train=False, dropout=0.0))  # fmt: skip
    assert sum(leaf.size for leaf in jax.tree.leaves(made["params"])) == count


def test_weights_and_biases_start_uniform_within_the_fan_in():
    """Of the convolution 27, of the classes 400."""
    params = Ststnet(99).init(
        jax.random.key(0), jnp.zeros((1, 28, 28, 3)), train=False, dropout=0.0
    )["params"]
    for layer, fan_in in ((params, 27), (params["classes"], 400)):
        for name in ("kernel", "bias"):
            drawn, bound = np.asarray(layer[name]), fan_in**-0.5
            assert 0.8 * bound < np.abs(drawn).max() <= bound
            assert abs(drawn.mean()) < 0.3 * bound
        kernel = np.asarray(layer["kernel"])
        assert kernel.std() == pytest.approx(fan_in**-0.5 / 3**0.5, rel=0.1)


def test_dropout_is_of_the_pooled_maps_and_of_training_alone():
    held = variables()

    def run(rate, key, *, train=True):
        rngs = {"dropout": jax.random.key(key)}
        return Ststnet(3).apply(held, jnp.asarray(IMAGES), train=train, dropout=rate,
                                mutable=["batch_stats"], rngs=rngs)[0].logits  # fmt: skip

    assert not np.array_equal(run(0.5, 0), run(0.5, 1))
    np.testing.assert_array_equal(run(0.0, 0), run(0.0, 1))
    np.testing.assert_array_equal(run(0.5, 0, train=False), run(0.9, 1, train=False))


def test_it_is_pytorchs_twin_in_value_and_gradient():
    torch = pytest.importorskip("torch")
    held = variables()
    p, stats = held["params"], held["batch_stats"]["norm"]
    leaves = {
        "kernel": p["kernel"],
        "bias": p["bias"],
        "scale": p["norm"]["scale"],
        "shift": p["norm"]["bias"],
        "classes": p["classes"]["kernel"],
        "last": p["classes"]["bias"],
    }
    own = {name: torch.tensor(np.asarray(x), requires_grad=True) for name, x in leaves.items()}
    x, parts = torch.tensor(IMAGES.transpose(0, 3, 1, 2).copy()), []
    for low, high in itertools.pairwise(EDGES):
        y = torch.nn.functional.conv2d(
            x, own["kernel"][..., low:high].permute(3, 2, 0, 1), own["bias"][low:high], padding=1
        )
        kept = [torch.tensor(stats[name][low:high].copy()) for name in ("mean", "var")]
        y = torch.nn.functional.batch_norm(
            y.relu(), *kept, own["scale"][low:high], own["shift"][low:high], training=True
        )
        parts.append(torch.nn.functional.max_pool2d(y, 3, 3, 1))
    pooled = torch.nn.functional.avg_pool2d(torch.cat(parts, 1), 2)
    logits = pooled.permute(0, 2, 3, 1).flatten(1) @ own["classes"] + own["last"]
    label = np.array([0, 1, 2, 1])
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(label))
    loss.backward()

    def objective(params):
        outputs, _ = Ststnet(3).apply(
            {**held, "params": params},
            jnp.asarray(IMAGES),
            train=True,
            dropout=0.0,
            mutable=["batch_stats"],
            rngs={"dropout": jax.random.key(0)},
        )
        return -jnp.mean(jax.nn.log_softmax(outputs.logits)[jnp.arange(4), label])

    value, grads = jax.value_and_grad(objective)(p)
    assert float(value) == pytest.approx(loss.item(), rel=1e-5)
    found = {
        "kernel": grads["kernel"],
        "bias": grads["bias"],
        "scale": grads["norm"]["scale"],
        "shift": grads["norm"]["bias"],
        "classes": grads["classes"]["kernel"],
        "last": grads["classes"]["bias"],
    }
    for name, grad in found.items():
        np.testing.assert_allclose(grad, own[name].grad.numpy(), rtol=1e-3, atol=1e-4)
        assert np.abs(grad).max() > 1e-3
