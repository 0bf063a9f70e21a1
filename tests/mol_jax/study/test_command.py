"""What a command line becomes: fields, paths, flags of a command's own, the words at the end."""

import subprocess
import sys
from pathlib import Path

import pytest
from absl import flags

from mol_jax.errors import UserError
from mol_jax.settings.trials import make_trials
from mol_jax.study import command
from tests.mol_jax import tiny

ROOT = Path(__file__).parents[3]
CONFIG = f"--config={ROOT}/configs/synthetic.py"


def colour(known):
    flags.DEFINE_string("colour", "red", "A flag of this command alone.", flag_values=known)


PROGRAM = command.Program("mol_jax.paint", about="Paints.", start="--config=first.py")
COLOURED = command.Program("mol_jax.paint", "Paints.", "--config=first.py", define_flags=colour)


def parse(*arguments, program=PROGRAM):
    return command.parse(["paint", *arguments], program)


def test_a_config_a_workdir_and_the_fields_that_were_set():
    call = parse(CONFIG, "--config.train.steps=100", "--noconfig.model.ccc", "--workdir=~/x")
    assert call.path == ROOT / "configs" / "synthetic.py"
    assert call.workdir == Path.home() / "x"
    assert call.config.train.steps == 100 and call.config.model.ccc is False
    assert call.overrides == ("train.steps", "model.ccc")
    assert call.flags["mode"].value == "train"


def test_a_field_and_its_value_may_be_two_words():
    call = parse("--config", f"{ROOT}/configs/synthetic.py", "--config.train.steps", "100")
    assert call.config.train.steps == 100 and call.overrides == ("train.steps",)


@pytest.mark.parametrize(
    ("typed", "group"),
    [(["--config.runtime.group=auto"], "auto"), (["--config.runtime.group", "4"], 4), ([], 1)],
)
def test_a_group_is_a_number_or_auto(tmp_path, typed, group):
    assert parse(CONFIG, *typed).config.runtime.group == group
    file = tmp_path / "auto.py"
    text = "from configs import default\n\ndef get_config():\n    config = default.get_config()\n"
    file.write_text(f"{text}    config.runtime.group = 'auto'\n    return config\n")
    assert parse(f"--config={file}", *typed).config.runtime.group == (group if typed else "auto")


@pytest.mark.parametrize("typed", ["0", "-1", "1.5", "Auto", "True", "", "autos", "none", "(1,)"])
def test_any_other_group_is_refused(typed):
    with pytest.raises(UserError, match=r"runtime.group is .*; it must be .*, or auto\."):
        parse(CONFIG, f"--config.runtime.group={typed}")


def test_the_workdir_is_named_after_the_config():
    assert parse(CONFIG).workdir == Path("runs/synthetic")


def test_the_command_can_be_pasted_into_a_shell():
    call = parse(CONFIG, "--workdir=my runs")
    assert call.text == f"python -m mol_jax.paint {CONFIG} '--workdir=my runs'"


def test_a_command_line_does_not_remember_the_one_before():
    parse(CONFIG, "--config.train.steps=100", "--mode=eval")
    call = parse(CONFIG)
    assert call.config.train.steps == 500 and call.flags["mode"].value == "train"


def test_a_program_has_flags_of_its_own():
    assert parse(CONFIG, "--colour=blue", program=COLOURED).flags["colour"].value == "blue"
    with pytest.raises(UserError, match=r"flag 'colour'.*see python -m mol_jax\.paint --help"):
        parse(CONFIG, "--colour=blue")


def test_help_has_the_text_and_every_flag(capsys):
    assert command.main(["paint", "--help"], COLOURED, pytest.fail) == 0
    text = capsys.readouterr().out
    assert text.startswith("Paints.") and command.FIELDS in text
    assert all(flag in text for flag in ("--config:", "--workdir:", "--mode:", "--colour:"))


def test_without_a_config_the_programs_own_example_is_named():
    with pytest.raises(UserError, match=r"start with --config=first\.py"):
        parse()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("def get_config():\n    return 3\n", "returned a int"),
        ("def get_config():\n    open('missing')\n", "missing"),
        ("def get_config():\n    raise ValueError('two\\nlines')\n", "lines"),
        ("def get_config(\n", "SyntaxError"),
        ("\0", "cannot be used as a config"),
        ("def get_config(name):\n    return name\n", "cannot be used|missing 1 required"),
    ],
)
def test_a_broken_config_file_gets_one_sentence(tmp_path, source, words):
    (tmp_path / "broken.py").write_text(source)
    with pytest.raises(UserError, match=words) as error:
        parse(f"--config={tmp_path}/broken.py")
    assert "\n" not in str(error.value)


def test_many_diverged_folds_are_counted_by_trial():
    trials = make_trials(tiny.config(), [{"model.lambda_flow": float(n)} for n in range(3)])
    failed = [{"fold": f"sub{k}", "trial": n, "seed": 0} for k in range(2) for n in (2, 0)][:3]
    assert command._diverged(failed, trials) == (
        "3 of the folds diverged (NaN) and have no score: 1 of trial 0, 2 of trial 2; the other "
        "trials' scores stand."
    )


def test_a_bad_flag_is_answered_before_jax_starts():
    program = (
        "import sys\n"
        "from mol_jax import main\n"
        f"code = main.main(['main', {CONFIG!r}, '--config.train.steps=0'])\n"
        "heavy = {'mol_jax.study.experiment', 'orbax.checkpoint', 'matplotlib'}\n"
        "print(code, heavy & set(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == "2 set()\n"
