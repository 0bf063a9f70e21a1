"""The clips of a dataset as its builder reads them, for whoever asks by the dataset's name."""

import importlib
import tempfile
from pathlib import Path
from typing import Any

from data_builders.annotations.annotation import AnnotatedSource
from data_builders.datasets import BUILDERS
from data_builders.records import builder
from data_builders.records.options import FOLDER
from mol_jax.errors import UserError


def annotate(name: str, source: Path, labels: Path | None = None) -> AnnotatedSource:
    """What the dataset's builder would build from `source`.

    Raises:
      UserError: what it would refuse.
    """
    module = importlib.import_module(BUILDERS[name])
    given: dict[str, Any] = {"labels": labels} if name == FOLDER else {}
    options = getattr(module, "Options", builder.BuildOptions)(**given)
    try:
        # A builder needs a folder for what it builds, and here builds nothing.
        with tempfile.TemporaryDirectory() as unused:
            return module.Builder(data_dir=unused, options=options).annotate(source)
    except OSError as error:
        raise UserError(
            f"cannot read {error.filename or source} ({error.strerror or error}): check it"
        ) from error
