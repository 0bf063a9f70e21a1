"""Public logs of the composite, by their confusion matrices: the score command gives their figures.

The two of STSTNet are its authors' (MATLAB and PyTorch), the third is of CapsuleNet, which has 435
of the 442 clips and whose step was chosen on the people who are tested. Their predictions are
made again from the counts of true (lines) and predicted classes; who a clip is of is made up, which
pooled scores do not depend on.
"""

import itertools
import json

import pytest

from mol_jax.score import main
from tests.mol_jax import published_log

CLASSES = ("negative", "positive", "surprise")
MATRICES = {
    "STSTNet in MATLAB": ([[219, 22, 9], [40, 62, 7], [21, 3, 59]], 0.7353, 0.7186, 0.7692),
    "STSTNet in PyTorch": ([[195, 39, 16], [36, 68, 5], [12, 7, 64]], 0.7209, 0.7250, 0.7398),
    "CapsuleNet": ([[192, 30, 24], [33, 65, 11], [25, 9, 46]], 0.6520, 0.6506, 0.6966),
}


@pytest.mark.parametrize(("matrix", "uf1", "uar", "acc"), MATRICES.values(), ids=MATRICES)
def test_a_published_matrix_has_its_scores(matrix, uf1, uar, acc, tmp_path, capsys):
    pairs = [
        (CLASSES[true], CLASSES[pred])
        for true, pred in itertools.product(range(3), repeat=2)
        for _ in range(matrix[true][pred])
    ]
    lines = [f"s{number % 24},{true},{pred}" for number, (true, pred) in enumerate(pairs)]
    (tmp_path / "log.csv").write_text("\n".join(["subject,true,pred", *lines]) + "\n")
    assert main([str(tmp_path / "log.csv"), "--format=json"]) == 0
    found = json.loads(capsys.readouterr().out)
    pooled = {name: round(value, 4) for name, value in found["pooled"].items()}
    assert found["n_clips"] == sum(map(sum, matrix)) and found["confusion"] == matrix
    assert (pooled["uf1"], pooled["uar"], pooled["acc"]) == (uf1, uar, acc)


def test_the_first_matrix_is_that_of_its_log_by_dataset():
    joined = [
        [sum(column) for column in zip(*lines, strict=True)]
        for lines in zip(*published_log.CONFUSION.values(), strict=True)
    ]
    assert joined == MATRICES["STSTNet in MATLAB"][0]


@pytest.mark.parametrize(
    ("printed", "clips", "least"),
    [
        ("uf1=0.2000,uar=0.5280", "70/51/43", "39.83"),
        ("uf1=0.8382,uar=0.8686", "88/32/25", "86.22"),
    ],
)
def test_pairs_that_no_predictions_have_are_flagged(printed, clips, least, capsys):
    """LBP-TOP on SMIC and STSTNet on CASME II, as STSTNet's paper prints them."""
    assert main([f"--feasible={printed},counts={clips}"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("**IMPOSSIBLE**") and f"UF1 is at least about {least}." in said


def test_the_true_pair_of_the_second_is_possible(capsys):
    assert main(["--feasible=uf1=0.8382,uar=0.8190,counts=88/32/25"]) == 0
    assert capsys.readouterr().out.startswith("**POSSIBLE**")
