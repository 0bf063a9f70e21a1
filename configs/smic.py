"""MOL on SMIC (HS), leave one subject out, at the paper's sizes.

    python -m data_builders.build smic --source=SMIC
    python -m mol_jax.main --config=configs/smic.py --workdir=runs/smic

164 clips of 16 subjects in three classes. What the study will take:
`python -m launch.plan --config=configs/smic.py`.

The paper prints Acc 80.71 and WF1 78.81.
"""

from configs import default


def get_config():
    """Returns the config of the three classes."""
    config = default.get_config()
    config.data.name = "smic"
    config.data.view = "3class"
    return config
