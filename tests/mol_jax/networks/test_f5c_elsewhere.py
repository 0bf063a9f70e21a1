"""F5C in another network, as docs/extend.md prints it."""

import re
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from mol_jax.settings.find import find
from tests.mol_jax import tiny

PAGE = Path(__file__).parents[3] / "docs" / "extend.md"


@pytest.fixture(scope="module")
def name(tmp_path_factory):
    """The printed listing as a file of a user's own."""
    listing = next(
        text for text in re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
        if "WithF5C" in text
    )  # fmt: skip
    file = tmp_path_factory.mktemp("own") / "with_f5c.py"
    file.write_text(listing)
    return f"{file}:KIND"


def test_the_printed_network_is_one_that_the_trainer_takes_and_f5c_learns_in_it(name):
    program = tiny.program(**{"model.network": name})
    assert find(name).reads(None) == ("flow_image_28",)
    module, image = program.network.module, jax.random.normal(jax.random.key(1), (2, 28, 28, 3))
    variables = jax.jit(module.init)(jax.random.key(0), image)
    block = variables["params"]["F5C_0"]
    assert block["fcc"]["vh_v"]["weights"].shape == (16, 7)
    assert block["ccc"]["v1"].shape == (49, 49)

    def total(params):
        logits = module.apply({"params": params}, image)
        assert logits.shape == (2, 3)
        return jnp.sum(logits**2)

    found = jax.tree.leaves(jax.jit(jax.grad(total))(variables["params"])["F5C_0"])
    assert found and all(float(jnp.abs(leaf).max()) > 0 for leaf in found)
