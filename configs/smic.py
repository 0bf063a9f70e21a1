"""MOL on SMIC (HS), leave one subject out, at the paper's sizes.

    python -m launch.plan --config=configs/smic.py

shows what the study will take: 164 clips of 16 subjects in three classes. It cannot be trained yet,
since `data_builders` has SMIC's class view and no builder that reads its folders.

The paper prints Acc 80.71 and WF1 78.81.
"""

from configs import default


def get_config():
    """Returns the config of the three classes."""
    config = default.get_config()
    config.data.name = "smic"
    config.data.view = "3class"
    return config
