"""FLOPs of a traced program: counted by hand, and beside XLA's count of the same."""

import functools

import jax
import jax.numpy as jnp
import pytest
from jax import ShapeDtypeStruct, lax

from configs.networks import frl_dgt
from mol_jax.training import flops, footprint
from mol_jax.training.program import make_program
from mol_jax.training.step import train_step
from tests.mol_jax import tiny


def counted(function, *shapes):
    given = [ShapeDtypeStruct(shape, jnp.float32) for shape in shapes]
    mine = flops.count(jax.make_jaxpr(function)(*given).jaxpr)
    return mine, jax.jit(function).lower(*given).cost_analysis()["flops"]


def convolved(x, k, **how):
    return lax.conv_general_dilated(x, k, dimension_numbers=("NHWC", "HWIO", "NHWC"), **how)


@pytest.mark.parametrize(
    ("how", "by_hand"),
    [
        ({"window_strides": (1, 1), "padding": "VALID"}, 5 * 4 * 9),
        # 7 rows meet 3·7 − 2 rows of the kernel that are not padding, 6 columns 3·6 − 2
        ({"window_strides": (1, 1), "padding": "SAME"}, 19 * 16),
        ({"window_strides": (2, 2), "padding": [(1, 1), (1, 0)]}, None),
        ({"window_strides": (1, 1), "padding": [(2, 2)] * 2, "lhs_dilation": (2, 3)}, None),
        ({"window_strides": (1, 1), "padding": [(2, 1)] * 2, "rhs_dilation": (2, 1)}, None),
        ({"window_strides": (1, 1), "padding": "SAME", "feature_group_count": 2}, None),
    ],
)
def test_convolutions_count_what_is_no_padding(how, by_hand):
    kernel = (3, 3, 4 // how.get("feature_group_count", 1), 6)
    mine, xlas = counted(functools.partial(convolved, **how), (2, 7, 6, 4), kernel)
    assert mine == xlas > 0
    assert by_hand is None or mine == 2 * 2 * 4 * 6 * by_hand


def test_products_count_and_what_calls_and_loops_hold():
    mine, xlas = counted(lambda x, y: jnp.einsum("bij,bjk->bik", x, y), (3, 4, 5), (3, 5, 6))
    assert mine == xlas == 2 * 3 * 4 * 5 * 6

    def looped(x, y):
        return lax.scan(lambda carry, _: (jax.jit(jnp.matmul)(carry, y), None), x, length=7)[0]

    assert counted(looped, (4, 5), (5, 5))[0] == 7 * 2 * 4 * 5 * 5

    def chosen(x, y):
        return lax.cond(x[0, 0] > 0, lambda: x @ y @ y, lambda: x @ y)

    assert counted(chosen, (4, 5), (5, 5))[0] == 2 * 2 * 4 * 5 * 5


@pytest.mark.slow
def test_an_updates_flops_are_nearly_all_that_xla_counts():
    """XLA counts additions and the like too."""
    program = tiny.program("lax")
    found = footprint.work(program, clips=12)
    lowered = jax.jit(functools.partial(train_step, program)).lower(
        *footprint.shapes(program, clips=12)
    )
    assert 1 < lowered.cost_analysis()["flops"] / found.update < 1.1
    assert 2 < found.update / tiny.COMMON["train.batch_size"] / found.prediction < 3.1


@pytest.mark.slow
def test_frl_dgt_has_the_parameters_and_the_flops_that_its_equations_give():
    """By hand, multiply-adds of a clip in millions: displacement of a pair 1,430, crops 350,
    patches 160, local 400, full face 520, global 16."""
    config = frl_dgt.get_config()
    program = make_program(config, num_classes=3, auto="lax")
    found = footprint.work(program, clips=442)
    assert found.parameters == 25_082_119
    pair, rest = 2 * 1430e6, 2 * (350 + 160 + 400 + 520 + 16) * 1e6
    assert 0.93 < found.prediction / (pair + rest) < 1
    # thrice as much with gradients, less those towards the frames
    assert 0.9 < found.update / 32 / 3 / (2 * pair + rest) < 1
