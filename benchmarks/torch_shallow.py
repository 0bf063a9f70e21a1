"""Shallow networks as one would write them in PyTorch, which they are given."""

from typing import Any

from benchmarks.torch_mol.steps import CLASSES
from mol_jax.networks.sssnet.module import HIDDEN, LAYERS
from mol_jax.networks.ststnet.module import STREAMS


def torch_ststnet(torch: Any) -> Any:
    """Returns STSTNet, whose images are [B,3,28,28]."""
    nn = torch.nn

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            self.streams = nn.ModuleList(_stream(nn, maps) for maps in STREAMS)
            self.classes = nn.Linear(25 * sum(STREAMS), CLASSES)

        def forward(self, x):
            x = torch.cat([stream(x) for stream in self.streams], 1)
            return self.classes(nn.functional.avg_pool2d(x, 2).flatten(1))

    return Network()


def _stream(nn: Any, maps: int) -> Any:
    return nn.Sequential(
        nn.Conv2d(3, maps, 3, padding=1),
        nn.ReLU(),
        nn.BatchNorm2d(maps),
        nn.MaxPool2d(3, 3, padding=1),
        nn.Dropout(0.5),
    )


def torch_sssnet(torch: Any) -> Any:
    """Returns SSSNet, whose images are [B,3,64,64]."""
    nn, inputs, layers = torch.nn, 3, []
    for maps, size, pool in LAYERS:
        layers += [nn.Conv2d(inputs, maps, size), nn.ReLU(), nn.MaxPool2d(pool)]
        layers += [nn.BatchNorm2d(maps), nn.Dropout2d(0.5)]
        inputs = maps
    hidden = [nn.LazyLinear(HIDDEN), nn.ReLU(), nn.Dropout(0.5), nn.Linear(HIDDEN, CLASSES)]
    network = nn.Sequential(*layers, nn.Flatten(), *hidden)
    with torch.no_grad():
        network.eval()(torch.zeros(1, 3, 64, 64))  # which makes the lazy layer
    return network.train()
