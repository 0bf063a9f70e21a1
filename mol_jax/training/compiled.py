"""A function of one replica, compiled for all replicas of a wave: what names the replica axis."""

import functools
from collections.abc import Callable
from typing import Any

import jax
from jax.sharding import Mesh, NamedSharding
from jax.sharding import PartitionSpec as P

from mol_jax.training.devices import cores_are_devices
from mol_jax.training.program import Program

REPLICA = "replica"  # the axis of the mesh

# For a program that runs once a fold: its random draws take XLA longer to optimise (33 s for the
# small config on one core, against 5 s) than they ever take to run (0.2 s). On a CPU alone: what it
# makes of a GPU's program was never looked at.
QUICK_COMPILE = (("xla_backend_optimization_level", 0),)

# For devices that are a core each: threads that all devices share would only get into their way.
ONE_THREAD = (("xla_cpu_multi_thread_eigen", False),)

# No kernel that adds in an order of its own, and no choice among kernels by timing them, which may
# be another in the next process. Told with each program, it does not matter who started JAX.
DETERMINISTIC = (("xla_gpu_deterministic_ops", True),)


@functools.lru_cache(maxsize=64)  # engines of the same shape share their programs
def compiled(
    function: Callable,
    program: Program,
    mesh: Mesh,
    group: int,
    axes: tuple[int | None, ...],
    *,
    donate: int | None = None,
    options: tuple[tuple[str, Any], ...] = (),
    **static: Any,
) -> Callable:
    """Returns `function(program, ...)` compiled over the replica axis.

    mesh: of devices, along `REPLICA`. group: replicas on each. axes: of each argument, 0 where it
    has the replica axis and None where replicas share it. donate: the argument whose memory the
    result takes. options: of XLA on a CPU. static: more arguments, which shape the program.
    """
    one = functools.partial(function, program, **static)

    def on_device(*arguments):
        if group > 1:
            return jax.vmap(one, in_axes=axes)(*arguments)
        # A mapped axis of one would still make XLA group every convolution.
        mine = [
            argument if axis is None else jax.tree.map(lambda leaf: leaf[0], argument)
            for axis, argument in zip(axes, arguments, strict=True)
        ]
        return jax.tree.map(lambda leaf: leaf[None], one(*mine))

    specs = tuple(P() if axis is None else P(REPLICA) for axis in axes)
    mapped = jax.shard_map(on_device, mesh=mesh, in_specs=specs, out_specs=P(REPLICA))
    return jax.jit(
        mapped,
        out_shardings=NamedSharding(mesh, P(REPLICA)),
        donate_argnums=() if donate is None else donate,
        compiler_options=told(program, options, mesh),
    )


def told(
    program: Program, options: tuple[tuple[str, Any], ...], mesh: Mesh
) -> dict[str, Any] | None:
    """Returns what XLA is told of a program on this backend."""
    alone = cores_are_devices() and mesh.size > 1
    told = {"cpu": options + ONE_THREAD * alone, "gpu": DETERMINISTIC * program.deterministic}
    return dict(told.get(jax.default_backend(), ())) or None
