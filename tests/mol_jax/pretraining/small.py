"""Whole pre-trainings of a tiny network on noise, as the command starts them."""

from rich.console import Console

from configs.pretrain import generated
from mol_jax import settings
from mol_jax.pretraining import run
from mol_jax.pretraining.source import Sources
from mol_jax.settings import pretraining
from tests.mol_jax import tiny
from tests.mol_jax.pretraining.noise import Noise

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
    "optim.schedule": "constant",
    "optim.warmup": 0,
    "runtime.devices": 2,
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
