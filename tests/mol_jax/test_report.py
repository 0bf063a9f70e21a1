"""The report says what a reviewer asks, and never passes generated data off as real."""

import io
import json
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
from rich.console import Console

from configs.frl_dgt import m0, s_4class
from mol_jax.errors import UserError
from mol_jax.reporting import figures
from mol_jax.reporting.finished_run import is_config, read_run
from mol_jax.reporting.page import console_table, write_report
from mol_jax.scoring.measure import Measure
from tests.mol_jax.fake_run import make_run


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Path:
    """Returns the workdir of a run on data that is not generated, with its report."""
    folder = make_run(tmp_path_factory.mktemp("runs") / "real")
    write_report(folder)
    return folder


@pytest.fixture
def no_pictures(monkeypatch):
    """Draws nothing, where a test only reads the text."""
    for name in ("confusion", "subjects", "curves", "trials"):
        monkeypatch.setattr(figures, name, lambda *_, **__: None)


def test_the_report_says_what_a_reviewer_asks(real):
    text = (real / "report.md").read_text()
    found = json.loads((real / "metrics.json").read_text())
    low, high = (100 * bound for bound in found["ci95"]["uf1"])
    for fact in (
        f"**UF1 {100 * found['pooled']['uf1']:.2f} [{low:.1f}, {high:.1f}]** over 50 clips of 5",
        f"{100 * found['baselines']['majority']['uf1']:.2f}",
        f"{100 * found['baselines']['random']['uf1']:.2f}",
        "happiness 10, disgust 10",
        "sadness and fear are left out.",
        "1a2b3c4d",
        "leave one subject out",
        "a fixed budget of 1000 steps per fold",
        "17 without a detected face",
        "4 shorter than t",
        "| sub05 | 10 |",
        "| flow EPE, px | 0.445 | 0.600 |",
        "| landmark NME, % | 3.00 | 4.00 |",
        "7.14 % of the frames fail",
        "python -m mol_jax.main --config=configs/casme2.py",
        "Commit 0123abc",
        "| jax | 0.12.0 |",
        '"learning_rate": 5e-05',
        "With 5 subjects the interval is itself rough",
    ):
        assert fact in text, fact


def test_the_svm_stands_beside_the_score(real):
    text = (real / "report.md").read_text()
    found = json.loads((real / "metrics.json").read_text())
    svm, test = found["baselines"]["flow_svm"], found["floor"]["against"]
    low, high = (100 * bound for bound in svm["ci95"]["uf1"])
    assert f"own flow reaches UF1 {100 * svm['uf1']:.2f} [{low:.1f}, {high:.1f}]; this run" in text
    assert f"UF1 differs by {100 * test['difference']:+.2f} [" in text
    assert "| % | this run | 95 % interval | flow + SVM | majority |" in text


@pytest.mark.usefixtures("no_pictures")
def test_a_run_from_before_the_svm_is_asked_to_be_trained_again(tmp_path):
    folder = make_run(tmp_path / "run")
    found = json.loads((folder / "metrics.json").read_text())
    del found["floor"]
    (folder / "metrics.json").write_text(json.dumps(found))
    with pytest.raises(UserError, match=r"of an earlier version .*: train the run again in an"):
        write_report(folder)


def test_every_picture_it_shows_is_there(real):
    text = (real / "report.md").read_text()
    shown = [line.split("](")[1][:-1] for line in text.splitlines() if line.startswith("![")]
    assert shown == ["figures/confusion.png", "figures/subjects.png", "figures/curves.png"]
    assert all((real / name).stat().st_size > 1000 for name in shown)


def test_the_same_files_give_the_same_report(real, tmp_path):
    again = tmp_path / "again"
    again.mkdir()
    for name in ("config.json", "metrics.json", "predictions.csv", "dense.csv", "history.csv"):
        shutil.copy(real / name, again)
    write_report(again)
    for path in ("report.md", "figures/confusion.png", "figures/subjects.png"):
        assert (again / path).read_bytes() == (real / path).read_bytes()
    assert (again / "figures/curves.png").read_bytes() == (real / "figures/curves.png").read_bytes()


def test_the_papers_figures_stand_beside_ours_with_their_caveat(real):
    text = (real / "report.md").read_text()
    assert "| Acc | 79.23 |" in text and "| WF1 | 75.85 |" in text
    assert "Its 79.23 % is not a whole number of these 50 clips." in text
    assert "| flow EPE, px | 0.650 |" in text
    assert "| landmark error, % | 2.35 |" in text and "| landmark failures, % | 2.13 |" in text
    assert "**Not the paper's: data.alignment = clip (paper: per_frame).**" in text


