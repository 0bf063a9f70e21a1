"""A shallow network over the composite's folds: a plain PyTorch loop against ours, in one run.

    pip install -e .[benchmark]
    python -m benchmarks.torch_folds
    python -m benchmarks.torch_folds --network=sssnet --groups 1 4
    python -m benchmarks.torch_folds --cores=1 --groups 1 17
    python -m benchmarks.torch_folds --groups 1 17 68 340 --device=cuda      # on a GPU

442 random clips of 68 people in three classes, leave one person out, batches and Adam as in the
network's config (STSTNet: 256 clips; SSSNet: 32, and a coupled L2, PyTorch's weight_decay). A
layout is how ours is run: one step a call or many in a device loop (`runtime.loop`), and how many
replicas side by side (`runtime.group`). All take turns, `--rounds` times, and the fastest turn of
each counts, since other work can only slow one down. A turn of PyTorch is `--steps` updates of one
fold, one of ours as many of each of its replicas. Neither has what comes before the updates of a
fold: its clips, its weights, and compiling, which is printed apart. From an update's time follow
the hours of the whole study, 68 folds × 5 seeds of the config's updates; a last group that is not
full costs as much as a full one.

PyTorch's loop is given its images as they are trained on and draws a permutation for a batch; ours
normalises them and draws by clip in every step, as in a study. Both have `--cores` of the machine;
PyTorch runs on as many threads, and on one: on busy cores fewer can be faster, and `--clock=cpu`
counts the process's CPU time. `--device=cuda` puts it on a GPU, where ours is by itself.
"""

import contextlib
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ml_collections import ConfigDict

from benchmarks.torch_mol import results
from benchmarks.torch_mol.measuring import LAYOUTS, all_cores
from benchmarks.torch_mol.steps import CLASSES, need_same, need_torch
from benchmarks.torch_mol.workers import chosen
from benchmarks.torch_shallow import torch_sssnet, torch_ststnet
from configs.networks import sssnet, ststnet
from mol_jax import settings
from mol_jax.data.clips import ClipTable
from mol_jax.data.recipe import RECIPES
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.protocol.folds import Fold
from mol_jax.settings.find import find
from mol_jax.text.tables import markdown
from mol_jax.training.devices import describe_device
from mol_jax.training.engine import Engine
from mol_jax.training.fetching import chunk_metrics
from mol_jax.training.program import make_program
from mol_jax.training.replicas import Replica

