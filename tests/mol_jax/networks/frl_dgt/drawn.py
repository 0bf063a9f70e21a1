"""Random variables for a module, so that no scale is 1 and no bias 0, and none hides a term."""

import jax
import numpy as np


def normal(seed, shape):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def variables(module, *inputs, scale=0.5, **arguments):
    """Returns variables of the module's shapes, every leaf drawn; running variances above 0."""
    shapes = jax.eval_shape(
        lambda *inputs: module.init(jax.random.key(0), *inputs, **arguments), *inputs
    )
    leaves, tree = jax.tree.flatten_with_path(shapes)
    drawn = [np.float32(scale) * normal(seed, leaf.shape) for seed, (_, leaf) in enumerate(leaves)]
    names = [jax.tree_util.keystr(path) for path, _ in leaves]
    return tree.unflatten(
        [np.exp(x) if "'var'" in name else x for name, x in zip(names, drawn, strict=True)]
    )


def parameters(tree):
    """Counts the numbers in a tree of arrays or of shapes."""
    return sum(leaf.size for leaf in jax.tree.leaves(tree))
