"""Bytes read off a traced program: counted by hand, and beside XLA's of the compiled one."""

import dataclasses
import functools
import json
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from benchmarks.compiled.programs import peak_bytes
from configs import casme2
from configs.networks import frl_dgt
from mol_jax import settings
from mol_jax.data.recipe import RECIPES
from mol_jax.training import batches, footprint
from mol_jax.training.footprint import Footprint
from mol_jax.training.peak import peak, size
from mol_jax.training.program import make_program
from mol_jax.training.step import init_fold, train_step
from tests.mol_jax import tiny

CLIPS = 12
LAX = {"lower": lambda replicas: "lax"}  # whose updates are traced once, alone and in a group
MOMENTUM = {"optim.name": "sgd", "optim.momentum": 0.9}
FORGET = Path("/proc/self/clear_refs")
COMPILED = Path(__file__).parents[3] / "benchmarks" / "results" / "compiled.json"


def lax_program(config):
    return make_program(config, num_classes=3, auto="lax")


def memory(name: str) -> int:
    """Returns a line of Linux's account of this process, in bytes."""
    return 1024 * int(re.search(rf"{name}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])


@pytest.mark.skipif(not FORGET.exists(), reason="Linux alone forgets the most memory there was")
def test_nothing_is_made_of_what_is_estimated():
    FORGET.write_text("5")  # else what an earlier test took hides what this one takes
    before = memory("VmRSS")
    found = footprint.estimate(casme2.get_config(), clips=246, classes=5, **LAX)
    assert memory("VmHWM") - before < found.weights


def test_the_papers_network_has_its_weights():
    found = footprint.estimate(casme2.get_config(), clips=246, classes=5, **LAX)
    program = make_program(casme2.get_config(), num_classes=5)
    state = footprint.shapes(program, clips=246)[-1]
    assert size(state.params) == 44_019_999 * 4
    assert found.weights == 44_019_999 * 4 + size((state.collections, state.facts))
    assert found.optimiser == 2 * 44_019_999 * 4 + 4  # two moments and a counter
    assert found.table == 246 * (8 * 144 * 144 + 7 * 144 * 144 * 4 + 8 * 68 * 8 + 8)
    assert 4 * 2**30 < found.update < 8 * 2**30


def test_a_state_that_is_chosen_from_holds_the_weights_of_its_best_step_too():
    fixed, inner = (
        footprint.estimate(
            tiny.config(**tiny.STAND_IN | {"selection.name": name}), clips=CLIPS, classes=3, **LAX
        )
        for name in ("fixed", "inner")
    )
    assert fixed.best == 0 and inner.state == fixed.state + inner.best
    assert 0.9 * fixed.weights < inner.best < fixed.weights  # without the facts


@pytest.mark.parametrize(
    ("changes", "remembered"),
    [({}, 2), ({"optim.l2": 0.1}, 2), ({"optim.name": "sgd"}, 0), (MOMENTUM, 1)],
)
def test_an_optimiser_takes_what_it_remembers(changes, remembered):
    config = tiny.config(**{"model.network": "ststnet"} | changes)
    state = footprint.shapes(make_program(config, num_classes=3), clips=CLIPS)[-1]
    counter = 4 * ("optim.name" not in changes)  # Adam's, of its steps
    assert size(state.opt_state) == remembered * size(state.params) + counter


@pytest.mark.parametrize("phases", [0, 2])
def test_shapes_are_those_of_what_is_trained(phases):
    program, table = lax_program(tiny.config()), tiny.table(CLIPS, phases=phases)
    scalars = settings.scalars(tiny.config())
    rows = batches.fold_table(np.arange(8), size=CLIPS, seed=0, name="sub0")
    state = jax.eval_shape(lambda: init_fold(program, scalars, table, rows))
    found = footprint.shapes(program, clips=CLIPS, samples=1 + phases)
    for mine, real in zip(found, (scalars, table, rows, state), strict=True):
        same = jax.tree.map(lambda a, b: (a.shape, a.dtype) == (b.shape, b.dtype), mine, real)
        assert all(jax.tree.leaves(same))
    assert size(found[1]) == sum(leaf.nbytes for leaf in jax.tree.leaves(table))


def test_inputs_are_counted_in_their_own_shapes_and_types():
    program = make_program(tiny.config(**{"model.network": "ststnet"}), num_classes=3)
    _, table, *_ = footprint.shapes(dataclasses.replace(program, reads=(*RECIPES,)), clips=CLIPS)
    blank = {name: RECIPES[name].blank(CLIPS, 72) for name in RECIPES}
    same = jax.tree.map(lambda a, b: (a.shape, a.dtype) == (b.shape, b.dtype), table.inputs, blank)
    assert all(jax.tree.leaves(same)) and {leaf.dtype.name for leaf in blank.values()} > {"uint8"}
    labels = CLIPS * 2 * 4
    assert size(table) == sum(leaf.nbytes for leaf in blank.values()) + labels


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes, replicas, lowering",
    [({}, 1, "lax"), ({"tasks.flow": False, "train.batch_size": 8}, 2, "patches")],
    ids=["all tasks, lax", "no flow, patches in a group"],
)
def test_the_estimate_is_a_little_more_than_the_compiled_update_takes(changes, replicas, lowering):
    config = tiny.config(**changes)
    program = make_program(config, num_classes=3, auto=lowering)
    scalars, table, *own = footprint.shapes(program, clips=CLIPS)
    update = functools.partial(train_step, program)
    if replicas > 1:
        scalars, *own = jax.tree.map(
            lambda leaf: jax.ShapeDtypeStruct((replicas, *leaf.shape), leaf.dtype), (scalars, *own)
        )
        update = jax.vmap(update, in_axes=(0, None, 0, 0))
    lowered = jax.jit(update, donate_argnums=3).lower(scalars, table, *own)
    taken = peak_bytes(lowered.compile().memory_analysis())
    estimated = footprint.estimate(config, clips=CLIPS, classes=3, lower=lambda _: lowering)
    # Slices of MOL's maxima are counted, of which XLA makes one line with what reads them.
    assert 0.95 < estimated.device(replicas) / taken < 1.3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "made", "sizes", "most"),
    [
        ("mol-float32-1", casme2, {"clips": 246, "classes": 5}, 1.2),
        ("mol-float32-4", casme2, {"clips": 246, "classes": 5}, 1.2),
        ("frl_dgt-float32-1", frl_dgt, {"clips": 442, "classes": 3}, 1.3),
    ],
)
def test_the_estimate_is_a_little_more_than_a_gpus_update_takes(name, made, sizes, most):
    taken = json.loads(COMPILED.read_text())["h100"][name]["peak_bytes"]
    estimated = footprint.estimate(made.get_config(), **sizes)
    assert 1 < estimated.device(int(name[-1])) / taken < most


