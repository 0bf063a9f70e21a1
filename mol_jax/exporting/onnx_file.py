"""A function as ONNX, by jax2onnx, for onnxruntime and whatever else takes it."""

import contextlib
import io
import logging
from pathlib import Path
from typing import Any

import jax
import jax.export

from mol_jax.errors import UserError
from mol_jax.exporting import function
from mol_jax.predicting.model import Model

FILE = "model.onnx"
INSTALL = 'pip install -e ".[onnx]"'


def check_installed() -> None:
    """Raises UserError where the converter or the runtime is not there."""
    try:
        import jax2onnx  # noqa: F401, PLC0415
        import onnxruntime  # noqa: F401, PLC0415
    except ImportError as error:
        raise UserError(
            f"--format=onnx needs jax2onnx and onnxruntime ({error}): {INSTALL} in this project's "
            "folder."
        ) from None


def write(model: Model, folder: Path) -> Path:
    """Writes `FILE`, of any number of clips at once.

    Raises UserError where the converter has no form for something of the network.
    """
    import jax2onnx  # noqa: PLC0415  it takes a while, and is an extra

    (clips,) = jax.export.symbolic_shape("clips")
    arguments = function.shapes(model, clips)
    said = function.function(model)
    outputs = tuple(jax.eval_shape(said, *arguments.values()))
    path = folder / FILE
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            jax2onnx.to_onnx(
                lambda *arrays: tuple(said(*arrays)[name] for name in outputs),
                inputs=list(arguments.values()),
                input_names=list(arguments),
                output_names=list(outputs),
                model_name=f"{model.about.network}_{model.about.view.replace('/', '_')}",
                return_mode="file",
                output_path=path,
            )
    except Exception as error:  # the converter has many kinds for what it does not know
        logging.getLogger(__name__).debug("jax2onnx", exc_info=True)
        reason = str(error).strip().partition("\n")[0][:200]
        raise UserError(
            f"jax2onnx has no ONNX for model.network={model.about.network} "
            f"({type(error).__name__}: {reason}): take --format=stablehlo."
        ) from error
    return path


def call(path: Path, given: dict[str, Any]) -> function.Said:
    """Returns what a written file says of arrays, by the names of its arguments."""
    import onnxruntime  # noqa: PLC0415

    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, given), strict=True))
