"""The programs that are compiled: what a study runs on a GPU, and others to set beside them."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import jax
from jax.experimental import topologies
from jax.sharding import AxisType, Mesh, NamedSharding
from jax.sharding import PartitionSpec as P
from ml_collections import ConfigDict

from benchmarks.compiled import calls
from benchmarks.compiled.cards import Card, description
from benchmarks.derived import derived_gradients
from configs import casme2
from configs.networks import frl_dgt, ststnet
from mol_jax.data.known import Sizes, sizes
from mol_jax.errors import UserError
from mol_jax.training import compiled, footprint, step
from mol_jax.training.program import make_program

INSTALL = f'pip install "jax[cuda12]=={jax.__version__}"'
DEVICES = 2  # of one machine: on a single one no program has a collective
AXES = (0, None, 0, 0)  # scalars, clips, rows and state: all but the clips are each replica's own


class Case(NamedTuple):
    """A program: many updates of a network in a loop on the device, as `Engine.advance` runs it.

    group: replicas that a device trains at once. lowering: as runtime.lowering. filters: the
    least calls of cuDNN for gradients of kernels, as many as there are layers with one in this
    lowering whose map is not too small. derived: with the gradients of a transposed convolution
    that JAX derives, in place of our own.
    """

    network: str
    dtype: str
    group: int
    lowering: str = "auto"
    filters: int = 0
    derived: bool = False

    @property
    def name(self) -> str:
        """Returns what --programs calls it."""
        forced = () if self.lowering == "auto" else (self.lowering,)
        derived = ("derived",) if self.derived else ()
        return "-".join((self.network, self.dtype, str(self.group), *forced, *derived))

    @property
    def studied(self) -> bool:
        """Tells whether a study on a GPU runs it; the others stand beside those that it runs."""
        return self.lowering == "auto" and not self.derived


CASES = (
    Case("mol", "float32", 1, filters=27),
    Case("mol", "bfloat16", 1, filters=27),
    Case("mol", "float32", 4),
    Case("mol", "bfloat16", 4),
    Case("ststnet", "float32", 1, filters=1),
    Case("ststnet", "float32", 4),
    Case("frl_dgt", "float32", 1, filters=10),
    Case("frl_dgt", "bfloat16", 1, filters=10),
    Case("mol", "bfloat16", 1, derived=True),
    Case("mol", "bfloat16", 4, lowering="lax"),
    Case("ststnet", "float32", 4, lowering="lax"),
)
UNWANTED = {
    "grouped": "grouped convolutions",
    "map_as_filter": "convolutions with a map as filter",
    "left": "convolutions that are not cuDNN's",
    "collectives": "collectives",
}
CONFIGS = {"mol": casme2, "ststnet": ststnet, "frl_dgt": frl_dgt}
TINY: dict[str, dict[str, Any]] = {
    "mol": {
        "data.frames": 2,
        "data.crop": 64,
        "model.width": 16,
        "model.flow_width": 1 / 64,
        "model.landmark_width": 1 / 32,
        "model.mer_width": 1 / 16,
    },
    "ststnet": {},
    "frl_dgt": {
        "data.crop": 64,
        "model.dgm_levels": 3,
        "model.dgm_width": 0.25,
        "model.au_side": 36,
        "model.dim": 32,
        "model.heads": 4,
        "model.depth": 1,
    },
}


def compile_case(case: Case, card: Card, *, tiny: bool = False) -> tuple[dict[str, Any], str]:
    """Returns what the program of a case is for a card, as a JSON object, and its text.

    tiny: of a small network on few clips, whose calls are other ones.
    """
    config, study = _study(case, tiny=tiny)
    with _traced_anew() if case.derived else contextlib.nullcontext():
        lowered = _lowered(case, card, config, study)
    start = _cpu_seconds()
    executable = lowered.compile()
    seconds = _cpu_seconds() - start
    text = executable.as_text()
    estimated = footprint.estimate(config, clips=study.clips, classes=study.classes)
    made = {
        "network": case.network,
        "dtype": case.dtype,
        "group": case.group,
        "lowering": case.lowering,
        "batch": config.train.batch_size,
        "calls": calls.count(text),
        "peak_bytes": peak_bytes(executable.memory_analysis()),
        "planned_bytes": estimated.device(case.group),
        "compile_cpu_seconds": round(seconds, 1),
    }
    return made, text


def _cpu_seconds() -> float:
    """Returns the processor time of this process and of those that it waited for."""
    return sum(os.times()[:4])


def peak_bytes(memory: Any) -> int:
    """Returns the bytes that XLA's account of a program has on a device at once.

    What it is given, makes and needs between; what it is given to write over counts once.
    """
    made = memory.output_size_in_bytes - memory.alias_size_in_bytes
    return memory.argument_size_in_bytes + memory.temp_size_in_bytes + made


def faults(case: Case, made: dict[str, Any]) -> Iterator[str]:
    """Yields what is wrong with the program of a case, if a study would run it."""
    if not case.studied:
        return
    counts = made["calls"]
    for kind, what in UNWANTED.items():
        if counts[kind]:
            yield f"{case.name} has {counts[kind]} {what}, expected none"
    if counts["backward_filter"] < case.filters:
        yield (
            f"{case.name} has {counts['backward_filter']} calls of cuDNN for gradients of kernels, "
            f"expected {case.filters} or more"
        )


@contextlib.contextmanager
def _traced_anew() -> Iterator[None]:
    """Has JAX derive gradients while a program is traced, and forget what is traced otherwise."""
    jax.clear_caches()
    with derived_gradients():
        yield
    jax.clear_caches()


def _study(case: Case, *, tiny: bool) -> tuple[ConfigDict, Sizes]:
    """Returns the config of a case, and how many classes and clips its study has."""
    config = CONFIGS[case.network].get_config()
    study = sizes(config)
    with config.unlocked():
        config.runtime.lowering, config.runtime.group = case.lowering, case.group
        if "dtype" in config.model:
            config.model.dtype = case.dtype
        if tiny:
            config.train.batch_size = 4
            config.update_from_flattened_dict(TINY[case.network])
    return config, study


def _lowered(case: Case, card: Card, config: ConfigDict, study: Sizes) -> jax.stages.Lowered:
    """Returns the program before XLA compiles it, for as many devices as DEVICES."""
    mesh = _mesh(card)
    auto = footprint.lowered_as_on_accelerators(case.group)
    program = make_program(config, num_classes=study.classes, auto=auto)
    given = footprint.shapes(program, clips=study.clips)
    chunk = compiled.compiled(
        step.train_chunk,
        program,
        mesh,
        case.group,
        AXES,
        donate=3,
        num_steps=config.train.log_every,
    )
    wave = [
        _placed(tree, mesh, () if axis is None else (DEVICES * case.group,))
        for axis, tree in zip(AXES, given, strict=True)
    ]
    return chunk.trace(*wave).lower(lowering_platforms=("cuda",))


def _mesh(card: Card) -> Mesh:
    """Returns devices that are not there. Raises UserError where no plugin of this jax has any."""
    try:
        topology = topologies.get_topology_desc(
            platform="cuda", target_config=description(card), topology=f"1x1x{DEVICES}"
        )
    except NotImplementedError as error:
        raise UserError(
            f"jax's CUDA plugin is installed, but not one that jax {jax.__version__} can use: "
            f"{INSTALL}"
        ) from error
    return Mesh(topology.devices, (compiled.REPLICA,), axis_types=(AxisType.Auto,))


def _placed(tree: Any, mesh: Mesh, lead: tuple[int, ...]) -> Any:
    """Returns shapes with the leading axis of a wave, split over the devices, or with none."""
    sharding = NamedSharding(mesh, P(compiled.REPLICA) if lead else P())
    return jax.tree.map(
        lambda leaf: jax.ShapeDtypeStruct((*lead, *leaf.shape), leaf.dtype, sharding=sharding), tree
    )
