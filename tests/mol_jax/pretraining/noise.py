"""A source of random clips, and whole pre-trainings on it as the command starts them."""

import dataclasses

import numpy as np
from rich.console import Console

from configs.pretrain import generated
from mol_jax import settings
from mol_jax.pretraining import run
from mol_jax.pretraining.source import Sources, clip_id
from mol_jax.settings import pretraining
from tests.mol_jax import tiny

CLASSES = ("negative", "positive", "surprise")
SMALL = {
    "data.frames": 2,
    "data.crop": 64,
    "train.batch_size": 4,
    "train.steps": 6,
    "train.log_every": 2,
    "train.save_minutes": 0.0,
    "train.save_every": 2,
    "pretrain.every": 2,
    "pretrain.patience": 0,
    "pretrain.facts": 6,
    "pretrain.workers": 0,
    "pretrain.measure": "uar",
    "tasks.flow": False,  # what compiles is most of what these tests cost
    "tasks.landmarks": False,
    "optim.learning_rate": 1e-3,
    "runtime.devices": 2,
}


@dataclasses.dataclass(frozen=True)
class Noise:
    """Random clips of 72 px, three of each person; clip i is brighter for a higher label."""

    first: int
    count: int
    seed: int = 0
    classes: tuple[str, ...] = CLASSES
    people: tuple[str, ...] = ()

    @property
    def origin(self):
        return {"generator": "noise", "seed": self.seed, "first": self.first, "count": self.count}

    def __len__(self):
        return self.count

    def person(self, index):
        return f"face{self.first + index // 3}"

    def __getitem__(self, index):
        rng = np.random.default_rng([self.seed, self.first, index])
        label = int(rng.integers(3))
        return {
            "frames": rng.integers(40 * label, 100 + 40 * label, (2, 72, 72), dtype=np.uint8),
            "flow": rng.normal(size=(1, 72, 72, 2)).astype(np.float16),
            "landmarks": rng.uniform(18, 54, (2, 68, 2)).astype(np.float32),
            "label": np.int32(label),
            "clip_id": clip_id(f"noise/{self.first}/{index}"),
            "inputs": {},
        }


def config(**changes):
    """Returns a checked config of the stand-in network."""
    built = generated.get_config()
    settings.set_network(built, tiny.NAME)
    with built.unlocked():
        built.update_from_flattened_dict(tiny.MOL | SMALL | changes)
    settings.check(built, pretraining.FIELDS)
    pretraining.check(built)
    return built


def serve(monkeypatch, sources=None):
    """Makes noise the clips of every pre-training."""
    made = sources or Sources(Noise(0, 30), Noise(100, 9), generated=True)
    monkeypatch.setattr(run, "open_sources", lambda config, folder: made)


def train(folder, console=None, **changes):
    console = console or Console(quiet=True)
    return run.run(config(**changes), folder, command="test", console=console)
