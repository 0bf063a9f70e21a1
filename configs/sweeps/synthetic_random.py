"""A random search beside the base config, on the generated clips of `configs/synthetic.py`.

    python -m launch.sweep --config=configs/sweeps/synthetic_random.py

To go on with more trials, raise the count and give a new --workdir: the trials drawn so far stay as
they are. Scores of the best of many trials are flattered by the choice; confirm them on other data.
"""

from configs.sweeps import lr_lambda
from mol_jax.settings.space import chain, log_uniform, random, uniform


def get_config():
    """Returns the base config, which the trials change."""
    return lr_lambda.get_config()


def get_trials():
    """Returns the base config itself, then five random trials; all are one compiled program."""
    fields = {
        "optim.learning_rate": log_uniform(5e-4, 5e-3),
        "model.lambda_flow": log_uniform(0.01, 1.0),
        "model.dropout": uniform(0.2, 0.7),
    }
    return chain([{}], random(5, fields, seed=0))
