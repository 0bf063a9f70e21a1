"""Updates of one network on one random batch: ours, and PyTorch's of the same network and loss.

    ours = step_ours(config, 32, dtype="bfloat16")
    theirs = step_torch(config, 32, device="cuda", dtype="bfloat16", compiled=True)
    seconds = timeit.timeit(lambda: ours(10), number=1)

An update is forward, all losses, backward and Adam; drawing a batch is in neither. What is returned
makes so many updates, one after another, waits for the last and returns its loss: the first call
compiles. config: of MOL (`configs/casme2.py`, `configs/synthetic.py`) or STSTNet
(`configs/networks/ststnet.py`). Importing this needs no PyTorch, `step_torch` does.
"""

import dataclasses
import importlib.util
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.data.clips import Batch
from mol_jax.errors import UserError
from mol_jax.networks.network import Facts
from mol_jax.networks.ststnet.module import SIDE
from mol_jax.training import optim
from mol_jax.training.devices import resolve_lowering
from mol_jax.training.program import Program, make_program
from mol_jax.training.step import FoldState, update

CLASSES = 3
DTYPES = ("float32", "tf32", "bfloat16")
Updates = Callable[[int], float]


def step_ours(config: ConfigDict, batch: int, *, dtype: str = "float32") -> Updates:
    """Returns our updates of `batch` clips, on the device that JAX computes on by itself.

    dtype: "float32" exactly, "tf32" where a GPU may round float32 products, "bfloat16".
    """
    program = program_of(config, batch, dtype)
    clips = random_batch(config, batch)
    facts = random_facts(program, clips)
    state = jax.device_put(random_state(program, config, clips, facts))
    scalars, key = settings.scalars(config), jax.random.key(0)
    clips, facts, scalars = jax.device_put((_cast(clips, program), facts, scalars))
    advance = jax.jit(update, static_argnums=0, donate_argnums=5)
    precision = {"float32": "highest", "tf32": "tensorfloat32"}.get(dtype, "default")

    def run(count: int) -> float:
        nonlocal state
        with jax.default_matmul_precision(precision):
            for _ in range(count):
                state, metrics = advance(program, scalars, clips, facts, key, state)
        return float(jax.block_until_ready(metrics).total)

    return run


def step_torch(
    config: ConfigDict,
    batch: int,
    *,
    device: str = "cpu",
    dtype: str = "float32",
    compiled: bool = False,
    graphs: bool = False,
    channels_last: bool = False,
) -> Updates:
    """Returns PyTorch's updates of `batch` clips; they use as many threads as PyTorch is set to.

    dtype: as of `step_ours`; bfloat16 by autocast. compiled: with torch.compile. graphs: whether
    that takes CUDA graphs, which spare a small network the launches of its kernels. channels_last:
    the layout of maps and kernels. Raises UserError where PyTorch is missing or MOL is not
    the paper's.
    """
    need_torch(device)
    from benchmarks.torch_mol import training  # noqa: PLC0415  it needs PyTorch

    return training.updates(
        config,
        random_batch(config, batch),
        device=device,
        dtype=dtype,
        compiled=compiled,
        graphs=graphs,
        channels_last=channels_last,
    )


def need_torch(device: str = "cpu") -> None:
    """Raises UserError where PyTorch is not installed, or has no such device."""
    if importlib.util.find_spec("torch") is None:
        raise UserError(
            "PyTorch is not installed, which ours is measured against: pip install -e .[benchmark]"
        )
    if device == "cpu":
        return
    import torch  # noqa: PLC0415  an extra

    if not torch.cuda.is_available():
        raise UserError(f"PyTorch {torch.__version__} sees no GPU here: leave --device=cuda out.")


def need_same(device: str, computed_on: str) -> None:
    """Raises UserError where JAX computes on (`describe_device`) something else than PyTorch."""
    if (device == "cpu") != computed_on.startswith("cpu"):
        raise UserError(
            f"--device={device} is for PyTorch, but JAX computes on {computed_on}: one would be "
            "measured against another machine; set JAX_PLATFORMS, or give the other --device."
        )


def program_of(config: ConfigDict, batch: int, dtype: str) -> Program:
    """Returns our program for `batch` clips; dtype also "float64", which no config may ask for."""
    config = config.copy_and_resolve_references()
    with config.unlocked():
        config.train.batch_size = batch
        if "dtype" in config.model:
            config.model.dtype = "float32" if dtype == "tf32" else dtype
    auto = resolve_lowering(1, loop="host")
    return make_program(config, num_classes=CLASSES, auto=auto)


def random_batch(config: ConfigDict, size: int) -> Batch:
    """Returns `size` clips of noise in NumPy arrays, float32, with what any network here reads."""
    rng = np.random.default_rng(0)
    frames, crop = config.data.frames, config.data.crop

    def noise(*shape: int) -> np.ndarray:
        return rng.normal(size=(size, *shape)).astype(np.float32)

    label = np.arange(size, dtype=np.int32) % CLASSES
    image = {"flow_image_28": noise(SIDE, SIDE, 3)}
    if config.model.network == "ststnet":
        return Batch(None, None, None, label, image)
    landmarks = rng.uniform(crop / 4, 3 * crop / 4, (size, frames, 68, 2)).astype(np.float32)
    pixels = rng.uniform(-1, 1, (size, frames, crop, crop)).astype(np.float32)
    return Batch(pixels, noise(frames - 1, crop, crop, 2), landmarks, label)


def random_facts(program: Program, clips: Batch) -> Facts:
    """Returns what is known of a fold whose training rows are the batch."""
    counts = np.bincount(clips.label, minlength=CLASSES).astype(np.float32)
    own = jax.jit(program.network.facts)(clips, np.ones(len(clips.label), bool))
    return Facts(counts, None, jax.device_get(own))


def random_state(program: Program, config: ConfigDict, clips: Batch, facts: Facts) -> FoldState:
    """Returns a state before the first update, in NumPy arrays: no parameter is zero.

    Drawn from the shapes alone, so that nothing is compiled for it.
    """
    unlabelled = dataclasses.replace(_cast(clips, program), label=None)
    arguments = dict.fromkeys(program.network.arguments, jnp.zeros(()))

    def init() -> Any:
        shown = program.network.inputs(unlabelled, facts)
        return program.network.module.init(jax.random.key(0), shown, train=False, **arguments)

    rng = np.random.default_rng(1)
    shapes = jax.eval_shape(init)
    drawn = jax.tree_util.tree_map_with_path(lambda path, leaf: _drawn(rng, path, leaf), shapes)
    params = drawn.pop("params")
    scalars = settings.scalars(config)
    moments = jax.eval_shape(lambda: optim.init(program, scalars, params))
    zeros = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), moments)
    return FoldState(np.int32(0), params, drawn, zeros, facts, np.bool_(True))


def _drawn(rng: np.random.Generator, path: tuple[Any, ...], leaf: Any) -> np.ndarray:
    """Kernels keep the variance; scales and variances lie about 1, all others about 0."""
    name, shape = path[-1].key, leaf.shape
    if name == "kernel":
        values = rng.normal(0, np.prod(shape[:-1]) ** -0.5, shape)
    elif name in ("v1", "v2", "weights"):
        values = rng.normal(0, shape[1] ** -0.5, shape)
    else:
        values = rng.uniform(-0.1, 0.1, shape) + (name in ("scale", "var"))
    return values.astype(leaf.dtype)


def _cast(clips: Batch, program: Program) -> Batch:
    """Returns the batch with frames of the type that the network computes in."""
    if clips.frames is None:
        return clips
    return dataclasses.replace(clips, frames=clips.frames.astype(program.network.dtype))
