"""The models of a finished run, and what they say on average of clips that it never saw.

The dataset need not be there: who wants a prediction may not hold its licence.
"""

import dataclasses
import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from ml_collections import ConfigDict

from mol_jax import settings
from mol_jax.data.clips import ClipTable, Leaf
from mol_jax.data.recipe import RECIPES
from mol_jax.errors import UserError
from mol_jax.predicting.models import calibration, temperature
from mol_jax.predicting.models.about import saw_generated_only, score
from mol_jax.predicting.models.members import Member, restored
from mol_jax.predicting.models.outputs import Averaged, Floats, Outputs
from mol_jax.predicting.result import About
from mol_jax.reporting.finished_run import Run
from mol_jax.settings.find import find
from mol_jax.settings.trials import Trial
from mol_jax.study import command
from mol_jax.study.recorded_trials import read_finished, recorded_trials
from mol_jax.training import footprint, step
from mol_jax.training.devices import resolve_lowering
from mol_jax.training.facts import centred
from mol_jax.training.fetching import fetched
from mol_jax.training.program import Program, make_program
from mol_jax.training.step import FoldState


@dataclasses.dataclass(frozen=True, eq=False)
class Model:
    """The models of a finished run, as one. config: of its first trial."""

    about: About
    config: ConfigDict
    program: Program
    members: tuple[Member, ...]
    dense: bool

    @property
    def needs(self) -> tuple[str, ...]:
        """The leaves and recipes of a clip table that a prediction hangs on; others may be None.

        Without what a network is only taught, as MOL is flow and landmarks.
        """
        taught = find(self.config.model.network).targets
        return tuple(name for name in self.program.reads if name not in taught and not _coded(name))

    def predict(self, table: ClipTable) -> Averaged:
        """Returns the means over the models for the R clips of a table, each by its even sample.

        table: any number of rows, in pixels and units as `data.load` makes it, `needs` filled in.
        """
        found = [self._averaged(batch, count) for batch, count in self._batches(table)]
        return Averaged(
            **{
                field.name: _joined([getattr(one, field.name) for one in found])
                for field in dataclasses.fields(Averaged)
            }
        )

    def each(self, table: ClipTable) -> list[Outputs]:
        """Returns what each of `members` says of the R clips of a table, not calibrated."""
        parts = [
            [jax.tree.map(lambda leaf, n=count: leaf[:n], one) for one in self._said(batch)]
            for batch, count in self._batches(table)
        ]
        return [
            jax.tree.map(lambda *leaves: np.concatenate(leaves), *of)
            for of in zip(*parts, strict=True)
        ]

    def embedded(self, table: ClipTable) -> Floats | None:
        """Returns what the first of `members` makes its logits of, [R, d]; None where it has none.

        Of one, and no mean: each network has axes of its own.
        """
        state = self.members[0].state
        found = [
            (_embedding(self.program, jax.device_put(batch), state), count)
            for batch, count in self._batches(table)
        ]
        return _joined([None if one is None else np.asarray(one)[:n] for one, n in found])

    def _averaged(self, batch: ClipTable, count: int) -> Averaged:
        """Returns the means of one batch, of which `count` rows are no padding."""
        every, total = [], Outputs()
        for one in self._said(batch):
            every.append(one.probabilities)
            seen = dataclasses.replace(one, probabilities=None)
            total = seen if len(every) == 1 else jax.tree.map(np.add, total, seen)
        mean = jax.tree.map(lambda leaf: leaf[:count] / np.float32(len(every)), total)
        if every[0] is None:
            return Averaged(landmarks=mean.landmarks, flow=mean.flow)
        found, t = np.stack(every)[:, :count], self.about.temperature
        spread = temperature.apply(found, t).std(axis=0, ddof=1) if len(found) > 1 else None
        centre = temperature.apply(found.mean(axis=0), t)
        return Averaged(centre, spread, mean.landmarks, mean.flow)

    def _said(self, batch: ClipTable) -> Iterator[Outputs]:
        """Yields what each model says of a batch, on the host."""
        shown = jax.device_put(batch)
        yield from fetched(
            _outputs(self.program, self.dense, shown, one.state) for one in self.members
        )

    def _batches(self, table: ClipTable) -> Iterator[tuple[ClipTable, int]]:
        """Yields the even samples of a table in batches of the compiled shape, the last padded."""
        size, rows = self.config.predict.batch_size, len(table.label)
        shapes = footprint.clip_table(self.program, clips=size)
        blank = jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes)
        for start in range(0, rows, size):
            count = min(size, rows - start)
            at = start + np.resize(np.arange(count), size)  # rows repeat, and are cut off again
            yield self._filled(table, blank, at), count

    def _filled(self, table: ClipTable, blank: ClipTable, at: np.ndarray) -> ClipTable:
        """Returns rows of a table as the network reads them; zeros for what it only is taught."""
        needs = self.needs

        def taken(name: str, leaf: Leaf, like: Leaf, every: int) -> Leaf:
            if like is None or (leaf is None and name not in needs):
                return like
            assert leaf is not None, f"{self.about.network} reads {name}, which the clips lack"
            part = np.asarray(leaf[at * every], like.dtype)
            assert part.shape == like.shape, (name, part.shape, like.shape)
            return part

        samples = table.samples
        return dataclasses.replace(
            blank,
            frames=taken("frames", table.frames, blank.frames, samples),
            flow=taken("flow", table.flow, blank.flow, samples),
            landmarks=taken("landmarks", table.landmarks, blank.landmarks, samples),
            pixels=self._pixels(table, at),
            inputs={
                name: taken(name, table.inputs.get(name), like, 1)
                for name, like in blank.inputs.items()
            },
        )

    def _pixels(self, table: ClipTable, at: np.ndarray) -> Leaf:
        """Returns how grey levels are scaled; by each person's clips where the run did so."""
        if self.config.data.normalisation != "subject":
            return None
        assert table.pixels is not None, "data.normalisation=subject needs `pixels` of the clips"
        return table.pixels[at]


