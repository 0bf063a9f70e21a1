"""Learning rate × weight of the flow loss on the generated clips of `configs/synthetic.py`.

    python -m launch.sweep --config=configs/sweeps/lr_lambda.py --dry_run
    python -m launch.sweep --config=configs/sweeps/lr_lambda.py

Both fields are traced (`mol_jax/settings/fields.py`), so that the four trials are one compiled
program. The first trial, with which the report leads, has the values of the base config.
"""

from configs import synthetic
from mol_jax.settings.space import product, values


def get_config():
    """Returns the base config, which the trials change."""
    config = synthetic.get_config()
    # A sweep is read from its tables; the weights of all its folds would fill a disk for nothing.
    # True keeps them, which --mode=eval needs.
    config.train.keep_weights = False
    return config


def get_trials():
    """Returns the changes of each trial: 2 × 2."""
    return product(
        values("optim.learning_rate", [2e-3, 1e-3]),
        values("model.lambda_flow", [0.1, 1.0]),
    )
