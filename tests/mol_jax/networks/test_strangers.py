"""A network in a file outside the package, as the docs print it: found, trained, told apart."""

import dataclasses
import json
import signal
from types import SimpleNamespace

import jax
import pytest
from absl import logging

from configs import default
from mol_jax import main, settings
from mol_jax.data.identity import identity
from mol_jax.dense import videos
from mol_jax.errors import UserError
from mol_jax.settings import trials
from mol_jax.settings.find import find
from mol_jax.settings.kind import Kind
from tests.mol_jax import runs, tiny
from tests.mol_jax.networks import strangers

NAME = strangers.NAME


@pytest.fixture
def command(monkeypatch):
    """Returns mol_jax.main on tiny clips of which frames alone are loaded."""
    made = tiny.dataset(frames=4)
    table = dataclasses.replace(made.table, flow=None, landmarks=None)
    runs.serve(monkeypatch, dataclasses.replace(made, table=table))
    verbosity, cache = logging.get_verbosity(), jax.config.jax_compilation_cache_dir
    stop = signal.getsignal(signal.SIGTERM)
    yield lambda *arguments: main.main(["main", "--config=configs/synthetic.py", *arguments])
    signal.signal(signal.SIGTERM, stop)
    logging.set_verbosity(verbosity)
    jax.config.update("jax_compilation_cache_dir", cache)


def test_it_is_short():
    assert len(strangers.printed().splitlines()) < 50


SMALL = [f"--config.{one}" for one in ("data.frames=4", "runtime.devices=1", "model.width=8")]
STEPS = [f"--config.train.{one}" for one in ("steps=4", "log_every=2", "save_every=2")]


@pytest.mark.slow
def test_a_whole_study_is_trained_from_the_command_line(command, tmp_path, capsys):
    workdir = tmp_path / "run"
    flags = [f"--config.model.network={NAME}", *SMALL, *STEPS, f"--workdir={workdir}"]
    assert command(*flags, "--config.selection.name=inner", "--config.selection.every=2") == 0
    rows = runs.read(workdir, "predictions.csv")
    assert len(rows) == 12 and len({row["clip"] for row in rows}) == 12
    recorded = json.loads((workdir / "config.json").read_text())["config"]
    assert recorded["model"] == {"network": NAME, "width": 8, "lambda_spread": 1.0}
    assert recorded["tasks"] == {"mer": True, "flow": False, "landmarks": False}
    metrics = json.loads((workdir / "metrics.json").read_text())
    assert metrics["flow"] is None and metrics["landmarks"] is None
    report = (workdir / "report.md").read_text()
    assert "EPE" not in report and "NME" not in report
    # It is finished: the same command trains nothing, and gives the same table.
    table = (workdir / "predictions.csv").read_bytes()
    assert command(*flags, "--config.selection.name=inner", "--config.selection.every=2") == 0
    assert (workdir / "predictions.csv").read_bytes() == table
    # As do the weights that were kept.
    assert command(*flags, "--config.selection.name=inner", "--config.selection.every=2",
                   "--mode=eval") == 0  # fmt: skip
    assert "NOTE: what was predicted before" not in capsys.readouterr().out


def test_fields_are_those_of_the_network_that_is_named(command, capsys):
    assert command(f"--config.model.network={NAME}", "--config.model.fcc=none") == 2
    said = capsys.readouterr().err
    assert "no config field 'model.fcc' (with model.network=" in said and "did you mean" in said
    assert command("--config.model.lambda_spread=2") == 2
    assert "did you mean 'model.lambda_landmark'" in capsys.readouterr().err
    assert command(f"--config.model.network={NAME}", "--config.model.width=0") == 2
    assert "model.width is 0; it must be a whole number from 1" in capsys.readouterr().err
    assert command(f"--config.model.network={NAME}", "--config.tasks.flow=True") == 2
    assert "tasks.flow is on, which the network" in capsys.readouterr().err


def test_a_config_may_name_it():
    config = default.get_config(NAME)
    settings.check(config)
    assert isinstance(find(NAME), Kind) and config.model.width == 32
    assert {"width", "lambda_spread"} < {
        name.removeprefix("model.") for name in settings.declared(NAME)
    }
    assert "lambda_spread" in settings.scalars(config)


