"""What a network that is trained looks at to classify a clip: an apex, flow, which leaves."""

from typing import NamedTuple

from ml_collections import ConfigDict

from data_builders.pixels import flow
from mol_jax.data import apexes, inputs
from mol_jax.settings.find import find
from mol_jax.settings.kind import READABLE, SEQUENCES


class Seen(NamedTuple):
    """What is read of a clip beside its faces.

    apex: from where the apex is, of `apex_source.SOURCES`; "" where none is read. flows: the
    programs that find the flow that is read, of `flow.METHODS`; () where none is.
    """

    apex: str
    flows: tuple[str, ...]


def seen(config: ConfigDict) -> Seen:
    """Returns what the network of a checked config reads. A sample of two frames has the apex."""
    reads, shown = find(config.model.network).reads(config), leaves(config)
    has_apex = apexes.are_shown(reads) or (shown and config.data.frames == 2)
    flows = {flow.DEFAULT} if inputs.ask_for_flow(reads) else set[str]()
    if sequences(config) or "flow" in shown:
        flows.add(config.data.flow)
    return Seen(config.data.apex_source if has_apex else "", tuple(sorted(flows)))


def leaves(config: ConfigDict) -> tuple[str, ...]:
    """Returns the leaves of the clip table that the network looks at to classify.

    Without what it is only taught, as MOL is flow and landmarks (`Kind.targets`).
    """
    kind = find(config.model.network)
    reads = kind.reads(config)
    return tuple(name for name in READABLE if name in reads and name not in kind.targets)


def sequences(config: ConfigDict) -> tuple[str, ...]:
    """Returns the recipes of flow between the frames of a sample that the network reads."""
    reads = find(config.model.network).reads(config)
    return tuple(name for name in SEQUENCES.values() if name in reads)
