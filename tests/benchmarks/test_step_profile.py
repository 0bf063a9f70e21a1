"""A step's instructions are told apart, and a slip in the arguments is one sentence."""

import jax
import jax.numpy as jnp
import pytest

from benchmarks import memory, step_profile, thunks


def _thunk(name: str, scope: str) -> thunks.Thunk:
    return thunks.Thunk(name, scope, 0, 0.0)


def test_the_instructions_of_a_program_are_timed_with_their_scope():
    @jax.named_scope("flow_head")
    def product(x):
        return jnp.sort(x @ x, axis=0)

    x = jnp.ones((64, 64))
    compiled = jax.jit(product).lower(x).compile()

    def run():
        for _ in range(3):
            compiled(x).block_until_ready()

    spent = thunks.timed(compiled.as_text(), run)
    products = [thunk for thunk in spent if thunk.work == "products"]
    assert len(products) == 1 and len(spent) > 1
    assert products[0].ms > 0 and products[0].bytes == 64 * 64 * 4
    assert "flow_head" in products[0].scope


@pytest.mark.parametrize(
    ("scope", "part"),
    [
        (
            "jit(on_device)/jvp(Mol)/Mol._flow/flow_head/flow_head._norm/conv1/norm/mul",
            "flow encoder",
        ),
        ("jit(on_device)/jvp(Mol)/Mol._flow/flow_head/flow_head._meet/conv3_1/sub", "correlation"),
        (
            "jit(f)/transpose(jvp(Mol))/Mol._flow/flow_head/flow_head._decode/up5/slice",
            "flow decoder",
        ),
        ("jit(f)/jvp(Mol)/Mol._features/Mol._blocks/f5c_0/ccc/transpose", "F5C"),
        ("jit(on_device)/jvp(Mol)/conv_stack/conv1/concatenate", "conv stack"),
        ("jit(on_device)/jvp()/sub", "losses"),
        ("jit(on_device)/div", "optimiser"),
        ("", "without a name"),
    ],
)
def test_an_instruction_belongs_to_a_part_of_the_step(scope, part):
    assert _thunk("fusion.1", scope).part == part


def test_what_is_moved_is_told_from_what_is_computed():
    named = ["pad_slice_fusion.3", "copy.12", "multiply_add_fusion", "dot.4", "convolution.2"]
    works = [_thunk(name, "jit(f)/x").work for name in named]
    assert works == ["moves", "moves", "elements and sums", "products", "convolutions"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--model=large"],
        ["--cores=0"],
        ["--cores=4096"],
        ["--rounds=0"],
        ["--batch=-1"],
        ["--top=x"],
    ],
)
def test_a_slip_in_the_arguments_is_one_sentence(arguments, capsys, monkeypatch):
    monkeypatch.setattr(step_profile, "Step", None)  # nothing is compiled
    assert step_profile.main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [["--model=ststnet"], ["--rounds=0"], ["--batch=-1"], ["--forms", "none"]]
)
def test_a_slip_in_what_is_asked_of_memory_is_one_sentence(arguments, capsys, monkeypatch):
    monkeypatch.setattr(memory, "Step", None)  # nothing is compiled
    assert memory.main(arguments) == 2
    assert capsys.readouterr().err.count("\n") == 1
