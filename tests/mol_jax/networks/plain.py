"""Layers of shallow networks written plainly in float64, and what a module's layers see."""

import functools

import jax
import numpy as np
from flax import linen as nn
from numpy.lib.stride_tricks import sliding_window_view


def conv(x, layer, *, padding=0):
    """Convolution and bias: [N,H,W,C] → [N,H',W',D]."""
    around = (padding, padding)
    x = np.pad(np.asarray(x, np.float64), ((0, 0), around, around, (0, 0)))
    kernel = np.asarray(layer["kernel"], np.float64)
    windows = sliding_window_view(x, kernel.shape[:2], axis=(1, 2))
    return np.einsum("nhwcyx,yxcd->nhwd", windows, kernel, optimize=True) + layer["bias"]


def relu(x):
    return np.where(x > 0, x, 0.0)


def max_pool(x, size):
    """The largest of each window: [N,H,W,C] → [N,H/size,W/size,C]."""
    rows, columns = x.shape[1] // size, x.shape[2] // size
    pooled = np.empty((x.shape[0], rows, columns, x.shape[3]))
    for i in range(rows):
        for j in range(columns):
            window = x[:, size * i : size * (i + 1), size * j : size * (j + 1)]
            pooled[:, i, j] = window.max((1, 2))
    return pooled


def norm(x, layer, kept, *, train):
    """Batch norm, by the batch's own statistics where it trains."""
    axes = tuple(range(x.ndim - 1))
    mean, var = (x.mean(axes), x.var(axes)) if train else (kept["mean"], kept["var"])
    return (x - mean) / np.sqrt(var + 1e-5) * layer["scale"] + layer["bias"]


def dense(x, layer):
    return x @ np.asarray(layer["kernel"], np.float64) + layer["bias"]


DROPOUT = {"dropout": 0.0}  # what most modules take


def drawn(module, images, given=DROPOUT):
    """Returns variables with noise on every number, so that none is 0 or 1."""
    init = jax.jit(module.init, static_argnames="train")
    rng = np.random.default_rng(1)

    def moved(x):
        return np.asarray(x + 0.1 * np.abs(x).max(initial=0.5) * rng.uniform(size=x.shape), x.dtype)

    return jax.tree.map(moved, init(jax.random.key(0), images, train=False, **given))


def count(module, images, given=DROPOUT) -> int:
    """Returns how many parameters a module has. Nothing is computed."""
    made = jax.eval_shape(lambda x: module.init(jax.random.key(0), x, train=False, **given), images)
    return sum(leaf.size for leaf in jax.tree.leaves(made["params"]))


@functools.partial(jax.jit, static_argnames=("module", "train"))
def seen(module, variables, images, key, *, train, dropout):
    """Returns what each layer of a module is given and returns, by its path, and the outputs."""
    layers = {}

    def watch(call, args, kwargs, context):
        returned = call(*args, **kwargs)
        if context.method_name == "__call__":
            name = "/".join(context.module.path)
            layers[name] = (args[0], getattr(returned, "logits", returned))
        return returned

    with nn.intercept_methods(watch):
        outputs, _ = module.apply(
            variables,
            images,
            train=train,
            dropout=dropout,
            mutable=["batch_stats"],
            rngs={"dropout": key},
        )
    return layers, outputs


def random_params(module, images, **how):
    """Returns parameters drawn by NumPy, for nothing to be compiled: of about 1/√fan-in each."""
    made = jax.eval_shape(lambda x: module.init(jax.random.key(0), x, train=False, **how), images)
    rng = np.random.default_rng(1)

    def draw(path, leaf):
        fan_in = max(1, np.prod(leaf.shape[:-1]))
        centre = 1 if path[-1].key == "scale" else 0
        return np.asarray(centre + rng.normal(size=leaf.shape) / fan_in**0.5, leaf.dtype)

    return jax.tree.map_with_path(draw, made["params"])
