"""MOL in PyTorch as one would write it for speed, with the losses of Eqs 6–9.

The paper's network alone: the variants of `config.model` that ablate it are not here. Modules and
parameters bear the names of `mol_jax.networks.mol`. Shapes: B clips, t frames, n classes.
"""

from typing import Any

import torch
from ml_collections import ConfigDict
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.torch_mol.backbone import F5C, ConvStack
from benchmarks.torch_mol.flow import FlowHead
from mol_jax import settings
from mol_jax.errors import UserError

LANDMARKS = 68
ONLY = {
    "model.fcc": "both",
    "model.ccc": True,
    "model.graph": "channels",
    "model.edge": "once",
    "model.f5c": "shared",
    "model.fusion": "concat",
    "tasks.mer": True,
    "tasks.flow": True,
    "tasks.landmarks": True,
    "loss.label_smoothing": 0.0,
    "loss.focal_gamma": 0.0,
    "loss.logit_adjustment": 0.0,
    "loss.auxiliary": "none",
}


class MerHead(nn.Module):
    """Features [B,t,C,h,w] → logits [B,n]."""

    def __init__(self, shape: tuple[int, int, int], num_classes: int, width: float, rate: float):
        super().__init__()
        frames, features, side = shape
        depth = 2 * (frames - 1)
        channels, hidden = (max(1, round(size * width)) for size in (32, 256))
        taps = min(5, depth)
        self.conv = nn.Conv3d(features, channels, (taps, 2, 2), (1, 2, 2))
        rows = -(-(depth - taps + 1) // 2) * (side // 4) ** 2 * channels
        self.hidden = nn.Linear(rows, hidden)
        self.logits = nn.Linear(hidden, num_classes)
        self.dropout = nn.Dropout(rate)

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        pairs = torch.stack([features[:, :-1], features[:, 1:]], 2).flatten(1, 2)
        x = self.conv(pairs.transpose(1, 2))
        x = functional.max_pool3d(x, 2, ceil_mode=True).flatten(
            1
        )  # an odd last step is a block of its own
        x = functional.relu(self.hidden(self.dropout(x)))
        return self.logits(self.dropout(x))


class LandmarkHead(nn.Module):
    """Features [N,C,h,w] → landmarks [N,68,2] in px."""

    def __init__(self, features: int, side: int, width: float):
        super().__init__()
        channels, hidden = (max(1, round(size * width)) for size in (32, 512))
        self.conv = nn.Conv2d(features, channels, 3)
        self.hidden = nn.Linear(channels * (side - 2) ** 2, hidden)
        self.points = nn.Linear(hidden, 2 * LANDMARKS)

    def forward(self, features: Tensor) -> Tensor:
        """See the class."""
        x = functional.relu(self.hidden(functional.relu(self.conv(features)).flatten(1)))
        return self.points(x).unflatten(1, (LANDMARKS, 2))


class Mol(nn.Module):
    """Frames [B,t,H,W] → logits [B,n], flow [P,2,H,W], landmarks [P,68,2]; P = B(t−1)."""

    def __init__(self, config: ConfigDict, num_classes: int):
        """Raises UserError for a config that asks for another network than the paper's."""
        super().__init__()
        model, frames, side = config.model, config.data.frames, config.data.crop // 8
        given = settings.flatten(config)
        for name, value in ONLY.items():
            if given[name] != value:
                raise UserError(
                    f"{name} is {given[name]}, but MOL in PyTorch has {value} alone; leave it as "
                    "it is in configs/default.py."
                )
        self.conv_stack = ConvStack(model.width)
        self.num_f5c = model.num_f5c
        for i in range(model.num_f5c):
            self.add_module(f"f5c_{i}", F5C(model.width, side, model.neighbours))
        shape = (frames, model.width, side)
        self.mer_head = MerHead(shape, num_classes, model.mer_width, model.dropout)
        self.flow_head = FlowHead(model.width, model.flow_width)
        self.landmark_head = LandmarkHead(model.width, side, model.landmark_width)

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See the class."""
        clips = frames.shape[0]
        x = self.conv_stack(frames.flatten(0, 1)[:, None])
        for i in range(self.num_f5c):
            x = getattr(self, f"f5c_{i}")(x)
        flow = self.flow_head(frames, x)
        features = x.unflatten(0, (clips, -1))
        return self.mer_head(features), flow, self.landmark_head(features[:, 1:].flatten(0, 1))


def losses(
    outputs: tuple[Tensor, Tensor, Tensor], batch: Any, config: ConfigDict
) -> dict[str, Tensor]:
    """Returns the weighted terms of Eq 9, each a mean over the batch.

    batch: label [B], flow [P,2,H,W], landmarks [P,68,2], of frames 1…t−1.
    """
    logits, flow, landmarks = (x if x.dtype == torch.float64 else x.float() for x in outputs)
    eyes = [batch["landmarks"][:, eye].mean(1) for eye in (slice(36, 42), slice(42, 48))]
    distance = (eyes[1] - eyes[0]).norm(dim=-1)
    error = (landmarks - batch["landmarks"]).abs().sum(-1).mean(-1) / distance
    return {
        "mer": functional.cross_entropy(logits, batch["label"]),
        "flow": config.model.lambda_flow * functional.mse_loss(flow, batch["flow"]),
        "landmarks": config.model.lambda_landmark * error.mean(),
    }
