"""The tables have exactly the contract's header, come back as they were, and refuse nonsense."""

import dataclasses

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.scoring.dense_csv import DenseRow, read_dense, write_dense
from mol_jax.scoring.history_csv import HistoryRow, read_history, write_history
from mol_jax.scoring.measure import Measure, columns
from mol_jax.scoring.predictions import Prediction, read_predictions, write_predictions
from tests.mol_jax.measured import MOL

CLASSES = ("negative", "positive", "surprise")
KEY = {"dataset": "casme2", "clip": "EP02_01f", "trial": 0, "seed": 0}


def prediction(subject="sub01", true="negative", probs=(0.7, 0.2, 0.1), **changes) -> Prediction:
    row = Prediction(
        **KEY, subject=subject, fold=subject, true=true, pred="negative", probs=tuple(probs)
    )
    return dataclasses.replace(row, **changes)


def test_predictions_are_written_as_the_contract_says(tmp_path):
    path = tmp_path / "predictions.csv"
    write_predictions(path, CLASSES, [prediction(clip="a,b")])
    assert path.read_text() == (
        "dataset,subject,clip,fold,trial,seed,true,pred,p_negative,p_positive,p_surprise\n"
        'casme2,sub01,"a,b",sub01,0,0,negative,negative,0.7,0.2,0.1\n'
    )


def test_dense_and_history_are_written_as_the_contract_says(tmp_path):
    dense = DenseRow(**KEY, subject="sub01", fold="sub01",
                     values={"pairs": 7, "epe": 0.5, "epe_zero": 0.25})  # fmt: skip
    write_dense(tmp_path / "dense.csv", columns(MOL), [dense])
    assert (tmp_path / "dense.csv").read_text() == (
        "dataset,subject,clip,fold,trial,seed,pairs,epe,epe_zero,frames,nme,failures,nme_mean_face\n"
        "casme2,sub01,EP02_01f,sub01,0,0,7,0.5,0.25,,,,\n"
    )
    off = dict.fromkeys(("frames", "nme", "failures", "nme_mean_face"))
    back = dataclasses.replace(dense, values={**dense.values, **off})
    assert read_dense(tmp_path / "dense.csv", MOL) == [back]
    history = HistoryRow("sub01", 0, 3, 50, 1.5, {"landmarks": 0.25, "flow": float("nan")}, 2.0, 0)
    write_history(tmp_path / "history.csv", [history])
    assert (tmp_path / "history.csv").read_text() == (
        "fold,trial,seed,step,total,loss_flow,loss_landmarks,grad_norm,finite\n"
        "sub01,0,3,50,1.5,nan,0.25,2,0\n"
    )
    (back,) = read_history(tmp_path / "history.csv")
    assert np.isnan(back.terms["flow"]) and back.terms["landmarks"] == 0.25
    assert dataclasses.replace(back, terms={}) == dataclasses.replace(history, terms={})


def test_history_has_the_terms_of_all_trials_in_one_order(tmp_path):
    path, terms = tmp_path / "history.csv", ({"own": 1.0, "mer": 0.5}, {"auxiliary": 2.0})
    made = [HistoryRow("s1", k, 0, 50, 1.5, of, 2.0, 1) for k, of in enumerate(terms)]
    write_history(path, made)
    assert path.read_text() == (
        "fold,trial,seed,step,total,loss_mer,loss_auxiliary,loss_own,grad_norm,finite\n"
        "s1,0,0,50,1.5,0.5,,1,2,1\n"
        "s1,1,0,50,1.5,,2,,2,1\n"
    )
    assert read_history(path) == made
    write_history(tmp_path / "again.csv", read_history(path))
    assert (tmp_path / "again.csv").read_bytes() == path.read_bytes()


