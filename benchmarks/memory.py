"""What an update takes beside its state on a CPU, and what it costs to have it take less.

    python -m benchmarks.memory
    python -m benchmarks.memory --model paper --rounds=3

The trainer's step of MOL as it is; with parts of its forward pass made again for the gradients and
not kept (`jax.checkpoint`); and with the transposed convolutions of large maps made of one map at a
time. All take turns in one process on one core, and the fastest of `--rounds` turns counts. Bytes
are XLA's account of the compiled step; with one map at a time the program has a loop.
"""

import contextlib
import functools
import sys
from collections.abc import Sequence
from typing import Any
from unittest import mock

import jax
from flax import linen as nn
from jax import lax

from benchmarks.step_profile import Step, changed, fastest, keep_to
from mol_jax.errors import Parser, UserError, exit_code, leave
from mol_jax.networks import convolutions
from mol_jax.networks.mol.flow_head import FlowHead

AS_IT_IS = "as it is"
LARGE = 32 * 32  # px, of a map whose transposed convolution is made of one map at a time
BATCH = {"paper": 1, "small": 12}
UPDATES = {"paper": 1, "small": 10}  # of a turn


def decoder_again() -> contextlib.AbstractContextManager[Any]:
    """Keeps nothing of the flow decoder for its gradients."""
    decode = FlowHead._decode

    def again(self: FlowHead, x: jax.Array, skips: dict[str, jax.Array]) -> jax.Array:
        return nn.remat(decode)(self, x, skips)

    return mock.patch.object(FlowHead, "_decode", again)


def stages_again() -> contextlib.AbstractContextManager[Any]:
    """Keeps of each stage of the flow encoder, convolution to activation, what goes into it."""
    norm = FlowHead._norm

    def again(self: FlowHead, name: str, x: jax.Array, *sizes: int, train: bool) -> jax.Array:
        def stage(module: FlowHead, x: jax.Array) -> jax.Array:
            return norm(module, name, x, *sizes, train=train)

        return nn.remat(stage)(self, x)

    return mock.patch.object(FlowHead, "_norm", again)


def one_map_at_a_time() -> contextlib.AbstractContextManager[Any]:
    """Makes the windows of a large map's transposed convolution for one map of the batch alone."""
    whole = convolutions._product_and_fold

    def mapped(x: jax.Array, kernel: jax.Array, stride: int, padding: int) -> jax.Array:
        if stride == 1 or x.shape[1] * x.shape[2] < LARGE:
            return whole(x, kernel, stride, padding)
        one = functools.partial(whole, kernel=kernel, stride=stride, padding=padding)
        return lax.map(lambda single: one(single[None])[0], x)

    return mock.patch.object(convolutions, "_product_and_fold", mapped)


FORMS = {
    AS_IT_IS: contextlib.nullcontext,
    "decoder again": decoder_again,
    "encoder's stages again": stages_again,
    "one map at a time": one_map_at_a_time,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    return exit_code(lambda: _run(arguments), stopped="stopped.")


def _run(arguments: Sequence[str] | None) -> int:
    parser = Parser(prog="python -m benchmarks.memory", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--model", choices=BATCH, default="small")
    parser.add_argument("--batch", type=int, default=0, help="clips [paper: 1; small: 12]")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=[*FORMS], metavar="FORM")
    parser.add_argument("--rounds", type=int, default=5, help="turns, of which the fastest counts")
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        raise UserError(f"--rounds is {given.rounds}; give 1 or more.")
    if given.batch < 0:
        raise UserError(f"--batch is {given.batch}; give 1 or more, or 0 for {BATCH[given.model]}.")
    keep_to(1)
    batch = given.batch or BATCH[given.model]
    update, forms = _compiled(given.model, batch, given.forms)
    updates = UPDATES[given.model]
    turns = {name: functools.partial(update.run, updates, form) for name, form in forms.items()}
    for turn in turns.values():
        turn()
    spent = {name: cpu / updates for name, (_, cpu) in fastest(turns, given.rounds).items()}
    print(_table(f"{given.model}, batch {batch}", forms, spent))
    return 0


def _compiled(
    model: str, batch: int, names: Sequence[str]
) -> tuple[Step, dict[str, jax.stages.Compiled]]:
    """Returns a step, and it and the named forms of it compiled."""
    update = Step(changed(model, batch))
    forms = {AS_IT_IS: update.compiled}
    for name in (name for name in FORMS if name in names and name != AS_IT_IS):
        with FORMS[name]():
            forms[name] = update.compile()
        print(f"{name}: compiled", file=sys.stderr, flush=True)
    return update, forms


def _table(what: str, forms: dict[str, jax.stages.Compiled], spent: dict[str, float]) -> str:
    """Returns bytes and processor time of each form, and both over those of the step as it is."""
    rows = ["| model | form | beside the state, MB | of it | ms of a core | of it |"]
    rows += [f"|---|---|{'---:|' * 4}"]
    beside = {name: form.memory_analysis().temp_size_in_bytes for name, form in forms.items()}
    for name in forms:
        share, slower = (each[name] / each[AS_IT_IS] for each in (beside, spent))
        mb, ms = beside[name] / 1e6, 1e3 * spent[name]
        rows.append(f"| {what} | {name} | {mb:.1f} | {share:.2f} | {ms:.1f} | {slower:.2f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    leave(main())
