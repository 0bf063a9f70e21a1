"""Anybody's table of predictions is read as what it means, or refused by line and column."""

import unicodedata

import pytest

from mol_jax.errors import UserError
from mol_jax.files import text
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.reading import any_table

PLAIN = "subject,clip,true,pred\ns1,a,0,0\ns1,b,1,0\ns2,a,1,1\n"


@pytest.fixture
def read(tmp_path):
    """Writes text or bytes to a file and reads it."""

    def read(content) -> Predictions:
        data = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "p.csv").write_bytes(data)
        return any_table.read(tmp_path / "p.csv", text.read(tmp_path / "p.csv"))

    return read


SAME = {
    "plain": PLAIN,
    "Excel in Europe": PLAIN.replace(",", ";"),
    "Excel's Unicode text": PLAIN.replace(",", "\t").encode("utf-16"),
    "bars": PLAIN.replace(",", "|"),
    "spaces": PLAIN.replace(",", "   "),
    "sep": "sep=;\r\n" + PLAIN.replace(",", ";"),
    "Windows": PLAIN.replace("\n", "\r\n"),
    "mark of UTF-8": b"\xef\xbb\xbf" + PLAIN.encode(),
    "empty rows": PLAIN.replace("\n", "\n,,,\n\n"),
    "commas at the end": PLAIN.replace("\n", ",\n"),
    "more commas at the end": PLAIN.replace("0\n", "0,,,\n"),
    "quotes": PLAIN.replace("s1", '"s1"').replace("pred", '"pred"'),
    "a line break in a name": PLAIN.replace("s1,a", '"s1\n","a"'),
    "capitals": PLAIN.replace("subject,clip,true,pred", "Subject,CLIP,True,Pred"),
    "scikit-learn's names": PLAIN.replace("true,pred", "y_true,y_pred"),
    "other names": PLAIN.replace("subject,clip,true,pred", "Sub,Video ID,Ground Truth,Prediction"),
    "label": PLAIN.replace("subject,clip,true,pred", "participant,filename,label,predicted"),
    "numpy": PLAIN.replace("subject", "# subject").replace(",0,0", ",0.000000e+00,0.000e+00"),
    "pandas": PLAIN.replace("0\n", "0.0\n").replace("1\n", "1.0\n"),
    "pandas' index": "\n".join(
        f"{'' if i == 0 else i},{line}" for i, line in enumerate(PLAIN.splitlines())
    ),
    "two tables put together": PLAIN + PLAIN.splitlines()[0] + "\n",
    "marks in between": PLAIN.replace("s1,b", "s1\ufeff,\u200bb\u00a0").replace("1,0", "1,\u200e0"),
    "full width": PLAIN.replace(",0\n", ",０\n"),
    "wide commas": PLAIN.replace(",", "，"),
    "single quotes": PLAIN.replace("s1", "'s1'").replace("subject", "'subject'"),
    "Markdown": "| subject | clip | true | pred |\n| --- | :--- | ---: | ---: |\n"
    + "".join(f"| {line.replace(',', ' | ')} |\n" for line in PLAIN.splitlines()[1:]),
    "a title": "Results of the first try, see below\n\n" + PLAIN,
    "comments": "# learning rate 0.1\n# seed 3\n" + PLAIN.replace(",", "\t"),
    "participants beside": PLAIN.replace("\n", ",p1\n").replace("pred,p1", "pred,p_id"),
    "logits": PLAIN.replace("\n", ",-1.5,7\n").replace("pred,-1.5,7", "pred,p_0,p_1"),
}


@pytest.mark.parametrize("content", SAME.values(), ids=SAME)
def test_one_table_in_many_ways(read, content):
    table = read(content)
    assert table.classes == ("0", "1")
    assert [(r.subject, r.clip, r.true, r.pred, r.fold) for r in table.rows] == [
        ("s1", "a", "0", "0", "s1"), ("s1", "b", "1", "0", "s1"), ("s2", "a", "1", "1", "s2"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (PLAIN.replace("true,pred", "gt,y_pred"), ["gt as true; y_pred as pred"]),
        (PLAIN.replace("clip", "speaker"), ["Columns that were not read: speaker."]),
        (SAME["participants beside"], ["p_id is of no class and was left out: no score needs it."]),
        (SAME["logits"], ["The columns p_0, p_1 are no probabilities that sum to 1 and were left"]),
        (SAME["two tables put together"], ["The header stands again in line 5: it was left out."]),
        (PLAIN.replace("0,0", "0,0.0"), ["The classes were read as numbers: 0 (0, 0.0)."]),
        ("subject,true,pred\n1,x,x\n01,y,x\n", ["The subjects were read as numbers: 1 (01, 1)."]),
        ("subject,true,pred\nZoë,x,x\n".encode("cp1252"), ["was read as Windows-1252."]),
        (SAME["a title"], ["What stands above the header was left out: 1 line."]),
        ("subject,clip,true,pred\ns,1.0,x,x\nt,1,y,x\n", ["read as numbers: 1 (1, 1.0)."]),
        ("subject,set,true,pred\ns,val,x,x\n", ["not read: set."]),  # what some call the test
        (PLAIN.replace("subject", "SUBJECT "), []),
        (PLAIN, []),
    ],
)
def test_what_was_done_is_said(read, content, says):
    notes = " ".join(read(content).notes)
    assert all(sentence in notes for sentence in says) and bool(says) == bool(notes)