def test_history_of_an_earlier_version_is_refused(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("fold,trial,seed,step,total,mer,grad_norm,finite\ns1,0,0,50,1,1,1,1\n")
    with pytest.raises(UserError, match=r"column 'mer' is of another version.*train the run again"):
        read_history(path)


def test_a_measure_of_ones_own_has_its_columns(tmp_path):
    own = (*MOL[:1], Measure("age", "age", "years", "videos"), *MOL[1:2])
    row = DenseRow(**KEY, subject="s", fold="s", values={"videos": 1, "age": 2.5})
    write_dense(tmp_path / "dense.csv", columns(own), [row])
    assert (tmp_path / "dense.csv").read_text().splitlines() == [
        "dataset,subject,clip,fold,trial,seed,pairs,epe,epe_zero,videos,age",
        "casme2,s,EP02_01f,s,0,0,,,,1,2.5",
    ]
    assert read_dense(tmp_path / "dense.csv", own)[0].values["age"] == 2.5


@pytest.mark.parametrize("seed", range(5))
def test_predictions_come_back_bit_for_bit(tmp_path, seed):
    rng = np.random.default_rng(seed)
    draws = rng.dirichlet(np.ones(3), 20).astype(np.float32)
    rows = [
        prediction(clip=f"c{i}", seed=np.int64(2**40), probs=[float(p) for p in draw])
        for i, draw in enumerate(draws)
    ]
    write_predictions(tmp_path / "p.csv", CLASSES, rows)
    back = read_predictions(tmp_path / "p.csv")
    assert back.classes == CLASSES
    np.testing.assert_array_equal(np.float32([row.probs for row in back.rows]), draws)
    assert [dataclasses.replace(row, probs=()) for row in back.rows] == [
        dataclasses.replace(row, probs=()) for row in rows
    ]


def test_a_table_without_lines_has_no_rows(tmp_path):
    write_predictions(tmp_path / "p.csv", CLASSES, [])
    assert read_predictions(tmp_path / "p.csv").rows == ()


HEADER = "dataset,subject,clip,fold,trial,seed,true,pred,p_x,p_y\n"
GOOD = "d,s1,c1,s1,0,0,x,y,0.4,0.6\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("subject,true,pred\ns1,x,y\n", "line 1: no column dataset, clip, fold, trial, seed: got"),
        (HEADER + "d,s1,c1,s1,0,0,x,y,0.4\n", "line 2: got 9 cells, expected 10"),
        (HEADER + "d,s1,c1,s1,0,0,x,z,0.4,0.6\n", "line 2, column pred: got 'z'.*: x, y"),
        (HEADER + "d,s1,c1,s1,0,0,z,y,0.4,0.6\n", "line 2, column true: got 'z'.*: x, y"),
        (HEADER + GOOD + GOOD, "line 3, column clip: got 'c1' of subject s1 a second time"),
        (
            HEADER + GOOD + GOOD.replace("c1,s1", "c1,other"),
            "line 3, column clip: got 'c1' of subject s1 a second time",
        ),
        (
            HEADER + GOOD + "d,s1,c1,s1,0,1,y,y,0.4,0.6\n",
            "line 3, column true: got 'y', expected 'x' as in this video's other",
        ),
        (HEADER + "d,s1,c1,s1,0,0,x,y,0.4,0.7\n", "p_x to p_y: got 0.4 0.7, expected probab"),
        (HEADER + "d,s1,c1,s1,0,0,x,y,-0.4,1.4\n", "p_x to p_y: got -0.4 1.4, expected probab"),
        (HEADER + "d,s1,c1,s1,0,0,x,y,nan,0.6\n", "line 2, column p_x: got 'nan'"),
        (HEADER + "d,s1,c1,s1,0,0,x,y,,0.6\n", "line 2, column p_x: got '', expected a number"),
        (HEADER + "d,s1,c1,s1,zero,0,x,y,0.4,0.6\n", "column trial: got 'zero'"),
        (HEADER + "d,s1,c1,s1,0,1.5,x,y,0.4,0.6\n", "column seed: got '1.5'"),
        (HEADER + "d,,c1,s1,0,0,x,y,0.4,0.6\n", "column subject: got an empty cell"),
        (HEADER + "d,s1,c1,s1,0,0,,y,0.4,0.6\n", "column true: got an empty cell"),
    ],
)
def test_nonsense_is_refused_by_line_and_column(tmp_path, text, says):
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(UserError, match=says):
        read_predictions(tmp_path / "p.csv")


def test_dense_needs_its_columns(tmp_path):
    (tmp_path / "d.csv").write_text(HEADER + GOOD)
    with pytest.raises(UserError, match="no column pairs, epe, epe_zero"):
        read_dense(tmp_path / "d.csv", MOL)
