"""The page of tables: what it says of all figures together, and what it leaves out."""

import csv
import io
import json
from types import SimpleNamespace

import pytest

from configs import default
from launch import table_fill, table_page, table_results, table_runs
from mol_jax.paper.mol.tables import TABLES
from mol_jax.paper.papers import PAPERS
from tests.mol_jax.fake_run import make_run


def record(folder, group, **fields):
    """Sets fields of the config that a made-up run says it was made with."""
    path = folder / "config.json"
    recorded = json.loads(path.read_text())
    recorded["config"][group] |= fields
    path.write_text(json.dumps(recorded))


def page(folder, *numbers, arguments=()):
    """Returns the page of some tables from the runs in a folder."""
    wanted = [TABLES[number] for number in numbers]
    runs = table_runs.plan(table_runs.configs_of(wanted), folder, arguments)
    found = table_fill.read_all(runs, wanted, {})
    return table_page.page(table_fill.fill(wanted, found, {}, runs), runs, found)


def test_one_generated_run_leaves_the_paper_out_of_every_table(tmp_path):
    """None of Table VII's rows was run, and the one of X that was is no row of IX."""
    make_run(tmp_path / "f5c_2", generated=True)
    record(tmp_path / "f5c_2", "model", num_f5c=2)
    made = page(tmp_path, "VII", "IX", "X", "XIV")
    assert made.text.startswith("# GENERATED CLIPS") and "the paper's are left out" in made.text
    for figure in ("47.13", "62.90", "79.23", "RAFT", "published", "whole number", "Types"):
        assert figure not in made.text
    lines = list(csv.DictReader(io.StringIO(made.csv)))
    assert {line["paper"] + line["source"] + line["note"] for line in lines} == {""}
    assert [line["row"] for line in lines if line["value"]] == ["2", "2"]
    assert "RAFT" not in made.csv


def test_generated_runs_beside_real_ones_leave_the_paper_out_too(tmp_path):
    make_run(tmp_path / "f5c_2", generated=True)
    record(tmp_path / "f5c_2", "model", num_f5c=2)
    make_run(tmp_path / "casme2")
    made = page(tmp_path, "IX", "X")
    assert made.text.startswith("# GENERATED CLIPS") and "79.23" not in made.text + made.csv
    rows = [line for line in made.text.splitlines() if line.startswith("| ") and "[" in line]
    marked = [line.split(" | ")[0] for line in rows if "(GENERATED)" in line]
    assert marked == ["| 2 (GENERATED)"] and len(rows) > 1 + len(marked)


def test_without_generated_runs_the_paper_stands_beside_ours(tmp_path):
    make_run(tmp_path / "casme2")
    made = page(tmp_path, "IX")
    assert "| MOL | 79.23 | 75.85 |" in made.text and "79.23" in made.csv


def test_the_page_says_what_the_paper_is_and_what_cannot_be(tmp_path):
    """Of the release that its weights and its pooled matrix are of different epochs."""
    text = page(tmp_path, "VII", "VIII").text
    said = "the weights of the epoch that is best on the held-out subject, but the confusion matrix"
    assert said in text and "pools is the last epoch's" in text
    assert "Types: DL and NDL" in text and "What cannot be" in text
    assert "Types" not in page(tmp_path, "VIII").text
    assert "What cannot be" not in page(tmp_path, "XIV").text


@pytest.mark.parametrize("rule", ["fixed", "inner"])
def test_the_page_says_which_step_was_tested(tmp_path, rule):
    fields = {"name": rule, "every": 50 if rule == "inner" else 0}
    make_run(tmp_path / "casme2")
    record(tmp_path / "casme2", "selection", **fields)
    arguments = [f"--config.selection.{name}={value}" for name, value in fields.items()]
    text = page(tmp_path, "X", arguments=arguments).text
    assert ("after the steps named" in text) == (rule == "fixed")
    assert ("held in to choose by and not trained on" in text) == (rule == "inner")
    assert ("at most, chosen by held-in people" in text) == (rule == "inner")


def test_what_was_set_for_every_run_is_said_unless_it_changes_no_figure(tmp_path):
    make_run(tmp_path / "casme2")
    record(tmp_path / "casme2", "data", phases=4)
    record(tmp_path / "casme2", "predict", phases="all", batch_size=2)
    set_here = ("data.phases=4", "predict.phases=all", "predict.batch_size=2", "data.dir=elsewhere")
    text = page(tmp_path, "X", arguments=[f"--config.{field}" for field in set_here]).text
    assert "Set for every run: data.phases=4 predict.phases=all." in text


def test_what_is_not_the_papers_is_named_for_all_runs_and_for_some(tmp_path):
    make_run(tmp_path / "casme2")
    make_run(tmp_path / "other", fields={"model.num_f5c": 2, "optim.learning_rate": 1e-3})
    results = {name: table_results.read(tmp_path / name) for name in ("casme2", "other")}
    apart = [
        "**Not the paper's, in every run of ours: data.alignment = clip (paper: per_frame).**",
        "**Not the paper's, in other: optim.learning_rate = 0.001 (paper: 5e-05).**",
    ]
    assert (
        table_page.unlike(results, PAPERS["mol"]) == apart
    )  # and not num_f5c, by which a run has its row
    assert f"- {apart[0]}" in page(tmp_path, "X").text


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        (("", ""), table_page.NO_PRETRAINING),
        (("w", "w"), "Pre-trained: w."),
        (("w", ""), "Pre-trained: w in some rows, whose commands name it; the others are not."),
    ],
)
def test_what_rows_start_from_is_said_of_those_that_do(weights, words):
    configs = [default.get_config() for _ in weights]
    for config, name in zip(configs, weights, strict=True):
        config.init.weights = name
    runs = [SimpleNamespace(call=SimpleNamespace(config=config)) for config in configs]
    assert table_page.ours(runs).endswith(words)
