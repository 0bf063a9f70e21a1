"""Faces for a report that may show them: aligned frames, landmarks and flow of allowed subjects."""

import base64
import html
from collections.abc import Sequence
from pathlib import Path

import cv2
from ml_collections import ConfigDict

from data_builders.common.gallery import draw_clip
from data_builders.common.load import open_dataset
from mol_jax import data, generated
from mol_jax.errors import UserError
from mol_jax.rows import Prediction
from mol_jax.run import Run
from mol_jax.tables import shortened

CLIPS = 2  # of each subject


def section(run: Run, subjects: Sequence[str], data_dir: Path | None = None) -> str:
    """Returns HTML with a few clips of each of these subjects, and what was predicted of them.

    Generated clips need no list: of these the first subjects are shown where there is none.
    data_dir: where the datasets are built, if not where the run's config says.

    Raises UserError without a list, for a subject the run has not tested, or where the dataset is
    not built on this machine.
    """
    predicted = {(r.dataset, r.subject, r.clip): r for r in run.predictions.rows}
    tested = sorted({row.subject for row in predicted.values()})
    check_subjects(subjects, tested, generated=run.dataset["generated"])
    people = list(subjects) or tested[:2]
    config = ConfigDict(run.settings)
    parts = []
    for dataset in sorted({row.dataset for row in predicted.values()}):
        folder = data_dir or generated.place(config)
        records, metadata = open_dataset(dataset, folder, data.build_name(config))
        for subject in people:
            mine = [r for r in records if r["subject"] == subject][:CLIPS]
            keys = [(dataset, subject, r["clip"]) for r in mine]
            rows = [(r, predicted[k]) for r, k in zip(mine, keys, strict=True) if k in predicted]
            sampling = metadata["sampling"]
            parts += [_figure(draw_clip(record, sampling), row) for record, row in rows]
    return f"<h2>Faces</h2>{''.join(parts)}"


def check_subjects(subjects: Sequence[str], tested: Sequence[str], *, generated: bool) -> None:
    """Raises UserError where faces are asked for and no list allows them, or it names strangers.

    tested: the subjects that the run has. generated: whether nobody is shown; then no list is
    needed.
    """
    if not subjects and not generated:
        raise UserError(
            "--faces needs --subjects=NAME,NAME: datasets allow pictures of some subjects only to "
            "be shown, and of which ones their licence says."
        )
    for subject in subjects:
        if subject not in tested:
            raise UserError(
                f"--subjects names {subject!r}, whom this run has not tested; it has "
                f"{shortened(tested, shown=8, between=', ')}."
            )


def _figure(picture, row: Prediction) -> str:
    encoded = base64.b64encode(cv2.imencode(".png", picture)[1].tobytes()).decode()
    right = "right" if row.pred == row.true else "wrong"
    said = f"{row.subject}/{row.clip}: {row.true}, predicted {row.pred} ({right})"
    return (
        f'<figure><img alt="aligned frames, flow and strain of a clip" '
        f'src="data:image/png;base64,{encoded}"><figcaption>{html.escape(said)}</figcaption>'
        "</figure>"
    )
