"""What XLA is given of an update on a GPU, read off the lowered program: nothing is compiled."""

import functools
import re

import jax
import pytest

from mol_jax.training import devices, footprint
from mol_jax.training.engine import Engine
from mol_jax.training.step import train_step
from tests.mol_jax import tiny

GROUP = 3
FILTER = 6  # px, of the largest kernel of a network here


@pytest.fixture
def on_gpu(monkeypatch):
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")


def convolutions(auto, *, group=1, **changes):
    """Returns the lines of a lowered update that convolve."""
    program = tiny.program(auto, **changes)
    scalars, table, rows, state = footprint.shapes(program, clips=12)
    update = functools.partial(train_step, program)
    if group > 1:
        update = jax.vmap(update, in_axes=(0, None, 0, 0))
        scalars, rows, state = jax.tree.map(
            lambda leaf: jax.ShapeDtypeStruct((group, *leaf.shape), leaf.dtype),
            (scalars, rows, state),
        )
    text = jax.jit(update).lower(scalars, table, rows, state).as_text()
    return [line for line in text.splitlines() if "stablehlo.convolution" in line]


def grouped(lines):
    return [line for line in lines if "feature_group_count = 1 " not in line]


def filter_side(line):
    """Returns the height of what a convolution slides over its map: a kernel, or a gradient."""
    place = re.search(r"x\[([^]]*)\]->", line)[1].split(", ").index("0")
    shape = re.search(r", tensor<([\dx]+)xf32>\) ->", line)[1].split("x")
    return int(shape[place])


@pytest.fixture(scope="module")
def alone():
    """The convolutions of an update of a MOL that trains alone on a GPU."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jax, "default_backend", lambda: "gpu")
        return convolutions(devices.resolve_lowering(1, loop="auto"))


@pytest.mark.parametrize("network", [pytest.param("mol", marks=pytest.mark.slow), "ststnet"])
def test_a_group_convolves_nothing(on_gpu, network):
    lowering = devices.resolve_lowering(GROUP, loop="auto")
    assert not convolutions(lowering, group=GROUP, **{"model.network": network})


@pytest.mark.slow
def test_a_network_that_trains_alone_convolves_and_groups_nothing(alone):
    assert len(alone) > 40 and not grouped(alone)


def test_as_convolutions_a_group_would_group_them():
    lines = convolutions("lax", group=GROUP, **{"model.network": "ststnet"})
    assert len(grouped(lines)) == len(lines) > 0


@pytest.mark.slow
def test_no_map_slides_over_zeros_in_an_update(alone):
    spread = [line for line in alone if "lhs_dilate = [2, 2]" in line]
    assert len(spread) > 12  # twelve transposed convolutions and the gradients of stride 2
    assert max(map(filter_side, spread)) <= FILTER
    assert max(map(filter_side, alone)) > FILTER  # the gradients of kernels slide their maps


@pytest.mark.parametrize(
    ("backend", "group", "loop", "lowering"),
    [
        ("cpu", 1, "auto", "auto"),
        ("cpu", 1, "scan", "patches"),
        ("cpu", 2, "host", "patches"),
        ("gpu", 1, "auto", "auto"),
        ("gpu", 1, "scan", "auto"),
        ("gpu", 2, "auto", "patches"),
        ("gpu", 2, "host", "patches"),
    ],
)
def test_patches_where_replicas_share_a_device(monkeypatch, backend, group, loop, lowering):
    monkeypatch.setattr(jax, "default_backend", lambda: backend)
    assert devices.resolve_lowering(group, loop=loop) == lowering


@pytest.mark.parametrize(("replicas", "lowering"), [(2, "auto"), (3, "patches")])
def test_a_group_is_what_trains_at_once_whatever_was_asked_for(on_gpu, replicas, lowering):
    asked = []
    Engine(asked.append, tiny.table(), group=4, devices=2, replicas=replicas)
    assert asked == [lowering]
