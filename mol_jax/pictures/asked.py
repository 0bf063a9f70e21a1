"""What the command draws, and whose faces it may show."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mol_jax.dense import output
from mol_jax.errors import UserError
from mol_jax.reporting.finished_run import Run
from mol_jax.text.words import nearest

if TYPE_CHECKING:
    from mol_jax.data.clips import Dataset

PICTURES = {  # by their names, what they show, in the order of the page
    "flow": "Predicted optical flow",
    "landmarks": "Predicted landmarks",
    "embedding": "Embedding: who, or what?",
    "saliency": "Saliency",
    "occlusion": "Occlusion",
    "attention": "Attention",
}


def read_only(text: str) -> tuple[str, ...]:
    """Returns the pictures of --only in the order of the page. Raises UserError for others."""
    names = [name.strip() for name in text.split(",")]
    for name in names:
        if name not in PICTURES:
            meant = f"did you mean {nearest(name, PICTURES)!r}? " if name else ""
            raise UserError(
                f"--only has {name!r}, which is no picture: {meant}give some of "
                f"{', '.join(PICTURES)}."
            )
    return tuple(name for name in PICTURES if name in names)


def read_subjects(text: str, *, asked: bool) -> list[str] | None:
    """Returns the names of --subjects; None where no face is asked for."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    if names and not asked:
        raise UserError("--subjects says whose faces may be shown: give --faces too, or neither.")
    return names if asked else None


def check_place(run: Run, folder: Path, out: Path | None, subjects: Sequence[str] | None) -> None:
    """Raises UserError where the pictures cannot go where they are to, before anything is drawn.

    out: of --out, None for the run's own folder. subjects: of `read_subjects`.
    """
    if out is not None:
        output.check_new(out)
    if subjects is None or not run.people:
        return
    from mol_jax.reporting import faces  # noqa: PLC0415  TFDS comes with it, which takes seconds

    tested = sorted({(row.dataset, row.subject) for row in run.predictions.rows})
    faces.allowed(subjects, tested, generated=False)
    if out is None:
        raise UserError(
            f"--faces would show people among the files of {folder}, which are made to be shared: "
            "give --out, a new folder outside of it."
        )
    output.refuse_inside_a_run(out, folder)


def shown_rows(run: Run, dataset: "Dataset", subjects: Sequence[str] | None) -> set[int] | None:
    """Returns the rows of clips whose faces may be shown; None where no face may.

    Generated faces are nobody's and always shown, of people only those whom --subjects names.
    """
    every = [(name.dataset, name.subject) for name in dataset.names]
    if not run.people and not subjects:
        return set(range(len(every)))
    if subjects is None:
        return None
    from mol_jax.reporting import faces  # noqa: PLC0415  as above

    people = faces.allowed(subjects, sorted(set(every)), generated=not run.people)
    return {row for row, who in enumerate(every) if who in people}