@pytest.mark.slow
def test_activations_grow_with_the_batch_and_the_state_does_not():
    small, large = (
        footprint.estimate(tiny.config(**{"train.batch_size": size}), clips=CLIPS, classes=3, **LAX)
        for size in (4, 16)
    )
    assert (small.state, small.table) == (large.state, large.table)
    assert 3 < large.update / small.update < 4.5


@pytest.mark.slow
def test_patches_take_the_room_of_their_copies():
    lax, auto, patches = (
        footprint.estimate(tiny.config(**{"runtime.lowering": name}), clips=CLIPS, classes=3)
        for name in ("lax", "auto", "patches")
    )
    assert patches.update > 1.5 * lax.update
    assert lax.update == auto.update < lax.update_in_group  # grouped, little of it is fused
    assert patches.update == patches.update_in_group == auto.update_in_group


def test_a_group_adds_replicas_to_one_table():
    one = Footprint(weights=10, optimiser=20, best=0, update=70, update_in_group=170, table=1000)
    assert (one.state, one.device(1), one.device(2), one.device(3)) == (30, 1100, 1400, 1600)
    sizes = (50, 1099, 1100, 1399, 1400, 1599, 1600)
    assert [one.largest_group(n) for n in sizes] == [0, 0, 1, 1, 2, 2, 3]


def held(function, *, results=None, fused=False):
    """Returns the peak of a function of 100 float32, in multiples of 400 bytes."""
    program = jax.make_jaxpr(function)(jnp.zeros(100, jnp.float32)).jaxpr
    given = program.outvars if results is None else results
    return peak(program, results=given, fused=fused) / 400


def chain(x):
    return jnp.exp(jnp.sin(jnp.cos(x)))


def fork(x):
    y = jnp.cos(x)
    return y * jnp.exp(jnp.sin(y))


def test_a_value_is_held_from_its_line_to_its_last_reader():
    assert held(jnp.cos) == 1  # the argument is not counted
    assert held(chain) == 2  # a line reads one and makes one
    assert held(fork) == 3  # y waits for the product
    assert held(lambda x: (jnp.cos(x), chain(x))) == 3  # the first result waits for the second
    assert held(lambda x: (jnp.cos(x), chain(x)), results=()) == 2


def test_the_inside_of_a_call_is_counted():
    assert held(lambda x: jnp.cos(jax.jit(fork)(x))) == 3
    assert held(lambda x: jnp.cos(x) * jax.jit(fork)(x)) == 4


def test_a_gradient_keeps_every_activation():
    layers = 10

    def loss(x):
        for _ in range(layers):
            x = jnp.tanh(x)
        return x.sum()

    assert held(loss) <= 2
    assert held(jax.grad(loss)) >= layers


def widened(x):
    return jnp.pad(x, (50, 50)) * 2 + 1


def test_fused_a_move_is_made_where_it_is_read():
    assert held(widened) == 4 and held(widened, fused=True) == 2  # of the argument, at the end
    assert held(lambda x: widened(jnp.tanh(x))) == 4
    assert held(lambda x: widened(jnp.tanh(x)), fused=True) == 3  # the tanh is stored


def test_fused_what_is_made_of_something_larger_is_stored():
    def compared(x):
        y = jnp.tanh(x)
        return jnp.where(y > 0, jnp.tanh(y), 0.0)

    assert held(compared, fused=True) == 2.25  # 100 bool, for which the tanh need not stay


def test_fused_what_a_product_reads_is_stored():
    def product(x):
        return jnp.pad(x, (100, 100)) @ jnp.ones((300, 100), jnp.float32)

    assert held(product, fused=True) >= 3
    assert held(lambda x: x.reshape(10, 10).T @ x.reshape(10, 10), fused=True) == 1
