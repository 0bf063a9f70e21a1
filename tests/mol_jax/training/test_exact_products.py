"""Products whose result is a choice or a place are float32 on a GPU too, not TF32.

Read off the traced program of an update and of a fold's facts; nothing is compiled.
"""

import functools
from collections.abc import Iterator

import jax
import pytest
from jax.extend.core import ClosedJaxpr, Jaxpr, JaxprEqn

from mol_jax.training import facts, footprint, step
from tests.mol_jax import tiny

HIGHEST = (jax.lax.Precision.HIGHEST,) * 2
LOGITS, SIMILARITY_OF_CLIPS = (5, 3), (5, 5)  # of a batch of 5 clips in 3 classes


def products(program: Jaxpr) -> Iterator[JaxprEqn]:
    """Yields the products of a program and of all that it calls."""
    for line in program.eqns:
        if line.primitive.name == "dot_general":
            yield line
        for inner in jax.tree.leaves(line.params):
            if isinstance(inner, ClosedJaxpr | Jaxpr):
                yield from products(getattr(inner, "jaxpr", inner))


def made(function, *given) -> dict[tuple[int, ...], set]:
    """Returns the precisions of the products that a function makes, by their shape."""
    precisions: dict[tuple[int, ...], set] = {}
    for line in products(jax.make_jaxpr(function)(*given).jaxpr):
        precisions.setdefault(line.outvars[0].aval.shape, set()).add(line.params["precision"])
    return precisions


def of_update(network):
    changes = {"model.network": network, "loss.auxiliary": "supcon", "train.batch_size": 5}
    program = tiny.program("patches", **changes)
    return made(functools.partial(step.train_step, program), *footprint.shapes(program, clips=12))


def assert_exact(precisions, *shapes):
    assert {shape: precisions[shape] for shape in shapes} == {shape: {HIGHEST} for shape in shapes}


def test_the_mean_face_is_exact():
    program = tiny.program()
    _, table, rows, _ = footprint.shapes(program, clips=12)
    assert_exact(made(functools.partial(facts.fold_facts, program), table, rows), (68, 2))


def test_what_ststnet_chooses_is_exact():
    precisions = of_update("ststnet")
    assert_exact(precisions, LOGITS, SIMILARITY_OF_CLIPS)
    assert_exact(precisions, (3, 400), (5, 400))  # the gradients of both
    assert precisions[9 * 16, 5 * 100] == {None}  # a convolution's, by windows


@pytest.mark.parametrize(
    ("network", "hidden"), [("sssnet", 256), ("off_apexnet", 1024), ("dual_inception", 1024)]
)
def test_what_is_chosen_behind_hidden_layers_is_exact(network, hidden):
    precisions = of_update(network)
    assert_exact(precisions, LOGITS, SIMILARITY_OF_CLIPS, (3, hidden))
    assert None in precisions[5, hidden]  # the hidden layer's own


def test_what_rcn_a_chooses_and_looks_at_is_exact():
    """Its attention is of 7×7 places of 5 clips for 3 classes, of 64 channels."""
    precisions = of_update("rcn_a")
    places = 7 * 7
    assert_exact(precisions, LOGITS, SIMILARITY_OF_CLIPS, (3, 64 * places))
    of_attention = [shape for shape in precisions if sorted(shape) == [3, 5, 7, 7]]
    assert_exact(precisions, *of_attention)
    assert of_attention and {None} in precisions.values()


@pytest.mark.slow
def test_what_mol_chooses_and_places_is_exact():
    precisions = of_update("mol")
    nearest, edges, points = (10, 16, 16), (10, 64, 64), (5, 136)
    assert_exact(precisions, LOGITS, SIMILARITY_OF_CLIPS, nearest, edges, points, (136, 16))
    assert sum(kinds == {None} for kinds in precisions.values()) > 30
