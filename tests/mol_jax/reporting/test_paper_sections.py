"""The paper's figures stand beside a run only with everything that sets the two apart."""

import copy
import dataclasses
import importlib
import json

import pytest

from configs.networks import frl_dgt
from mol_jax import settings
from mol_jax.paper.mol import matching_rows
from mol_jax.paper.mol.differences import fields_of, written
from mol_jax.paper.mol.row_settings import SETTINGS
from mol_jax.reporting import dense_sections, paper_sections, sections
from mol_jax.reporting.finished_run import read_run
from mol_jax.scoring.summary import dense_sums
from mol_jax.settings.fields import ABOVE_0, NO_RESULT, OfRow, OnlyWhere, Silent
from tests.mol_jax.fake_run import make_run

FIELDS = settings.declared("mol")

PARTS = ("casme2", "samm", "smic")
POOL = (
    True,
    False,
    64,
    3,
    0.25,
    ("x",),
    (3,),
    (1.0, 2.0),
    "x",
    ("x:0.1",),
)  # values, of which some rule


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Returns the files of a made-up run of the paper's main row, per_frame."""
    fields = {"data.alignment": "per_frame"}
    return read_run(make_run(tmp_path_factory.mktemp("runs") / "main", fields=fields))


def changed(run, changes):
    """Returns a run that says it was made with other fields."""
    config = copy.deepcopy(run.config)
    for name, value in changes.items():
        *groups, last = name.split(".")
        place = config["config"]
        for group in groups:
            place = place[group]
        assert last in place
        place[last] = list(value) if isinstance(value, tuple) else value
    return dataclasses.replace(run, config=config)


def text_of(run):
    """Returns the section beside the paper, and the task card."""
    return "\n".join(paper_sections.paper(run)), "\n".join(sections.card(run))


def other_value(run, name):
    """Returns a value that a field may have, and that the run does not have."""
    rule, now = FIELDS[name].rule, fields_of(run.settings)[name]
    options = rule.words.removeprefix("one of ").split(", ")
    pool = (*POOL, *map(int, filter(str.isdigit, options)), *options)
    return next(value for value in pool if rule.allows(value) and value != now)


def test_another_papers_network_is_not_said_to_have_no_figures(tmp_path):
    folder = make_run(tmp_path / "run", tasks=("mer",), measures=())
    recorded = json.loads((folder / "config.json").read_text())
    recorded["config"] = frl_dgt.get_config().to_dict()
    (folder / "config.json").write_text(json.dumps(recorded))
    title, text = paper_sections.paper(read_run(folder))
    assert title == "## Beside the paper" and "prints no figure" not in text
    assert "--paper=frl_dgt" in text and "(Zhai et al. 2023)" in text


def test_a_run_with_the_papers_settings_stands_beside_it(run):
    text, _ = text_of(run)
    assert "Every setting that the paper gives is the paper's." in text
    assert "| Acc | 79.23 |" in text and "| flow EPE, px | 0.650 | 0.445" in text
    assert "| landmark error, % | 2.35 | 3.00" in text
    assert "| landmark failures, % | 2.13 | 7.14" in text
    assert "not the paper's" not in "\n".join(dense_sections.flow(run))


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_changes_a_result_is_named_or_the_figures_are_left_out(run, name):
    paper, now = FIELDS[name].paper, other_value(run, name)
    (before, card_before), (text, card) = text_of(run), text_of(changed(run, {name: now}))
    if isinstance(paper, OfRow):
        assert "79.23" not in text and "0.650" not in text
    elif isinstance(paper, Silent):
        assert "79.23" in text and f"{name} = {written(now)}" in card != card_before
        known = paper.release is not None and paper.release != now
        assert (f"{name} = {written(now)} (release: " in text) == known
    elif isinstance(paper, OnlyWhere) or paper is NO_RESULT:
        assert text == before and f"{name} = " not in card
    else:
        assert f"{name} = {written(now)} (paper: " in text and "79.23" in text


@pytest.mark.parametrize(
    "name", [name for name, field in FIELDS.items() if isinstance(field.paper, OnlyWhere)]
)
def test_a_field_that_another_one_switches_on_is_named_then(run, name):
    for other, value in FIELDS[name].paper.others.items():
        text, card = text_of(changed(run, {other: 0.5 if value is ABOVE_0 else value}))
        assert "79.23" not in text or f"{name} = " in card
        assert f"{name} = " in card


def test_a_difference_stands_with_the_figures_of_each_task(run):
    clip = changed(run, {"data.alignment": "clip", "data.flow": "dis", "train.batch_size": 8})
    text, card = text_of(clip)
    said = (
        "data.alignment = clip (paper: per_frame); data.flow = dis (paper: tvl1); "
        "train.batch_size = 8 (paper: 32)"
    )
    assert f"**Not the paper's: {said}.**" in text and said in card
    flow, marks = (
        "\n".join(part(clip)) for part in (dense_sections.flow, dense_sections.landmarks)
    )
    assert (
        "flow targets are not the paper's: data.alignment = clip (paper: per_frame); data" in flow
    )
    assert "Against dis between sampled frames" in flow and "TV-L1" not in flow
    assert "crops that the landmarks lie in are not the paper's: data.alignment = clip" in marks
    assert "batch_size" not in flow + marks and "data.flow" not in marks


