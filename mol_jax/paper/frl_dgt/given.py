"""What FRL-DGT's paper gives of a run's settings, and where a run has something else."""

from collections.abc import Mapping
from typing import Any

from mol_jax import settings
from mol_jax.paper.mol.differences import written

# The rows' own fields, as model.motion, are left out: by them a run has its row.
GIVEN = {
    "data.apex_source": "annotated",
    "train.batch_size": 32,
    "optim.schedule": "cosine",
    "model.patch": 18,
    "model.au_side": 90,
    "model.alpha": 0.2,
    "model.gate": 1e-6,
    "model.lambda_rec": 10.0,
    "model.lambda_nm": 1.0,
    "model.lambda_sm": 0.2,
    "model.dgm_rate": 0.002,
}
_SEQUENCE = {"train.batch_size": 5}


def unlike(recorded: Mapping[str, Any]) -> dict[str, str]:
    """Names what is not the paper's: {"model.alpha": "model.alpha = 0.1 (paper: 0.2)"}.

    recorded: the config as config.json holds it; what another version did not record is left out.
    """
    fields = settings.flatten(recorded)
    given = GIVEN | (_SEQUENCE if fields.get("model.sequence") else {})
    return {
        name: f"{name} = {written(fields[name])} (paper: {written(value)})"
        for name, value in given.items()
        if name in fields and fields[name] != value
    }
