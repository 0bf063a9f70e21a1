"""The shared backbone in PyTorch: the conv stack of Table I, FCC and CCC.

Modules and parameters bear the names of `mol_jax.networks.mol`, so that weights can be copied by
name. Shapes: N maps, C channels, H and W their size, k neighbours; channels come second.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional


class ConvStack(nn.Sequential):
    """Frames [N,1,H,W] → features [N,width,H/8,W/8]."""

    def __init__(self, width: int):
        super().__init__()
        rows = ((1 / 16, 4, 2, 0), (1 / 4, 3, 2, 0), (1 / 2, 2, 2, 1), (1, 1, 1, 0))
        inputs = 1
        for i, (share, size, stride, padding) in enumerate(rows):
            outputs = max(1, round(width * share))
            self.add_module(f"conv{i + 1}", nn.Conv2d(inputs, outputs, size, stride, padding))
            inputs = outputs


class FullAxis(nn.Module):
    """FCC-V (axis 2) or FCC-H (axis 3) as a product with a circulant matrix, Eqs 1–3."""

    def __init__(self, channels: int, size: int, axis: int):
        super().__init__()
        self.axis = axis
        self.position = nn.Parameter(0.02 * torch.randn(channels, size))
        self.weights = nn.Parameter(size**-0.5 * torch.randn(channels, size))

    def forward(self, x: Tensor) -> Tensor:
        """[N,C,H,W] → same."""
        x = x + self.position[:, :, None] if self.axis == 2 else x + self.position[:, None]
        contraction = "cir,ncrw->nciw" if self.axis == 2 else "cir,nchr->nchi"
        return torch.einsum(contraction, circulant(self.weights), x)


def circulant(weights: Tensor) -> Tensor:
    """[C,H] → [C,H,H] with out[c,i,r] = weights[c,(r−i) mod H]: windows of the weights twice."""
    size = weights.shape[1]
    return torch.cat([weights, weights], 1).unfold(1, size, 1)[:, 1:].flip(1)


class FCC(nn.Module):
    """Fully-connected convolution, both branches merged by a 1×1 convolution (Fig 3)."""

    def __init__(self, channels: int, size: int):
        super().__init__()
        self.expand = nn.Conv2d(channels, channels, 1)
        self.vh_v, self.vh_h = (FullAxis(channels, size, axis) for axis in (2, 3))
        self.hv_h, self.hv_v = (FullAxis(channels, size, axis) for axis in (3, 2))
        self.merge = nn.Conv2d(2 * channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[N,C,H,W] → same."""
        x = self.expand(x)
        return self.merge(torch.cat([self.vh_h(self.vh_v(x)), self.hv_v(self.hv_h(x))], 1))


class CCC(nn.Module):
    """Channel correspondence convolution as two products and a maximum, Eqs 4–5."""

    def __init__(self, channels: int, size: int, neighbours: int):
        super().__init__()
        area = size * size
        self.neighbours = neighbours
        self.v1, self.v2 = (nn.Parameter(area**-0.5 * torch.randn(area, area)) for _ in range(2))
        self.merge = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[N,C,H,W] → same."""
        n, channels, *_ = x.shape
        f = x.flatten(2)
        own, other = functional.linear(f, self.v1 - self.v2), functional.linear(f, self.v2)
        near = (
            nearest(f, self.neighbours) + channels * torch.arange(n, device=x.device)[:, None, None]
        )
        edges = other.flatten(0, 1).index_select(0, near.flatten())
        edges = edges.view(n, channels, self.neighbours, -1)
        return self.merge(functional.relu(own + edges.amax(2)).view(x.shape))


@torch.no_grad()
def nearest(f: Tensor, neighbours: int) -> Tensor:
    """Indices [N,C,k] of each channel's most similar by cosine, itself first; f [N,C,S]."""
    with torch.autocast(f.device.type, enabled=False):
        f = f if f.dtype == torch.float64 else f.float()
        unit = f * (f.square().sum(-1, keepdim=True) + 1e-12).rsqrt()
        itself = 2 * torch.eye(f.shape[1], dtype=f.dtype, device=f.device)
        return (unit @ unit.mT + itself).topk(neighbours).indices


class F5C(nn.Module):
    """One block: x ← x + FCC(x), x ← x + CCC(x)."""

    def __init__(self, channels: int, size: int, neighbours: int):
        super().__init__()
        self.fcc = FCC(channels, size)
        self.ccc = CCC(channels, size, neighbours)

    def forward(self, x: Tensor) -> Tensor:
        """[N,C,H,W] → same."""
        x = x + self.fcc(x)
        return x + self.ccc(x)
