"""Whole runs of the protocols beside LOSO: what is trained, what is tested, and what is said."""

import dataclasses
import json
import shutil

import pytest
from rich.console import Console

from mol_jax import report, score
from mol_jax.data.split import make_folds
from mol_jax.errors import UserError
from mol_jax.moved.again import opened
from mol_jax.reporting.page import console_table
from mol_jax.settings import trials
from mol_jax.study import study
from tests.mol_jax import runs, tiny
from tests.mol_jax.runs import read

QUICK = {"tasks.flow": False, "train.steps": 5}
EVERYBODY = {"protocol.name": "all"}
CROSS = {
    "data.name": "composite",
    "data.view": "casme2/3class_megc2019+smic/3class",
    "protocol.name": "cross",
    "protocol.train": ("casme2",),
    "protocol.test": ("smic",),
}


def train(folder, **changes):
    return runs.train(folder, **QUICK | changes)


@pytest.fixture
def composite(monkeypatch):
    """Two people of CASME II, one of SMIC, four clips each."""
    dataset = tiny.joined({"casme2": 8, "smic": 4})
    runs.serve(monkeypatch, dataset)
    return dataset


@pytest.mark.usefixtures("composite")
def test_a_cross_dataset_run_tests_the_other_dataset_once_a_seed(tmp_path):
    metrics = train(tmp_path / "run", seeds=(0, 1), **CROSS)
    tested = read(tmp_path / "run", "predictions.csv")
    assert [(row["dataset"], row["seed"]) for row in tested] == [("smic", "0")] * 4 + [
        ("smic", "1")
    ] * 4
    assert {row["fold"] for row in tested} == {"casme2->smic"}
    assert metrics["n_clips"] == 4 and metrics["audit"]["clips_tested"] == 4
    words = "trained on casme2 (3class_megc2019), tested on smic (3class)"
    assert metrics["protocol"] == f"cross-dataset: {words}"
    text = (tmp_path / "run" / "report.md").read_text()
    assert "One model is tested for each seed: UF1" in text and "(sd over 2 seeds" in text
    assert "trained on casme2 (3class), tested on smic (3class)" in text  # as the data was built
    assert "incomplete" not in text.lower()


def test_the_audit_compares_the_even_sample_of_each_clip(monkeypatch):
    """The same frames as clip 0 and as clip 11, which different people show."""
    dataset = tiny.dataset()
    table = tiny.table(phases=2)
    table.frames[33] = table.frames[0]
    dataset = dataclasses.replace(dataset, table=table)
    folds = make_folds(tiny.config(), dataset)
    one = study.Study(trials.plain(tiny.config()), dataset, folds, *[None] * 4)
    found = one.audit["videos_on_both_sides"]
    assert found["count"] == 2 and "tiny/sub0/clip0 and tiny/sub2/clip11" in found["shown"][0]


@pytest.mark.usefixtures("composite")
def test_one_seed_of_a_cross_dataset_run_says_that_it_has_no_spread(tmp_path):
    train(tmp_path / "run", **CROSS)
    assert "One model was trained and tested" in (tmp_path / "run" / "report.md").read_text()


@pytest.mark.usefixtures("composite")
def test_a_composite_leaves_out_each_person_and_scores_each_dataset(tmp_path):
    metrics = train(tmp_path / "run", **{name: CROSS[name] for name in ("data.name", "data.view")})
    folds = {row["fold"] for row in read(tmp_path / "run", "predictions.csv")}
    assert folds == {"casme2/s0", "casme2/s1", "smic/s0"}
    assert {name: part["n_clips"] for name, part in metrics["per_dataset"].items()} == {
        "casme2": 8, "smic": 4
    }  # fmt: skip
    assert "## Datasets" in (tmp_path / "run" / "report.md").read_text()


def test_lovo_says_that_it_is_not_subject_independent_wherever_it_shows_a_score(
    tmp_path, monkeypatch
):
    runs.serve(monkeypatch, tiny.dataset())
    metrics = train(tmp_path / "run", **{"protocol.name": "lovo"})
    rows = read(tmp_path / "run", "predictions.csv")
    assert [(row["fold"], row["clip"]) for row in rows] == sorted(
        (f"sub{i // 4}/clip{i}", f"clip{i}") for i in range(12)
    )
    said = "leave one video out, NOT SUBJECT-INDEPENDENT"
    assert metrics["protocol"] == said
    assert metrics["audit"]["subject_independent"] is False
    text = (tmp_path / "run" / "report.md").read_text()
    (headline,) = (line for line in text.splitlines() if line.startswith("**UF1"))
    assert f"({said})**" in headline
    assert text.index("**NOT SUBJECT-INDEPENDENT: in 12 of 12 folds") < text.index("**UF1")
    console = Console(width=100, record=True, file=(tmp_path / "out").open("w"))
    console.print(console_table(metrics))
    assert "NOT SUBJECT-INDEPENDENT" in console.export_text()


