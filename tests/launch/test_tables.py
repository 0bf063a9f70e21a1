"""The command of the paper's tables: what runs, what is reused, and one sentence for bad input."""

import csv
import dataclasses
import json
import shutil

import pytest

from launch import table_data, table_runs, tables
from mol_jax.paper.mol.tables import TABLES
from mol_jax.paper.papers import PAPERS
from mol_jax.paper.rows import Row, Table
from tests.mol_jax.fake_run import make_run

COMMAND = tables

VIII = {
    "no_flow_no_landmarks": ("mer",),
    "no_landmarks": ("mer", "flow"),
    "no_flow": ("mer", "landmarks"),
    "casme2": ("mer", "flow", "landmarks"),
}


@pytest.fixture
def trained(monkeypatch):
    """Returns the names of the runs that were to be trained; a run is made up in a moment."""
    names = []

    def train(run):
        names.append(run.name)
        run.folder.parent.mkdir(exist_ok=True)
        make_run(run.folder, tasks=VIII[run.name])

    monkeypatch.setattr(table_runs, "train", train)
    monkeypatch.setattr(table_data, "unbuilt", lambda config: None)
    return names


def fill(folder):
    folder.mkdir(parents=True)
    for name, tasks in VIII.items():
        make_run(folder / name, tasks=tasks)


def cells(text: str, label: str) -> list[str]:
    """Returns the cells of the first line of a printed table that starts with `label`."""
    line = next(line for line in text.splitlines() if line.startswith(f"| {label} |"))
    return [cell.strip() for cell in line.split("|")[2:-1]]


def test_missing_runs_are_trained_and_finished_ones_are_not(trained, call, tmp_path):
    (tmp_path / "tables").mkdir()
    make_run(tmp_path / "tables" / "casme2")
    assert call("--tables=VIII")[0] == 0
    assert trained == ["no_flow_no_landmarks", "no_landmarks", "no_flow"]
    assert call("--tables=VIII")[0] == 0
    assert len(trained) == 3


def test_rows_of_one_config_are_one_run(trained, call):
    code, _ = call("--tables=X,XI,VIII", "--print_only")
    configs = table_runs.configs_of([TABLES[number] for number in ("X", "XI", "VIII")])
    assert code == 0
    assert configs.count("casme2") == 1 and len(configs) == len(set(configs)) == 9


def test_a_table_has_the_papers_figures_beside_ours_with_intervals(call, tmp_path):
    fill(tmp_path / "tables")
    code, printed = call("--tables=viii", "--print_only")
    found = json.loads((tmp_path / "tables/no_flow/metrics.json").read_text())
    acc, (low, high) = 100 * found["pooled"]["acc"], (100 * x for x in found["ci95"]["acc"])
    row = cells(printed.out, "without flow")
    assert code == 0
    assert row[:3] == ["75.48", "72.31", f"{acc:.2f} [{low:.1f}, {high:.1f}]"]
    svm = found["baselines"]["flow_svm"]
    assert [row[3], row[5]] == [f"{100 * svm[metric]:.2f}" for metric in ("acc", "wf1")]
    assert row[6:] == ["50", "5", "1"]
    assert (tmp_path / "tables/tables.md").read_text() == printed.out


def test_the_csv_has_every_row_and_metric(call, tmp_path):
    fill(tmp_path / "tables")
    call("--tables=VIII,XIV", "--print_only")
    with (tmp_path / "tables/tables.csv").open() as file:
        lines = list(csv.DictReader(file))
    wanted = sum(len(TABLES[n].rows) * len(TABLES[n].metrics) for n in ("VIII", "XIV"))
    assert len(lines) == wanted
    epe = next(one for one in lines if (one["table"], one["row"]) == ("XIV", "MOL"))
    flow = json.loads((tmp_path / "tables/casme2/metrics.json").read_text())["flow"]
    assert float(epe["value"]) == flow["epe"] and float(epe["baseline"]) == flow["epe_zero"]
    assert epe["paper"] == "0.650"


def test_tables_are_read_from_the_files(call, tmp_path):
    fill(tmp_path / "tables")
    path = tmp_path / "tables/casme2/metrics.json"
    content = json.loads(path.read_text())
    content["pooled"]["acc"] = 0.1234
    path.write_text(json.dumps(content))
    _, printed = call("--tables=VIII", "--print_only")
    assert cells(printed.out, "MOL")[2].startswith("12.34 [")


def test_a_run_that_fails_is_named_and_the_others_go_on(trained, call, monkeypatch):
    works = table_runs.train

    def train(run):
        return "the device is gone." if run.name == "no_landmarks" else works(run)

    monkeypatch.setattr(table_runs, "train", train)
    code, printed = call("--tables=VIII")
    assert code == 1
    assert trained == ["no_flow_no_landmarks", "no_flow", "casme2"]
    assert printed.err == "error: no_landmarks: the device is gone.\n"
    assert "- without landmarks failed: the device is gone." in printed.out
    assert cells(printed.out, "without landmarks")[2] == "not run"