def test_accents_in_two_codings_are_one_class(read):
    other = unicodedata.normalize("NFD", "négatif")
    table = read(f"subject,true,pred\n1,négatif,{other}\n2,x,x\n")
    assert table.classes == ("négatif", "x") and table.rows[0].true == table.rows[0].pred


def test_probabilities_are_taken_where_they_are_of_the_classes(read):
    header = "subject,true,pred,p_y,p_x"
    table = read(f"{header}\n1,x,y,0.6,0.4\n2,y,y,0.5,0.5\n")
    assert (table.classes, table.rows[0].probs, table.notes) == (("y", "x"), (0.6, 0.4), ())
    beside = read(f"{header},p_max\n1,x,y,0.6,0.4,0.6\n2,y,y,0.5,0.5,0.5\n")
    assert (beside.classes, beside.rows[0].probs) == (("y", "x"), (0.6, 0.4))
    assert "p_max" in beside.notes[0]
    third = read(f"{header},p_z\n1,x,y,0.6,0.3,0.1\n2,y,y,0.5,0.5,0\n")
    assert third.classes == ("y", "x", "z") and third.notes == ()
    german = read(f"{header.replace(',', ';')}\n1;x;y;0,6;0,4\n2;y;y;0,5;0,5\n")
    assert german.rows[0].probs == (0.6, 0.4)
    floats = read("subject,true,pred,p_0,p_1\n1,0.0,1.0,0.4,0.6\n2,1.0,1.0,0.5,0.5\n")
    assert floats.classes == ("0", "1") and floats.rows[0].probs == (0.4, 0.6)


@pytest.mark.parametrize("cells", ["0.6,0.7", "60,40", "nan,1", ",1", "-1,2", "x,y", "0.333,0.333"])
def test_what_is_no_probability_stops_no_score(read, cells):
    table = read(f"subject,true,pred,p_y,p_x\n1,x,y,0.6,0.4\n2,y,y,{cells}\n")
    assert table.classes == ("y", "x") and table.rows[0].probs == ()
    assert "left out: no score needs them" in table.notes[0]


def test_a_missing_fold_is_the_person_however_the_subject_is_spelled(read):
    lines = "smic,s3,x,y\nsmic_vis,03,x,x\nsamm,6,y,y\nmine,03,x,y\n"
    rows = read("dataset,subject,true,pred\n" + lines).rows
    assert [row.fold for row in rows] == ["smic/s3", "smic/s3", "samm/006", "mine/03"]
    assert rows[1].subject == "03" and rows[1].video[:2] == ("smic_vis", "s3")


def test_a_fold_is_a_person_who_may_be_named(read):
    rows = read("dataset,subject,true,pred,person\na,1,x,x,Ann\nb,1,x,y,Bob\n").rows
    assert [row.fold for row in rows] == ["Ann", "Bob"]
    assert [row.who for row in rows] == [("", "Ann"), ("", "Bob")]
    (row,) = read("Person,true,pred\nAnn,x,x\n").rows
    assert row == Prediction("", "Ann", "line 2", "Ann", 0, 0, "x", "x")


def test_the_composite_of_three_datasets_has_no_dataset_in_its_subjects(read):
    """SAMM's 006, SMIC's s06 and CASME II's sub06 are three people."""
    assert len(read("subject,true,pred\n006,x,x\ns06,x,x\nsub06,x,x\n").rows) == 3


def test_a_clip_name_may_be_there_once_in_each_dataset_and_seed(read):
    rows = read(
        "dataset,subject,clip,seed,true,pred\nsmic,s3,c,0,x,y\nsmic_vis,s3,c,0,x,x\n"
        "smic,s03,c,1.0,x,x\n"
    ).rows
    assert [row.video for row in rows] == [
        ("smic", "s3", "c"), ("smic_vis", "s3", "c"), ("smic", "s3", "c"),
    ]  # fmt: skip
    assert [row.seed for row in rows] == [0, 0, 1]


