"""The training step in PyTorch: forward, all losses, backward, Adam."""

import contextlib
from collections.abc import Callable
from typing import Any

import torch
from ml_collections import ConfigDict
from torch import Tensor, nn
from torch.nn import functional

from benchmarks import torch_shallow
from benchmarks.torch_mol import network
from benchmarks.torch_mol.steps import CLASSES
from mol_jax.data.clips import Batch


def updates(
    config: ConfigDict,
    batch: Batch,
    *,
    device: str,
    dtype: str,
    compiled: bool,
    graphs: bool,
    channels_last: bool,
) -> Callable[[int], float]:
    """Returns what makes so many updates and returns the last loss: see `steps.step_torch`."""
    _precise(exact=dtype == "float32")
    torch.manual_seed(0)
    of_mol = config.model.network == "mol"
    data = {name: x.to(device) for name, x in (mol_data if of_mol else _ststnet)(batch).items()}
    trained = network.Mol(config, CLASSES) if of_mol else torch_shallow.torch_ststnet(torch)
    trained = trained.to(device)
    if channels_last:
        for parameter in trained.parameters():
            parameter.data = _channels_last(parameter.data)
        # Frames have no channels yet: their second axis is time.
        data = {name: x if name == "frames" else _channels_last(x) for name, x in data.items()}
    optimiser = adam(trained, config)
    loss = total_of(trained, config)
    if compiled:
        loss = torch.compile(loss, mode="reduce-overhead" if graphs else None)

    def run(count: int) -> float:
        for _ in range(count):
            optimiser.zero_grad()
            with _autocast(device, dtype):
                total = loss(data)
            total.backward()
            optimiser.step()
        return total.item()

    return run


def total_of(trained: nn.Module, config: ConfigDict) -> Callable[[dict[str, Tensor]], Tensor]:
    """Returns the loss of a batch by a network."""
    if config.model.network != "mol":
        return lambda data: functional.cross_entropy(trained(data["image"]), data["label"])

    def total(data: dict[str, Tensor]) -> Tensor:
        return sum(network.losses(trained(data["frames"]), data, config).values())

    return total


def adam(trained: nn.Module, config: ConfigDict) -> torch.optim.Optimizer:
    """Returns Adam as PyTorch has it in one kernel."""
    optim = config.optim
    return torch.optim.Adam(
        trained.parameters(), optim.learning_rate, (optim.b1, optim.b2), optim.eps, fused=True
    )


def mol_data(batch: Batch) -> dict[str, Tensor]:
    flow = torch.from_numpy(batch.flow).flatten(0, 1).permute(0, 3, 1, 2).contiguous()
    return {
        "frames": torch.from_numpy(batch.frames),
        "flow": flow,
        "landmarks": torch.from_numpy(batch.landmarks)[:, 1:].flatten(0, 1),
        "label": torch.from_numpy(batch.label).long(),
    }


def _ststnet(batch: Batch) -> dict[str, Tensor]:
    image = torch.from_numpy(batch.inputs["flow_image_28"]).permute(0, 3, 1, 2).contiguous()
    return {"image": image, "label": torch.from_numpy(batch.label).long()}


def _channels_last(x: Tensor) -> Tensor:
    formats = {4: torch.channels_last, 5: torch.channels_last_3d}
    return x.contiguous(memory_format=formats[x.ndim]) if x.ndim in formats else x


def _autocast(device: str, dtype: str) -> Any:
    if dtype != "bfloat16":
        return contextlib.nullcontext()
    return torch.autocast(device, torch.bfloat16)


def _precise(*, exact: bool) -> None:
    """Whether a GPU computes float32 products in float32, or may round their factors to TF32."""
    torch.set_float32_matmul_precision("highest" if exact else "high")
    torch.backends.cudnn.allow_tf32 = not exact
    torch.backends.cudnn.benchmark = True
