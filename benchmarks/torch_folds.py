"""STSTNet over the folds of the composite: a plain PyTorch loop against ours, in one run.

    pip install -e .[benchmark]
    python -m benchmarks.torch_folds
    python -m benchmarks.torch_folds --groups 1 4 17 --loops scan      # on a GPU

442 random clips of 68 people in three classes, leave one person out, batches of 256, Adam. A layout
is how ours is run: one step a call or many in a device loop (`runtime.loop`), and how many folds
side by side (`runtime.group`). All take turns, `--rounds` times, and the fastest turn of each
counts, since other work can only slow one down. A turn of PyTorch is `--steps` updates of one fold,
one of ours as many of each of its folds. Compiling comes before, and is printed apart.

PyTorch's loop is given its images as they are trained on and draws a permutation for a batch; ours
normalises them and draws by clip in every step, as in a study. PyTorch runs on one thread and on
each other number of `--threads`: on busy cores fewer can be faster. `--device=cuda` puts it on a
GPU, where ours is by itself.
"""

import contextlib
import importlib.util
import itertools
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from configs.networks import ststnet
from mol_jax import settings
from mol_jax.data.clips import ClipTable
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.networks.ststnet.module import SIDE, STREAMS
from mol_jax.protocol.folds import Fold
from mol_jax.training.program import make_program
from mol_jax.training.replicas import Engine, Replica, chunk_metrics

CLIPS, PEOPLE, CLASSES, BATCH = 442, 68, 3, 256
Turn = Callable[[], None]  # `--steps` updates, waited for


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(
        prog="python -m benchmarks.torch_folds", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("--groups", nargs="+", type=int, default=(1, 2, 4), help="folds at once")
    parser.add_argument("--loops", nargs="+", choices=("host", "scan"), default=("host", "scan"))
    parser.add_argument("--steps", type=int, default=10, help="updates of a turn")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each")
    parser.add_argument("--threads", nargs="+", type=int, default=(1, os.cpu_count() or 1))
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="of PyTorch")
    given = parser.parse_args(arguments)
    if importlib.util.find_spec("torch") is None:
        raise UserError(
            "PyTorch is not installed, which ours is measured against: pip install -e .[benchmark]"
        )
    table = _random_table()
    turns: dict[str, tuple[int, Turn]] = {
        f"PyTorch, a fold at a time, {threads} thread{'s' * (threads > 1)}": (
            1,
            _torch(table, threads, given.steps, given.device),
        )
        for threads in given.threads
    }
    for loop, group in itertools.product(given.loops, given.groups):
        name = f"ours, loop {loop}, group {group}"
        with _compiling(name):
            turns[name] = (group, _ours(table, loop, group, given.steps))
    seconds = dict.fromkeys(turns, float("inf"))
    for _, (name, (folds, turn)) in itertools.product(range(given.rounds), turns.items()):
        start = time.perf_counter()
        turn()
        spent = (time.perf_counter() - start) / given.steps / folds
        seconds[name] = min(seconds[name], spent)
    _print(seconds)
    return 0


def _print(seconds: dict[str, float]) -> None:
    """Prints a table of seconds per update of a fold, each beside the fastest of PyTorch's."""
    torch = min(each for name, each in seconds.items() if name.startswith("PyTorch"))
    updates = PEOPLE * ststnet.get_config().train.steps
    print(f"| layout | ms an update | minutes for {updates:,} | PyTorch's time over it |")
    print("|---|---:|---:|---:|")
    for name, each in seconds.items():
        print(f"| {name} | {1e3 * each:.1f} | {each * updates / 60:.1f} | {torch / each:.2f} |")
    print(f"\nload {os.getloadavg()[0]:.1f} at the end, on {os.cpu_count()} cores")


@contextlib.contextmanager
def _compiling(name: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    print(f"{name}: ready after {time.perf_counter() - start:.1f} s", file=sys.stderr)


def _random_table() -> ClipTable:
    rng = np.random.default_rng(0)
    return ClipTable(
        frames=None,
        flow=None,
        landmarks=None,
        label=rng.integers(0, CLASSES, CLIPS).astype(np.int32),
        clip_id=rng.integers(0, 2**32, CLIPS, dtype=np.uint32),
        inputs={"flow_image_28": rng.normal(size=(CLIPS, SIDE, SIDE, 3)).astype(np.float32)},
    )


def _fold(person: int) -> Fold:
    """Returns the fold that tests the clips of a person, who has every 68th."""
    rows = np.arange(CLIPS)
    test = rows % PEOPLE == person
    return Fold(f"sub{person}", train=rows[~test], test=rows[test])


def _ours(table: ClipTable, loop: str, group: int, steps: int) -> Turn:
    """Returns a turn of a wave of `group` folds, compiled."""
    config = ststnet.get_config()

    def make(auto: str):
        return make_program(config, num_classes=CLASSES, auto=auto)

    engine = Engine(make, table, loop=loop, group=group, devices=1)
    members = [Replica(0, 0, _fold(person)) for person in range(group)]
    wave = engine.wave(members, [settings.scalars(config)] * group)
    state = engine.init(wave)

    def turn() -> None:
        nonlocal state
        state, metrics = engine.advance(wave, state, steps)
        chunk_metrics(metrics)

    turn()
    return turn


def _torch(table: ClipTable, threads: int, steps: int, device: str) -> Turn:
    """Returns a turn of one fold after another, each with a network and an optimiser of its own."""
    import torch  # noqa: PLC0415  an extra

    people = itertools.cycle(range(PEOPLE))
    rate = float(ststnet.get_config().optim.learning_rate)
    image = table.inputs["flow_image_28"]
    low, high = image.min((1, 2), keepdims=True), image.max((1, 2), keepdims=True)
    images = 255 * (image - low) / (high - low)

    def turn() -> None:
        torch.set_num_threads(threads)
        rows = _fold(next(people)).train
        seen = images[rows] - images[rows].mean(0)
        x = torch.from_numpy(seen).permute(0, 3, 1, 2).contiguous().to(device)
        y = torch.from_numpy(table.label[rows]).long().to(device)
        network = torch_ststnet(torch).to(device)
        optimiser = torch.optim.Adam(network.parameters(), rate)
        for _ in range(steps):
            batch = torch.randperm(len(y), device=device)[:BATCH]
            optimiser.zero_grad()
            loss = torch.nn.functional.cross_entropy(network(x[batch]), y[batch])
            loss.backward()
            optimiser.step()
        loss.item()

    turn()
    return turn


def torch_ststnet(torch: Any) -> Any:
    """Returns STSTNet as one would write it in PyTorch."""
    nn = torch.nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.streams = nn.ModuleList(_stream(nn, maps) for maps in STREAMS)
            self.classes = nn.Linear(25 * sum(STREAMS), CLASSES)

        def forward(self, x):
            x = torch.cat([stream(x) for stream in self.streams], 1)
            return self.classes(nn.functional.avg_pool2d(x, 2).flatten(1))

    return Network()


def _stream(nn: Any, maps: int) -> Any:
    return nn.Sequential(
        nn.Conv2d(3, maps, 3, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(maps),
        nn.MaxPool2d(3, 3, padding=1),
        nn.Dropout(0.5),
    )


if __name__ == "__main__":
    leave(main())
