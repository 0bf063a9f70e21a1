"""A source of random clips. Processes that draw import it: it takes from little."""

import dataclasses

import numpy as np

from mol_jax.data.clips import ClipName
from mol_jax.pretraining.source import clip_id

CLASSES = ("negative", "positive", "surprise")


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

    def name(self, index):
        face = f"face{self.first + index // 3}"
        return ClipName("noise", face, f"noise/{face}", f"clip{index}", generated=True)

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
