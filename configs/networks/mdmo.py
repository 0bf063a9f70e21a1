"""MDMO on the MEGC2019 composite, leave one subject out: 442 clips of 68 people, three classes.

    python -m data_builders.synthetic.composite --out=data/generated_composite
    python -m mol_jax.main --config=configs/networks/mdmo.py --workdir=runs/mdmo

The clips are generated ones, unless `--config.data.dir` is where the three datasets were built.
The main direction of the motion in 36 regions between landmarks: Liu et al., "A Main Directional
Mean Optical Flow Feature for Spontaneous Micro-Expression Recognition", 2016.

Recipe: flow from the first of ten interpolated frames to each of the others, 72 numbers, an SVM
with a radial kernel, gamma 1 / (D var), C 28. paper: every frame, and another flow; here OpenCV's
DIS, or --config.model.flow=tvl1, which takes half an hour of a core for these clips.

On a CPU a minute; on the generated clips UF1 95.43, a linear SVM on their flow 96.27.

No figure of these 442 clips is published. On the six datasets of the public benchmark MEB, its
authors' own MDMO has a mean binary F1 of 27.5 %, a constant 17.8.
"""

from configs import default


def get_config():
    """Returns the config of MDMO's study."""
    config = default.get_config("mdmo")
    config.data.name = "composite"
    config.data.view = "megc2019"
    config.data.dir = "data/generated_composite"
    config.data.frames = 2  # records hold every frame, whatever their sample
    return config
