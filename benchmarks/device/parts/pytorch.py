"""The same networks and updates in PyTorch, in turns with ours."""

import functools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax

from benchmarks.device.bench import Bench, together
from benchmarks.device.chunk import STEPS, Chunk
from benchmarks.device.part import Part, Row, Unavailable
from benchmarks.device.result_file import said
from benchmarks.device.turns import Turn, turn
from mol_jax.errors import UserError

ROUNDS, CALLS = 3, 4
FOLDS = (1, 340)
Update = Callable[[int], object]  # makes so many updates and waits for the last
EAGER, COMPILED, GRAPHS = "eager", "torch.compile", "torch.compile with CUDA graphs"


def measure(bench: Bench) -> Iterator[Row]:
    """Yields MOL's update in bfloat16, then STSTNet's folds side by side, then MOL's in TF32."""
    from benchmarks.torch_mol import steps  # noqa: PLC0415  it is imported where it is needed

    device = "cpu" if jax.default_backend() == "cpu" else "cuda"
    try:
        steps.need_torch(device)
    except UserError as error:
        raise Unavailable(str(error)) from None

    def theirs(name: str, way: str, **how: Any) -> Update:
        config = bench.model(name).config
        how |= {"compiled": way != EAGER, "graphs": way == GRAPHS}
        return steps.step_torch(config, config.train.batch_size, device=device, **how)

    name = "paper"
    yield from _bfloat16(bench, name, theirs)
    yield from _folds(bench, (EAGER, COMPILED, GRAPHS)[: 2 if device == "cpu" else 3], theirs)
    yield from _tf32(bench, name, theirs)


def _bfloat16(bench: Bench, name: str, theirs: Callable[..., Update]) -> Iterator[Row]:
    """Yields both layouts of maps in eager PyTorch, then the faster one compiled."""
    ours, updates = _of_chunk(bench.chunk(name, "bfloat16")), bench.steps(CALLS) * STEPS
    times = {}
    for last in (False, True):
        what = f"{name}, bfloat16, PyTorch {_way(EAGER, last)}"
        kind = {"dtype": "bfloat16", "channels_last": last}
        found = _beside(what, ours, lambda kind=kind: theirs(name, EAGER, **kind), updates)
        times[last] = found.get("pytorch_ms", float("inf"))
        yield found
    faster = min(times, key=times.__getitem__)

    def compiled() -> Update:
        # Our next program compiles meanwhile, which ends before anything is timed.
        with ThreadPoolExecutor(1) as pool:
            ahead = pool.submit(lambda: bench.chunk(name, "float32").compiled)
            made = theirs(name, COMPILED, dtype="bfloat16", channels_last=faster)
            made(1)
            ahead.exception()  # it is told where that program is needed
        return made

    yield _beside(f"{name}, bfloat16, PyTorch {_way(COMPILED, faster)}", ours, compiled, updates)


def _tf32(bench: Bench, name: str, theirs: Callable[..., Update]) -> Iterator[Row]:
    """Yields both layouts of maps in eager PyTorch: compiling once more would take too long."""
    ours, updates = _of_chunk(bench.chunk(name, "float32")), bench.steps(CALLS) * STEPS
    for last in (False, True):
        what, kind = f"{name}, tf32, PyTorch {_way(EAGER, last)}", {"channels_last": last}
        yield _beside(
            what, ours, lambda kind=kind: theirs(name, EAGER, dtype="tf32", **kind), updates
        )


def _folds(bench: Bench, ways: tuple[str, ...], theirs: Callable[..., Update]) -> Iterator[Row]:
    """Yields STSTNet's folds side by side against a loop over folds."""
    model = bench.model("ststnet")
    model.start  # noqa: B018  compiled once, not in each thread
    groups, steps = FOLDS[:1] if bench.tiny else FOLDS, bench.steps(20)
    made = list(together([lambda k=k: turn(model, group=k, steps=steps) for k in groups]))
    for way in ways:
        alone = functools.cache(functools.partial(theirs, "ststnet", way, dtype="tf32"))
        for group, one in zip(groups, made, strict=True):
            what = f"ststnet, {group} at once, PyTorch {_way(way, False)}, one after another"
            if isinstance(one, Exception):
                yield {"what": what, "why": said(str(one))}
                continue
            row = _beside(what, _of_turn(one), alone, steps, folds=group)
            if group != groups[0]:
                row.pop("first_call_s", None)  # it was another row's
            yield row


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
        theirs(updates)
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


def _way(way: str, last: bool) -> str:
    return f"{way}, {'channels last' if last else 'NCHW'}"


PART = Part("pytorch", "The same update in PyTorch", 120, measure)
