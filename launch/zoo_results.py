"""What the runs of the zoo found, read from their folders, and why a row has nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launch import table_results
from launch.table_results import Result
from launch.table_runs import BEGUN, FINISHED
from launch.zoo_rows import Row
from mol_jax.errors import UserError
from mol_jax.scoring.predictions import read_predictions
from mol_jax.text.words import shortened

NOT_RUN = "is not run yet."
Clips = dict[tuple[str, str, str], tuple[str, str, bool]]  # by video


@dataclass(frozen=True)
class Filled:
    """A row with what its run found. parts: by dataset, of a composite. why: it has nothing."""

    row: Row
    whole: Result | None = None
    parts: Mapping[str, Result] | None = None
    why: str = ""


def fill(rows: Sequence[Row], failed: dict[str, str]) -> list[Filled]:
    """Returns the rows with their results; adds to `failed` what is damaged or has no score.

    And what is of other clips, labels or folds than the first row of its view that has a result.
    """
    first: dict[str, tuple[Filled, Clips]] = {}
    return [_on_the_same_clips(_filled(row, failed), first, failed) for row in rows]


def _on_the_same_clips(
    one: Filled, first: dict[str, tuple[Filled, Clips]], failed: dict[str, str]
) -> Filled:
    """Returns a row, without its figures where they do not stand beside those of the first one."""
    run, whole = one.row.run, one.whole
    if not (run and whole):
        return one
    try:
        clips = _clips(run.folder)
    except UserError as error:
        failed.setdefault(run.name, str(error))
        return Filled(one.row, why=f"failed: {failed[run.name]}")
    other, known = first.setdefault(one.row.on, (one, clips))
    assert other.whole
    odd = {video for video in known.keys() & clips.keys() if known[video] != clips[video]}
    if not (whole.unscored or other.whole.unscored):  # folds without a score lack their clips
        odd |= known.keys() ^ clips.keys()
    if not odd:
        return one
    failed[run.name] = (
        f"its clips, labels or folds are not those of {other.row.network}: {len(odd)} differ, "
        f"first {'/'.join(min(odd))}; train both on one --config.data.dir, in another --workdir."
    )
    return Filled(one.row, why=f"failed: {failed[run.name]}")


def _clips(folder: Path) -> Clips:
    """Returns the class and the fold of each clip that a run predicts, and whether it was drawn."""
    rows = read_predictions(folder / "predictions.csv").rows
    return {row.video: (row.true, row.fold, row.generated) for row in rows}


def _filled(row: Row, failed: dict[str, str]) -> Filled:
    run = row.run
    if run is None:
        return Filled(row, why=f"failed: {row.broken}")
    if run.name in failed and run.state == FINISHED:  # refused as it is, as on other clips
        return Filled(row, why=f"failed: {failed[run.name]}")
    if not (run.folder / "metrics.json").exists():
        begun = "is begun and not finished." if run.state == BEGUN else NOT_RUN
        why = f"failed: {failed[run.name]}" if run.name in failed else begun
        return Filled(row, why=why)
    try:
        whole = table_results.read(run.folder)
        assert whole
        parts = {name: table_results.read(run.folder, part=name) for name in _datasets(whole)}
    except UserError as error:
        failed.setdefault(run.name, str(error))
        return Filled(row, why=f"failed: {failed[run.name]}")
    if whole.diverged:
        names = shortened(list(dict.fromkeys(whole.diverged)), between=", ")
        failed.setdefault(run.name, f"folds that diverged have no score: {names}")
    why = f"failed: {failed[run.name]}" if run.name in failed else ""
    return Filled(row, whole, {name: one for name, one in parts.items() if one}, why)


def _datasets(whole: Result) -> list[str]:
    """Returns the datasets of a composite, [] of one dataset."""
    return [part["name"] for part in whole.dataset.get("parts", ())]
