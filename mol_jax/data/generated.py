"""Generated clips for a run that asks for them: drawn and built on first use, then kept."""

import json
import zlib
from pathlib import Path

from ml_collections import ConfigDict
from rich.console import Console

from data_builders.build import build
from data_builders.records.load import built_path
from data_builders.synthetic import generate
from data_builders.synthetic.tree import VERSION
from mol_jax import settings
from mol_jax.data import load
from mol_jax.files.place import typed
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


def ensure(config: ConfigDict, *, console: Console) -> Path:
    """Returns the folder that holds the built dataset of a checked config.

    The dataset "synthetic" is drawn and built if it is missing, below a folder named after how it
    was drawn, so that two settings never share one. Any other dataset must have been built.
    """
    folder = place(config)
    if config.data.name != NAME:
        return folder
    drawn = config.data.generate.to_dict()
    if built_path(NAME, folder, load.build_name(config)):
        return folder
    raw = folder / "raw"
    if not raw.exists():
        say(console, f"drawing {drawn['subjects']} subjects × {drawn['clips']} clips into {raw}")
        generate(
            raw,
            subjects=drawn["subjects"],
            clips=drawn["clips"],
            seed=drawn["seed"],
            emotions=tuple(drawn["emotions"]),
            amplitude=tuple(drawn["amplitude"]),
        )
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
    )
    return folder
