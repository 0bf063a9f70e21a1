"""Flow and an SVM on the MEGC2019 composite, leave one subject out: 442 clips, three classes.

    python -m data_builders.synthetic.composite --out=data/generated_composite
    python -m mol_jax.main --config=configs/networks/flow_svm.py --workdir=runs/flow_svm

The clips are generated ones, unless `--config.data.dir` is where the three datasets were built.
Flow and strain from onset to apex as 32×32 px, each channel from 0 to 1, as they are: 3,072 numbers
for an SVM with a radial kernel, gamma 1 / (D var), C 28, the preset of the public benchmark MEB
(Varanka et al., "Data leakage and evaluation issues in micro-expression analysis", 2023).

It is another than the linear SVM that stands beside every score, which is plainer (docs/flow_svm.md
has both). Nothing is trained in steps, and nothing is drawn: one seed.

On a CPU below a minute; on the generated clips UF1 99.25, the linear SVM on their flow 96.27.

No figure of these 442 clips is published. On that benchmark's six datasets, its mean binary F1 is
36.2 %, that of a constant 17.8, of STSTNet 31.8 and of SSSNet 40.5.
"""

from configs import default


def get_config():
    """Returns the config of the study."""
    config = default.get_config("flow_svm")
    config.data.name = "composite"
    config.data.view = "megc2019"
    config.data.dir = "data/generated_composite"
    config.data.frames = 2  # the record's flow is from onset to apex
    return config
