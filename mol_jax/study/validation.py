"""Evaluation points of a wave: what it predicts while it trains, from the host, between chunks.

The compiled training function takes no part in this and sees no row of it. Held-in people are
predicted to choose a step by; held-out people only where the leaky oracle asks for them, and then
nothing that is chosen here is chosen by those rows.
"""

import dataclasses
from collections.abc import Iterator

import numpy as np

from mol_jax.protocol.folds import Fold
from mol_jax.scoring.by_step import TEST, VALIDATION, Point
from mol_jax.scoring.chosen_step import honest
from mol_jax.study.results import prediction
from mol_jax.study.study import Study
from mol_jax.training.engine import Engine
from mol_jax.training.fetching import take_replicas
from mol_jax.training.replicas import Wave
from mol_jax.training.step import FoldState, at_best


class Evaluation:
    """The points of a wave that starts from a step, and the choice of the best of them."""

    def __init__(self, study: Study, engine: Engine, wave: Wave, start: int, *, finite: np.ndarray):
        """finite: bool [W], False for replicas that had diverged by `start`."""
        selection = study.config.selection
        self._study, self._engine, self._wave = study, engine, wave
        self._every = selection.every
        self._last = study.trials[wave.replicas[0].trial].config.train.steps
        self._inner = selection.name == "inner"
        self._roles = [VALIDATION] * self._inner + [TEST] * selection.leaky_oracle
        if self._roles:
            begun = any(self.due(step) for step in range(1, start + 1))
            for slot, one in enumerate(wave.replicas):
                study.points.start(one.name, start)
                if begun and finite[slot] and not study.points.of(one.name):
                    raise study.points.missing(one.name)  # else another step would be chosen

    def due(self, step: int) -> bool:
        """Tells whether there is a point at a step: every so many, and at the last."""
        at = step == self._last or (self._every > 0 and step % self._every == 0)
        return bool(self._roles) and at

    def take(self, step: int, state: FoldState, alive: np.ndarray) -> FoldState:
        """Predicts with the weights of a step; returns the states, which hold the best so far.

        alive: bool [W], False for replicas that have diverged. The states that were given are
        donated.
        """
        for role in self._roles:
            rows = [_rows_of(one.fold, role) for one in self._wave.replicas]
            for slot, predicted in enumerate(self._engine.predict(self._wave, state, rows)):
                probabilities = predicted.probabilities
                if alive[slot] and np.isfinite(probabilities).all():
                    self._add(slot, step, role, rows[slot], probabilities)
        if not self._inner:
            return state
        better = [self._best(one.name) == step for one in self._wave.replicas]
        return self._engine.keep_best(state, better)

    def save(self) -> None:
        """Writes all points so far, as a training state is about to be written."""
        if self._roles:
            for one in self._wave.replicas:
                self._study.points.save(one.name)

    def close(self, state: FoldState) -> FoldState:
        """Writes all points of a trained wave; returns the states that are to be tested.

        Those are the chosen ones, or where nothing is chosen, or a replica diverged, the last.
        """
        if not self._roles:
            return state
        if self._inner:
            state = self._engine.put(self._chosen(state))
        for one in self._wave.replicas:
            self._study.points.close(one.name)
        return state

    def _add(
        self, slot: int, step: int, role: str, rows: np.ndarray, probabilities: np.ndarray
    ) -> None:
        dataset, replica = self._study.dataset, self._wave.replicas[slot]
        points = [
            Point(step, role, prediction(dataset, int(row), replica, of))
            for row, of in zip(rows, probabilities, strict=True)
        ]
        self._study.points.add(replica.name, points)

    def _best(self, replica: str) -> int | None:
        found = honest(self._study.points.of(replica), self._study.dataset.classes)
        return found[0] if found else None

    def _chosen(self, state: FoldState) -> Iterator[FoldState]:
        held = dataclasses.replace(state, opt_state=None)
        every = take_replicas(held, range(len(self._wave.replicas)))
        for one, last in zip(self._wave.replicas, every, strict=True):
            is_there = last.finite and self._best(one.name) is not None
            yield at_best(last) if is_there else dataclasses.replace(last, best=None)


def _rows_of(fold: Fold, role: str) -> np.ndarray:
    """Returns the rows of a fold that are predicted in a role."""
    return fold.validation if role == VALIDATION else fold.test
