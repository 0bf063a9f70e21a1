"""The loop: a batch is taken, an update launched, and between chunks what is held out is scored.

The state that is saved has the weights, the optimiser, the best weights so far and the place in the
stream; history.csv and validation.csv are written before it. So the same command goes on to the
same bits wherever it was stopped.
"""

import dataclasses
import functools
import time

import jax
import numpy as np

from mol_jax.errors import UserError
from mol_jax.pretraining import held, release
from mol_jax.pretraining.held import Held
from mol_jax.pretraining.log import Log
from mol_jax.pretraining.pace import Clock
from mol_jax.pretraining.room import Room
from mol_jax.pretraining.stream import Stream, stream
from mol_jax.pretraining.validation import Point
from mol_jax.study.saving import is_due
from mol_jax.study.writer import Writer
from mol_jax.training.step import FoldState, StepMetrics, at_best
from mol_jax.weights.place import OF_RUN


def train(room: Room) -> FoldState:
    """Trains from the newest state to the last step, or until patience ends; returns the state.

    Its weights are the best ones, on the host. Raises UserError where no number is finite any more.
    """
    config, name = room.config, held.replica_name(room.seed)
    start = room.checkpoints.step(name)
    how = config.pretrain
    with (
        Writer() as writer,
        stream(
            room.source,
            batch_size=config.train.batch_size,
            seed=room.seed,
            workers=how.workers,
            ahead=how.ahead,
            keep=how.keep,
        ) as batches,
        Clock() as clock,
        Log(room, start) as log,
    ):
        state = _begun(room, batches, start)
        return _Loop(room, batches, clock, log, writer).run(state, start)


def _begun(room: Room, batches: Stream, start: int) -> FoldState:
    """Returns the state of a step on the devices, and moves the stream to its place."""
    if not start:
        return room.spread.init(room.first, room.rows)
    like = held.shapes(room.spread.shapes(room.first, room.rows))
    found = room.checkpoints.restore(held.replica_name(room.seed), like)
    batches.go_on(found.position)
    return room.spread.put(found.fold)


@dataclasses.dataclass
class _Loop:
    """The loop of one session. since: when a state was saved last."""

    room: Room
    batches: Stream
    clock: Clock
    log: Log
    writer: Writer
    since: float = dataclasses.field(default_factory=time.monotonic)

    def run(self, state: FoldState, start: int) -> FoldState:
        """Makes all updates that are left."""
        train, how = self.room.config.train, self.room.config.pretrain
        self.room.points.start(start)
        if start >= how.every and self.room.points.best is None:
            raise _no_points(self.room, start)
        step, stopped = start, self._is_over()
        while step < train.steps and not stopped:
            self.writer.check()
            state, metrics = self._chunk(state)
            step += train.log_every
            finite = self.log.add(step, metrics, self.clock.lap())
            if not finite:
                raise _diverged(step, self.room.points.best)
            if step % how.every == 0 or step == train.steps:
                state = self._validate(step, state)
                stopped = self._is_over()
            if not stopped and is_due(train, step, since=self.since):
                self._save(state)
        self.log.save()
        self.room.points.save()
        self.writer.wait()
        return at_best(jax.tree.map(np.array, jax.device_get(state)))

    def _chunk(self, state: FoldState) -> tuple[FoldState, list[StepMetrics]]:
        """Launches the updates of a row of history.csv."""
        room, every = self.room, []
        for _ in range(room.config.train.log_every):
            clips = room.spread.put_batch(self.batches.take())
            self.clock.room()
            since = time.monotonic()
            state, metrics = room.spread.update(clips, room.rows.key, state)
            self.clock.launch(since, metrics)
            every.append(metrics)
        return state, every

    def _validate(self, step: int, state: FoldState) -> FoldState:
        """Scores what is held out; returns the state, which holds the best weights so far."""
        room = self.room
        size = room.config.predict.batch_size
        predicted = room.spread.predict(room.held_out.table, state, batch_size=size)
        point = Point(step, room.held_out.figures(predicted))
        best = room.points.add(point)
        self.log.point(point, best=best)
        if best:
            state = room.spread.keep_best(state)
            self._save(state)
            release.write(room, at_best(jax.device_get(state)))
        return state

    def _is_over(self) -> bool:
        """Tells whether there were as many points since the best as patience allows."""
        patience = self.room.config.pretrain.patience
        return bool(patience) and self.room.points.since_best() >= patience

    def _save(self, state: FoldState) -> None:
        """Fetches the state and hands it to the writer, with the place in the stream."""
        self.writer.wait()
        self.log.save()
        self.room.points.save()
        # In memory of its own: the next update overwrites what a CPU shows of its own.
        whole = Held(jax.tree.map(np.array, jax.device_get(state)), self.batches.state)
        name = held.replica_name(self.room.seed)
        self.writer.hand(functools.partial(self.room.checkpoints.save, name, whole))
        self.since = time.monotonic()


def _no_points(room: Room, start: int) -> UserError:
    return UserError(
        f"{room.files.folder} has a training state of step {start} and no validation.csv that says "
        "how good it is, so another step would be chosen; put the file back, or choose another "
        "--workdir."
    )


def _diverged(step: int, best: Point | None) -> UserError:
    kept = f" The weights of step {best.step} are in {OF_RUN}." if best else ""
    return UserError(
        f"the training diverged (NaN) before step {step}; lower optim.learning_rate and use a new "
        f"--workdir.{kept}"
    )
