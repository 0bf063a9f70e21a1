"""The same networks and updates in PyTorch, in turns with ours."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import jax

from benchmarks.device.bench import Bench, together
from benchmarks.device.chunk import STEPS, Chunk
from benchmarks.device.part import Part, Row, Unavailable
from benchmarks.device.result_file import said
from benchmarks.device.turns import Turn, turn
from mol_jax.errors import UserError

ROUNDS, CALLS = 3, 4
FOLDS = (1, 68, 340)
Update = Callable[[int], object]  # makes so many updates and waits for the last
DTYPES = {"bfloat16": "bfloat16", "tf32": "float32"}  # ours by the name of theirs


def measure(bench: Bench) -> Iterator[Row]:
    """Yields MOL's update in bfloat16, then in TF32, then STSTNet's folds side by side."""
    from benchmarks.torch_mol import steps  # noqa: PLC0415  it is imported where it is needed

    device = "cpu" if jax.default_backend() == "cpu" else "cuda"
    try:
        steps.need_torch(device)
    except UserError as error:
        raise Unavailable(str(error)) from None
    model = bench.model("ststnet" if bench.tiny else "paper")

    def theirs(name: str, **how: Any) -> Update:
        batch = bench.model(name).config.train.batch_size
        return steps.step_torch(bench.model(name).config, batch, device=device, **how)

    for dtype in DTYPES:
        yield from _update(bench, model.name, dtype, theirs)
    yield from _folds(bench, theirs)


def _update(bench: Bench, name: str, dtype: str, theirs: Callable[..., Update]) -> Iterator[Row]:
    """Yields both layouts of maps in eager PyTorch, then the faster one compiled."""
    ours, updates = _of_chunk(bench.chunk(name, DTYPES[dtype])), bench.steps(CALLS) * STEPS
    times = {}

    def row(compiled: bool, last: bool) -> Row:
        return _beside(
            f"{name}, {dtype}, PyTorch {_way(compiled, last)}",
            ours,
            lambda: theirs(name, dtype=dtype, compiled=compiled, channels_last=last),
            updates,
        )

    for last in (False, True):
        found = row(False, last)
        times[last] = found.get("pytorch_ms", float("inf"))
        yield found
    yield row(True, min(times, key=times.__getitem__))


def _folds(bench: Bench, theirs: Callable[..., Update]) -> Iterator[Row]:
    """Yields STSTNet's folds side by side against a loop over folds."""
    model = bench.model("ststnet")
    model.start  # noqa: B018  compiled once, not in each thread
    groups, steps = FOLDS[:1] if bench.tiny else FOLDS, bench.steps(20)
    made = list(together([lambda k=k: turn(model, group=k, steps=steps) for k in groups]))
    for compiled in (False, True):
        alone = theirs("ststnet", dtype="tf32", compiled=compiled)
        for group, one in zip(groups, made, strict=True):
            what = f"ststnet, {group} folds at once, PyTorch {_way(compiled, False)} in a loop"
            if isinstance(one, Exception):
                yield {"what": what, "why": said(str(one))}
            else:
                yield _beside(what, _of_turn(one), lambda alone=alone: alone, steps, folds=group)


def _beside(
    what: str, ours: Update, make: Callable[[], Update], updates: int, *, folds: int = 1
) -> Row:
    """Returns the fastest turn of each, ms an update of a fold, and theirs over ours."""
    try:
        began = time.perf_counter()
        theirs = make()
        theirs(1)
        first = time.perf_counter() - began
        ours(updates)
        fastest = [float("inf")] * 2
        for _ in range(ROUNDS):
            for number, (run, each) in enumerate(((ours, folds), (theirs, 1))):
                began = time.perf_counter()
                run(updates)
                spent = (time.perf_counter() - began) / updates / each
                fastest[number] = min(fastest[number], spent)
    except Exception as error:  # theirs may fail in many ways, and the other rows go on
        return {"what": what, "why": f"{type(error).__name__}: {said(str(error))}"}
    own, other = fastest
    figures = {"ours_ms": 1e3 * own, "pytorch_ms": 1e3 * other, "pytorch_over_ours": other / own}
    return {"what": what, **figures, "first_call_s": first}


def _of_chunk(chunk: Chunk) -> Update:
    state = [chunk.begin()]

    def run(updates: int) -> None:
        for _ in range(updates // STEPS):
            state[0], metrics = chunk.run(state[0])
        jax.block_until_ready(metrics)

    return run


def _of_turn(one: Turn) -> Update:
    return lambda updates: one()


def _way(compiled: bool, last: bool) -> str:
    return f"{'torch.compile' if compiled else 'eager'}, {'channels last' if last else 'NCHW'}"


PART = Part("pytorch", "The same update in PyTorch", 150, measure)
