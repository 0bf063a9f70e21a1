"""The runs behind the rows: how much of each is done, and training one in its own process."""

import dataclasses
import json
import os
import shlex
import signal
import sys
import threading

import pytest

from launch import table_runs
from launch.table_runs import BEGUN, FINISHED, MISSING
from mol_jax.errors import UserError
from tests.mol_jax.fake_run import make_run


def planned(folder, *arguments):
    (run,) = table_runs.plan(["casme2"], folder, arguments)
    return run


def test_the_command_is_that_of_one_run(tmp_path):
    run = planned(tmp_path, "--config.train.steps=500", "--config.train.steps=150")
    argv = shlex.split(run.call.text)
    assert argv[:3] == ["python", "-m", "mol_jax.main"]
    assert f"--workdir={tmp_path / 'casme2'}" in argv
    assert run.call.config.train.steps == 150  # the last one counts
    assert (run.folder, run.state) == (tmp_path / "casme2", MISSING)


@pytest.mark.parametrize(
    ("missing", "only", "state"),
    [
        ((), "()", FINISHED),
        (((0, "sub02"),), "()", BEGUN),
        (((0, "sub02"),), "('sub01',)", FINISHED),
        (((0, "sub02"),), "('sub02',)", BEGUN),
    ],
)
def test_a_run_is_finished_when_the_folds_to_work_on_are(tmp_path, missing, only, state):
    make_run(tmp_path / "casme2", missing=missing)
    assert planned(tmp_path, f"--config.protocol.only={only}").state == state


def test_without_metrics_a_run_goes_on(tmp_path):
    make_run(tmp_path / "casme2")
    (tmp_path / "casme2" / "metrics.json").unlink()
    assert planned(tmp_path).state == BEGUN


def test_a_damaged_config_json_is_refused(tmp_path):
    make_run(tmp_path / "casme2")
    (tmp_path / "casme2" / "config.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        planned(tmp_path)


def test_a_field_of_all_rows_may_be_set_and_one_in_which_they_differ_not(tmp_path):
    configs = ["casme2", "ablations/f5c_2"]
    runs = table_runs.plan(configs, tmp_path, ["--config.model.neighbours=3"])
    assert [run.call.config.model.neighbours for run in runs] == [3, 3]
    with pytest.raises(UserError, match="cannot be set for all rows"):
        table_runs.plan(configs, tmp_path, ["--config.model.num_f5c=3"])


@pytest.fixture
def program(tmp_path):
    """Returns a function from Python code to a run whose command executes it."""

    def make(code: str):
        run = planned(tmp_path)
        text = shlex.join(["python", "-c", code])
        return dataclasses.replace(run, call=dataclasses.replace(run.call, text=text))

    return make


def test_a_run_that_ends_well_has_no_reason(program):
    assert table_runs.train(program("print('fine')")) is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise SystemExit(3)", "it ended with exit code 3"),
        ("import sys; sys.stderr.write('error: no disk.\\n'); sys.exit(2)", "no disk."),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import os; os.kill(os.getpid(), 9)", "it ended with exit code -9"),
    ],
)
def test_a_run_that_fails_says_why(program, code, reason, capsys):
    assert table_runs.train(program(code)) == reason
    assert (reason in capsys.readouterr().err) == ("exit code" not in reason)


@pytest.mark.parametrize("code", [130, 143])
def test_a_run_that_was_stopped_stops_the_tables(program, code):
    with pytest.raises(KeyboardInterrupt):
        table_runs.train(program(f"raise SystemExit({code})"))


def test_stopping_the_tables_stops_the_run(program, tmp_path):
    """The run writes its process id; nothing is left of it when the interrupt arrives."""
    pid = tmp_path / "pid"
    code = f"import os, sys, time; open({str(pid)!r}, 'w').write(str(os.getpid()))\n"
    code += "sys.stderr.write('begun\\n'); sys.stderr.flush(); time.sleep(60)"
    ours, timer = os.getpid(), None

    class Echo:
        def write(self, text):
            nonlocal timer
            if "begun" in text:
                timer = threading.Timer(0.1, os.kill, (ours, signal.SIGINT))
                timer.start()

        def flush(self):
            pass

    stderr, sys.stderr = sys.stderr, Echo()
    try:
        with pytest.raises(KeyboardInterrupt):
            table_runs.train(program(code))
    finally:
        sys.stderr = stderr
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_the_interpreter_is_ours(program):
    code = f"import sys; sys.exit(sys.executable != {sys.executable!r})"
    assert table_runs.train(program(code)) is None


def test_names_are_those_of_the_config_files():
    assert table_runs.name_of("ablations/no_flow") == "no_flow"
    assert table_runs.name_of("casme2") == "casme2"


def test_metrics_of_another_kind_do_not_count_as_finished(tmp_path):
    make_run(tmp_path / "casme2")
    for content in ([], {"missing_folds": None}, {"missing_folds": [{}]}):
        (tmp_path / "casme2" / "metrics.json").write_text(json.dumps(content))
        only = "('sub01',)"
        assert planned(tmp_path, f"--config.protocol.only={only}").state == BEGUN