def test_the_svm_stands_beside_the_papers_scores_and_not_beside_flow_or_landmarks(run):
    text, _ = text_of(run)
    lines = {x.split(" | ")[0][2:]: x.split(" | ")[1:] for x in text.splitlines() if " | " in x}
    assert lines[""][:3] == ["paper", "this run", "flow + SVM"]
    svm = run.metrics["baselines"]["flow_svm"]
    low, high = (100 * bound for bound in svm["ci95"]["acc"])
    assert lines["Acc"][2] == f"{100 * svm['acc']:.2f} [{low:.1f}, {high:.1f}]" != lines["Acc"][1]
    assert lines["flow EPE, px"][2] == lines["landmark error, %"][2] == "–"
    unknown = dataclasses.replace(
        run, metrics={**run.metrics, "baselines": {**run.metrics["baselines"], "flow_svm": None}}
    )
    line = next(x for x in text_of(unknown)[0].splitlines() if x.startswith("| Acc |"))
    assert line.split(" | ")[3] == "–"


def test_what_the_release_tests_is_said_exactly(run):
    text, _ = text_of(run)
    assert (
        "release keeps as weights the epoch that is best on the held-out subject, while its pooled "
        "matrix is the last epoch's" in text
    )


@pytest.mark.parametrize("config", sorted(SETTINGS))
def test_every_row_of_the_tables_stands_in_a_report(tmp_path, config):
    """A run with that config: each figure of its rows, and no other percentage or error."""
    made = importlib.import_module(f"configs.{config.replace('/', '.')}").get_config()
    tasks = [task for task, on in made.tasks.items() if on]
    parts = PARTS if config == "composite" else ()
    folder = make_run(tmp_path / "run", name=made.data.name, tasks=tasks, parts=parts)
    path = folder / "config.json"
    recorded = json.loads(path.read_text()) | {"config": json.loads(made.to_json())}
    path.write_text(json.dumps(recorded))
    run = read_run(folder)
    text, _ = text_of(run)
    lines = [line.split(" | ") for line in text.splitlines() if line.startswith("| ")][2:]
    quoted = matching_rows.figures(fields_of(run.settings))
    assert [line[1] for line in lines] == [one.figure for one in quoted]
    assert all(float(line[2].split(" ")[0]) > 0 for line in lines)
    assert ("data.alignment = clip (paper: per_frame)" in text) == bool(quoted)
    assert ("one prediction per video" in text) == (bool(quoted) and "mer" in tasks)


def test_the_parts_of_the_composite_have_their_own_figures(tmp_path):
    fields = {"data.view": "megc2019"}
    folder = make_run(tmp_path / "run", name="composite", parts=PARTS, fields=fields, skill=0.5)
    run = read_run(folder)
    text, _ = text_of(run)
    for part in PARTS:
        row = next(
            one for one in matching_rows.figures(fields_of(run.settings)) if one.row.part == part
        )
        ours = 100 * run.metrics["per_dataset"][part]["pooled"]["uf1"]
        svm = run.metrics["per_dataset"][part]["flow_svm"]["uf1"]
        line = next(x for x in text.splitlines() if x.startswith(f"| UF1, {row.row.on} | "))
        paper, here, floor = line.split(" | ")[1:4]
        assert (paper, here.split()[0], floor.split()[0]) == (
            row.figure, f"{ours:.2f}", f"{100 * svm:.2f}",
        )  # fmt: skip
    ours = {run.metrics["per_dataset"][part]["pooled"]["uf1"] for part in PARTS}
    assert len(ours | {run.metrics["pooled"]["uf1"]}) == 4
    assert "UF1 81.00 is not possible at UAR 72.34 for 70/51/43 clips per class" in text


def _worse(values, k):
    return values | {"epe": values["epe"] + 0.1 * k, "failures": k % 3}


def test_our_dense_figures_are_those_of_metrics_with_an_interval_over_subjects(run):
    worse = [
        dataclasses.replace(row, values=_worse(row.values, k)) for k, row in enumerate(run.dense)
    ]
    text, _ = text_of(dataclasses.replace(run, dense=worse))
    for column, name, factor in (("epe", "flow EPE", 1), ("failures", "landmark failures", 100)):
        total, count = dense_sums(worse, run.measure(column))
        line = next(line for line in text.splitlines() if line.startswith(f"| {name}"))
        mean, low, high = (float(x.strip("[],")) for x in line.split(" | ")[2].split(" "))
        assert mean == pytest.approx(factor * total.sum() / count.sum(), abs=5e-3)
        each = factor * total[0] / count[0]
        assert min(each) - 5e-3 <= low < mean < high <= max(each) + 5e-3


def test_nothing_stands_beside_generated_clips_or_a_part_of_a_run(tmp_path):
    generated = read_run(make_run(tmp_path / "drawn", generated=True))
    assert paper_sections.paper(generated) == []
    assert "not the paper's" not in "\n".join(dense_sections.flow(generated))
    for k, lacking in enumerate(({"failed": ("sub03",)}, {"missing": ((0, "sub03"),)})):
        text, _ = text_of(read_run(make_run(tmp_path / f"part{k}", **lacking)))
        assert "figures for casme2 5class are not shown: this run is incomplete." in text
        assert "79.23" not in text and "0.650" not in text


def test_a_run_without_a_row_says_of_what_the_paper_prints_nothing(run):
    text, _ = text_of(changed(run, {"data.frames": 4, "model.ccc": False}))
    assert "The paper prints no figure for casme2 5class, t = 4, model.ccc = False." in text
