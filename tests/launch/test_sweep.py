"""The command of sweeps: trials from a file, one sentence for bad input, nothing trained here."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import jax
import pytest
from absl import logging

from launch import sweep
from mol_jax.reporting import page
from mol_jax.settings.trials import compile_groups
from mol_jax.study import command, experiment

ROOT = Path(__file__).parents[2]
HEAD = (
    "from configs import synthetic\nfrom mol_jax.settings.space import *\n"
    "get_config = synthetic.get_config\n"
)
TWO = "values('optim.learning_rate', [1e-4, 1e-3])"
METRICS = {
    "pooled": None,
    "flow": None,
    "landmarks": None,
    "failed_folds": [],
    "missing_folds": [],
    "per_trial": [],
}


def source(returned: str) -> str:
    return f"{HEAD}def get_trials():\n    return {returned}\n"


@pytest.fixture
def calls(monkeypatch):
    """Returns the list of what `experiment` is asked to do; it does nothing."""
    calls = []
    for name in ("train", "evaluate", "show_plan"):
        monkeypatch.setattr(
            experiment, name, lambda *a, name=name, **k: calls.append((name, a, k)) or METRICS
        )
    verbosity, cache = logging.get_verbosity(), jax.config.jax_compilation_cache_dir
    stop = signal.getsignal(signal.SIGTERM)
    yield calls
    signal.signal(signal.SIGTERM, stop)
    logging.set_verbosity(verbosity)
    jax.config.update("jax_compilation_cache_dir", cache)


@pytest.fixture
def run(calls, tmp_path, monkeypatch):
    """Returns a function from the text of a config file and flags to the exit code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delitem(sys.modules, "config_config", raising=False)  # config_flags' last file

    def run(text: str, *arguments: str) -> int:
        Path("mine.py").write_text(text)
        return sweep.main(["sweep", "--config=mine.py", *arguments])

    return run


def test_the_trials_are_trained(run, calls):
    assert run(source(TWO), "--workdir=here") == 0
    ((name, (trials, folder), rest),) = calls
    assert (name, folder) == ("train", Path("here"))
    assert [trial.config.optim.learning_rate for trial in trials] == [1e-4, 1e-3]
    assert rest["command"] == "python -m launch.sweep --config=mine.py --workdir=here"


def test_the_workdir_is_named_after_the_config(run, calls):
    run(source(TWO))
    assert calls[0][1][1] == Path("runs/mine")


def test_eval_predicts_again(run, calls):
    assert run(source(TWO), "--mode=eval", "--engine=local") == 0
    assert [call[0] for call in calls] == ["evaluate"]


def test_overrides_change_the_base_of_every_trial(run, calls):
    run(source(TWO), "--config.model.lambda_flow=0.7")
    trials = calls[0][1][0]
    assert [trial.config.model.lambda_flow for trial in trials] == [0.7, 0.7]
    assert [trial.config.optim.learning_rate for trial in trials] == [1e-4, 1e-3]


def test_an_override_may_change_a_field_that_some_trials_set(run, calls):
    assert run(source(f"chain([{{}}], {TWO})"), "--config.optim.learning_rate=0.5") == 0
    rates = [trial.config.optim.learning_rate for trial in calls[0][1][0]]
    assert rates == [0.5, 1e-4, 1e-3]


def test_a_dry_run_shows_the_plan_and_writes_nothing(run, calls, tmp_path):
    assert run(source(TWO), "--dry_run", "--workdir=here") == 0
    ((name, (trials,), rest),) = calls
    assert (name, len(trials), set(rest)) == ("show_plan", 2, {"console"})
    assert os.listdir(tmp_path) == ["mine.py"]


def test_diverged_trials_give_exit_code_1(run, monkeypatch, capsys):
    failed = [{"fold": "sub01", "trial": 1, "seed": 0}]
    monkeypatch.setattr(experiment, "train", lambda *_, **__: {**METRICS, "failed_folds": failed})
    assert run(source(TWO)) == 1
    assert capsys.readouterr().err == (
        "error: 1 of the folds diverged (NaN) and have no score: 1 of trial 1; the other trials' "
        "scores stand.\n"
    )


def test_the_table_says_what_sets_each_trial_apart(run, monkeypatch):
    tables = []
    monkeypatch.setattr(page, "console_table", lambda _, values: tables.append(values) or "")
    run(source(TWO))
    assert tables == [{0: "optim.learning_rate=0.0001", 1: "optim.learning_rate=0.001"}]


