"""MOL on your own recordings, leave one subject out, at the paper's sizes.

    python -m data_builders.build folder --source=DIR --labels=labels.csv
    python -m mol_jax.main --config=configs/folder.py --workdir=runs/folder

The classes are the labels of the table. Others are made of them by a map:
`--config.data.view=my_map.csv`. `data_builders/folder/README.md` goes from recordings to scores,
also at sizes that a laptop trains.
"""

from configs import default


def get_config():
    """Returns the config of every label."""
    config = default.get_config()
    config.data.name = "folder"
    config.data.view = "all"
    return config