def test_folds_that_diverged_are_named(trained, call, tmp_path):
    fill(tmp_path / "tables")
    shutil.rmtree(tmp_path / "tables/no_flow")
    make_run(tmp_path / "tables/no_flow", tasks=VIII["no_flow"], failed=("sub03",))
    code, printed = call("--tables=VIII")
    assert (code, trained) == (1, [])
    assert printed.err == "error: no_flow: folds that diverged have no score: sub03\n"
    assert "* without flow: not the figures of the protocol, no score for sub03." in printed.out


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"missing_folds": []}', "null"])
def test_a_damaged_metrics_json_is_written_again(trained, call, tmp_path, content, monkeypatch):
    fill(tmp_path / "tables")
    path = tmp_path / "tables/no_flow/metrics.json"
    whole = path.read_text()
    path.write_text(content)
    monkeypatch.setattr(table_runs, "train", lambda run: trained.append(path.write_text(whole)))
    code, printed = call("--tables=VIII")
    assert (code, len(trained)) == (0, 1)
    path.write_text(content)
    code, printed = call("--tables=VIII", "--print_only")
    assert code == 1
    assert printed.err.startswith("error: no_flow: ") and printed.err.count("\n") == 1
    assert "the same command writes it again" in printed.err


def test_a_run_that_is_begun_goes_on(trained, call, tmp_path, monkeypatch):
    fill(tmp_path / "tables")
    (tmp_path / "tables/no_flow/metrics.json").unlink()
    _, printed = call("--tables=VIII", "--print_only")
    assert "- without flow is begun and not finished." in printed.out
    monkeypatch.setattr(table_runs, "train", lambda run: trained.append(run.name))
    call("--tables=VIII")
    assert trained == ["no_flow"]


def test_generated_clips_are_named_and_the_paper_left_out(call, tmp_path):
    fill(tmp_path / "tables")
    shutil.rmtree(tmp_path / "tables/casme2")
    make_run(tmp_path / "tables/casme2", generated=True)
    _, printed = call("--tables=VIII,XIV", "--print_only")
    assert printed.out.startswith("# GENERATED CLIPS")
    for figure in ("66.55", "79.23", "RAFT", "0.465", "published"):
        assert figure not in printed.out


def test_a_dry_run_lists_the_commands_and_writes_nothing(call, trained, tmp_path):
    code, printed = call("--tables=IX", "--dry_run", "--config.train.steps=500")
    assert (code, trained) == (0, [])
    assert not (tmp_path / "tables").exists()
    first = printed.out.splitlines()[1]
    assert first.startswith("to be trained  python -m mol_jax.main --config=")
    assert first.endswith("tables/no_f5c --config.train.steps=500")


def test_a_dataset_that_is_not_built_is_named_with_its_command(call, tmp_path):
    code, printed = call("--tables=XIII", f"--config.data.dir={tmp_path}")
    assert code == 1
    assert printed.err.count("is not built in") == 4
    assert "run python -m data_builders.build casme2" in printed.err
    assert "--frames=16" in printed.err


def test_small_sets_the_small_network_and_its_own_data(call):
    _, printed = call("--tables=VIII", "--size=small", "--dry_run", "--config.train.steps=40")
    line = printed.out.splitlines()[1]
    assert "--config.model.width=32" in line and "tables/data" in line
    assert line.endswith("--config.train.steps=40")


def test_tables_that_cannot_be_written_are_printed(call, tmp_path):
    fill(tmp_path / "tables")
    (tmp_path / "tables/tables.md").mkdir()
    code, printed = call("--tables=VIII", "--print_only")
    assert code == 2 and "tables.md could not be written" in printed.err
    assert "## Table VIII" in printed.out


@pytest.mark.slow
def test_a_row_is_drawn_built_trained_and_printed(call, monkeypatch, tmp_path):
    """The quickest row there is, through a process of its own."""
    row = Row("landmarks alone", "ablations/landmarks_only", {"nme": "5.46"})
    table = Table("XV", "landmarks", ("nme", "failure_rate"), (row,))
    monkeypatch.setattr(
        tables, "PAPERS", {"mol": dataclasses.replace(PAPERS["mol"], tables={"XV": table})}
    )
    steps = [f"--config.train.{name}=2" for name in ("steps", "log_every", "save_every")]
    code, printed = call("--tables=XV", "--size=small", *steps)
    assert (code, printed.err) == (0, "")
    error, face = cells(printed.out, "landmarks alone (GENERATED)")[:2]
    assert float(error.partition(" [")[0]) > 0 and float(face) > 0
    assert cells(printed.out, "landmarks alone (GENERATED)")[3:] == ["15", "3", "1"]
    monkeypatch.setattr(table_runs, "train", None)  # finished: nothing is trained again
    again = call("--tables=XV", "--size=small", *steps)[1].out
    assert again == (tmp_path / "tables/tables.md").read_text()


def test_help(capsys):
    assert tables.main(["tables", "--help"]) == 0
    assert "--tables" in capsys.readouterr().out
