"""An export's folder: the file, a card, an example, and whether the file says what the run says."""

import dataclasses
from pathlib import Path
from types import ModuleType

from mol_jax.errors import UserError
from mol_jax.exporting import card, example, onnx_file, stablehlo_file
from mol_jax.exporting.example import TOLERANCE
from mol_jax.files.whole import write_text
from mol_jax.predicting.models.model import Model
from mol_jax.reporting.finished_run import Run

FORMATS: dict[str, ModuleType] = {"stablehlo": stablehlo_file, "onnx": onnx_file}
_WORDS = {
    stablehlo_file.FILE: "the function as StableHLO for cpu and cuda, for `jax.export.deserialize`",
    onnx_file.FILE: "the function as ONNX",
    example.FILE: "an input and what is expected of it",
}


@dataclasses.dataclass(frozen=True)
class Exported:
    """What was written. difference: the largest from the run itself, as a share of its values."""

    path: Path
    size: int
    difference: float


def write(model: Model, run: Run, folder: Path, format_: str) -> Exported:
    """Writes an export into a new folder and calls it on the example.

    Raises UserError where the run cannot be exported so, or the file says something else than the
    run does: nothing is left then.
    """
    refuse(model)
    made = example.make(model)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"--out={folder} cannot be made ({error.strerror}): name a folder where you may write."
        ) from error
    path, batch = FORMATS[format_].write(model, folder)
    try:
        difference = made.largest_difference(FORMATS[format_].call(path, made.given))
    except UserError:
        _remove(path)
        raise
    if not difference <= TOLERANCE:
        _remove(path)
        raise UserError(
            f"the {format_} of {model.about.run} says something else than the run itself "
            f"(differences up to {difference:.2g} of the largest value), so it is not kept: take "
            "the other format."
        )
    example.write(folder, made)
    write_text(
        folder / card.FILE,
        card.text(model, run, made, batch=batch, files=_files(path)),
    )
    return Exported(path, sum(one.stat().st_size for one in folder.iterdir()), difference)


def refuse(model: Model) -> None:
    """Raises UserError for a run whose input is not of one clip alone."""
    if model.config.data.normalisation == "subject":
        raise UserError(
            f"{model.about.run} scales grey levels by all clips of a person "
            "(data.normalisation=subject), which a function of one clip does not have: take a run "
            "with data.normalisation=fixed."
        )


def _remove(path: Path) -> None:
    """Removes a file, and that of its weights where they lie apart."""
    for one in path.parent.glob(f"{path.name}*"):
        one.unlink()


def _files(path: Path) -> dict[str, str]:
    found = sorted(one.name for one in path.parent.iterdir() if one.name.startswith(path.name))
    return {name: _WORDS.get(name, "weights of the above") for name in [*found, example.FILE]}