@pytest.mark.usefixtures("no_pictures")
def test_a_network_without_measures_has_no_word_of_them(tmp_path):
    folder = make_run(tmp_path / "run", tasks=("mer",), measures=())
    assert not (folder / "dense.csv").exists()
    text = write_report(folder).read_text()
    assert "## Optical flow" not in text and "## Landmarks" not in text
    off = write_report(make_run(tmp_path / "off", tasks=("mer",))).read_text()
    assert "## Optical flow\n\nOff in this run." in off and "## Landmarks" in off


@pytest.mark.usefixtures("no_pictures")
def test_a_measure_of_another_task_has_a_plain_section(tmp_path):
    own = (
        Measure("age", "age", "years", "videos", reference="age_mean"),
        Measure("age_mean", "age", "years", "videos"),
        Measure("epe", "flow", "px", "pairs"),
    )
    values = {"videos": 1, "age": 2.5, "age_mean": 6.0}
    text = write_report(make_run(tmp_path / "run", measures=own, own=values)).read_text()
    part = text.split("## Age\n")[1].split("\n## ")[0]
    assert "| age, mean over | | this run [95 %, over subjects] | reference |" in " ".join(
        part.replace("  ", " ").splitlines()
    )
    assert "| age, years | videos | 2.5 [2.5, 2.5] | 6 (age_mean) |" in part
    assert "| epe, px | pairs | 0.445 [0.445, 0.445] | – |" in text.split("## Flow\n")[1]
    assert "## Optical flow" not in text


@pytest.mark.usefixtures("no_pictures")
def test_no_published_figure_is_claimed_for_another_task(tmp_path):
    text = write_report(make_run(tmp_path / "run", name="smic")).read_text()
    assert "The paper prints no figure for smic 5class." in text
    assert "79.23" not in text


@pytest.mark.usefixtures("no_pictures")
def test_an_ablation_stands_beside_its_own_row(tmp_path):
    text = write_report(make_run(tmp_path / "run", tasks=("mer", "flow"))).read_text()
    assert "| Acc | 76.60 |" in text and "| flow EPE, px | 0.972 |" in text
    for figure in ("79.23", "0.650", "2.35", "4.89"):
        assert figure not in text


@pytest.mark.parametrize("name", ["synthetic", "casme2"])
@pytest.mark.usefixtures("no_pictures")
def test_generated_data_is_flagged_first_and_never_beside_the_paper(tmp_path, name):
    text = write_report(make_run(tmp_path / "run", name=name, generated=True)).read_text()
    assert text.startswith(f"# GENERATED DATA: {name} 5class\n\n> **Generated faces, not people.**")
    assert f"| dataset | {name} (GENERATED) |" in text
    for figure in ("79.23", "75.85", "0.650", "2.35", "The paper prints", "Beside the paper"):
        assert figure not in text


@pytest.mark.parametrize(
    ("tasks", "off"),
    [
        (("mer",), ("## Optical flow\n\nOff", "## Landmarks\n\nOff")),
        (("flow",), ("Expression recognition was off", "## Landmarks\n\nOff")),
        (("landmarks",), ("Expression recognition was off", "## Optical flow\n\nOff")),
    ],
)
def test_tasks_that_are_off_are_said_to_be(tmp_path, tasks, off):
    folder = make_run(tmp_path / "run", tasks=tasks)
    text = write_report(folder).read_text()
    assert all(sentence in text for sentence in off)
    assert (folder / "figures" / "confusion.png").exists() == ("mer" in tasks)


@pytest.mark.usefixtures("no_pictures")
def test_a_score_that_is_no_better_than_guessing_is_said_to_be(tmp_path, real):
    text = write_report(make_run(tmp_path / "run", skill=0.0)).read_text()
    assert "this is no evidence of learning" in text
    assert "The whole interval lies above both." in (real / "report.md").read_text()


@pytest.mark.usefixtures("no_pictures")
def test_diverged_folds_are_named_before_the_score(tmp_path):
    text = write_report(make_run(tmp_path / "run", failed=("sub03",))).read_text()
    assert text.index("sub03, trial 0, seed 0") < text.index("**UF1")
    assert "of 50 predictions were scored" in text


@pytest.mark.usefixtures("no_pictures")
def test_a_run_in_which_every_fold_diverged_has_a_report(tmp_path):
    failed = tuple(f"sub{i:02d}" for i in range(1, 6))
    text = write_report(make_run(tmp_path / "run", failed=failed)).read_text()
    assert "**Incomplete: 5 replicas diverged" in text
    assert "0 of 50 predictions were scored" in text
    assert text.count("Nothing was scored.") == 3  # and not that the tasks were off


@pytest.mark.usefixtures("no_pictures")
def test_seeds_are_listed(tmp_path):
    text = write_report(make_run(tmp_path / "run", seeds=(4, 7))).read_text()
    assert "| % | mean of 2 seeds |" in text
    assert "| trial 0, seed 7 |" in text


