"""The challenge's log is read and written, and gives the scores that were published for it."""

import dataclasses

import pytest

from mol_jax.errors import UserError
from mol_jax.files import text
from mol_jax.scoring import megc_log
from mol_jax.scoring.confusion import per_class
from mol_jax.scoring.predictions import Prediction, Predictions
from mol_jax.scoring.score_tables import pooled_counts
from mol_jax.scoring.summary import summary
from tests.mol_jax import published_log


def read(path):
    return megc_log.read(path, text.read(path).content)


@pytest.fixture
def log(tmp_path):
    """Returns a function that writes text to a file and returns its path."""

    def write(content):
        (tmp_path / "log.txt").write_text(content, newline="")
        return tmp_path / "log.txt"

    return write


@pytest.fixture
def published(tmp_path):
    """The published log, written and read again."""
    megc_log.write(tmp_path / "log.txt", published_log.rows())
    return read(tmp_path / "log.txt")


def test_the_pooled_uf1_of_a_published_log_is_the_published_one(published):
    found = summary(published)
    parts = {"all": found, **found["per_dataset"]}
    assert {name: round(part["pooled"]["uf1"], 4) for name, part in parts.items()} == (
        published_log.UF1
    )
    assert (found["n_clips"], found["n_subjects"]) == (442, 68)


def test_what_was_published_as_its_uar_is_the_mean_precision(published):
    for name, printed in published_log.PRINTED_UAR.items():
        rows = tuple(row for row in published.rows if name in ("all", row.dataset))
        each = per_class(pooled_counts(Predictions(published.classes, rows)))
        assert round(each["precision"].mean(), 4) == pytest.approx(printed, abs=2e-4)
        assert abs(each["recall"].mean() - printed) > 0.02


def test_a_log_comes_back_as_it_was(published, tmp_path):
    assert list(published.rows) == published_log.rows()
    megc_log.write(tmp_path / "again.txt", published.rows)
    assert (tmp_path / "again.txt").read_text() == (tmp_path / "log.txt").read_text()


def test_names_are_spelled_as_the_organisers_do_and_read_as_the_builders(tmp_path):
    rows = [
        Prediction("smic", "s3", "s3_ne_01", "f", 0, 0, "negative", "surprise"),
        Prediction("samm", "006", "006_1_2", "f", 0, 0, "positive", "positive"),
        Prediction("casme2", "sub01", "EP02_01f", "f", 0, 0, "surprise", "negative"),
    ]
    megc_log.write(tmp_path / "log.txt", rows)
    assert (tmp_path / "log.txt").read_text() == (
        "smic s03\ns03_ne_01 0 2\nsamm 006\n006_1_2 1 1\ncasme2 sub01\nEP02_01f 2 0\n"
    )
    back = read(tmp_path / "log.txt").rows
    assert [dataclasses.replace(row, fold="f") for row in back] == rows
    assert [row.fold for row in back] == ["smic/s3", "samm/006", "casme2/sub01"]


def test_other_spellings_are_taken(log):
    lines = "\ufeffSAMM 6\r\n006_1_2\t0  1\r\n\r\nsmic s03\r\n s03_sur_1 surprise Positive\r\n"
    rows = read(log(lines)).rows
    assert [(row.dataset, row.subject, row.clip) for row in rows] == [
        ("samm", "006", "006_1_2"), ("smic", "s3", "s3_sur_01"),
    ]  # fmt: skip
    assert (rows[1].true, rows[1].pred) == ("surprise", "positive")


def test_a_table_is_no_log():
    assert megc_log.is_log("\nsamm 006\n006_1_2 0 0\n")
    tables = ("subject,true,pred\n", "subject true pred\n", "a;b c\n", "", "samm 006 1 2\n")
    for other in (*tables, "y_true y_pred\n0 0\n", "0 0\n1 1\n"):
        assert not megc_log.is_log(other)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("006_1_2 0 0\n", "line 1 is '006_1_2 0 0', expected a line \"database subject\""),
        ("samm 006\n", "is a log without a clip"),
        ("samm 006\n006_1_2 0\nx 1 1 1\n", "line 3 is 'x 1 1 1'"),
        ("samm 006\n006_1_2 0 3\n", "line 2 has the class '3', expected 0 .negative."),
        ("samm 006\n006_1_2 -1 0\n", "line 2 has the class '-1'"),
        ("samm 006\n006_1_2 0 0.0\n", "line 2 has the class '0.0'"),
        ("samm 006\n006_1_2 0 0\n006_1_2 0 1\n", "line 3: clip 006_1_2 of samm 006 is there a sec"),
        ("samm 6\na 0 0\nsamm 006\na 0 0\n", "line 4: clip a of samm 006 is there a second time"),
        ("smic s3\ns3_ne_01 0 0\ns03_ne_1 0 0\n", "line 3: clip s03_ne_1 of smic s3"),
        ("samm 006\nonly\n", "line 2 is 'only'"),
    ],
)
def test_nonsense_is_refused_by_line(log, content, says):
    with pytest.raises(UserError, match=says):
        read(log(content))


