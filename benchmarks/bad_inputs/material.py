"""What the cases spoil copies of: generated clips, look-alikes, a run trained for four steps."""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from data_builders.casme2.annotation import WORKBOOKS as CASME2
from data_builders.samm.annotation import WORKBOOKS as SAMM
from data_builders.synthetic import tree
from data_builders.synthetic.look_alikes import casme2_tree
from data_builders.synthetic.look_alikes import samm as samm_tree
from data_builders.synthetic.look_alikes import smic as smic_tree

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "runs" / "bad_inputs"
WORKBOOK = {"casme2": CASME2[0], "samm": SAMM[0]}
STUDY = {
    "data.generate.subjects": "3",
    "data.generate.clips": "3",
    "model.width": "16",
    "model.flow_width": "0.015625",
    "model.landmark_width": "0.03125",
    "model.mer_width": "0.0625",
    "train.batch_size": "4",
    "train.steps": "4",
    "train.log_every": "2",
    "train.save_every": "2",
    "runtime.devices": "1",
    "predict.keep": "('synthetic/sub01/EP01_01f',)",
}


def fields(data: Path | str = FOLDER / "data") -> list[str]:
    """The fields of the study, its clips in `data`."""
    return [f"--config.{name}={value}" for name, value in (STUDY | {"data.dir": data}).items()]


def config(name: str = "synthetic") -> str:
    """The flag of a config of the checkout."""
    return f"--config={ROOT / 'configs' / name}.py"


@functools.cache
def run() -> Path:
    """The run, trained the first time that it is asked for."""
    folder = FOLDER / "run"
    if not (folder / "report.html").is_file():
        subprocess.run(
            [sys.executable, "-m", "mol_jax.main", config(), *fields(), f"--workdir={folder}"],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return folder


def copy_of_run(folder: Path) -> Path:
    """A copy of the run to spoil."""
    shutil.copytree(run(), folder / "run")
    return folder / "run"


@functools.cache
def clips() -> Path:
    """Six generated clips of two people, six frames each, in CASME II's layout."""
    folder = FOLDER / "clips"
    if not folder.is_dir():
        FOLDER.mkdir(parents=True, exist_ok=True)
        tree.generate(folder, subjects=2, clips=2, frames=(6, 6), emotions=("happiness", "fear"))
    return folder


def write_look_alike(name: str, root: Path) -> Path:
    """Writes a small look-alike without faces; returns its workbook, the root if it has none."""
    few = {"faces": False, "clips": 2, "frames": (4, 4)}
    if name == "casme2":
        layout = casme2_tree.Layout(trees=(casme2_tree.SELECTED,))
        casme2_tree.write_tree(root, subjects=("sub01", "sub02"), layout=layout, **few)
        return root / WORKBOOK[name]
    if name == "samm":
        samm_tree.write_tree(root, subjects=("006", "007"), **few)
        return root / WORKBOOK[name]
    smic_tree.write_tree(root, subjects=(1, 3), parts=("long",), **few)
    return next(root.rglob("*.xlsx"))
