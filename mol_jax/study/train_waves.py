"""Waves: replicas that train side by side to their last step, are predicted and saved.

A wave is as wide as devices × runtime.group. The cursor of a study is what lies in its checkpoints:
a replica is finished, or has weights to predict with, or a newest step to go on from. Replicas of
one step make a wave together, so a study goes on whatever number of devices it has now. Saving goes
on behind training (`writer`): a wave's files are written while it, or the next, is trained.
"""

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

import jax
import numpy as np

from mol_jax.errors import UserError
from mol_jax.networks.network import Predicted
from mol_jax.protocol import audit
from mol_jax.settings.trials import Trial
from mol_jax.study import keeping
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.study.saving import Saving, fetch
from mol_jax.study.study import Study
from mol_jax.study.validation import Evaluation
from mol_jax.study.wave_log import WaveLog
from mol_jax.study.writer import Writer
from mol_jax.training.engine import Engine
from mol_jax.training.replicas import Replica, Wave
from mol_jax.training.step import FoldState
from mol_jax.training.timing import memory_refused

Progress = Callable[[str, int], None]  # takes what is at work, and the updates made since the last
WaveDone = Callable[[str, int, int], None]  # its name, its replicas, the updates they made


class Tested(NamedTuple):
    """What a replica predicts of its held-out videos; finite: whether that and its weights are.

    weights: on the host, if they are still to be kept.
    """

    replica: Replica
    predicted: Predicted
    finite: bool
    weights: FoldState | None


def train_group(study: Study, group: Sequence[Trial], progress: Progress, done: WaveDone) -> None:
    """Trains and predicts the replicas of a compile group that are not finished.

    One that is, but has not kept a clip that predict.keep names by now, is predicted again.
    """
    replicas, steps = study.replicas(group), group[0].config.train.steps
    todo = [
        one
        for one in replicas
        if study.checkpoints.finished(one.name) is None or keeping.lacks(study, one)
    ]
    for one in set(replicas) - set(todo):
        study.checkpoints.tidy(one.name)  # for it was killed before it could
    progress("", (len(replicas) - len(todo)) * steps)
    if not todo:
        return
    starts = {
        one: steps if study.checkpoints.has_final(one.name) else study.checkpoints.step(one.name)
        for one in todo
    }
    with _memory_refused(group[0]), Writer() as writer:
        engine = study.engine(group)
        engine.compile_ahead(
            study.scalars(todo[0]),
            group[0].config.train.log_every,
            fresh=0 in starts.values(),
            train=min(starts.values()) < steps,
        )
        for start, members in form_waves(starts, engine.slots):
            progress(_describe(members), start * len(members))
            fresh = [
                found
                for found in _run_wave(study, engine, writer, start, members, progress)
                if study.checkpoints.finished(found.replica.name) is None  # else it lacked a clip
            ]
            writer.hand(functools.partial(_finish, study.checkpoints, fresh))
            done(_describe(members), len(fresh), (steps - start) * len(members))


def predict_group(study: Study, group: Sequence[Trial], progress: Progress) -> list[Tested]:
    """Predicts the replicas of a compile group again, from the weights that were kept.

    Writes nothing of what they predict but the clips of predict.keep.
    """
    steps, predicted = group[0].config.train.steps, []
    with _memory_refused(group[0]), Writer() as writer:
        engine = study.engine(group, trains=False)
        for start, members in form_waves(dict.fromkeys(study.replicas(group), steps), engine.slots):
            predicted += _run_wave(study, engine, writer, start, members, progress)
            progress(_describe(members), len(members))
    return predicted


def check_weights(study: Study) -> None:
    """Raises UserError unless every replica that `predict_group` would predict has its weights."""
    for one in study.replicas(study.trials):
        if study.checkpoints.has_final(one.name):
            continue
        if study.checkpoints.finished(one.name) is None:
            raise UserError(
                f"{study.files.folder} has no finished weights of {one.name}; run the same command "
                "with --mode=train first, which goes on where it was stopped."
            )
        raise UserError(
            f"{study.files.folder} kept the predictions of {one.name} and not its weights "
            "(train.keep_weights=False); --mode=train writes every table again from those."
        )


def check_keep(study: Study) -> None:
    """Raises UserError where predict.keep asks for a clip of a replica whose weights are gone.

    `train_group` would find that out by itself, but after it has trained the groups before.
    """
    for one in study.replicas(study.trials):
        keeping.lacks(study, one)


