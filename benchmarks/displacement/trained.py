"""What the trained networks of a study make of the people that they were not trained on."""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from mol_jax.networks.frl_dgt.frl import FrlInputs
from mol_jax.networks.frl_dgt.warp import pixels
from mol_jax.settings.trials import Trial
from mol_jax.study.study import Study
from mol_jax.training.batches import FoldTable, fold_table, training_batch
from mol_jax.training.draws import stream
from mol_jax.training.facts import fold_facts
from mol_jax.training.program import Program, make_program
from mol_jax.training.replicas import Replica
from mol_jax.training.step import FoldState

BATCHES = 8  # of training clips that the norms of gradients are means of


@dataclasses.dataclass(frozen=True)
class Trained:
    """A trial's displacement modules.

    displacement: [N,S,S,2] px of each clip, from the module that did not see the person. norms:
    [folds,2], of the gradients of L_DGM and of L_cls behind the gate, at a module's parameters.
    """

    displacement: np.ndarray
    norms: np.ndarray


def of_trial(study: Study, trial: Trial) -> Trained:
    """Returns what the finished replicas of a trial's first seed give."""
    program = make_program(trial.config, num_classes=len(study.dataset.classes))
    like = study.engine([trial], trains=False).shapes
    table = jax.tree.map(jnp.asarray, study.dataset.table)
    displace, norms = jax.jit(functools.partial(_displacement, program)), []
    frames, landmarks = (table.inputs[name] for name in ("key_frames", "onset_landmarks"))
    displacement = np.full((*frames.shape[:1], *frames.shape[2:], 2), np.nan, np.float32)
    gradient = jax.jit(functools.partial(_norms, program))
    for replica in study.replicas([trial]):
        if replica.seed != trial.config.seeds[0]:
            continue
        state = study.checkpoints.restore_final(replica.name, like)
        variables = {"params": state.params, **state.collections}
        for row in replica.fold.test:  # one by one: folds may differ in size, and compile once
            shown = FrlInputs(frames[row : row + 1], landmarks[row : row + 1])
            displacement[row] = displace(variables, shown)[0]
        norms.append(_mean_norms(study, program, table, replica, state, gradient))
    return Trained(displacement, np.array(norms))


def _displacement(program: Program, variables: dict[str, Any], shown: FrlInputs) -> jax.Array:
    """Returns D in px [B,S,S,2] from onset to the annotated apex, by the running statistics."""
    outputs = program.network.module.apply(variables, shown, train=False)
    return pixels(outputs.displaced.displacement)


def _mean_norms(
    study: Study,
    program: Program,
    table: Any,
    replica: Replica,
    state: FoldState,
    gradient: Any,
) -> np.ndarray:
    """Returns the mean norms [2] over batches as training would have gone on with."""
    rows = replica.fold.train
    fold = fold_table(rows, size=len(rows), seed=replica.seed, name=replica.fold.name)
    scalars = {name: jnp.float32(value) for name, value in study.scalars(replica).items()}
    weights = {"params": state.params, "collections": state.collections}
    steps = int(state.step) + np.arange(BATCHES)
    each = [gradient(scalars, table, fold, weights, step) for step in steps]
    return np.mean(jax.device_get(each), axis=0)


def _norms(
    program: Program, scalars: Any, table: Any, fold: FoldTable, weights: Any, step: jax.Array
) -> jax.Array:
    """Returns the norms [2] at the displacement module: of L_DGM, and of L_cls behind the gate."""
    network, facts = program.network, fold_facts(program, table, fold)
    batch = training_batch(program, scalars, table, fold, step)
    shown = network.inputs(dataclasses.replace(batch, label=None), facts)
    params = weights["params"]

    def of_loss(dgm: Any, classifier: bool) -> jax.Array:
        outputs, _ = network.module.apply(
            {"params": {**params, "dgm": dgm}, **weights["collections"]},
            shown,
            train=True,
            rngs={"dropout": stream(fold.key, "dropout", step)},
            mutable=list(weights["collections"]),
            **{name: scalars[name] for name in network.arguments},
        )
        terms = network.losses(outputs, batch, scalars, facts)
        return jnp.mean(sum(term for name, term in terms.items() if (name == "mer") == classifier))

    grads = [jax.grad(of_loss)(params["dgm"], classifier) for classifier in (False, True)]
    return jnp.stack([optax.tree.norm(grad) for grad in grads])
