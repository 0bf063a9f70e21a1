"""What a predictor reaches that looks at no picture: the figures every score stands beside."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from mol_jax.scoring.confusion import numbered, scores
from mol_jax.scoring.intervals import RESAMPLES, interval
from mol_jax.scoring.predictions import Prediction


def majority(rows: Sequence[Prediction], classes: Sequence[str]) -> dict[str, float]:
    """Scores the predictor that always says the most frequent class of its training clips.

    The training clips of a fold are the scored ones of the other folds (a fold that diverged has
    none), so nothing is learnt from the clips it is scored on; ties go to the first class. With a
    single fold the rows hold no training clip, and the most frequent class of the rows themselves
    is said. `rows` are those of one trial.
    """
    index, fold = {name: i for i, name in enumerate(classes)}, numbered(row.fold for row in rows)
    tested = np.zeros((len(fold), len(classes)), np.int64)
    for row in one_per_clip(rows):
        tested[fold[row.fold], index[row.true]] += 1
    trained = tested.sum(0) - tested if len(fold) > 1 else tested
    counts = np.zeros((len(classes), len(classes)), np.int64)
    for clips, said in zip(tested, trained.argmax(-1), strict=True):
        counts[:, said] += clips
    return scores(counts)


def random(rows: Sequence[Prediction], classes: Sequence[str]) -> dict[str, Any]:
    """Scores guesses drawn with the frequencies of the classes: the mean of 2,000 runs.

    Under `ci95` is the range in which 95 % of such guessers land: the luck of one run, not the
    uncertainty of the mean. Uniform guesses would score lower in Acc, WF1 and UF1. `rows` are those
    of one trial.
    """
    index = {name: i for i, name in enumerate(classes)}
    true = [index[row.true] for row in one_per_clip(rows)]
    clips = np.bincount(true, minlength=len(classes))
    rng = np.random.default_rng(0)
    said = [rng.multinomial(count, clips / clips.sum(), RESAMPLES) for count in clips]
    runs = scores(np.stack(said, axis=1))  # of counts [R, true, pred]
    mean = {name: float(value.mean()) for name, value in runs.items()}
    return mean | {"ci95": {name: interval(value) for name, value in runs.items()}}


def one_per_clip(rows: Sequence[Prediction]) -> list[Prediction]:
    """Returns one row of every clip, whichever seed it is of, sorted by clip."""
    clips = {row.video: row for row in reversed(rows)}
    return [clips[key] for key in sorted(clips)]