RESULTS = Path("benchmarks/results/torch_folds.json")
CLIPS, PEOPLE, SEEDS = 442, 68, 5
NETWORKS = {"ststnet": (ststnet, torch_ststnet), "sssnet": (sssnet, torch_sssnet)}
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
Turn = Callable[[], None]  # `--steps` updates, waited for


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(
        prog="python -m benchmarks.torch_folds", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--network", choices=NETWORKS, default="ststnet")
    parser.add_argument(
        "--groups", nargs="+", type=results.count, default=(1, 4, 17, 34), help="at once"
    )
    parser.add_argument("--loops", nargs="+", choices=("host", "scan"), default=("scan",))
    parser.add_argument("--steps", type=results.count, default=5, help="updates of a turn")
    parser.add_argument("--rounds", type=results.count, default=5, help="turns of each")
    parser.add_argument("--cores", type=results.count, default=all_cores(), help="of both sides")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu: on busy cores")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="of PyTorch")
    parser.add_argument("--out", type=Path, default=RESULTS, help="a .json file")
    given = parser.parse_args(arguments)
    need_torch(given.device)
    if max(given.groups) > PEOPLE * SEEDS:
        raise UserError(
            f"--groups has {max(given.groups)}, but the study has {PEOPLE * SEEDS} replicas, "
            f"{PEOPLE} folds × {SEEDS} seeds; give fewer."
        )
    if given.cores != all_cores():
        os.sched_setaffinity(0, chosen(given.cores))  # before XLA starts its threads
    need_same(given.device, describe_device())
    results.write(given.out, {})  # that it can, is known early
    turns = _turns(given)
    seconds, clock = dict.fromkeys(turns, float("inf")), CLOCKS[given.clock]
    for _, (name, (replicas, turn)) in itertools.product(range(given.rounds), turns.items()):
        start = clock()
        turn()
        spent = (clock() - start) / given.steps / replicas
        seconds[name] = min(seconds[name], spent)
    updates = NETWORKS[given.network][0].get_config().train.steps
    rows = _rows({name: (turns[name][0], each) for name, each in seconds.items()}, updates)
    about = {"on": describe_device(), "cores": given.cores, "load": round(os.getloadavg()[0], 1)}
    asked = {
        name: getattr(given, name) for name in ("network", "steps", "rounds", "clock", "device")
    }
    results.write(given.out, {"about": about | results.versions() | asked, "rows": rows})
    header = ("layout", "ms an update", f"hours for {PEOPLE * SEEDS} replicas", "PyTorch's over it")
    cells = [
        [r["layout"], f"{r['ms']:.1f}", f"{r['hours']:.2f}", f"{r['ratio']:.2f}"] for r in rows
    ]
    print(markdown(header, cells))
    print(f"\nload {about['load']} at the end, on {given.cores} cores", file=sys.stderr)
    return 0


def _turns(given: Any) -> dict[str, tuple[int, Turn]]:
    """Returns each layout's replicas and its turn, compiled."""
    config = NETWORKS[given.network][0].get_config()
    table = _random_table(config)
    turns: dict[str, tuple[int, Turn]] = {}
    for threads, layout in itertools.product(sorted({1, given.cores}), LAYOUTS):
        name = f"PyTorch, {layout}, {threads} thread{'s' * (threads > 1)}"
        turns[name] = 1, _torch(config, table, given, threads, channels_last=LAYOUTS[layout])
    for loop, group in itertools.product(given.loops, given.groups):
        name = f"ours, loop {loop}, group {group}"
        with _compiling(name):
            turns[name] = group, _ours(config, table, loop, group, given.steps)
    return turns


def _rows(spent: dict[str, tuple[int, float]], steps: int) -> list[dict[str, Any]]:
    """Returns rows of (replicas at once, seconds an update of one), beside PyTorch's fastest.

    steps: updates of a replica of the study.
    """
    torch = min(seconds for name, (_, seconds) in spent.items() if name.startswith("PyTorch"))
    return [
        {
            "layout": name,
            "group": group,
            "ms": round(1e3 * seconds, 3),
            "hours": round(-(-PEOPLE * SEEDS // group) * group * steps * seconds / 3600, 3),
            "ratio": round(torch / seconds, 3),
        }
        for name, (group, seconds) in spent.items()
    ]


@contextlib.contextmanager
def _compiling(name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"{name}: ready after {time.perf_counter() - start:.1f} s", file=sys.stderr)


def _random_table(config: ConfigDict) -> ClipTable:
    rng = np.random.default_rng(0)
    (recipe,) = find(config.model.network).reads(config)
    image = RECIPES[recipe].blank(CLIPS, settings.aligned_size(config))
    return ClipTable(
        frames=None,
        flow=None,
        landmarks=None,
        label=rng.integers(0, CLASSES, CLIPS).astype(np.int32),
        clip_id=rng.integers(0, 2**32, CLIPS, dtype=np.uint32),
        inputs={recipe: rng.normal(size=image.shape).astype(np.float32)},
    )


def _fold(person: int) -> Fold:
    """Returns the fold that tests the clips of a person, who has every 68th."""
    rows = np.arange(CLIPS)
    test = rows % PEOPLE == person
    return Fold(f"sub{person}", train=rows[~test], test=rows[test])


def _ours(config: ConfigDict, table: ClipTable, loop: str, group: int, steps: int) -> Turn:
    """Returns a turn of a wave of `group` replicas of the study, compiled."""

    def make(auto: str):
        return make_program(config, num_classes=CLASSES, auto=auto)

    engine = Engine(make, table, loop=loop, group=group, devices=1)
    study = itertools.product(range(SEEDS), range(PEOPLE))
    members = [Replica(0, seed, _fold(at)) for seed, at in itertools.islice(study, group)]
    wave = engine.wave(members, [settings.scalars(config)] * group)
    state = engine.init(wave)

    def turn() -> None:
        nonlocal state
        state, metrics = engine.advance(wave, state, steps)
        chunk_metrics(metrics)

    turn()
    return turn


def _torch(
    config: ConfigDict, table: ClipTable, given: Any, threads: int, *, channels_last: bool
) -> Turn:
    """Returns a turn of a fold whose clips, network and optimiser are ready.

    What range images are in costs nothing, so STSTNet's is every network's.
    """
    import torch  # noqa: PLC0415  an extra

    form = torch.channels_last if channels_last else torch.contiguous_format
    (image,), rows, device = table.inputs.values(), _fold(0).train, given.device
    low, high = image.min((1, 2), keepdims=True), image.max((1, 2), keepdims=True)
    images = (255 * (image - low) / (high - low))[rows]
    seen = torch.from_numpy(images - images.mean(0)).permute(0, 3, 1, 2)
    x = seen.contiguous(memory_format=form).to(device)
    y = torch.from_numpy(table.label[rows]).long().to(device)
    network = NETWORKS[given.network][1](torch).to(device, memory_format=form)
    optimiser = torch.optim.Adam(
        network.parameters(), config.optim.learning_rate, weight_decay=config.optim.l2
    )

    def turn() -> None:
        torch.set_num_threads(threads)
        for _ in range(given.steps):
            batch = torch.randperm(len(y), device=device)[: config.train.batch_size]
            optimiser.zero_grad()
            loss = torch.nn.functional.cross_entropy(network(x[batch]), y[batch])
            loss.backward()
            optimiser.step()
        loss.item()

    turn()
    return turn


if __name__ == "__main__":
    leave(main())
