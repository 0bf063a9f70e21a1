"""FRL-DGT-S: ten frames of a clip in place of two, on CASME II in five classes (Table 3).

    python -m mol_jax.main --config=configs/frl_dgt/s_5class.py

Nine pairs of the onset and a later frame, and a fusion over them. A batch of 5 is the paper's.
It prints UF1 0.543, UAR 0.539, Acc 0.594.
"""

from configs.frl_dgt import casme2_5class


def get_config():
    """Returns the config of `casme2_5class.py` with model.sequence and train.batch_size changed."""
    config = casme2_5class.get_config()
    config.model.sequence = True
    config.train.batch_size = 5
    return config
