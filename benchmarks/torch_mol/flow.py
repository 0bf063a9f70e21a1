"""The flow head in PyTorch: FlowNet-C, its encoder once per frame, features beside the correlation.

Names as in `mol_jax.networks.mol.flow_head`. Shapes: B clips, t frames, P = B(t−1) pairs.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

REACH, STEP, SLOPE = 10, 2, 0.1


class ConvNorm(nn.Module):
    """Convolution without bias, batch norm, leaky ReLU."""

    def __init__(self, inputs: int, outputs: int, size: int, stride: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        """[N,C,H,W] → [N,D,H/s,W/s]."""
        return functional.leaky_relu(self.norm(self.conv(x)), SLOPE)


class CostConvNorm(nn.Module):
    """conv3_1: its kernel has all 441 displacements; those beyond the map are left out, as ours."""

    def __init__(self, redir: int, features: int, outputs: int):
        super().__init__()
        self.redir = redir
        inputs = redir + (2 * REACH + 1) ** 2 + features
        self.weight = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        nn.init.kaiming_normal_(self.weight)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, redir: Tensor, cost: Tensor, features: Tensor) -> Tensor:
        """[P,·,h,w] each → [P,D,h,w]."""
        side, reach = 2 * REACH + 1, live_reach(cost.shape[-1])
        live = slice(REACH - reach, REACH + reach + 1)
        before, middle, after = self.weight.split(
            (self.redir, side * side, features.shape[1]), dim=1
        )
        middle = middle.unflatten(1, (side, side))[:, live, live].flatten(1, 2)
        x = torch.cat([redir, cost, features], 1)
        x = functional.conv2d(x, torch.cat([before, middle, after], 1), padding=1)
        return functional.leaky_relu(self.norm(x), SLOPE)


def live_reach(size: int) -> int:
    """How many steps to either side can meet a pixel on an axis of `size` pixels."""
    return min(REACH, size // STEP - 1)


def shifted_products(first: Tensor, second: Tensor) -> Tensor:
    """Correlates two maps [P,C,h,h] → [P,(2r+1)²,h,h], vertical displacement slowest."""
    size, reach = first.shape[-1], live_reach(first.shape[-1])
    padded = functional.pad(second, (STEP * reach,) * 4)
    shifts = range(0, 2 * STEP * reach + 1, STEP)
    products = [
        (first * padded[:, :, y : y + size, x : x + size]).mean(1) for y in shifts for x in shifts
    ]
    return torch.stack(products, 1)


def correlation(first: Tensor, second: Tensor) -> Tensor:
    """`shifted_products` as one matrix product of all pixels, of which its diagonals are taken."""
    pairs, channels, size, _ = first.shape
    reach = live_reach(size)
    volume = first.flatten(2).mT @ second.flatten(2) / channels
    volume = volume.view(pairs, size, size, size, size)  # y, x of the first, y, x of the second
    volume = _diagonals(volume.permute(0, 2, 4, 1, 3), reach)  # x, x', y, i
    volume = _diagonals(volume.permute(0, 3, 4, 1, 2), reach)  # y, i, x, j
    return volume.permute(0, 2, 4, 1, 3).flatten(1, 2)


def _diagonals(x: Tensor, reach: int) -> Tensor:
    """[...,n,n] → [...,n,2r+1] with out[a,r+d] = x[a,a+2d], zero outside."""
    n = x.shape[-1]
    rows = functional.pad(x, (n, 0)).flatten(-2)
    skewed = functional.pad(rows, (0, n)).unflatten(-1, (n, 2 * n + 1))
    return skewed[..., n - STEP * reach : n + STEP * reach + 1 : STEP]


class FlowHead(nn.Module):
    """Frames [B,t,H,W] and features [B·t,C,h,w] → flow [P,2,H,W]."""

    def __init__(self, features: int, width: float):
        super().__init__()
        sizes = {"conv1": 64, "conv2": 128, "conv3": 256, "redir": 32, "conv3_1": 256}
        sizes |= {"conv4": 512, "conv5": 512, "conv6": 1024}
        n = {name: max(1, round(size * width)) for name, size in sizes.items()}
        self.conv1 = ConvNorm(1, n["conv1"], 6, 2)
        self.conv2 = ConvNorm(n["conv1"], n["conv2"], 4, 2)
        self.conv3 = ConvNorm(n["conv2"], n["conv3"], 2, 2)
        self.redir = ConvNorm(n["conv3"], n["redir"], 1)
        self.conv3_1 = CostConvNorm(n["redir"], 2 * features, n["conv3_1"])
        before = n["conv3_1"]
        for name in ("conv4", "conv5", "conv6"):
            self.add_module(name, ConvNorm(before, n[name], 3, 2))
            self.add_module(f"{name}_1", ConvNorm(n[name], n[name], 3))
            before = n[name]
        skips = (n["conv5"], n["conv4"], n["conv3_1"], n["conv2"], n["conv1"], 1)
        for level, skip, size in zip("543210", skips, (512, 256, 128, 128, 64, 32), strict=True):
            outputs = max(1, round(size * width))
            name = f"flow{int(level) + 1}"
            self.add_module(name, nn.Conv2d(before, 2, 3, padding=1, bias=False))
            self.add_module(f"up{level}", _twice(2, 2))
            self.add_module(f"deconv{level}", _twice(before, outputs))
            before = skip + outputs + 2
        self.flow0 = nn.Conv2d(before, 2, 3, padding=1, bias=False)

    def forward(self, frames: Tensor, features: Tensor) -> Tensor:
        """See the class."""
        clips = frames.shape[0]
        grey = frames.flatten(0, 1)[:, None]
        conv1 = self.conv1(grey)
        conv2 = self.conv2(conv1)
        conv3 = self.conv3(conv2)
        first, second = (_of_pairs(conv3, clips, frame) for frame in (0, 1))
        both = torch.cat([_of_pairs(features, clips, frame) for frame in (0, 1)], 1)
        cost = functional.leaky_relu(correlation(first, second), SLOPE)
        conv3_1 = self.conv3_1(self.redir(first), cost, both)
        conv4 = self.conv4_1(self.conv4(conv3_1))
        conv5 = self.conv5_1(self.conv5(conv4))
        x = self.conv6_1(self.conv6(conv5))
        skips = [
            conv5,
            conv4,
            conv3_1,
            *(_of_pairs(map_, clips, 0) for map_ in (conv2, conv1, grey)),
        ]
        for level, skip in zip("543210", skips, strict=True):
            up = getattr(self, f"up{level}")(getattr(self, f"flow{int(level) + 1}")(x))
            deconv = functional.leaky_relu(getattr(self, f"deconv{level}")(x), SLOPE)
            x = torch.cat([skip, deconv, up], 1)
        return self.flow0(x)


def _twice(inputs: int, outputs: int) -> nn.Module:
    return nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=False)


def _of_pairs(x: Tensor, clips: int, frame: int) -> Tensor:
    """Maps of all frames [B·t,...] → those of each pair's first (0) or second frame [P,...]."""
    x = x.unflatten(0, (clips, -1))
    return x[:, frame : x.shape[1] - 1 + frame].flatten(0, 1)
