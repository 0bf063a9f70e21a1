"""A dataset of six clips whose faces move, as it is built, and tiny runs that read its recipes."""

import functools
from pathlib import Path

import numpy as np

from data_builders.pixels import flow
from data_builders.records.record import RecordSettings, sample, sample_flow
from tests.mol_jax import runs
from tests.mol_jax.networks.frl_dgt.small import SMALL

EMOTIONS = ("happiness", "disgust", "surprise")
SIDE, FRAMES, APEX = 72, 12, 6  # px; frames 1 … 12, of which the seventh is the apex
STSTNET = {"model.network": "ststnet", "augment.crop_jitter": 0.0}
# Of FRL-DGT the parts that compile soon: it reads three recipes, and no flow.
FRL_DGT = SMALL | {
    "model.motion": "dynamic_image",
    "model.apex_shift": 0,
    "model.local_fusion": False,
    "model.full_face": False,
}


@functools.cache
def records() -> tuple[dict, ...]:
    """Returns two clips each of three people: a texture that is pushed and comes back."""
    return tuple(_record(index) for index in range(6))


def records_of(settings: RecordSettings, changed=dict, method: str = "") -> tuple[dict, ...]:
    """Returns the records as they are built with other settings.

    changed: what else is done to each before. method: of flow, if not that of the settings.
    """

    def built(record: dict) -> dict:
        numbers = record["frame_numbers"]
        taken = sample(numbers, record["apex"], settings)
        return (
            record | taken | sample_flow(record["frames"][..., 0], numbers, taken, settings, method)
        )

    return tuple(built(changed(record)) for record in records())


def _record(index: int) -> dict:
    rng = np.random.default_rng(index)
    numbers = np.arange(1, FRAMES + 1) + 100 * index
    y, x = np.mgrid[:SIDE, :SIDE]
    angle, phase = 2 * np.pi * (index % 3) / 3, rng.uniform(0, 6, 2)
    pushed = 2.5 * np.sin(np.pi * np.arange(FRAMES) / (FRAMES - 1))  # px
    frames = [_texture(x - by * np.cos(angle), y - by * np.sin(angle), phase) for by in pushed]
    frames = np.stack(frames)[..., None]
    face = rng.uniform(SIDE / 4, 3 * SIDE / 4, (1, 68, 2))
    moves = pushed[:, None, None] * np.array([np.cos(angle), np.sin(angle)])
    sampled = np.array([0, APEX])
    return {
        "dataset": "synthetic",
        "subject": f"sub{index // 2}",
        "person": f"synthetic/sub{index // 2}",
        "clip": f"EP{index:02d}",
        "emotion": EMOTIONS[index % 3],
        "action_units": "",
        "onset": int(numbers[0]),
        "apex": int(numbers[APEX]),
        "offset": int(numbers[-1]),
        "frames": frames,
        "frame_numbers": numbers,
        "landmarks": (face + moves).astype(np.float32),
        "sampled": sampled,
        "flow": flow.pair_flows(frames[..., 0], sampled),
        "missed": 0,
        "repeated": 0,
    }


def _texture(x: np.ndarray, y: np.ndarray, phase: np.ndarray) -> np.ndarray:
    wave = np.sin(x / 3.1 + phase[0]) + np.sin(y / 3.7 + phase[1]) + np.sin((x + y) / 5.3)
    return np.uint8(128 + 36 * wave)


def serve(monkeypatch, held=None) -> None:
    """Makes these records, or those given, what is built wherever a dataset is looked for."""

    def open_dataset(*_):
        return (records() if held is None else held), {"generated": True, "emotions": [*EMOTIONS]}

    monkeypatch.setattr("mol_jax.data.load.open_dataset", open_dataset)
    monkeypatch.setattr("mol_jax.data.moved_table.open_dataset", open_dataset)
    monkeypatch.setattr("mol_jax.data.generated.ensure", lambda config, **_: Path(config.data.dir))


def train(folder, **changes):
    """Trains a tiny run on the records."""
    common = {
        "data.name": "synthetic",
        "data.view": "3class_naive",
        "data.dir": str(folder.parent / "data"),
        "train.steps": 10,
        "runtime.cache_dir": "",
    }
    return runs.train(folder, **common | changes)