def form_waves(
    starts: Mapping[Replica, int], slots: int
) -> Iterator[tuple[int, tuple[Replica, ...]]]:
    """Yields (step, replicas) of each wave: up to `slots` that start from one step.

    Those that have come furthest go first; among them the order given is kept.
    """
    ordered = sorted(starts, key=lambda one: -starts[one])
    for start, members in itertools.groupby(ordered, key=lambda one: starts[one]):
        for wave in _batched(tuple(members), slots):
            yield start, wave


def _run_wave(
    study: Study,
    engine: Engine,
    writer: Writer,
    start: int,
    members: Sequence[Replica],
    progress: Progress,
) -> list[Tested]:
    """Trains a wave from `start` and predicts its held-out videos; keeps clips."""
    config = study.trials[members[0].trial].config
    wave = engine.wave(members, [study.scalars(one) for one in members])
    audit.check_rows(jax.device_get(wave.rows.rows), [one.fold for one in members])
    trained = start < config.train.steps
    if trained:
        state = _trained(study, engine, writer, wave, start, progress)
    else:
        like = engine.shapes
        state = engine.put(study.checkpoints.restore_final(one.name, like) for one in members)
    weights = dataclasses.replace(state, opt_state=None)
    predicted = engine.predict(wave, weights, [one.fold.test for one in members])
    finite = jax.device_get(state.finite)
    held: Sequence[FoldState | None] = [None] * len(members)
    if trained and config.train.keep_weights:
        writer.wait()  # what it still holds is gone before more is fetched
        held = fetch(weights, len(members))
    good = [
        bool(stayed) and all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(one))
        for one, stayed in zip(predicted, finite, strict=False)
    ]
    keeping.keep(study, engine, wave, weights, good)  # before a replica counts as finished
    return [Tested(*of) for of in zip(members, predicted, good, held, strict=True)]


def _trained(
    study: Study, engine: Engine, writer: Writer, wave: Wave, start: int, progress: Progress
) -> FoldState:
    """Returns a wave's states to be tested: those of the chosen step, or the last.

    It goes on from the newest states that were saved; what a replica without one starts from is
    said in `fold.init_fold`. Where all of a wave diverges, it ends before.
    """
    train = study.trials[wave.replicas[0].trial].config.train
    if start:
        like = engine.shapes
        state = engine.put(study.checkpoints.restore(one.name, like) for one in wave.replicas)
    else:
        state = engine.init(wave)
    finite = jax.device_get(state.finite)
    points = Evaluation(study, engine, wave, start, finite=finite)
    saving = Saving(study, wave, points, writer)
    with WaveLog(study, wave, start, finite=finite) as log:
        for step in range(start + train.log_every, train.steps + 1, train.log_every):
            writer.check()
            state, metrics = engine.advance(wave, state, train.log_every)
            log.add(step, metrics)
            progress(_describe(wave.replicas), train.log_every * len(wave.replicas))
            if not log.alive.any():
                break
            if points.due(step):
                with log.paused():
                    state = points.take(step, state, log.alive)
            if saving.due(step):
                with log.paused():
                    saving.save(state)
    study.history.save()
    return points.close(state)


def _finish(checkpoints: Checkpoints, tested: Sequence[Tested]) -> None:
    """Writes the weights of a wave, then what it predicts: only with that a replica is finished."""
    for one in tested:
        if one.weights is not None:
            checkpoints.save_final(one.replica.name, one.weights)
    for one in tested:
        checkpoints.finish(one.replica.name, one.predicted, finite=one.finite)


def _describe(members: Sequence[Replica]) -> str:
    more = f" and {len(members) - 1} more" if len(members) > 1 else ""
    return f"{members[0].name}{more}"


def _batched(items: tuple[Replica, ...], size: int) -> Iterator[tuple[Replica, ...]]:
    for i in range(0, len(items), size):
        yield items[i : i + size]


def _memory_refused(trial: Trial) -> AbstractContextManager[None]:
    """Turns a device that is out of memory into one sentence."""
    group = trial.config.runtime.group
    less = (
        "a smaller --config.predict.batch_size if it was trained, or else a smaller "
        "train.batch_size and another --workdir"
    )
    if group == "auto":
        less = f"--config.runtime.group=1, or if that is what was chosen, with {less}"
    elif group > 1:
        less = f"--config.runtime.group={group // 2}"
    return memory_refused(
        f"a device ran out of memory with runtime.group={group}; what was saved before is "
        f"intact: run the same command with {less}."
    )
