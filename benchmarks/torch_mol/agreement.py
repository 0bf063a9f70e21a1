"""How far PyTorch's MOL is from ours: the same weights, the same batch, no dropout, one update."""

from typing import Any

import jax
import numpy as np
import torch
from ml_collections import ConfigDict

from benchmarks.torch_mol import network, steps, training
from benchmarks.torch_mol.weights import to_torch
from mol_jax import settings
from mol_jax.training import step

Arrays = dict[str, np.ndarray]


def agreement(config: ConfigDict, batch: int, *, dtype: str = "float64") -> dict[str, float]:
    """Returns the largest relative difference of each kind of number, PyTorch's less ours.

    Of one update in training mode: "probabilities", "flow", "landmarks", "losses", "gradients" (of
    the total loss), "running statistics", "parameters" (after Adam). A difference is the norm of an
    array's over the norm of ours. dtype: of both, "float64" or "float32"; Flax keeps running
    statistics in float32 all the same.
    """
    config = config.copy_and_resolve_references()
    with config.unlocked():
        config.model.dropout = 0.0
    with jax.enable_x64(dtype == "float64"), jax.numpy_dtype_promotion("standard"):
        start, ours = _ours(config, batch, dtype)
    theirs = _torch(config, batch, dtype, start)
    assert {kind: set(of) for kind, of in ours.items()} == {k: set(of) for k, of in theirs.items()}
    return {
        kind: max(_distance(theirs[kind][name], array) for name, array in of.items())
        for kind, of in ours.items()
    }


def _distance(theirs: np.ndarray, ours: np.ndarray) -> float:
    assert theirs.shape == ours.shape, (theirs.shape, ours.shape)
    return float(np.linalg.norm(theirs - ours) / np.linalg.norm(ours))


def _ours(config: ConfigDict, batch: int, dtype: str) -> tuple[Arrays, dict[str, Arrays]]:
    """Returns the weights before our update in PyTorch's layout, and what came of it."""
    program = steps.program_of(config, batch, dtype)
    clips = jax.tree.map(lambda x: _as(x, dtype), steps.random_batch(config, batch))
    facts = steps.random_facts(program, clips)
    state = steps.random_state(program, config, clips, facts)
    wide = np.dtype(dtype).type  # of the decimals that were written, not of their float32
    scalars = {name: wide(str(value)) for name, value in settings.scalars(config).items()}

    @jax.jit
    def both(state: step.FoldState) -> Any:
        key = jax.random.key(0)
        outputs, _ = program.network.module.apply(
            {"params": state.params, **state.collections},
            program.network.inputs(clips, facts),
            train=True,
            rngs={"dropout": key},
            mutable=list(state.collections),
            dropout=0.0,
        )
        return outputs, *step.update(program, scalars, clips, facts, key, state)

    outputs, after, metrics = jax.device_get(both(state))
    moments = after.opt_state[0].mu  # after the first update: (1 − b1) times the gradient
    return to_torch(state.params) | to_torch(state.collections["batch_stats"]), {
        "probabilities": {"": np.asarray(jax.nn.softmax(outputs.logits))},
        "flow": {"": outputs.flow},
        "landmarks": {"": outputs.landmarks},
        "losses": metrics.terms,
        "gradients": to_torch(jax.tree.map(lambda m: m / (1 - program.b1), moments)),
        "running statistics": to_torch(after.collections["batch_stats"]),
        "parameters": to_torch(after.params),
    }


def _torch(config: ConfigDict, batch: int, dtype: str, start: Arrays) -> dict[str, Arrays]:
    """Returns the same of PyTorch's update from those weights."""
    trained = network.Mol(config, steps.CLASSES).to(getattr(torch, dtype))
    held = {name: torch.from_numpy(array) for name, array in start.items()}
    given = trained.load_state_dict(held, strict=False)
    assert not given.unexpected_keys, given
    assert all(name.endswith("num_batches_tracked") for name in given.missing_keys), given
    seen = _seen_by_norms(trained)
    clips = jax.tree.map(lambda x: _as(x, dtype), steps.random_batch(config, batch))
    data = training.mol_data(clips)
    optimiser = training.adam(trained, config)
    outputs = trained(data["frames"])
    terms = network.losses(outputs, data, config)
    sum(terms.values()).backward()
    gradients = {name: p.grad.clone() for name, p in trained.named_parameters()}
    optimiser.step()
    for norm, x in seen:
        _make_biased(norm, x)
    logits, flow, landmarks = outputs
    pairs = (batch, config.data.frames - 1)
    buffers = {n: b for n, b in trained.named_buffers() if not n.endswith("num_batches_tracked")}
    return {
        kind: {name: x.detach().numpy() for name, x in of.items()}
        for kind, of in {
            "probabilities": {"": logits.softmax(-1)},
            "flow": {"": flow.permute(0, 2, 3, 1).unflatten(0, pairs)},
            "landmarks": {"": landmarks.unflatten(0, pairs)},
            "losses": terms,
            "gradients": gradients,
            "running statistics": buffers,
            "parameters": dict(trained.named_parameters()),
        }.items()
    }


def _seen_by_norms(trained: network.Mol) -> list[tuple[torch.nn.BatchNorm2d, torch.Tensor]]:
    """Returns a list that will hold what each batch norm is given."""
    seen: list[tuple[torch.nn.BatchNorm2d, torch.Tensor]] = []
    for part in trained.modules():
        if isinstance(part, torch.nn.BatchNorm2d):
            part.register_forward_pre_hook(lambda norm, given: seen.append((norm, given[0])))
    return seen


def _make_biased(norm: torch.nn.BatchNorm2d, x: torch.Tensor) -> None:
    """Undoes what PyTorch alone does to the running variance: n/(n − 1) times the batch's."""
    unbiased = x.detach().var((0, 2, 3))
    norm.running_var -= norm.momentum * unbiased * x.shape[1] / x.numel()


def _as(x: np.ndarray, dtype: str) -> np.ndarray:
    return x.astype(dtype) if x.dtype == np.float32 else x
