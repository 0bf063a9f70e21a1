"""What the compiler says that an update takes of a card, beside the planner's figure."""

from collections.abc import Iterator

from benchmarks.device.bench import Bench, together
from benchmarks.device.part import Part, Row
from mol_jax.training import footprint

CASES = (("paper", "bfloat16"), ("paper", "float32"), ("small", "float32"), ("ststnet", "float32"))


def measure(bench: Bench) -> Iterator[Row]:
    """Yields both figures of each model, with convolutions as the compiler has them."""
    cases = CASES[-1:] if bench.tiny else CASES
    chunks = [bench.chunk(*case) for case in cases]
    failed = list(together([lambda chunk=chunk: chunk.bytes for chunk in chunks]))
    for (name, dtype), chunk, size in zip(cases, chunks, failed, strict=True):
        if isinstance(size, Exception):
            raise size
        model = chunk.model
        planned = footprint.estimate(
            model.changed(dtype), clips=model.clips, classes=model.classes, lower=lambda _: "lax"
        ).device(1)
        yield {
            "what": f"{name}, {dtype}",
            "compiled_gib": None if size is None else size / 2**30,
            "planned_gib": planned / 2**30,
            "planned_over_compiled": planned / size if size else None,
        }


PART = Part("memory", "Memory of an update: the compiler's figure and the planner's", 15, measure)
