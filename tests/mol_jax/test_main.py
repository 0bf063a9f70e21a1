"""The command line: bad input gets one sentence and exit code 2, before anything is loaded."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import jax
import pytest
from absl import logging

from mol_jax import main
from mol_jax.study import experiment

ROOT = Path(__file__).parents[2]


def command(*arguments, cwd=ROOT, **environment):
    return subprocess.run(
        [sys.executable, "-m", "mol_jax.main", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


BROKEN = "import missing_module\n"
NO_FUNCTION = "x = 1\n"
NEW_FIELD = (
    "from configs import default\n\n"
    "def get_config():\n"
    "    config = default.get_config()\n"
    "    config.optim.nesterov = True\n"
    "    return config\n"
)
START = "--config=configs/synthetic.py"
BAD = [
    ([], "no --config=FILE was given"),
    (["--config=configs/nothing.py"], "there is no config file 'configs/nothing.py'"),
    ([START, "--config.optim.learning_rat=1"], "did you mean 'optim.learning_rate'"),
    ([START, "--config.optm.learning_rate=1"], "did you mean 'optim.learning_rate'"),
    ([START, "--config.learning_rate=1"], "did you mean 'optim.learning_rate'"),
    ([START, "--config.optim.learning_rate=-1"], "optim.learning_rate is -1.0; it must be"),
    ([START, "--config.optim.learning_rate=fast"], "could not convert string to float"),
    ([START, "--config.data.crop=100"], "data.crop is 100; it must be a multiple of 8"),
    ([START, "--config.tasks.mer=maybe"], "maybe"),
    ([START, "--mode=test"], "should be one of <train|eval>"),
    ([START, "--wrkdir=x"], "Unknown command line flag 'wrkdir'"),
    ([START, "extra"], "unexpected argument 'extra'"),
    (["--config=broken.py"], "broken.py cannot be used as a config"),
    (["--config=no_function.py"], "no_function.py cannot be used as a config"),
    (["--config=new_field.py"], "nesterov"),
]


@pytest.mark.parametrize(("arguments", "words"), BAD)
def test_bad_input_gets_one_sentence(arguments, words, tmp_path):
    (tmp_path / "configs").symlink_to(ROOT / "configs")
    (tmp_path / "broken.py").write_text(BROKEN)
    (tmp_path / "no_function.py").write_text(NO_FUNCTION)
    (tmp_path / "new_field.py").write_text(NEW_FIELD)
    done = command(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert words in done.stderr
    assert done.stderr.startswith("error: ") and done.stderr.count("\n") == 1
    assert not (tmp_path / "runs").exists()


@pytest.mark.slow  # what its network takes of the memory is traced first
def test_an_unbuilt_dataset_names_the_command_that_builds_it(tmp_path):
    done = command(
        f"--config={ROOT}/configs/casme2.py",
        f"--config.data.dir={tmp_path}",
        f"--workdir={tmp_path / 'run'}",
    )
    assert done.returncode == 2
    assert "python -m data_builders.build casme2 --source=" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "run").exists()


def test_help_lists_the_flags():
    done = command("--help")
    assert done.returncode == 0 and not done.stderr
    assert all(flag in done.stdout for flag in ("--config", "--workdir", "--mode"))


METRICS = {
    "n_clips": 0,
    "pooled": None,
    "flow": None,
    "landmarks": None,
    "failed_folds": [{"fold": "sub01", "trial": 0, "seed": 0}],
    "missing_folds": [],
    "per_trial": [],
}


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Returns a function from flags to the exit code, with nothing trained."""
    monkeypatch.setattr(experiment, "train", lambda *_, **__: METRICS)
    verbosity, cache = logging.get_verbosity(), jax.config.jax_compilation_cache_dir
    stop = signal.getsignal(signal.SIGTERM)
    start = f"--config={ROOT}/configs/synthetic.py"
    yield lambda *arguments: main.main(["main", start, f"--workdir={tmp_path}", *arguments])
    signal.signal(signal.SIGTERM, stop)
    logging.set_verbosity(verbosity)
    jax.config.update("jax_compilation_cache_dir", cache)


def test_diverged_folds_are_named_and_give_exit_code_1(run, capsys):
    assert run() == 1
    assert capsys.readouterr().err == (
        "error: 1 of the folds diverged (NaN) and have no score: sub01, trial 0, seed 0; lower "
        "optim.learning_rate and use a new --workdir.\n"
    )


def test_compiled_programs_are_kept_where_the_config_says(run, tmp_path):
    run(f"--config.runtime.cache_dir={tmp_path}/xla")
    assert jax.config.jax_compilation_cache_dir == str(tmp_path / "xla")


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_one_trial_with_the_whole_config_is_run(run, monkeypatch, tmp_path, mode):
    calls = []
    name = {"train": "train", "eval": "evaluate"}[mode]
    monkeypatch.setattr(experiment, name, lambda *a, **k: calls.append((a, k)) or METRICS)
    run("--config.train.steps=100", f"--mode={mode}")
    (((trial,), folder), rest), *more = calls
    assert not more and folder == tmp_path
    assert trial.values == {} and trial.config.train.steps == 100
    assert rest["command"].startswith("python -m mol_jax.main --config=")
    assert rest["command"].endswith(f"--config.train.steps=100 --mode={mode}")


def test_of_a_sweep_the_base_config_is_run(run, monkeypatch):
    calls = []
    monkeypatch.setattr(experiment, "train", lambda *a, **_: calls.append(a) or METRICS)
    run(f"--config={ROOT}/configs/sweeps/lr_lambda.py")
    (((trial,), _),) = calls
    assert trial.values == {} and trial.config.optim.learning_rate == 2e-3