def test_another_file_is_another_run(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text(strangers.printed())
    config = default.get_config(f"{file}:KIND")
    told = [identity(config, tiny.dataset().fingerprint) for _ in range(2)]
    file.write_text(strangers.printed() + "# another\n")
    assert told[0] == told[1] != identity(config, tiny.dataset().fingerprint)
    assert find(f"{file}:KIND") is find(f"{file}:KIND")  # the same text is loaded once


@pytest.mark.parametrize(
    ("text", "attribute", "says"),
    [
        (None, "KIND", "cannot be read (No such file"),
        ("KIND = 3\n", "KIND", r"KIND in .* is a int; it must be a mol_jax.settings.kind.Kind"),
        ("KIND = 3\n", "MINE", "has no MINE"),
        ("import os\n\nx = 1 / 0\n", "KIND", "ZeroDivisionError: division by zero, line 3"),
        ("def f(:\n", "KIND", "SyntaxError: .*, line 1"),
        ("raise SystemExit(3)\n", "KIND", "SystemExit: 3, line 1"),
    ],
)
def test_a_file_that_is_no_network_is_refused_in_one_sentence(tmp_path, text, attribute, says):
    file = tmp_path / "mine.py"
    if text is not None:
        file.write_text(text)
    with pytest.raises(UserError, match=says.replace("(", r"\(")) as error:
        find(f"{file}:{attribute}")
    assert "\n" not in str(error.value)


FIELDS = """
from mol_jax.settings.fields import Field
from mol_jax.settings.kind import Kind
from mol_jax.settings.rules import number
KIND = Kind({%s}, lambda c, s: None, lambda c: (), tasks=("mer",%s))
"""


@pytest.mark.parametrize(
    ("fields", "task", "says"),
    [
        ('"network": Field(number(0, 1), default=0)', "", "cannot be called 'network'"),
        ('"a": Field(number(0, 1), default=2)', "", "the default of 'a' is 2, not a number from 0"),
        ('"a": Field(number(0, 1), default=0, traced="steps")', "", "'steps' of 'a' is taken"),
        (
            '"a": Field(number(0, 1), default=0, traced="learning_rate")',
            "",
            "'learning_rate' of 'a' is taken",
        ),
        ("", '"sleep"', "'sleep' is none of the tasks mer, flow, landmarks"),
        ("", '), targets=("aus",', "the target 'aus' is none of frames, flow, landmarks"),
    ],
)
def test_a_kind_that_would_mislead_is_refused(tmp_path, fields, task, says):
    file = tmp_path / "mine.py"
    file.write_text(FIELDS % (fields, task))
    with pytest.raises(UserError, match=says + r".*, line 5\)"):
        find(f"{file}:KIND")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"data.phases": 2}, "data.phases is 2, but the network .* reads nothing that has phases"),
        (
            {"data.normalisation": "subject"},
            "normalisation is subject, but the network .* reads no",
        ),
    ],
)
def test_what_a_network_does_not_read_cannot_be_changed(tmp_path, changes, says):
    file = tmp_path / "mine.py"
    file.write_text(FIELDS % ("", ""))
    settings.check(tiny.config(**{"model.network": f"{file}:KIND"}))
    with pytest.raises(UserError, match=says):
        settings.check(tiny.config(**{"model.network": f"{file}:KIND"} | changes))


def test_a_module_that_fails_is_named_with_its_line(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    package = tmp_path / "some_own_package"
    package.mkdir()
    (package / "mine.py").write_text("import os\n\nx = 1 / 0\n")
    with pytest.raises(UserError, match=r"some_own_package\.mine cannot .*by zero, line 3\)"):
        find("some_own_package.mine:KIND")


def test_there_is_no_dense_truth_beside_a_network_that_reads_none(tmp_path):
    run = SimpleNamespace(settings=default.get_config(NAME).to_dict(), dense=[object()])
    with pytest.raises(UserError, match=r"which reads no flow and no landmarks of a clip; take"):
        videos.of_run(run, tmp_path)


def test_its_traced_field_is_swept_in_one_program():
    sweep = [{"model.lambda_spread": 0.5}, {"model.lambda_spread": 2.0}, {"model.width": 16}]
    made = trials.make_trials(default.get_config(NAME), sweep)
    groups = [[trial.number for trial in group] for group in trials.compile_groups(made)]
    assert groups == [[0, 1], [2]]
    with pytest.raises(UserError, match=r"no config field 'model\.fcc'"):
        trials.make_trials(default.get_config(NAME), [{"model.fcc": "none"}])


@pytest.mark.parametrize("name", ["moll", "", "x:", ":KIND", "no_such_package.mine:KIND"])
def test_a_name_of_nothing_is_refused_with_what_there_is(name):
    with pytest.raises(UserError, match=r"give model\.network one of mol, ") as error:
        find(name)
    assert "\n" not in str(error.value)
