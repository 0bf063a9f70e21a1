"""What --size=small sets in every run: a small network, few steps, generated clips.

Enough to go through everything once; the learning itself is configs/synthetic_full.py's to show.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ml_collections import ConfigDict

from configs import default, synthetic
from mol_jax import settings

_STEPS = {"train.steps": 20, "train.log_every": 10, "train.batch_size": 6}
# Of FRL-DGT the least that has all its parts: an aligned side of 72 px is four patches of 18 px,
# and can be halved three times.
_FRL_DGT = {
    "data.crop": 64,
    "model.au_side": 36,
    "model.dim": 32,
    "model.heads": 4,
    "model.depth": 1,
    "model.dgm_levels": 3,
    "model.dgm_width": 0.25,
}
_SMALL_CLIPS = {"data.crop": 64, "data.frames": 2}  # the build that FRL-DGT's small network reads


# Of the zoo, where each network has a recipe of its own: more steps, at a rate at which so few show
# whether anything is learnt.
ZOO = {"train.steps": 60, "train.log_every": 10, "train.batch_size": 8}
_FASTER, _FASTEST = 20, 2e-3  # times a recipe's own rate; of Adam at most


def of_network(config: ConfigDict, folder: Path, *, steps: bool) -> dict[str, Any]:
    """Returns what --size=small sets for a row of the zoo, whose runs lie in `folder`.

    steps: whether it has any, as all but the SVMs have.
    """
    network = config.model.network
    own: dict[str, Any] = {"frl_dgt": _FRL_DGT, "mol": {**_mol(), **_SMALL_CLIPS}}.get(network, {})
    rate = _FASTER * config.optim.learning_rate
    rate = min(rate, _FASTEST) if config.optim.name == "adam" else rate
    few = {**ZOO, "optim.learning_rate": rate} if steps else {}
    return {**own, **few, "data.dir": folder / "data"}


def fields(paper: str, folder: Path) -> dict[str, Any]:
    """Returns what --size=small sets for the tables of a paper, whose runs lie in `folder`."""
    network = _FRL_DGT if paper == "frl_dgt" else _mol()
    return {**network, **_STEPS, "data.dir": folder / "data"}


def _mol() -> Mapping[str, Any]:
    """Returns the network of configs/synthetic.py."""
    base = settings.flatten(default.get_config())
    return {
        name: value
        for name, value in settings.flatten(synthetic.get_config()).items()
        if value != base[name] and not name.startswith("data.")
    }