@pytest.mark.parametrize("missing", ["config.json", "metrics.json", "dense.csv", "history.csv"])
def test_a_missing_or_damaged_file_is_named(tmp_path, missing):
    folder = make_run(tmp_path / "run")
    (folder / missing).write_text("{")
    with pytest.raises(UserError, match=missing):
        write_report(folder)
    (folder / missing).unlink()
    with pytest.raises(UserError, match=f"{missing} could not be read"):
        write_report(folder)


@pytest.mark.parametrize("name", ["config.json", "metrics.json"])
@pytest.mark.parametrize("content", ["[]", "{}", "3", "null", '{"config": {}}'])
def test_a_file_that_is_not_a_runs_is_one_sentence(tmp_path, name, content):
    folder = make_run(tmp_path / "run")
    (folder / name).write_text(content)
    with pytest.raises(UserError, match=name) as error:
        write_report(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("key", ["config", "dataset", "sessions", "trials"])
@pytest.mark.parametrize("value", [3, [], {"a": 1}, [3], None])
def test_a_config_whose_parts_are_odd_is_none(tmp_path, key, value):
    folder = make_run(tmp_path / "run")
    held = json.loads((folder / "config.json").read_text())
    assert is_config(held)
    may = key in ("config", "dataset") and isinstance(value, dict)
    assert is_config(held | {key: value}) == may


def test_the_console_table_shows_intervals_and_references(real):
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(console_table(json.loads((real / "metrics.json").read_text())))
    text = console.export_text()
    bounds = json.loads((real / "metrics.json").read_text())["ci95"]["uf1"]
    assert f"[{100 * bounds[0]:.1f}, {100 * bounds[1]:.1f}]" in text
    assert "majority" in text
    assert "0.600" in text
    assert "4.00" in text


@pytest.mark.usefixtures("no_pictures")
def test_the_console_has_a_line_per_trial_and_says_what_choosing_one_is(tmp_path):
    changes = ({}, {"optim.learning_rate": 0.001}, {"model.lambda_flow": 0.0})
    missing = [(1, f"sub{i:02d}") for i in (1, 2)]
    folder = make_run(tmp_path / "run", changes=changes, skill=0.3, missing=missing)
    console = Console(width=80, record=True, file=io.StringIO())
    found = json.loads((folder / "metrics.json").read_text())
    names = {0: "nothing", 1: "optim.learning_rate=0.001", 2: "model.lambda_flow=0"}
    console.print(console_table(found, values=names))
    text = console.export_text()
    assert "trial 0" in text.splitlines()[2]  # above, the first trial
    for trial in found["per_trial"]:
        low, high = (100 * bound for bound in trial["ci95"]["uf1"])
        assert f"[{low:.1f}, {high:.1f}]" in text
    assert "model.lambda_flow=0" in text
    assert "Trial 2 was CHOSEN ON TEST DATA" in text
    assert "INCOMPLETE, these are not the figures of the protocol: 2 not trained yet" in text
    console.print(console_table(found))  # without names: numbers
    assert "lambda_flow" not in console.export_text()


def card(folder) -> dict[str, str]:
    """Returns the lines of the task card."""
    write_report(folder)
    text = (folder / "report.md").read_text().partition("## Task card")[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return {line[0]: line[1] for line in lines if len(line) == 2}


@pytest.mark.usefixtures("no_pictures")
def test_the_card_lists_what_is_not_the_default(tmp_path):
    fields = {"optim.learning_rate": 2e-3, "augment.crop_jitter": 0.25, "data.dir": "elsewhere"}
    changed = card(make_run(tmp_path / "changed", fields=fields))["not the defaults"]
    assert "optim.learning_rate = 0.002 (default: 5e-05)" in changed
    assert "augment.crop_jitter = 0.25 (default: 1)" in changed
    assert changed.count("default:") == 2
    assert card(make_run(tmp_path / "plain"))["not the defaults"] == "none"


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize(
    ("config", "said", "frames"),
    [
        (m0, "model.motion = flow (default: dgm); model.normalise = none", "t = 2, onset and apex"),
        (s_4class, "model.sequence = True (default: False)", "ten, interpolated at even times"),
    ],
)
def test_the_card_has_the_own_fields_of_another_network(tmp_path, config, said, frames):
    folder = make_run(tmp_path / "run", tasks=("mer",), measures=())
    recorded = json.loads((folder / "config.json").read_text())
    recorded["config"] = config.get_config().to_dict()
    (folder / "config.json").write_text(json.dumps(recorded))
    lines = card(folder)
    assert said in lines["not the defaults"] and lines["frames"].startswith(frames)
    assert lines["not the defaults"].count("model.") == said.count("model.") + 1  # and network


@pytest.mark.usefixtures("no_pictures")
def test_the_card_says_how_many_clips_there_are_where_the_view_speaks_of_others(tmp_path):
    folder = make_run(tmp_path / "run")
    config = json.loads((folder / "config.json").read_text())
    for rule, said in (("442 clips of 68 subjects", True), ("all 50 clips", False), ("all", False)):
        config["dataset"]["rule"] = rule
        (folder / "config.json").write_text(json.dumps(config))
        assert ("; this run has 50 clips of 5 subjects" in card(folder)["view"]) == said


@pytest.mark.usefixtures("no_pictures")
def test_the_card_counts_the_parameters_where_the_run_did(tmp_path):
    folder = make_run(tmp_path / "run")
    assert "parameters" not in card(folder)
    found = json.loads((folder / "metrics.json").read_text())
    found["runtime"]["parameters"] = 44019999
    (folder / "metrics.json").write_text(json.dumps(found))
    assert card(folder)["parameters"] == "44,019,999 trained in each fold"


@pytest.mark.usefixtures("no_pictures")
def test_the_card_says_which_frame_is_the_apex_where_one_is_shown(tmp_path):
    folder = make_run(tmp_path / "run")
    assert "apex" not in card(folder)
    recorded = json.loads((folder / "config.json").read_text())
    recorded["dataset"]["apexes"] = {"annotated": 47, "middle": 3}
    (folder / "config.json").write_text(json.dumps(recorded))
    assert card(folder)["apex"].startswith("as annotated; the middle frame in 3 of 50 clips")


def test_wrong_predictions_are_listed_and_many_folded_away(tmp_path, real):
    text = (real / "report.md").read_text()
    run = read_run(real)
    wrong = [row for row in run.predictions.rows if row.pred != row.true]
    assert f"{len(wrong)} of 50 predictions are wrong" in text and 0 < len(wrong) <= 20
    for row in wrong:
        assert f"| {row.subject} | {row.clip} | {row.true} | {row.pred} | 60.00 |" in text
    folder = make_run(tmp_path / "bad", skill=0.1, seeds=(0, 1))
    write_report(folder)
    page, text = ((folder / f"report.{form}").read_text() for form in ("html", "md"))
    assert "| subject | clip | seed | true |" in text and "<details><summary>All " in text
    assert page.count("<details>") == page.count("</details>") == text.count("<details>")
    write_report(make_run(tmp_path / "right", skill=2))
    assert "Wrong predictions" not in (tmp_path / "right" / "report.md").read_text()


@pytest.mark.usefixtures("no_pictures")
def test_a_long_command_is_broken_where_a_shell_still_takes_it(tmp_path):
    folder = make_run(tmp_path / "run")
    config = json.loads((folder / "config.json").read_text())
    words = ["python", "-m", "mol_jax.main", "--config=configs/casme2.py", "--workdir=a --b c"]
    config["command"] = shlex.join([*words, *(f"--config.train.steps={k}" for k in range(3))])
    (folder / "config.json").write_text(json.dumps(config))
    write_report(folder)
    block = (folder / "report.md").read_text().partition("## To repeat this")[2].split("```")[1]
    assert len(block.strip().splitlines()) == 6
    echoed = subprocess.run(
        ["sh", "-c", block.replace("python", "printf '%s\\n' python", 1)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert echoed.stdout.splitlines() == shlex.split(config["command"])


def test_a_report_of_a_look_alike_is_marked_in_text_and_pictures(tmp_path, real):
    folder = make_run(tmp_path / "drawn", generated=True)
    write_report(folder)
    text = (folder / "report.md").read_text()
    assert "| % | this run (GENERATED) |" in text and "**GENERATED CLIPS, drawn by" in text
    assert "GENERATED" not in (real / "report.md").read_text()
    for name in ("confusion", "subjects", "curves"):
        pictures = [(of / "figures" / f"{name}.png").read_bytes() for of in (folder, real)]
        assert pictures[0] != pictures[1]
    metrics = read_run(folder).metrics
    out = io.StringIO()
    Console(file=out, width=100).print(console_table(metrics), crop=False)
    assert out.getvalue().count("GENERATED CLIPS") == 3  # the sentence, and above each table


@pytest.mark.usefixtures("no_pictures")
def test_a_composite_with_one_generated_part_says_which(tmp_path):
    folder = make_run(tmp_path / "run", name="composite", parts=("casme2", "samm"), generated=True)
    config = json.loads((folder / "config.json").read_text())
    config["dataset"]["parts"] = [
        {"name": name, "view": "3class", "built": {"generated": name == "casme2"}}
        for name in ("casme2", "samm")
    ]
    (folder / "config.json").write_text(json.dumps(config))
    write_report(folder)
    text = (folder / "report.md").read_text()
    assert text.startswith("# PARTLY GENERATED DATA: composite")
    assert "30 OF 50 CLIPS ARE GENERATED (casme2)" in text and "| casme2 (GENERATED) |" in text
