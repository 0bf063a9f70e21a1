"""Generated clips for a run that asks for them: drawn and built on first use, then kept."""

import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from ml_collections import ConfigDict
from rich.console import Console

from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.build import build
from data_builders.records.load import built_path
from data_builders.synthetic import generate
from data_builders.synthetic.tree import VERSION
from mol_jax import settings
from mol_jax.data import inputs, load
from mol_jax.data.clips import ClipTable
from mol_jax.data.recipe import RECIPES
from mol_jax.errors import UserError
from mol_jax.files.place import typed
from mol_jax.settings.find import find
from mol_jax.terminal.sentence import say

NAME = "synthetic"  # the dataset that is generated where it is missing


def place(config: ConfigDict) -> Path:
    """Returns where the datasets of a config are built; generated clips have one for each drawing.

    So a changed setting draws others, and a mended drawing is not mistaken for what it was.
    """
    folder = typed(config.data.dir, "data.dir")
    if config.data.name != NAME:
        return folder
    address = json.dumps([VERSION, config.data.generate.to_dict()]).encode()
    return folder / f"{NAME}-{zlib.crc32(address):08x}"


def blank_table(config: ConfigDict, clips: int) -> ClipTable:
    """Returns `clips` clips of zeros, in the shapes that those of a checked config will have."""
    reads = find(config.model.network).reads(config)
    t, side, shifted = config.data.frames, settings.aligned_size(config), config.data.phases
    shown = clips * (1 + shifted)

    def leaf(name: str, *shape: int, dtype: Any = np.float32) -> np.ndarray | None:
        return np.zeros((shown, *shape), dtype) if name in reads else None

    return ClipTable(
        frames=leaf("frames", t, side, side, dtype=np.uint8),
        flow=leaf("flow", t - 1, side, side, 2, dtype=np.float16),
        landmarks=leaf("landmarks", t, 68, 2),
        label=np.zeros(clips, np.int32),
        clip_id=np.zeros(clips, np.uint32),
        phases=np.zeros(clips, np.int32) if shifted else None,
        pixels=np.zeros((clips, 2), np.float32) if config.data.normalisation == "subject" else None,
        inputs={name: RECIPES[name].blank(clips, side) for name in inputs.names(reads)},
    )


def ensure(
    config: ConfigDict, *, console: Console, meanwhile: Callable[[], None] | None = None
) -> Path:
    """Returns the folder that holds the built dataset of a checked config.

    The dataset "synthetic" is drawn and built if it is missing, below a folder named after how it
    was drawn, so that two settings never share one. Any other dataset must have been built.

    meanwhile: called before something is drawn or built, which takes a while.
    """
    folder = place(config)
    if config.data.name != NAME:
        return folder
    drawn = config.data.generate.to_dict()
    if built_path(NAME, folder, load.build_name(config)):
        return folder
    if meanwhile is not None:
        meanwhile()
    raw = folder / "raw"
    if not raw.exists():
        say(console, f"drawing {drawn['subjects']} subjects × {drawn['clips']} clips into {raw}")
        _draw(raw, drawn)
    say(console, f"building {load.build_name(config)} in {folder}")
    build(
        NAME,
        raw,
        data_dir=folder,
        frames=config.data.frames,
        size=settings.aligned_size(config),
        alignment=config.data.alignment,
        flow=config.data.flow,
        sampling=config.data.sampling,
        phases=config.data.phases,
        magnify=config.data.magnify,
    )
    return folder


def _draw(raw: Path, drawn: dict[str, Any]) -> None:
    """Draws the clips; those that another process drew there meanwhile are the same, and kept."""
    try:
        generate(
            raw,
            subjects=drawn["subjects"],
            clips=drawn["clips"],
            seed=drawn["seed"],
            emotions=tuple(drawn["emotions"]),
            amplitude=tuple(drawn["amplitude"]),
        )
    except UserError:
        if not (raw / GENERATED_MARKER).is_file():
            raise
