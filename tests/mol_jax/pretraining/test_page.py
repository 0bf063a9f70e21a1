"""The report of a pre-training, of figures that are given."""

import dataclasses

from mol_jax.networks.mol.measures import FLOW, LANDMARKS
from mol_jax.pretraining import page
from mol_jax.pretraining.validation import Point
from mol_jax.scoring.measure import Measure

OWN = (Measure("far", "shift", "px", "videos", reference="far_zero"),)
OWN = (*OWN, Measure("far_zero", "shift", "px", "videos"))
FIRST = {"uf1": 0.3, "epe": 0.5, "epe_zero": 0.4, "nme": 9.0, "failures": 25.0, "far": 3.0}
HELD = {
    "n_clips": 6,
    "n_subjects": 3,
    "pooled": {"uf1": 0.4},
    "ci95": {"uf1": (0.2, 0.6)},
    "flow": {"epe": 0.3, "epe_zero": 0.4},
    "landmarks": {"nme": 8.0, "nme_mean_face": 10.0, "failure_rate": 12.5},
    "shift": {"far": 2.0, "far_zero": 4.0},
}
METRICS = {
    "generated": False,
    "clips": 30,
    "measure": "uf1",
    "best_step": 4,
    "last_step": 6,
    "stopped_early": True,
    "held_out": HELD,
    "majority": {"uf1": 0.2},
    "seen": 24,
    "runtime": {"waited_share": 0.0},
    "parameters": 7,
}
CONFIG = {
    "config": {"model": {"network": "mol"}, "tasks": {"mer": True},
               "data": {"frames": 2, "crop": 64}, "train": {"batch_size": 4}},
    "dataset": {"name": "d", "view": "v", "class_counts": {"a": 3}, "n_clips": 30,
                "n_held_out": 6, "built": {}},
    "measures": [dataclasses.asdict(one) for one in (*FLOW, *LANDMARKS, *OWN)],
    "versions": {}, "command": "python -m mol_jax.pretrain" + 9 * " --config.pretrain.seed=7",
    "git_commit": "", "sessions": [{}],
}  # fmt: skip


def test_each_figure_stands_beside_the_first_steps_and_what_needs_no_network():
    text = page.compose(METRICS, CONFIG, [Point(2, FIRST), Point(4, {})])
    rows = {cells[1].strip(): [cell.strip() for cell in cells[2:-1]] for cells in (
        line.split("|") for line in text.splitlines() if line.startswith("| ")
    )}  # fmt: skip
    assert rows["UF1, %"] == ["40.00 [20.0, 60.0]", "30.00", "20.00"]
    assert rows["flow EPE, px"] == ["0.3", "0.5", "0.4"]
    assert rows["landmark NME, %"] == ["8", "9", "10"]
    assert rows["failure_rate, %"] == ["12.5", "25", ""]
    assert rows["far, px"] == ["2", "3", "4"]
    assert "mol_jax.pretrain \\\n    --config.pretrain.seed=7 \\\n" in text, "as a shell takes it"
    assert not {"epe_zero", "far_zero, px", "nme_mean_face, %"} & set(rows)
