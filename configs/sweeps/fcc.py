"""What F5C's two parts are worth: FCC's variants and CCC switched off in turn (Tables IX and XI).

    python -m launch.sweep --config=configs/sweeps/fcc.py

The fields shape the network, so that each trial is compiled on its own. For the paper's sizes take
`configs/casme2.py` as the base, on a GPU.
"""

from configs.sweeps import lr_lambda
from mol_jax.settings.space import chain, values


def get_config():
    """Returns the base config, which the trials change."""
    return lr_lambda.get_config()


def get_trials():
    """Returns MOL as it is, then each variant."""
    return chain(
        [{}],
        values("model.fcc", ["vertical", "horizontal", "transformer", "none"]),
        values("model.ccc", [False]),
    )
