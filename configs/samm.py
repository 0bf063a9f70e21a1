"""MOL on SAMM, leave one subject out, at the paper's sizes.

    python -m data_builders.build samm --source=SAMM
    python -m mol_jax.main --config=configs/samm.py --workdir=runs/samm

136 clips of 28 subjects in five classes. What the study will take:
`python -m launch.plan --config=configs/samm.py`.

The paper prints Acc 76.68 and WF1 71.90 for five classes, Acc 88.36 and WF1 82.72 for three. Three
classes: add `--config.data.view=3class` (133 clips); `data_builders/samm/views.py` has the rules.
"""

from configs import default


def get_config():
    """Returns the config of the five classes."""
    config = default.get_config()
    config.data.name = "samm"
    config.data.view = "5class"
    return config
