"""Faces for a report that may show them: aligned frames, landmarks and flow of allowed subjects."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path

import cv2
from ml_collections import ConfigDict

from data_builders.records.gallery import draw_clip
from data_builders.records.load import open_dataset
from mol_jax.data import generated, load
from mol_jax.errors import UserError
from mol_jax.reporting.finished_run import Run
from mol_jax.scoring.predictions import Prediction
from mol_jax.text.words import shortened

CLIPS = 2  # of each subject


def section(run: Run, subjects: Sequence[str], data_dir: Path | None = None) -> str:
    """Returns HTML with a few clips of each of these subjects, and what was predicted of them.

    subjects: as "sub01", or "casme2/sub01" where several datasets have one of that name. Generated
    clips need no list: of these the first subjects are shown where there is none.
    data_dir: where the datasets are built, if not where the run's config says.

    Raises UserError without a list, for a subject the run has not tested, or where the dataset is
    not built on this machine.
    """
    predicted = {(r.dataset, r.subject, r.clip): r for r in run.predictions.rows}
    tested = sorted({(row.dataset, row.subject) for row in predicted.values()})
    people = allowed(subjects, tested, generated=not run.people) or tested[:2]
    config = ConfigDict(run.settings)
    parts = []
    for dataset in sorted({row.dataset for row in predicted.values()}):
        folder = data_dir or generated.place(config)
        records, metadata = open_dataset(dataset, folder, load.build_name(config))
        for subject in (name for of, name in people if of == dataset):
            mine = [r for r in records if r["subject"] == subject][:CLIPS]
            keys = [(dataset, subject, r["clip"]) for r in mine]
            rows = [(r, predicted[k]) for r, k in zip(mine, keys, strict=True) if k in predicted]
            sampling = metadata["sampling"]
            parts += [_figure(draw_clip(record, sampling), row) for record, row in rows]
    return f"<h2>Faces</h2>{''.join(parts)}"


def allowed(
    subjects: Sequence[str], tested: Sequence[tuple[str, str]], *, generated: bool
) -> list[tuple[str, str]]:
    """Returns the (dataset, subject) of whom a list allows to be shown, in its order.

    tested: those that the run has. generated: whether nobody is shown; then no list is needed.

    Raises UserError where a list is needed and there is none, or it names strangers, or a name that
    several datasets have.
    """
    if not subjects and not generated:
        raise UserError(
            "--faces needs --subjects=NAME,NAME: datasets allow pictures of some subjects only to "
            "be shown, and of which ones their licence says."
        )
    return [_person(name, tested) for name in subjects]


def _person(name: str, tested: Sequence[tuple[str, str]]) -> tuple[str, str]:
    meant = [person for person in tested if name in (person[1], "/".join(person))]
    if len(meant) > 1:
        both = " or ".join("/".join(person) for person in meant)
        raise UserError(f"--subjects names {name!r}, who is in several datasets: write {both}.")
    if not meant:
        several = len({dataset for dataset, _ in tested}) > 1
        names = ["/".join(person) if several else person[1] for person in tested]
        raise UserError(
            f"--subjects names {name!r}, whom this run has not tested; it has "
            f"{shortened(names, shown=8, between=', ')}."
        )
    return meant[0]


def _figure(picture, row: Prediction) -> str:
    encoded = base64.b64encode(cv2.imencode(".png", picture)[1].tobytes()).decode()
    right = "right" if row.pred == row.true else "wrong"
    said = f"{row.subject}/{row.clip}: {row.true}, predicted {row.pred} ({right})"
    return (
        f'<figure><img alt="aligned frames, flow and strain of a clip" '
        f'src="data:image/png;base64,{encoded}"><figcaption>{html.escape(said)}</figcaption>'
        "</figure>"
    )
