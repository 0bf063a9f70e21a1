"""What an update of a network takes, and its program: two of them differ where a field does."""

import functools

import jax
import numpy as np

from mol_jax.data.clips import ClipTable
from mol_jax.training import batches
from mol_jax.training.program import Program
from mol_jax.training.step import init_fold, train_step


class Update:
    """An update of a fold that trains on rows 0 to 7 of 12. Traced only when its text is asked for.

    scalars: of the config, {"learning_rate": ...}.
    """

    def __init__(self, program: Program, scalars: dict[str, np.float32], table: ClipTable):
        rows = batches.fold_table(np.arange(8), size=12, seed=0, name="sub0")
        self.arguments = (program, scalars, table, rows)
        self.state = jax.eval_shape(functools.partial(init_fold, program), *self.arguments[1:])

    @functools.cached_property
    def shapes(self) -> str:
        """The shapes of the state and of the clips: of others it is another program."""
        return str([jax.typeof(leaf) for leaf in jax.tree.leaves((self.state, self.arguments[2]))])

    @functools.cached_property
    def text(self) -> str:
        """The traced program."""
        step = jax.jit(train_step, static_argnums=0)
        return str(step.trace(*self.arguments, self.state).jaxpr)

    def differs(self, other: "Update") -> bool:
        """Tells whether they are two programs; where shapes differ, none is traced."""
        return self.shapes != other.shapes or self.text != other.text
