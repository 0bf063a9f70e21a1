"""A function as ONNX, by jax2onnx, for onnxruntime and whatever else takes it."""

import contextlib
import io
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
from jax.extend.core import jaxpr_as_fun

from mol_jax.errors import UserError
from mol_jax.exporting import function
from mol_jax.predicting.models.model import Model

FILE = "model.onnx"
_ERRORS = 3  # onnxruntime's level: without its warnings
INSTALL = 'pip install -e ".[onnx]" && pip install --no-deps "jax2onnx>=0.17.1"'


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


def write(model: Model, folder: Path) -> tuple[Path, str]:
    """Writes `FILE`; returns it, and what B may be.

    That is 1: the converter has no form for an open number of clips times their frames.

    Raises UserError where the converter has no form for something of the network.
    """
    import jax2onnx  # noqa: PLC0415  it takes a while, and is an extra

    arguments = function.shapes(model, clips=1)
    said = function.function(model)
    # Traced here: where it traces itself, it puts other layers in the place of Flax's.
    traced, outputs = jax.make_jaxpr(said, return_shape=True)(*arguments.values())
    path = folder / FILE
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            jax2onnx.to_onnx(
                jaxpr_as_fun(traced),
                inputs=list(arguments.values()),
                input_names=list(arguments),
                output_names=list(outputs),
                model_name=f"{model.about.network}_{model.about.view.replace('/', '_')}",
                return_mode="file",
                output_path=path,
            )
    except Exception as error:  # the converter has many kinds for what it does not know
        logging.getLogger(__name__).debug("jax2onnx", exc_info=True)
        raise UserError(
            f"jax2onnx has no ONNX for model.network={model.about.network} "
            f"({type(error).__name__}: {_first_line(error)}): take --format=stablehlo."
        ) from error
    return path, function.ONE


def call(path: Path, given: Mapping[str, Any]) -> function.Said:
    """Returns what a written file says of arrays [B, ...], by the names of its arguments.

    Raises UserError where onnxruntime does not take what the converter made.
    """
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS
    try:
        session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # it has a kind of its own for each fault
        raise UserError(
            f"onnxruntime does not take the ONNX that jax2onnx made of this run "
            f"({_first_line(error)}): take --format=stablehlo."
        ) from error
    names = [output.name for output in session.get_outputs()]
    return function.one_by_one(
        lambda one: dict(zip(names, session.run(names, one), strict=True)), given
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
