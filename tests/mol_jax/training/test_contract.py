"""A network that breaks its contract is refused before training, in one sentence."""

import dataclasses

import pytest

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.settings.config import set_network
from mol_jax.training import contract
from mol_jax.training.program import make_program
from tests.mol_jax import tiny
from tests.mol_jax.networks import strangers

READS = "return batch.frames"
SAME = '"agreement": 100'
BROKEN = [
    ("nothing", "nothing", None),
    (READS, "return batch.frames + batch.label[:, None, None, None]", "NoneType.*line 3"),
    ('return mer | {"spread"', 'return {} and {"spread"', "losses of .* returned no term"),
    ("Predicted(clip,", "Predicted(clip[:, :2],", r"probabilities \[B, 2\], expected .* \[B, 3\]"),
    ("Predicted(clip,", "Predicted(None,", r"probabilities None, expected one of shape \[B, 3\]"),
    (SAME, '"agreed": 100', "returned the measures agreed, but its `measures` are agreement"),
    ("100 * same.mean(axis=1)", "same.sum(axis=1)", "'agreement' .* of int32, expected .* floats"),
    ("100 * same.mean(axis=1)", "same.astype(jnp.float32)", r"'agreement' \[B, 3\]"),
    ("lambda c, s: Mine(", "lambda c, s: print(", "returned a NoneType; it must return"),
    ("lambda c, s: Mine(", "lambda c, s: 1 / 0 or Mine(", "ZeroDivisionError: division by zero"),
    ('"frames"),)', '"frames,"),)', "'agreement' has over"),
]


@pytest.mark.parametrize(("written", "instead", "says"), BROKEN)
def test_what_breaks_the_contract_is_one_sentence(tmp_path, written, instead, says):
    text = strangers.printed()
    assert says is None or text.count(written) == 1
    file = tmp_path / "mine.py"
    file.write_text(text.replace(written, instead))
    name, config = f"{file}:KIND", tiny.config(**{"data.frames": 4})
    set_network(config, name)
    table = dataclasses.replace(tiny.table(frames=4), flow=None, landmarks=None)

    def check():
        program = make_program(config, num_classes=3)
        contract.check(program, settings.scalars(config), table, name=name, mer=True)

    if says is None:
        check()
        return
    with pytest.raises(UserError, match=says) as refused:
        check()
    assert "mine.py" in str(refused.value) or "agreement" in str(refused.value)