RAISES = f"{HEAD}def get_trials():\n    raise KeyError('rate')\n"
ARGUMENT = f"{HEAD}def get_trials(config):\n    return []\n"
BROKEN = f"{HEAD}import missing_module\n"
BAD = [
    (HEAD, [], "mine.py: there is no get_trials()"),
    (f"{HEAD}get_trials = 3\n", [], "get_trials() failed (TypeError"),
    (RAISES, [], "get_trials() failed (KeyError: 'rate')"),
    (f"{HEAD}def get_trials():\n    raise SystemExit(0)\n", [], "SystemExit: it ends the program"),
    (ARGUMENT, [], "missing 1 required positional argument: 'config'"),
    (BROKEN, [], "mine.py cannot be used as a config (ModuleNotFoundError"),
    ("def get_trials():\n    return [{}]\n", [], "mine.py cannot be used as a config"),
    (source("None"), [], "get_trials() returned a NoneType; it must return a list"),
    (source("{'optim.learning_rate': [1, 2]}"), [], "get_trials() returned a dict"),
    (source("(x for x in [{}])"), [], "get_trials() returned a generator"),
    (source("'optim.learning_rate'"), [], "get_trials() returned a str"),
    (source("[]"), [], "no trial"),
    (source("[{}, 3]"), [], "trial 1 of get_trials() is a int"),
    (source("[{3: 4}]"), [], "trial 0 of get_trials() changes 3; a field must be named by text"),
    (source("[{'optim.learning_rat': 1}]"), [], "did you mean 'optim.learning_rate'"),
    (source("[{'optim': {'learning_rate': 1}}]"), [], "no config field 'optim'"),
    (source("[{'data.frames': 4}]"), [], "data.frames cannot be swept"),
    (source("[{'seeds': (1,)}]"), [], "seeds cannot be swept"),
    (source("[{'optim.learning_rate': -1}]"), [], "trial 0: optim.learning_rate is -1; it must be"),
    (source("[{'optim.learning_rate': [1, 2]}]"), [], "optim.learning_rate is a list"),
    (source("[{}, {}]"), [], "trials 0 and 1 of the sweep are the same"),
    (source("[{'train.steps': 7}]"), [], "trial 0: train.steps is 7"),
    (source(f"product({TWO}, {TWO})"), [], "mine.py: product(...) got two spaces"),
    (source("random(2, {'model.dropout': uniform(1, 0)})"), [], "uniform(1, 0) must have"),
    (source(TWO), ["--engine=slurm"], "--engine=slurm is not implemented"),
    (source(TWO), ["--engine="], "--engine= is not implemented"),
    (source(TWO), ["--mode=test"], "should be one of <train|eval>"),
    (source(TWO), ["--dry_run", "--mode=eval"], "leave --mode=eval out"),
    (source(TWO), ["--dry_run=maybe"], "see python -m launch.sweep --help"),
    (source(TWO), ["--dryrun"], "Unknown command line flag 'dryrun'"),
    (source(TWO), ["extra"], "unexpected argument 'extra'"),
    (source(TWO), ["--config.optim.nesterov=1"], "there is no config field 'optim.nesterov'"),
    (source(TWO), ["--config.train.steps=0"], "train.steps is 0"),
    (source(TWO), ["--config.optim.learning_rate=1"], "changes nothing: every trial of mine.py"),
    (source(TWO), ["--config=missing.py"], "no config file 'missing.py'; start with --config=conf"),
]


@pytest.mark.parametrize(("text", "arguments", "words"), BAD)
def test_bad_input_gets_one_sentence(run, calls, capsys, tmp_path, text, arguments, words):
    assert run(text, *arguments) == 2
    printed = capsys.readouterr()
    assert words in printed.err and not printed.out
    assert printed.err.startswith("error: ") and printed.err.count("\n") == 1
    assert not calls and os.listdir(tmp_path) == ["mine.py"]


def test_without_a_config_the_example_is_named(capsys):
    assert sweep.main(["sweep"]) == 2
    assert capsys.readouterr().err == (
        "error: no --config=FILE was given; start with --config=configs/sweeps/lr_lambda.py.\n"
    )


def test_bad_trials_are_answered_before_jax_starts(tmp_path):
    (tmp_path / "mine.py").write_text(source("[]"))
    program = (
        "import sys\n"
        "from launch import sweep\n"
        f"code = sweep.main(['sweep', '--config={tmp_path}/mine.py'])\n"
        "heavy = {'mol_jax.study.experiment', 'orbax.checkpoint', 'matplotlib'}\n"
        "print(code, heavy & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "2 set()\n" and "no trial" in done.stderr


def test_help_names_the_flags_of_sweeps():
    done = subprocess.run(
        [sys.executable, "-m", "launch.sweep", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and not done.stderr
    assert all(flag in done.stdout for flag in ("--config", "--workdir", "--engine", "dry_run"))


EXAMPLES = sorted((ROOT / "configs" / "sweeps").glob("*.py"))
GROUPS = {
    "lr_lambda": (4, 1),
    "synthetic_random": (6, 1),
    "fcc": (6, 6),
    "neighbours": (5, 5),
    "folder_small": (5, 3),
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_make_trials(calls, path):
    assert sweep.main(["sweep", f"--config={path}", "--dry_run"]) == 0
    trials = calls[0][1][0]
    assert (len(trials), len(compile_groups(trials))) == GROUPS[path.stem]
    base = command.parse(["sweep", f"--config={path}"], sweep.PROGRAM).config
    assert trials[0].config.to_dict() == base.to_dict()  # the report leads with the first trial


def test_every_example_is_named_here():
    assert {path.stem for path in EXAMPLES} == set(GROUPS)
