"""A report of several trials: the first at the top, all of them in one table, what is lacking."""

import json

import pytest

from mol_jax.reporting import figures
from mol_jax.reporting.page import write_report
from tests.mol_jax.fake_run import make_run

CHANGES = ({}, {"optim.learning_rate": 0.001, "model.fcc": "none"}, {"model.lambda_flow": 0.0})


@pytest.fixture
def no_pictures(monkeypatch):
    """Draws nothing, where a test only reads the text."""
    for name in ("confusion", "subjects", "curves", "trials"):
        monkeypatch.setattr(figures, name, lambda *_, **__: None)


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n")[1].split("\n## ", maxsplit=1)[0]


def test_a_report_of_three_trials(tmp_path):
    folder = make_run(tmp_path / "run", changes=CHANGES, skill=0.3, seeds=(0, 1))
    text = write_report(folder).read_text()
    found = json.loads((folder / "metrics.json").read_text())
    result, table = section(text, "Result"), section(text, "Trials")
    assert (
        "**Trial 0 of 3: `optim.learning_rate=5e-05 model.fcc=both model.lambda_flow=0.1`.**"
        in result
    )
    assert f"**UF1 {100 * found['per_trial'][0]['mean']['uf1']:.2f} [" in result
    lines = [line for line in table.splitlines() if line.startswith("| ")]
    assert [line.split(" | ")[0] for line in lines[2:]] == [
        "| 0", "| 1", "| 2 (best on test data)", "| flow + SVM", "| no model",
    ]  # fmt: skip
    assert "| optim.learning_rate=0.001 model.fcc=none model.lambda_flow=0.1 |" in lines[3]
    for line, trial in zip(lines[2:], found["per_trial"], strict=False):
        mean, sd = 100 * trial["mean"]["uf1"], 100 * trial["sd"]["uf1"]
        low, high = (100 * bound for bound in trial["ci95"]["uf1"])
        assert f"| {mean:.2f} ± {sd:.2f} [{low:.1f}, {high:.1f}] |" in line
        assert line.endswith(f"| 0.445 | {3 + trial['trial']:.2f} |")
    assert "Trial 2 was CHOSEN ON TEST DATA" in table
    assert (folder / "figures" / "trials.png").stat().st_size > 1000
    assert "| trial 2, seed 1 |" in section(text, "Seeds")
    for title in ("Classes", "Subjects", "Optical flow", "Landmarks", "Learning curves"):
        assert section(text, title).startswith("\nOf trial 0, the first.\n")
    card = section(text, "Task card")
    assert "| trials | 3; this card is of trial 0 (optim.learning_rate=5e-05 model.fcc=both" in card
    assert "| selection | none for trial 0, shown because it is the first: a fixed budget" in card
    assert "the trial that the table marks as the best was picked by test scores" in card


@pytest.mark.usefixtures("no_pictures")
def test_a_report_of_one_trial_speaks_of_none(tmp_path):
    text = write_report(make_run(tmp_path / "run")).read_text()
    for word in ("## Trials", "## Seeds", "Of trial", "Trial 0", "CHOSEN", "trials.png"):
        assert word not in text
    assert "| selection | none: a fixed budget" in text


@pytest.mark.usefixtures("no_pictures")
def test_the_card_and_the_paper_go_by_what_the_first_trial_changes(tmp_path):
    changes = ({"train.steps": 50, "model.fcc": "none"}, {})
    text = write_report(make_run(tmp_path / "run", changes=changes)).read_text()
    assert "**Trial 0 of 2: `train.steps=50 model.fcc=none`.**" in text
    assert "a fixed budget of 50 steps" in text
    assert "| Acc | 65.45 |" in text and "79.23" not in text
    assert "train.steps = 50 (release: 1000)" in text
    assert "Every setting of trial 0" in text and '"steps": 50' in text


@pytest.mark.usefixtures("no_pictures")
def test_a_first_trial_without_recognition(tmp_path):
    changes = ({"tasks.mer": False}, {}, {"model.lambda_flow": 0.0})
    text = write_report(make_run(tmp_path / "run", changes=changes)).read_text()
    assert "Expression recognition was off in this run." in section(text, "Result")
    assert (
        "| 0 | tasks.mer=False model.lambda_flow=0.1 | 0" not in text
    )  # no column that only says so
    assert "| 0 | tasks.mer=False model.lambda_flow=0.1 | – | – | – | – | 0.445 | 3.00 |" in text
    assert "Trial 2 was CHOSEN ON TEST DATA: it is the best of 2" in text
    assert "## Classes" not in text


@pytest.mark.usefixtures("no_pictures")
def test_trials_that_recognise_nothing_have_a_table_of_errors(tmp_path):
    run = make_run(tmp_path / "run", changes=CHANGES, tasks=("flow",))
    table = section(write_report(run).read_text(), "Trials")
    assert "| trial | values | flow EPE, px |" in table
    assert "| no model |  | 0.600 |" in table
    assert "is to choose it on test data" in table


@pytest.mark.usefixtures("no_pictures")
def test_a_study_that_is_not_trained_to_its_end_says_so_before_its_score(tmp_path):
    missing = [(0, "sub02"), (0, "sub04")]
    text = write_report(make_run(tmp_path / "run", missing=missing)).read_text()
    said = "**Incomplete: 2 replicas not trained yet: sub02, trial 0, seed 0; sub04, trial 0, seed"
    assert text.index(said) < text.index("**UF1")
    assert "These figures are not those of the protocol (leave one subject out)" in text
    assert "30 of 50 predictions were scored." in text
    assert "are not shown: this run is incomplete." in text


@pytest.mark.usefixtures("no_pictures")
def test_folds_that_lack_in_every_trial_are_named_once(tmp_path):
    missing = [(trial, f"sub{i:02d}") for i in range(1, 4) for trial in range(3)]
    text = write_report(make_run(tmp_path / "run", missing=missing, changes=CHANGES)).read_text()
    assert "9 replicas not trained yet: sub01; sub02; sub03, in every trial and seed" in text
    assert "20 of 50 predictions of trial 0 were scored." in text


@pytest.mark.usefixtures("no_pictures")
def test_what_lacks_in_a_later_trial_does_not_touch_the_first(tmp_path):
    run = make_run(tmp_path / "run", missing=[(2, "sub01")], changes=CHANGES)
    text = write_report(run).read_text()
    assert "1 replica not trained yet: sub01, trial 2, seed 0.**" in text
    assert "Trial 0 is trained in full; the figures of trial 2 are not those" in text
    assert "predictions of trial 0 were scored" not in text
    assert "Not compared, because videos or seeds are lacking: trial 2." in text
    assert (
        "| 2 | optim.learning_rate=5e-05 model.fcc=both model.lambda_flow=0 | 40 |" in text
    )  # and how many predictions there are


@pytest.mark.usefixtures("no_pictures")
def test_a_first_trial_that_is_not_there_is_not_replaced(tmp_path):
    missing = [(0, f"sub{i:02d}") for i in range(1, 6)]
    text = write_report(make_run(tmp_path / "run", missing=missing, changes=CHANGES)).read_text()
    assert "Nothing was scored." in section(text, "Result")
    assert "Report a trial chosen without the test subjects." in text


@pytest.mark.usefixtures("no_pictures")
def test_a_config_from_before_there_were_trials_is_that_of_one(tmp_path):
    folder = make_run(tmp_path / "run")
    before = write_report(folder).read_text()
    config = json.loads((folder / "config.json").read_text())
    del config["trials"]
    (folder / "config.json").write_text(json.dumps(config))
    assert write_report(folder).read_text() == before
