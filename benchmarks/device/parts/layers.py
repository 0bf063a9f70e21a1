"""Layers of the paper's model by themselves, in each lowering, plain and in a group."""

from collections.abc import Iterator

from benchmarks import convolutions as rows
from benchmarks.convolutions import Case, prepared
from benchmarks.derived import derived_gradients
from benchmarks.device.bench import Bench, together
from benchmarks.device.part import Part, Row
from benchmarks.device.result_file import said

DTYPE = "bfloat16"
FRAMES, PAIRS = 32 * 8, 32 * 7  # of a batch
OURS = ("lax", "patches")
CASES = (
    Case("deconv0", "transposed", PAIRS, 64, 4, 2, 130, 32),
    Case("deconv2", "transposed", PAIRS, 16, 4, 2, 386, 128),
    *(
        case._replace(batch=FRAMES if case.layer == "conv2" else PAIRS)
        for case in rows.FULL
        if case.layer in ("deconv1", "deconv3", "conv2", "conv3_1")
    ),
)


def measure(bench: Bench) -> Iterator[Row]:
    """Yields a row for each layer and setting: ms of both gradients in each lowering."""
    cases = [case._replace(batch=1, side=4, inputs=2, outputs=2) for case in CASES[:1]]
    for case in cases if bench.tiny else CASES:
        yield from _rows(case)


def _rows(case: Case) -> Iterator[Row]:
    settings = ("plain", "vmap")
    keys = [(setting, lowering) for setting in settings for lowering in OURS]
    made = list(together([lambda key=key: prepared(case, *key, DTYPE) for key in keys]))
    if case.kind == "transposed":
        keys += [(setting, "JAX's") for setting in settings]
        with derived_gradients():
            made += together(
                [lambda one=one: prepared(case, one, "lax", DTYPE) for one in settings]
            )
    found: dict[str, Row] = {}
    for (setting, lowering), one in zip(keys, made, strict=True):
        what = f"{case.layer}, {case.batch} maps of {case.side}², {rows.SETTINGS[setting]}"
        row = found.setdefault(what, {"what": what})
        if isinstance(one, Exception):
            row["why"] = f"{lowering}: {said(str(one))}"
        else:
            row[f"{lowering}_ms"] = 1e3 * one()
    yield from found.values()


PART = Part("layers", "Layers by themselves, both gradients, bfloat16", 35, measure)
