"""The compiled functions of a fold, mapped over the replicas of a wave.

A wave of W replicas is one pytree whose leaves have a leading axis [W]; `shard_map` splits it over
the devices, and each device maps `vmap` over its group, or nothing where the group is one. No
replica needs another, so the program has no collective.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType, NamedSharding
from jax.sharding import PartitionSpec as P

from mol_jax.data.clips import ClipTable
from mol_jax.networks.network import Dense, Predicted, Scalars, over_samples
from mol_jax.protocol.folds import Fold
from mol_jax.settings.kind import Lowering
from mol_jax.training import ahead, batches
from mol_jax.training import step as fold_step
from mol_jax.training.compiled import QUICK_COMPILE, REPLICA, compiled
from mol_jax.training.devices import choose_devices, resolve_loop, resolve_lowering
from mol_jax.training.fetching import fetched
from mol_jax.training.placing import placed, shapes_of
from mol_jax.training.program import Program
from mol_jax.training.replicas import Replica, Wave
from mol_jax.training.step import FoldState, StepMetrics


class Engine:
    """The compiled functions of a fold, mapped over the replicas of a wave.

    The clip table lies on every device. Every fold has the table's shape (its rows are padded), so
    each function is compiled once for all waves, whatever traced hyperparameters they mix.
    """

    def __init__(
        self,
        make: Callable[[Lowering], Program],
        table: ClipTable,
        *,
        loop: str = "auto",
        group: int = 1,
        devices: int = 0,
        batch_size: int = 8,
        all_phases: bool = False,
        replicas: int | None = None,
        given: Mapping[str, Any] | None = None,
    ):
        """Prepares the devices; nothing is compiled before it is needed.

        make: returns the program, given what lowers convolutions where its config leaves that open.
        loop: "host", "scan" or "auto". group: replicas that a device trains at once. devices: how
        many to use, 0 for all. batch_size: of predictions. all_phases: whether these are means over
        a video's phases. replicas: how many the study has, which no wave is made wider for; None
        where that is not known. given: variables that replicas start from, as for `step.init_fold`;
        all share them, once on each device.
        """
        found = choose_devices(devices)[:replicas]
        self.group = group if replicas is None else min(group, -(-replicas // len(found)))
        self._loop = resolve_loop(loop)
        self._static = make(resolve_lowering(self.group, loop=loop))
        self._mesh = jax.make_mesh(
            (len(found),), (REPLICA,), devices=found, axis_types=(AxisType.Auto,)
        )
        shared = NamedSharding(self._mesh, P())
        self._table, self._given = jax.device_put((table, given), shared)
        self._predict_batch = batch_size
        self._phases = np.asarray(table.phases) if all_phases else None

    @property
    def devices(self) -> int:
        """Returns the number of devices in use."""
        return self._mesh.size

    @property
    def slots(self) -> int:
        """Returns W, how many replicas a wave has room for."""
        return self._mesh.size * self.group

    def wave(self, replicas: Sequence[Replica], scalars: Sequence[Scalars]) -> Wave:
        """Returns a wave of up to W replicas with their traced hyperparameters."""
        size = len(self._table.label)
        rows = [
            batches.fold_table(one.fold.train, size=size, seed=one.seed, name=one.fold.name)
            for one in replicas
        ]
        return Wave(tuple(replicas), self._stack(scalars), self._stack(rows))

    def compile_ahead(self, scalars: Scalars, num_steps: int, *, fresh: bool, train: bool) -> None:
        """Begins to compile, in threads, what a wave will call (`mol_jax.training.ahead`).

        scalars: of any replica. num_steps: as for `advance`. fresh: whether a wave is initialised.
        train: whether one is trained.
        """
        fold = Fold("", train=np.zeros(1, np.int32), test=np.zeros(0, np.int32))
        wave = self.wave([Replica(0, 0, fold)], [scalars])
        shown = self._stack([np.zeros(self._predict_batch, np.int32)])
        arguments, batch = shapes_of((wave.scalars, self._table, wave.rows)), shapes_of(shown)
        update, split = self._update(num_steps), NamedSharding(self._mesh, P(REPLICA))

        def lower() -> Iterator[jax.stages.Lowered]:
            first = self._init.lower(*arguments, shapes_of(self._given))
            state = shapes_of(first.out_info, split)
            if fresh:
                yield first
            if train:
                yield update.lower(*arguments, state)
            weights = dataclasses.replace(state, opt_state=None, best=None)
            yield self._predict.lower(arguments[1], batch, weights)

        begun = [self._init] * fresh + [update] * train + [self._predict]
        ahead.begin(begun, lower)

    def init(self, wave: Wave) -> FoldState:
        """Returns the states before the first update, each leaf [W, ...]."""
        return ahead.ready(self._init)(wave.scalars, self._table, wave.rows, self._given)

    def put(self, states: Iterable[FoldState]) -> FoldState:
        """Returns the states of a wave's replicas, from the host, as one tree on the devices.

        Takes from `states` one device's at a time.
        """
        return self._stack(states)

    @functools.cached_property
    def shapes(self) -> FoldState:
        """The shapes and types of one replica's state."""
        scalars = dict.fromkeys(self._static.scalars, np.float32(0))
        size = len(self._table.label)
        rows = batches.fold_table(np.zeros(1, np.int32), size=size, seed=0, name="")
        init = functools.partial(fold_step.init_fold, self._static)
        return jax.eval_shape(init, scalars, self._table, rows)

    def advance(
        self, wave: Wave, state: FoldState, num_steps: int
    ) -> tuple[FoldState, list[StepMetrics]]:
        """Starts `num_steps` updates of every replica and does not wait for them.

        Returns the states and the metrics for `chunk_metrics`. The states that were given are
        donated: use the returned ones.
        """
        arguments = (wave.scalars, self._table, wave.rows)
        update, steps = ahead.ready(self._update(num_steps)), []
        if self._loop == "scan":
            state, metrics = update(*arguments, state)
            return state, [metrics]
        for _ in range(num_steps):
            state, metrics = update(*arguments, state)
            steps.append(metrics)
        return state, steps

    def keep_best(self, state: FoldState, better: Sequence[bool]) -> FoldState:
        """Returns the states, which hold their weights as the best so far where they are better.

        better: of each replica of the wave. The states that were given are donated.
        """
        keep = self._program(fold_step.keep_best, (0, 0), donate=1, options=QUICK_COMPILE)
        return keep(self._stack(np.asarray(one) for one in better), state)

    def predict(self, wave: Wave, state: FoldState, rows: Sequence[np.ndarray]) -> list[Predicted]:
        """Returns each replica's predictions of some videos on the host: a row for each, in order.

        rows: of the table, for each replica; the held-out ones, or those that are held in to choose
        a step by.
        """
        assert len(rows) == len(wave.replicas), (len(rows), len(wave.replicas))
        weights = dataclasses.replace(state, opt_state=None, best=None)
        predict = ahead.ready(self._predict)
        shown = [self._samples(videos) for videos in rows]
        found = self._by_batch(
            lambda batch: predict(self._table, batch, weights),
            [np.concatenate([np.zeros(0, np.int32), *samples]) for samples in shown],
        )
        if self._phases is None:
            return found
        counts = [np.array([len(rows) for rows in videos], np.int64) for videos in shown]
        return [over_samples(each, n) for each, n in zip(found, counts, strict=True)]

    def predict_dense(
        self, wave: Wave, state: FoldState, videos: Sequence[np.ndarray]
    ) -> list[Dense]:
        """Returns what each replica predicts of some videos beside the class, on the host.

        videos: rows of the table for each replica, of which one at least has some. Each is shown by
        its even sample.
        """
        weights = dataclasses.replace(state, opt_state=None, best=None)
        predict = self._program(fold_step.predict_dense, (None, 0, 0))
        rows = [np.asarray(of) * self._table.samples for of in videos]
        return self._by_batch(lambda batch: predict(self._table, batch, weights), rows)

    def _by_batch(
        self, predict: Callable[[jax.Array], Any], tests: Sequence[np.ndarray]
    ) -> list[Any]:
        """Returns what is predicted of each replica's samples, one compiled batch at a time."""
        # At least one, for the shapes: where nobody is tested all is cut off below.
        longest, size = max(1, *map(len, tests)), self._predict_batch
        # Rows repeat up to the compiled shape; the repeats are cut off below.
        rows = [np.resize(test, -(-longest // size) * size).astype(np.int32) for test in tests]
        launched = (
            predict(self._stack(row[i : i + size] for row in rows)) for i in range(0, longest, size)
        )
        joined = jax.tree.map(lambda *leaves: np.concatenate(leaves, axis=1), *fetched(launched))
        return [_rows_of(joined, slot, len(test)) for slot, test in enumerate(tests)]

    def _samples(self, videos: np.ndarray) -> list[np.ndarray]:
        """Returns the rows that `step.predict` takes for each video: one, or all its phases."""
        first = np.asarray(videos) * self._table.samples
        if self._phases is None:
            return [np.array([row]) for row in first]
        counts = self._phases[videos]  # a video shorter than t has none: its even sample stands in
        return [row + np.arange(min(1, n), n + 1) for row, n in zip(first, counts, strict=True)]

    def _stack(self, trees: Iterable[Any]) -> Any:
        """Returns up to W trees as one on the devices, the last repeated where there are fewer."""
        return placed(trees, self._mesh, self.group)

    @property
    def _init(self) -> jax.stages.Wrapped:
        return self._program(fold_step.init_fold, (0, None, 0, None), options=QUICK_COMPILE)

    def _update(self, num_steps: int) -> jax.stages.Wrapped:
        axes = (0, None, 0, 0)
        if self._loop == "scan":
            return self._program(fold_step.train_chunk, axes, donate=3, num_steps=num_steps)
        return self._program(fold_step.train_step, axes, donate=3)

    @property
    def _predict(self) -> jax.stages.Wrapped:
        return self._program(fold_step.predict, (None, 0, 0))

    def _program(self, function: Callable, axes: tuple[int | None, ...], **how: Any) -> Any:
        return compiled(function, self._static, self._mesh, self.group, axes, **how)


def _rows_of(tree: Any, slot: int, count: int) -> Any:
    return jax.tree.map(lambda leaf: leaf[slot, :count], tree)
