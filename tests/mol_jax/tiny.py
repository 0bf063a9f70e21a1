"""A network and a table of random clips small enough to compile in seconds."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import jax
import numpy as np
from ml_collections import ConfigDict

from configs import default
from mol_jax.data.apex_source import ANNOTATED, Apex
from mol_jax.data.clips import ClipName, ClipTable, Dataset
from mol_jax.data.svm_features import Pair
from mol_jax.training.program import Program, make_program
from mol_jax.training.step import FoldState

COMMON = {
    "data.frames": 2,
    "data.crop": 64,
    "optim.learning_rate": 1e-3,
    "train.batch_size": 4,
    "train.steps": 20,
    "train.log_every": 5,
    "train.save_every": 10,
    "train.save_minutes": 0.0,  # else a test on a slow machine would save more often
}
CLIPS = tuple(f"tiny/sub{i // 4}/clip{i}" for i in range(12))  # the paths of `dataset()`
MOL = {
    "model.width": 16,
    "model.flow_width": 1 / 64,
    "model.landmark_width": 1 / 32,
    "model.mer_width": 1 / 16,
}


NAME = "tests.mol_jax.stand_in:KIND"
STAND_IN = {"model.network": NAME}  # for tests of the trainer: it compiles in a second


def config(**changes) -> ConfigDict:
    """Returns the smallest config that trains every task, with {"optim.eps": 1e-6, ...} changed.

    Of another network than MOL, "model.network" among the changes, it is small by its defaults.
    """
    network = changes.get("model.network", "mol")
    built = default.get_config(network)
    with built.unlocked():
        own = MOL if network in ("mol", NAME) else {}
        built.update_from_flattened_dict(COMMON | own | changes)
    return built


def program(auto: str = "auto", **changes) -> Program:
    """Returns the program of `config(**changes)` for three classes."""
    return make_program(config(**changes), num_classes=3, auto=auto)


def table(
    clips: int = 12, *, frames: int = 2, size: int = 72, seed: int = 0, phases: int = 0
) -> ClipTable:
    """Returns random clips; clip i has label i % 3 and a face of its own, `size` px wide.

    With phases, clip i has min(i, phases) distinct ones.
    """
    rng = np.random.default_rng(seed)
    face = rng.uniform(size / 4, 3 * size / 4, (1, 1, 68, 2))
    shown = clips * (1 + phases)
    return ClipTable(
        frames=rng.integers(0, 256, (shown, frames, size, size), dtype=np.uint8),
        flow=rng.normal(size=(shown, frames - 1, size, size, 2)).astype(np.float16),
        landmarks=(face + rng.normal(size=(shown, frames, 68, 2))).astype(np.float32),
        label=np.arange(clips, dtype=np.int32) % 3,
        clip_id=rng.integers(0, 2**32, clips, dtype=np.uint32),
        phases=np.minimum(np.arange(clips, dtype=np.int32), phases) if phases else None,
    )


def stirred(state: FoldState) -> FoldState:
    """Returns a state on the host with noise on every weight, so that none is zero.

    Untrained, the landmark head answers every clip alike: its last kernel starts at zero.
    """
    rng = np.random.default_rng(0)

    def moved(leaf):
        return np.asarray(leaf + 0.02 * rng.normal(size=leaf.shape), leaf.dtype)

    return state.replace(params=jax.tree.map(moved, state.params))


def dataset(clips: int = 12, *, per_subject: int = 4, frames: int = 2, size: int = 72) -> Dataset:
    """Returns `table(clips)` with names, clip i being of subject i // per_subject."""
    names = tuple(
        ClipName("tiny", f"sub{i // per_subject}", f"tiny/sub{i // per_subject}", f"clip{i}")
        for i in range(clips)
    )
    classes = ("negative", "positive", "surprise")
    fingerprint = {
        "name": "tiny",
        "view": "3class",
        "rule": "random clips for tests",
        "n_clips": clips,
        "n_subjects": clips // per_subject,
        "classes": list(classes),
        "class_counts": dict.fromkeys(classes, clips // 3),
        "label_map_hash": "00000000",
        "content_crc32": "00000000",
        "generated": True,
        "missed_frames": 0,
        "repeated_clips": 0,
        "built": {},
    }
    numbers = np.arange(1.0, 1 + frames) + 10 * np.arange(clips)[:, None]
    made = table(clips, frames=frames, size=size)
    shown = zip(made.frames[:, [0, -1]], made.flow[:, 0], strict=True)
    pairs = tuple(Pair(ends, flow, Path("nowhere")) for ends, flow in shown)
    apexes = tuple(Apex(int(last), ANNOTATED) for last in numbers[:, -1])
    return Dataset(made, names, classes, fingerprint, numbers, pairs, apexes)


def joined(sizes: Mapping[str, int], *, per_subject: int = 4) -> Dataset:
    """Returns `dataset` of several datasets, {"casme2": 8, "smic": 4} clips of each."""
    whole, row = dataset(sum(sizes.values())), 0
    names = []
    for part, clips in sizes.items():
        for i in range(clips):
            person = f"{part}/s{i // per_subject}"
            names.append(ClipName(part, f"s{i // per_subject}", person, f"clip{row}"))
            row += 1
    parts = [{"name": part, "view": "3class"} for part in sizes]
    fingerprint = whole.fingerprint | {"name": "composite", "parts": parts}
    return dataclasses.replace(whole, names=tuple(names), fingerprint=fingerprint)
