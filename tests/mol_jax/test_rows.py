"""The tables have exactly the contract's header, come back as they were, and refuse nonsense."""

import dataclasses

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.rows import (
    DenseRow,
    HistoryRow,
    Prediction,
    read_dense,
    read_history,
    read_predictions,
    write_dense,
    write_history,
    write_predictions,
)

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
    dense = DenseRow(**KEY, subject="sub01", fold="sub01", pairs=7, epe=0.5, epe_zero=0.25,
                     frames=None, nme=None, failures=None, nme_mean_face=None)  # fmt: skip
    write_dense(tmp_path / "dense.csv", [dense])
    assert (tmp_path / "dense.csv").read_text() == (
        "dataset,subject,clip,fold,trial,seed,pairs,epe,epe_zero,frames,nme,failures,nme_mean_face\n"
        "casme2,sub01,EP02_01f,sub01,0,0,7,0.5,0.25,,,,\n"
    )
    assert read_dense(tmp_path / "dense.csv") == [dense]
    history = HistoryRow("sub01", 0, 3, 50, 1.5, None, float("nan"), 0.25, None, 2.0, 0)
    write_history(tmp_path / "history.csv", [history])
    assert (tmp_path / "history.csv").read_text() == (
        "fold,trial,seed,step,total,mer,flow,landmarks,auxiliary,grad_norm,finite\n"
        "sub01,0,3,50,1.5,,nan,0.25,,2,0\n"
    )
    (back,) = read_history(tmp_path / "history.csv")
    assert np.isnan(back.flow)
    assert dataclasses.replace(back, flow=0.0) == dataclasses.replace(history, flow=0.0)


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


def test_a_table_of_somebody_else_needs_three_columns(tmp_path):
    (tmp_path / "p.csv").write_text("pred,epoch,subject,true\n1,7,s1,0\n0,7,s2,0\n")
    table = read_predictions(tmp_path / "p.csv")
    assert table.classes == ("0", "1")
    assert table.rows[0] == Prediction("", "s1", "line 2", "s1", 0, 0, "0", "1")
    assert table.rows[1].fold == "s2"


def test_a_missing_fold_is_the_person_however_the_subject_is_spelled(tmp_path):
    lines = "smic,s3,x,y\nsmic_vis,03,x,y\nsamm,6,x,y\nmine,03,x,y\n"
    (tmp_path / "p.csv").write_text("dataset,subject,true,pred\n" + lines)
    rows = read_predictions(tmp_path / "p.csv").rows
    assert [row.fold for row in rows] == ["smic/s3", "smic/s3", "samm/006", "mine/03"]


def test_a_fold_is_a_person_who_may_be_named(tmp_path):
    (tmp_path / "p.csv").write_text("dataset,subject,true,pred,person\na,1,x,y,Ann\nb,1,x,y,Bob\n")
    rows = read_predictions(tmp_path / "p.csv").rows
    assert [row.fold for row in rows] == ["Ann", "Bob"]
    assert [row.who for row in rows] == [("", "Ann"), ("", "Bob")]
    (tmp_path / "p.csv").write_text("dataset,subject,true,pred,person\na,1,x,y,\n")
    with pytest.raises(UserError, match="line 2, column person: got an empty cell"):
        read_predictions(tmp_path / "p.csv")


def test_a_table_without_lines_has_no_rows(tmp_path):
    write_predictions(tmp_path / "p.csv", CLASSES, [])
    assert read_predictions(tmp_path / "p.csv").rows == ()


HEADER = "dataset,subject,clip,fold,trial,seed,true,pred,p_x,p_y\n"
GOOD = "d,s1,c1,s1,0,0,x,y,0.4,0.6\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("subject,true\ns1,x\n", "line 1: no column pred: got the columns subject, true"),
        ("Subject;True;Pred\ns1;x;y\n", "no column subject, true, pred"),
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
        (HEADER + "d,s1,c1,s1,0,1.0,x,y,0.4,0.6\n", "column seed: got '1.0'"),
        (HEADER + "d,,c1,s1,0,0,x,y,0.4,0.6\n", "column subject: got an empty cell"),
        (HEADER + "d,s1,c1,s1,0,0,,y,0.4,0.6\n", "column true: got an empty cell"),
    ],
)
def test_nonsense_is_refused_by_line_and_column(tmp_path, text, says):
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(UserError, match=says):
        read_predictions(tmp_path / "p.csv")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "dataset,subject,clip,true,pred\nsmic,s3,c1,x,y\nsmic,s03,c1,x,x\n",
            "line 3, column clip: got 'c1' of subject s03 a second time",
        ),
        (
            "dataset,subject,clip,seed,true,pred\nsmic,s3,c1,0,x,y\nsmic,s03,c1,1,y,x\n",
            "line 3, column true: got 'y', expected 'x' as in this video's other",
        ),
        (
            "subject,true,pred,person\ns1,x,y,Ann\ns1,x,y,Bob\n",
            "line 3, column person: got 'Bob', expected 'Ann' as in subject s1's other lines",
        ),
        (
            "dataset,subject,true,pred,person\nsmic,s1,x,y,Ann\nsmic,s01,x,y,Bob\n",
            "line 3, column person: got 'Bob', expected 'Ann'",
        ),
        (
            "subject,true,pred\ns1,Happy,sad\ns2,sad,happy\n",
            "the classes 'Happy' and 'happy', which differ only in upper and lower case: spell",
        ),
    ],
)
def test_one_thing_under_two_names_is_refused(tmp_path, text, says):
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(UserError, match=says) as error:
        read_predictions(tmp_path / "p.csv")
    assert "\n" not in str(error.value)


def test_a_clip_name_may_be_there_once_in_each_dataset_and_seed(tmp_path):
    text = "dataset,subject,clip,seed,true,pred\nsmic,s3,c,0,x,y\nsmic_vis,s3,c,0,x,x\n"
    (tmp_path / "p.csv").write_text(text + "smic,s03,c,1,x,x\n")
    videos = [row.video for row in read_predictions(tmp_path / "p.csv").rows]
    assert videos == [("smic", "s3", "c"), ("smic_vis", "s3", "c"), ("smic", "s3", "c")]


def test_dense_needs_its_columns(tmp_path):
    (tmp_path / "d.csv").write_text(HEADER + GOOD)
    with pytest.raises(UserError, match="no column pairs, epe, epe_zero"):
        read_dense(tmp_path / "d.csv")
