"""Whether `cnn_lstm` learns the order of motions: clips whose classes differ in nothing else.

    python -m benchmarks.order
    python -m benchmarks.order --steps=600 --people=40 --seeds=1

Every clip has three motions, one in each pair of its four frames: about the one eye, about the
other, about the mouth. Its class says which is the first, as they go round. So the mean over pairs
has nothing to learn, and what is above chance has learnt the order. Each person moves at other
places and in other directions, there is noise on every pair, and nobody who is trained on is
tested. Trained by the trainer itself, with the network of configs/networks/cnn_lstm.py; the number
of updates, their clips and the rate are such that it takes minutes.
"""

import argparse
import functools
import sys
from collections.abc import Sequence

import numpy as np

from configs.networks import cnn_lstm
from mol_jax import settings
from mol_jax.data import flow_image
from mol_jax.data.clips import ClipTable
from mol_jax.errors import Parser, exit_code, leave
from mol_jax.protocol.folds import Fold
from mol_jax.settings.kind import SEQUENCES
from mol_jax.training.engine import Engine
from mol_jax.training.program import make_program
from mol_jax.training.replicas import Replica

CLASSES, FRAMES, SIDE = 3, 4, 28
PLACES = ((9, 9), (9, 19), (20, 14))  # (row, column) px
APART, WIDE = 1.5, 3.0  # px: of a person's place from the mean, and of a motion
LARGEST, NOISE = 2.0, 0.2  # px · (t-1)
RATE, BATCH = 1e-3, 16


def clips(people: int, seed: int) -> ClipTable:
    """Returns three clips of each person, one of each class; rows go person by person."""
    rng = np.random.default_rng(seed)
    images = np.concatenate([_of_person(rng) for _ in range(people)])
    images += NOISE * rng.normal(size=images.shape)
    count = CLASSES * people
    return ClipTable(
        frames=None,
        flow=None,
        landmarks=None,
        label=np.arange(count, dtype=np.int32) % CLASSES,
        clip_id=rng.integers(0, 2**32, count, dtype=np.uint32),
        inputs={SEQUENCES[FRAMES]: images.astype(np.float32)},
    )


def _of_person(rng: np.random.Generator) -> np.ndarray:
    """Returns the images [3,3,28,28,3] of a person's clips."""
    y, x = np.mgrid[:SIDE, :SIDE]
    motions = []
    for place in PLACES:
        row, column = place + APART * rng.normal(size=2)
        angle = rng.uniform(0, 2 * np.pi)
        bump = np.exp(-((x - column) ** 2 + (y - row) ** 2) / (2 * WIDE**2))
        along = np.array([np.cos(angle), np.sin(angle)])
        motions.append(flow_image.with_strain(LARGEST * bump[..., None] * along))
    return np.array([[*motions[first:], *motions[:first]] for first in range(CLASSES)])


def trained(temporal: str, table: ClipTable, fold: Fold, steps: int, seed: int) -> float:
    """Returns the share of the tested clips that are predicted right after `steps` updates."""
    config = cnn_lstm.get_config()
    config.model.temporal, config.optim.learning_rate = temporal, RATE
    config.data.frames, config.train.steps, config.train.batch_size = FRAMES, steps, BATCH

    def make(auto: str):
        return make_program(config, num_classes=CLASSES, auto=auto)

    engine = Engine(make, table, loop="scan", devices=1, batch_size=len(fold.test))
    wave = engine.wave([Replica(0, seed, fold)], [settings.scalars(config)])
    state, _ = engine.advance(wave, engine.init(wave), steps)
    (predicted,) = engine.predict(wave, state, [fold.test])
    return float((predicted.probabilities.argmax(1) == table.label[fold.test]).mean())


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped; run the same command again")


def _run(arguments: Sequence[str] | None) -> int:
    given = _parser().parse_args(arguments)
    table, tested = clips(2 * given.people, seed=0), CLASSES * given.people
    rows = np.arange(2 * tested)
    fold = Fold("order", train=rows[tested:], test=rows[:tested])
    print(f"{tested} clips of {given.people} people trained on, as many of others tested")
    print("| model.temporal | right, % of each seed | chance, % |\n|---|---|---|")
    for temporal in ("mean", "lstm", "tcn"):
        shares = []
        for seed in range(given.seeds):
            shares.append(trained(temporal, table, fold, given.steps, seed))
            print(f"{temporal}, seed {seed}: {100 * shares[-1]:.1f} %", file=sys.stderr)
        right = " ".join(f"{100 * share:.1f}" for share in shares)
        print(f"| {temporal} | {right} | {100 / CLASSES:.1f} |")
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="python -m benchmarks.order",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for name, default, least, words in (
        ("steps", 200, 1, "updates"),
        ("people", 30, -(-BATCH // CLASSES), "who are trained on, and as many who are tested"),
        ("seeds", 3, 1, "of the weights and the batches, from 0"),
    ):
        kind, text = functools.partial(_whole, least), f"{words} [%(default)s]"
        parser.add_argument(f"--{name}", type=kind, default=default, help=text)
    return parser


def _whole(least: int, text: str) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= 10_000:
        words = f"expected a whole number from {least} to 10000, got {text!r}"
        raise argparse.ArgumentTypeError(words)
    return int(text)


if __name__ == "__main__":
    leave(main())