ROW = Prediction("samm", "006", "006_1_2", "f", 0, 0, "negative", "negative")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"clip": "line 2"}, "the table has no column clip, and a MEGC log names"),
        ({"dataset": ""}, "the table has no column dataset, and a MEGC log names"),
        ({"clip": "EP 01"}, "the clip 'EP 01' cannot stand in a MEGC log"),
        ({"dataset": "my data"}, "the dataset 'my data' cannot stand in a MEGC log"),
        ({"subject": "Ann B"}, "the subject 'Ann B' cannot stand in a MEGC log, whose names are"),
        ({"true": "happiness"}, "the class 'happiness' has no place in a MEGC log"),
        ({"pred": "3"}, "the class '3' has no place"),
    ],
)
def test_what_a_log_cannot_hold_is_refused(tmp_path, changes, says):
    with pytest.raises(UserError, match=says):
        megc_log.write(
            tmp_path / "log.txt", [ROW, dataclasses.replace(ROW, **{"clip": "b"} | changes)]
        )
    assert not (tmp_path / "log.txt").exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"subject": "6"}, {"subject": "006"}),
        ({"dataset": "SAMM"}, {}),
        (
            {"dataset": "smic", "subject": "s3", "clip": "s3_ne_1"},
            {"dataset": "smic", "subject": "s03", "clip": "s03_ne_01"},
        ),
    ],
)
def test_a_clip_is_not_written_twice_in_the_logs_spelling(tmp_path, first, second):
    rows = [dataclasses.replace(ROW, **changes) for changes in (first, second)]
    with pytest.raises(UserError, match="would stand in the MEGC log a second time"):
        megc_log.write(tmp_path / "log.txt", rows)
    assert not (tmp_path / "log.txt").exists()


@pytest.mark.parametrize("spelled", ["CASME II", "CASME2", "casme-ii", "casme2"])
def test_datasets_are_written_as_the_organisers_spell_them(tmp_path, spelled):
    row = dataclasses.replace(ROW, dataset=spelled, subject="1", clip="EP02_01f")
    smic = dataclasses.replace(ROW, dataset="SMIC-HS", subject="3", clip="s3_ne_1")
    megc_log.write(tmp_path / "log.txt", [row, smic])
    assert (tmp_path / "log.txt").read_text() == (
        "casme2 sub01\nEP02_01f 0 0\nsmic s03\ns03_ne_01 0 0\n"
    )


def numbers(rows, order):
    number = {name: str(order.index(name)) for name in megc_log.CLASSES}
    return [dataclasses.replace(row, true=number[row.true], pred=number[row.pred]) for row in rows]


def test_numbers_are_classes_of_the_challenge_only_where_the_counts_say_so(tmp_path):
    rows, path = published_log.rows("smic"), tmp_path / "log.txt"
    megc_log.write(path, numbers(rows, megc_log.CLASSES))
    assert list(read(path).rows) == rows
    for order in (("surprise", "negative", "positive"), ("positive", "negative", "surprise")):
        with pytest.raises(UserError, match="numbers that may not be the challenge's"):
            megc_log.write(path, numbers(rows, order))
    with pytest.raises(UserError, match="numbers that may not be"):
        megc_log.write(path, numbers(rows[1:], megc_log.CLASSES))
    with pytest.raises(UserError, match="numbers that may not be"):
        megc_log.write(path, [dataclasses.replace(rows[0], pred="0"), *rows[1:]])


def test_a_fold_of_a_log_is_a_person(log):
    rows = read(log("smic s3\na 0 0\nsmic_vis 3\na 0 0\n")).rows
    assert [row.fold for row in rows] == ["smic/s3", "smic/s3"]


def test_a_log_that_cannot_be_written_is_one_sentence(tmp_path):
    with pytest.raises(UserError, match=r"could not be written .*: give --megc_log another path"):
        megc_log.write(tmp_path, [ROW])