def load_model(
    run: Path | str, *, dense: bool = True, calibrate: Path | str | None = None
) -> Model:
    """Returns the models of a finished run, ready to predict; its dataset is not needed.

    run: the workdir. dense: whether flow and landmarks are predicted too. calibrate: the workdir of
    a run of the same config that leaves people out, by whose predictions one that tested nobody is
    calibrated, and whose score it is told by.

    Raises UserError where there is no run, it is not finished or was fitted at once, its weights
    are not kept or damaged, it would predict nothing, or `calibrate` is another config's.
    """
    folder = Path(run).expanduser()
    held, trial = _opened(folder)
    command.prepare_jax(trial.config)
    config, classes = trial.config, tuple(held.dataset["classes"])
    lowering = resolve_lowering(1, loop=config.runtime.loop)
    program = make_program(config, num_classes=len(classes), auto=lowering)
    _refuse_nothing(program, dense, folder, config)
    measured = (
        None
        if calibrate is None
        else calibration.stand_in(held, folder, Path(calibrate).expanduser())
    )
    members = restored(held, folder, trial, program)
    told_by = held if measured is None else measured[0]
    about = About(
        run=folder,
        network=config.model.network,
        view=f"{config.data.name}/{config.data.view}",
        classes=classes,
        score=score(held, folder, measured=measured),
        models=len(members),
        temperature=_fitted(told_by),
        generated=saw_generated_only(held),
    )
    on_device = (dataclasses.replace(one, state=jax.device_put(one.state)) for one in members)
    return Model(about, config, program, tuple(on_device), dense)


def _fitted(run: Run) -> float | None:
    """Returns the temperature of a run; None where it has none of people that it never saw."""
    return temperature.fit(run.predictions) if calibration.knows_nobody(run) else None


def _opened(folder: Path) -> tuple[Run, Trial]:
    """Reads a run. Raises UserError where its first trial has no weights of a program."""
    held = read_finished(folder)
    trial = recorded_trials(held, folder)[0]
    network = trial.config.model.network
    if settings.is_fitted(trial.config):
        raise UserError(
            f"{folder} is of model.network={network}, which is fitted at once and leaves no "
            "weights to predict with: take a run of a network that is trained in steps."
        )
    if held.predictions.rows and held.predictions.classes != tuple(held.dataset["classes"]):
        raise UserError(
            f"{folder} has predictions of other classes ({', '.join(held.predictions.classes)}) "
            f"than its config.json ({', '.join(held.dataset['classes'])}): files of two runs are "
            "mixed; copy the workdir whole."
        )
    return held, trial


def _refuse_nothing(program: Program, dense: bool, folder: Path, config: ConfigDict) -> None:
    """Raises UserError where neither classes nor, if they are asked for, flow or landmarks come."""
    _, table, _, state = footprint.shapes(program, clips=1)
    weights = dataclasses.replace(state, opt_state=None, best=None)
    found = jax.eval_shape(functools.partial(_outputs, program, dense), table, weights)
    if not jax.tree.leaves(found):
        what = "classes, flow or landmarks" if dense else "classes"
        raise UserError(
            f"{folder} predicts no {what} (model.network={config.model.network}, tasks.mer="
            f"{config.tasks.mer}), so there is nothing to show: take a run that recognises "
            "expressions (tasks.mer=True)."
        )


@functools.partial(jax.jit, static_argnums=(0, 1))
def _outputs(program: Program, dense: bool, table: ClipTable, state: FoldState) -> Any:
    """Returns the `Outputs` of every clip of a table; all models share this one program."""
    rows = jnp.arange(table.label.shape[0]) * table.samples
    found, seen = step.predict_both(program, table, rows, state)
    if not dense:
        return Outputs(found.probabilities)
    return Outputs(found.probabilities, seen.landmarks, seen.flow)


@functools.partial(jax.jit, static_argnums=0)
def _embedding(program: Program, table: ClipTable, state: FoldState) -> Any:
    """Returns the embedding [R, d] of every clip of a table, float32; None where there is none."""
    rows = jnp.arange(table.label.shape[0]) * table.samples
    batch = dataclasses.replace(centred(program, table, rows), label=None)
    found = program.network.embedding(step.made_of(program, batch, state))
    return None if found is None else found.astype(jnp.float32)


def _coded(name: str) -> bool:
    """Tells whether a recipe holds what people coded of a clip, which no prediction may read."""
    return name in RECIPES and RECIPES[name].of == ("units",)


def _joined(parts: list[Floats | None]) -> Floats | None:
    found = [part for part in parts if part is not None]
    return np.concatenate(found) if found else None
