"""Whether clips are drawn as fast as a pre-training's updates take them.

    python -m benchmarks.pretrain_input
    python -m benchmarks.pretrain_input --config=full --workers 0 4 14

A line for each number of processes that draw: batches a second of clips that are new, the same of
clips that stay in memory, and updates a second with both at once, each with the share of the time
in which the devices waited. Above them stand the updates alone, on one batch. Every figure is of
one run, so that they can be compared; other work on the cores makes all of them smaller.
"""

import sys
import time
from collections.abc import Callable, Sequence

from ml_collections import ConfigDict

from configs.pretrain import generated, generated_full
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.text import tables
from mol_jax.training import backend

CONFIGS = {"small": generated, "full": generated_full}
BATCHES = 12  # that are timed, of each kind


def main(argv: list[str]) -> int:
    """Returns the exit code: 0, or 2 with one sentence for bad input."""

    def answer() -> int:
        parser = Parser("python -m benchmarks.pretrain_input", description=__doc__)
        parser.add_argument("--config", choices=sorted(CONFIGS), default="small")
        parser.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
        given = parser.parse_args(argv[1:])
        if min(given.workers) < 0:
            raise UserError(f"--workers has {min(given.workers)}; give whole numbers from 0 on.")
        backend.start()
        print(measured(CONFIGS[given.config].get_config(), given.workers))
        return 0

    return exit_code(answer, stopped="stopped.")


def measured(config: ConfigDict, workers: Sequence[int]) -> str:
    """Returns the figures as a page."""
    from mol_jax.training.devices import describe_device  # noqa: PLC0415  JAX is started

    updates = Updates(config)
    lines = [[str(count), *_of(updates, config, count)] for count in workers]
    header = ["processes", "new clips", "kept clips", "updates of new clips", "of kept clips"]
    return "\n".join(
        [
            f"{describe_device()}, {updates.devices} device(s), batches of "
            f"{config.train.batch_size} clips, t = {config.data.frames}, {config.data.crop} px",
            f"updates alone: {updates.alone():.2f} a second",
            tables.markdown(header, lines),
        ]
    )


class Updates:
    """The compiled update of a config, and its state."""

    def __init__(self, config: ConfigDict):
        """Draws one batch, compiles and makes an update of it."""
        import dataclasses  # noqa: PLC0415

        from mol_jax import settings  # noqa: PLC0415  JAX is started
        from mol_jax.pretraining import facts, generated, room  # noqa: PLC0415
        from mol_jax.training.program import make_program  # noqa: PLC0415
        from mol_jax.training.spread import Spread  # noqa: PLC0415

        self.source = generated.drawn(config, first=0, identities=config.pretrain.identities)
        self._clips = facts.first_clips(self.source, config.train.batch_size, 0)
        program = make_program(config, num_classes=len(self.source.classes))
        program = dataclasses.replace(program, keeps_best=True)
        self._spread = Spread(program, settings.scalars(config), room.devices_of(config))
        self.devices = self._spread.devices
        self._rows = facts.rows_of(self._clips, 0)
        self._state = self._spread.init(self._clips, self._rows)
        self.run(lambda: self._clips, 1)

    def alone(self) -> float:
        """Returns updates a second on one batch that is there."""
        return self.run(lambda: self._clips, BATCHES).speed

    def run(self, take: Callable, count: int):
        """Returns the pace of updates on the batches that are taken."""
        from mol_jax.pretraining.pace import Clock  # noqa: PLC0415

        with Clock() as clock:
            for _ in range(count):
                clips = self._spread.put_batch(take())
                clock.room()
                since = time.monotonic()
                self._state, metrics = self._spread.update(clips, self._rows.key, self._state)
                clock.launch(since, metrics)
            return clock.lap()


def _of(updates: Updates, config: ConfigDict, workers: int) -> list[str]:
    """Returns the figures of one number of processes, as text."""
    from mol_jax.pretraining.stream import stream  # noqa: PLC0415

    how = {"batch_size": config.train.batch_size, "workers": workers}
    how["ahead"] = config.pretrain.ahead
    few = Some(updates.source, 2 * config.train.batch_size)
    found = []
    for source, keep in ((updates.source, 0.0), (few, 100.0)):
        with stream(source, seed=workers, keep=keep, **how) as batches:
            for _ in range(config.pretrain.ahead + 3):  # processes have begun, all are kept
                batches.take()
            start = time.monotonic()
            for _ in range(BATCHES):
                batches.take()
            alone = BATCHES / (time.monotonic() - start)
            pace = updates.run(batches.take, BATCHES)
        found.append((f"{alone:.2f}", f"{pace.speed:.2f} ({100 * pace.share:.0f} % waiting)"))
    return [alone for alone, _ in found] + [together for _, together in found]


class Some:
    """The first clips of a source, which are soon drawn and kept."""

    def __init__(self, source, count: int):
        self._source, self._count = source, count

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int):
        return self._source[index]


if __name__ == "__main__":
    leave(main(sys.argv))