def test_every_run_is_audited(tmp_path, monkeypatch):
    runs.serve(monkeypatch, tiny.dataset())
    metrics = train(tmp_path / "run")
    assert metrics["protocol"] == "leave one subject out"
    assert metrics["audit"]["subject_independent"] is True
    assert json.loads((tmp_path / "run" / "metrics.json").read_text())["audit"] == metrics["audit"]
    text = (tmp_path / "run" / "report.md").read_text()
    assert "## Leakage audit" in text and "No video is on both sides" in text
    assert "NOT SUBJECT" not in text and "LEAK:" not in text


def test_a_video_under_two_people_is_said_before_the_score(tmp_path, monkeypatch):
    dataset = tiny.dataset()
    dataset.table.frames[8] = dataset.table.frames[1]
    runs.serve(monkeypatch, dataset)
    train(tmp_path / "run", **{"train.steps": 5})
    text = (tmp_path / "run" / "report.md").read_text()
    assert text.index("**LEAK: one video is on both sides") < text.index("**UF1")


@pytest.mark.usefixtures("composite")
@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"protocol.train": ("casme3",)}, r"protocol\.train names 'casme3'"),
        ({"protocol.test": ("samm",)}, r"protocol\.test names 'samm'"),
        ({"protocol.train": ("smic",)}, r"smic is in protocol\.train and in protocol\.test"),
        ({"protocol.test": ()}, r"protocol\.test is empty.*as \('smic',\)"),
        ({"data.view": "megc2019"}, r"samm of data\.view is neither in"),
        ({"data.name": "casme2"}, r"data\.name is casme2; set data\.name=composite"),
        ({"protocol.name": "loso"}, r"protocol\.train is casme2, which protocol\.name=loso does"),
        ({"protocol.only": ("smic",)}, "did you mean 'casme2->smic'"),
    ],
)
def test_sides_that_do_not_fit_are_refused(tmp_path, changes, says):
    with pytest.raises(UserError, match=says) as error:
        train(tmp_path / "run", **CROSS | changes)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "run").exists()


@pytest.fixture(scope="module")
def everybody(tmp_path_factory):
    """The folder of a run that tests nobody, what it said, and its metrics."""
    folder = tmp_path_factory.mktemp("runs") / "all"
    console = Console(width=200, file=(folder.parent / "out").open("w+"))
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset())
        metrics = train(folder, console=console, **EVERYBODY)
        console.print(console_table(metrics))
    console.file.seek(0)
    return folder, console.file.read(), metrics


def test_a_run_of_all_people_tests_nobody_and_says_so(everybody):
    folder, said, metrics = everybody
    assert read(folder, "predictions.csv") == []
    header = (folder / "predictions.csv").read_text().strip()
    assert header.endswith("true,pred,p_negative,p_positive,p_surprise")
    assert metrics["protocol"] == "trained on all people, NOBODY IS TESTED"
    for name in ("pooled", "ci95", "baselines", "floor", "per_dataset", "landmarks", "flow"):
        assert metrics[name] is None, name
    assert (metrics["n_clips"], metrics["failed_folds"], metrics["missing_folds"]) == (0, [], [])
    assert metrics["audit"]["subject_independent"] is None
    assert metrics["audit"]["clips_tested"] == 0
    text = (folder / "report.md").read_text()
    assert said.count("NOBODY IS TESTED") == 2 and "**NOBODY IS TESTED" in text
    assert "flow_svm" not in {path.stem for path in folder.iterdir()}
    assert [row["fold"] for row in read(folder, "history.csv")] == ["all"]
    state = folder / "checkpoints" / "trial0" / "seed0" / "all"
    assert (state / "final").is_dir()


def test_it_trains_on_every_clip(everybody):
    from mol_jax.predicting.models.model import load_model

    (member,) = load_model(everybody[0]).members
    assert member.state.facts.class_counts.tolist() == [4, 4, 4]


def test_the_tools_say_of_it_what_it_is(everybody, tmp_path, monkeypatch, capsys):
    folder = shutil.copytree(everybody[0], tmp_path / "run")
    assert score.main([str(folder / "predictions.csv")]) == 2
    assert "nobody" in capsys.readouterr().err
    assert report.main([str(folder)]) == 0
    runs.serve(monkeypatch, tiny.dataset())
    again = runs.evaluate(folder, **QUICK | EVERYBODY)
    again["runtime"] = everybody[2]["runtime"]
    assert again == everybody[2]
    with pytest.raises(UserError, match=r"tested nobody \(protocol\.name=all\)"):
        opened(folder, None)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"selection.name": "inner", "selection.every": 5}, "held in to choose a step are not"),
        ({"selection.leaky_oracle": True, "selection.every": 5}, "leaky_oracle is on, .* nobody"),
        ({"predict.keep": ("a/b/c",)}, "kept when they are tested, and none is"),
        ({"protocol.train": ("casme2",)}, r"protocol\.name=all does not use"),
        ({"protocol.only": ("sub1",)}, "did you mean 'all'"),
    ],
)
def test_what_a_test_would_give_is_refused_without_one(tmp_path, monkeypatch, changes, says):
    runs.serve(monkeypatch, tiny.dataset())
    with pytest.raises(UserError, match=says) as error:
        runs.train(tmp_path / "run", **EVERYBODY | changes)
    assert "\n" not in str(error.value)
