"""The clips of finished runs that are to be shown: found among their files, or refused."""

from collections.abc import Sequence
from pathlib import Path

from mol_jax.dense.videos import Key
from mol_jax.errors import UserError
from mol_jax.reporting import faces
from mol_jax.reporting.finished_run import Run
from mol_jax.reporting.trial_sections import replica_name
from mol_jax.scoring.dense_csv import DenseRow
from mol_jax.text.words import nearest, shortened

MOST = 8  # clips on one page


def keys(clips: Sequence[str]) -> list[Key]:
    """Returns the keys of clips as "casme2/sub01/EP02_01f". Raises UserError for none or many."""
    found = [_key(clip) for clip in clips]
    if len(set(found)) < len(found) or not 1 <= len(found) <= MOST:
        raise UserError(
            f"--clips names {len(found)} clips, {len(set(found))} of them different; give 1 to "
            f"{MOST}, each once."
        )
    return found


def _key(clip: str) -> Key:
    dataset, subject, name = [*clip.split("/", 2), "", ""][:3]
    if not (dataset and subject and name):
        raise UserError(
            f"--clips has {clip!r}; name each as dataset/subject/clip, such as "
            "casme2/sub01/EP02_01f."
        )
    return dataset, subject, name


def dense_rows(run: Run, keys: Sequence[Key]) -> list[DenseRow]:
    """Returns a row of dense.csv of each clip."""
    rows = {(row.dataset, row.subject, row.clip): row for row in run.dense}
    return [rows[key] for key in keys]


def refuse_unscored(folder: Path, run: Run, keys: Sequence[Key]) -> None:
    """Raises UserError for a clip that no seed of the first trial has scored."""
    lost = [
        replica_name(fold) for fold in run.metrics["failed_folds"] if fold["trial"] == run.trial
    ]
    why = f" ({shortened(lost)} diverged and scored none)" if lost else ""
    tested = sorted({f"{row.dataset}/{row.subject}/{row.clip}" for row in run.dense})
    for clip in map("/".join, keys):
        if clip not in tested:
            raise UserError(
                f"{folder} has no held-out video {clip!r} among the {len(tested)} it has scored"
                + why
                + (f": did you mean {nearest(clip, tested)!r}?" if tested else "; train it first.")
            )


def refuse_first_seed(folder: Path, run: Run, keys: Sequence[Key]) -> None:
    """Raises UserError where the seed that is shown has no prediction of a clip to be kept."""
    seed = run.settings["seeds"][0]
    for key in keys:
        folds = {row.fold for row in run.dense if (row.dataset, row.subject, row.clip) == key}
        for fold in run.unscored():
            if fold["seed"] == seed and fold["fold"] in folds:
                diverged = fold in run.metrics["failed_folds"]
                why = "diverged" if diverged else "is not trained yet"
                do = "leave out the clip or this run" if diverged else "run its command again"
                raise UserError(
                    f"{folder} has no prediction of {'/'.join(key)} to show: {replica_name(fold)}, "
                    f"{why}, and the first trial and seed are the ones that are shown; {do}."
                )


def refuse_one_name(names: Sequence[str]) -> None:
    """Raises UserError where two runs are in folders of one name, by which they are drawn."""
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise UserError(f"two runs are in folders named {twice[0]!r}; rename one, or name it once.")


def refuse_hidden(keys: Sequence[Key], subjects: Sequence[str], runs: Sequence[Run]) -> None:
    """Raises UserError for a clip of somebody whose face `subjects` does not allow to be shown."""
    generated = not any(run.people for run in runs)
    tested = sorted({(row.dataset, row.subject) for row in runs[0].dense})
    people = faces.allowed(subjects, tested, generated=generated)
    for dataset, subject, clip in keys:
        if (dataset, subject) not in people and not (generated and not subjects):
            raise UserError(
                f"--clips names {subject}/{clip}, but --subjects does not allow faces of "
                f"{subject!r}; add the name if the licence allows it, or leave the clip out."
            )