BAD = {
    "": "is empty",
    "1,0,0\n2,1,1\n": "line 1: no column subject, true, pred: got the columns 1, 0, 0",
    "y_true y_pred\n0 0\n": "no column subject: got the columns y_true, y_pred.*whose clip",
    "id,true,pred\n1,0,0\n": "no column subject: got the columns id, true, pred",
    "subject,true\ns1,x\n": r"no column pred: .*name the column pred \(or y_pred, predicti",
    "subject,true,label,pred\ns,x,x,x\n": "columns 'true' and 'label' could each be true: keep one",
    "subject,true,pred,Prediction\ns,x,x,x\n": "columns 'pred' and 'Prediction' could each be pred",
    "subject,participant,true,pred\ns,t,x,x\n": "columns 'subject' and 'participant' could each be",
    "subject,true,pred\ns,x,nan\nt,x,x\nu,x,\n": "lines 2, 4, column pred: got 'nan', expected a c",
    "subject,true,Output\ns,x,None\n": "line 2, column Output: got 'None', expected a class",
    "subject,true,pred\ns,?,x\nt,x,x\n": "line 2, column true: got '\\?', expected a class: a clip",
    "subject,true,pred\n?,x,x\nt,x,x\n": "line 2, column subject: got '\\?', expected a name",
    "subject,true,pred\ns,x,-\nt,y,x\n": "line 2, column pred: got '-', expected a class",
    "subject,true,pred\ns,,x\n": "line 2, column true: got an empty cell, expected a class: a clip",
    "subject,true,pred\ns,1,inf\nt,2,2\n": "line 2, column pred: got 'inf', expected a class",
    'subject,true,pred\ns,x,"""x"""\nt,x,x\n': "which may be one name in two spellings",
    "subject,true,pred\nnan,x,x\n": "column subject: got 'nan', expected a name of the subject",
    "subject,true,pred\n\u200b,x,x\n": "column subject: got an empty cell",
    "subject,true,pred\ns1,Happy,sad\ns2,sad,happy\n": "the classes 'Happy' and 'happy', which dif",
    "subject,true,pred\ns1,x,x\nS01,x,x\n": "the subjects 'S01' and 's1', which may be one name",
    "subject,true,pred\n1,x,x\nsub01,x,x\n": "the subjects '1' and 'sub01', which may be one name",
    "subject,fold,true,pred\na,f1,x,x\nb,F1,x,x\n": "the folds 'F1' and 'f1', which differ only in",
    "dataset,subject,true,pred\ncasme2,a,x,x\nCASME II,b,x,x\n": "the datasets 'CASME II' and 'cas",
    "subject,true,pred\ns,0,0.73\nt,1,1\n": "line 2, column pred: got '0.73', expected a class as",
    "subject,true,pred\ns,neg,0\nt,pos,1\n": "labels neg, pos and the predictions 0, 1, which have",
    "subject,true,pred\ns,neg,negative\nt,pos,positive\n": "have no class in common",
    "subject,split,true,pred\ns,train,x,x\nt,test,x,x\n": "lines whose split is 'train': a score",
    "subject,set,true,pred\ns,Val,x,x\nt,test,x,x\n": "lines whose set is 'Val': a score is of te",
    "subject,clip,true,pred\ns,1,x,x\ns,01,x,y\n": "line 3, column clip: got '1' of subject s a se",
    "subject,epoch,true,pred\ns,1,x,x\ns,2,x,x\n": "2 values of epoch and no column clip",
    "subject,true,pred\ns,x\n": "line 2: got 2 cells, expected 3, as the header in line 1 has.*cut",
    "subject,true,pred\ns,x,0,4\n": 'line 2: got 4 cells, expected 3.*holds commas in "quotes"',
    'subject,true,pred\ns,"x,x\n': "line 2 cannot be read .*: mend its quotes",
    "subject,true,pred\ns\x07,x,x\n": r"line 2, column 'subject': the name 's\\x07' holds the sign",
    "subject,true,pred\ns\ufffd,x,x\n": "line 2, column 'subject': .* holds a letter that was lost",
    "subject,clip,true,pred\ns,a,x,x\ns,a ,x,y\n": "line 3, column clip: got 'a' of subject s a se",
    "subject,seed,true,pred\ns,zero,x,x\n": "column seed: got 'zero', expected a whole number",
    "dataset,subject,clip,true,pred\nsmic,s3,c1,x,y\nsmic,s03,c1,x,x\n": "line 3, column clip: got",
    "dataset,subject,clip,seed,true,pred\nsmic,s3,c,0,x,y\nsmic,s03,c,1,y,x\n": "line 3, column tr",
    "subject,true,pred,person\ns1,x,x,Ann\ns1,x,y,Bob\n": "line 3, column person: got 'Bob', expec",
}


@pytest.mark.parametrize(("content", "says"), BAD.items())
def test_what_could_be_a_wrong_number_is_refused(read, content, says):
    with pytest.raises(UserError, match=rf"(?s)p\.csv.*{says}") as refused:
        read(content)
    assert "\n" not in str(refused.value)


def test_a_class_may_be_called_none_where_clips_are_so_labelled(read):
    assert read("subject,true,pred\ns,none,none\nt,x,none\n").classes == ("none", "x")


def test_a_table_without_lines_has_no_rows(read):
    assert read("subject,true,pred\n").rows == ()


def test_a_sign_of_both_columns_is_a_class_and_a_point_a_subject(read):
    table = read("subject,true,pred\n.,-,-\nt,+,-\n")
    assert table.classes == ("+", "-")
    assert [row.subject for row in table.rows] == [".", "t"]
