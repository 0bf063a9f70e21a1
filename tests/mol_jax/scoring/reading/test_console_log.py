"""The logs that STSTNet and HTNet print are scored as they say; a damaged one is refused."""

import itertools

import pytest

from mol_jax.errors import UserError
from mol_jax.scoring import clip_sets
from mol_jax.scoring.reading import console_log
from mol_jax.scoring.summary import summary
from tests.mol_jax import published_log

FOLDS = {"006": ([0, 0, 1, 2], [0, 0, 1, 2]), "s06": ([0, 1], [0, 2]), "sub06": ([2], [1])}


def printed(form: str) -> str:
    """The folds as a program prints them, between the lines that say something else."""
    text = "lr=0.000050, epochs=800, device=cuda\n\n"
    for subject, (pred, true) in FOLDS.items():
        text += form.format(subject=subject, pred=pred, true=true)
        text += "Evaluation until this subject: \nUF1: 0.5185 | UAR: nan \n"
    return text + "Final Evaluation: \nTotal Time Taken: 12.3\n"


FORMS = {
    "STSTNet's log": "Subject: {subject} \nPredicted   : {pred} \nGround Truth: {true} \n",
    "STSTNet": "Subject: {subject}\nPredicted    : {pred}\nGround Truth : {true}\n",
    "HTNet": "Subject: {subject}\nPredicted    : {pred}\nBest Predicted    : {true}\n"
    "Ground Truth : {true}\nbest UF1: 1.0 | best UAR: 1.0\n",
    "the other way round": "subject = {subject}\ny_true = {true}\ny_pred = {pred}\n",
    "numbered": "===== Subject {subject} =====\nPredicted labels: {pred}\nTrue labels: {true}\n",
    "folds": "Fold 3/26: subject = {subject}\nprediction: {pred}\nlabel: {true}\n",
    "fold and subject": "Fold: 3\nSubject: {subject}\nPredicted: {pred}\nGT: {true}\n",
    "left out": "Left-out subject: {subject}\nPredictions = {pred}\nTargets = {true}\n",
    "tensors": "Test subject: {subject}\npred: tensor({pred})\n"
    "gt: tensor({true}, device='cuda:0')\n",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_folds_are_read_however_they_are_printed(form):
    text = printed(form)
    assert console_log.is_log(text)
    table = console_log.read("log.txt", text)
    assert table.classes == console_log.CHALLENGE and table.has_folds
    assert [(r.subject, r.fold, r.clip, r.true, r.pred) for r in table.rows[3:6]] == [
        ("006", "006", "clip 4", "surprise", "surprise"),
        ("s06", "s06", "clip 1", "negative", "negative"),
        ("s06", "s06", "clip 2", "surprise", "positive"),
    ]
    assert len(table.rows) == 7


def test_a_published_log_gives_the_published_score_and_its_task_a_name():
    """Its subjects name no dataset: 006 is of SAMM, s06 of SMIC, sub06 of CASME II."""
    text = ""
    rows = sorted(published_log.rows(), key=lambda row: (row.dataset, row.subject))
    for (dataset, subject), fold in itertools.groupby(rows, lambda r: (r.dataset, r.subject)):
        clips = list(fold)
        name = f"s{int(subject[1:]):02d}" if dataset == "smic" else subject
        pred = [published_log.THREE.index(clip.pred) for clip in clips]
        true = [published_log.THREE.index(clip.true) for clip in clips]
        text += f"Subject: {name} \nPredicted   : {pred} \nGround Truth: {true} \n"
    table = console_log.read("log.txt", text)
    assert round(summary(table)["pooled"]["uf1"], 4) == published_log.UF1["all"]
    assert clip_sets.identify(clip_sets.held(table.rows)).name == "composite/megc2019"


def test_what_was_chosen_on_the_tested_clips_is_left_out_and_said():
    assert "Best Predicted were not read" in " ".join(
        console_log.read("x", printed(FORMS["HTNet"])).notes
    )
    assert "Best" not in " ".join(console_log.read("x", printed(FORMS["STSTNet"])).notes)


def test_a_list_may_go_on_in_further_lines_as_numpy_prints_it():
    text = "Subject: a\nPredicted: [0 1\n 2 0]\nGround Truth: [0 1\n 2 1]\n"
    rows = console_log.read("log.txt", text).rows
    assert [row.true for row in rows] == ["negative", "positive", "surprise", "positive"]


def test_other_classes_keep_their_numbers_and_names():
    text = "Subject: a\nPredicted: [0, 3]\nGround Truth: [0, 2]\n"
    assert console_log.read("x", text).classes == ("0", "2", "3")
    named = "Subject: a\nPredicted: ['sad', 'happy']\nGround Truth: ['sad', 'sad']\n"
    assert console_log.read("x", named).classes == ("happy", "sad")


def test_a_table_is_no_console_log():
    for text in ("subject,true,pred\n1,0,0\n", "samm 006\n006_1_2 0 0\n", "", "Predicted: [0]\n"):
        assert not console_log.is_log(text)


def test_a_sentence_about_subjects_is_no_subject():
    text = "Subject independent evaluation\nSubject: a\n" + BOTH + "Subjects: 68\n"
    assert len(console_log.read("x", text).rows) == 2


BOTH = "Predicted: [0, 1]\nGround Truth: [0, 1]\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (BOTH, "line 1: a list without a subject above it"),
        ("Subject: a\n" + BOTH + BOTH, "line 4: a second list for the subject 'a'"),
        ("Subject: a\n" + BOTH + "Subject: a\n" + BOTH, "the subject 'a' 2 times, expected once"),
        ("Subject: a\n" + BOTH + "Subject: A\n" + BOTH, "the subjects 'A' and 'a', which differ"),
        ("Subject: 1\n" + BOTH + "Subject: 01\n" + BOTH, "the subject '1' 2 times, expected once"),
        ("Subject: a\n" + BOTH + "Subject: b\nPredicted: [0]\n", "line 4: .* has no true classes"),
        ("Subject: a\n" + BOTH + "Subject: b\n", "line 4: the subject 'b' has no list: is the log"),
        ("Subject: a\nPredicted: [0]\nGround Truth: [0, 1]\n", "1 predicted and 2 true classes"),
        (
            "Subject: a\nPredicted: [0, nan]\nGround Truth: [0, 1]\n",
            "line 2 holds 'nan', expected a class",
        ),
        ("Subject: a\nPredicted: [0.9, 0.1]\nGround Truth: [1, 0]\n", "line 2 holds '0.9', exp"),
        ("Subject: a\nPredicted: [0 ... 1]\nGround Truth: [0 ... 1]\n", "line 2: the list is cut"),
        ("Subject: a\nGT: tensor([0, …, 1])\nPred: tensor([0, …, 1])\n", "line 2: the list is cut"),
    ],
)
def test_a_damaged_log_is_refused(text, says):
    with pytest.raises(UserError, match=says):
        console_log.read("log.txt", text)
