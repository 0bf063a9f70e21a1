"""Any folder that can hold a run may be named; what cannot is refused in one sentence."""

import importlib
from pathlib import Path

import pytest

from mol_jax.errors import UserError
from mol_jax.files import place


@pytest.mark.parametrize(
    "text", ["[mer] study/run", "a*b?", "{x}", 'it\'s "q"', "-dash", "ü/被试", "x/", "a,b@4", "."]
)
def test_a_folder_may_have_any_printable_name(text):
    assert place.checked(text) == Path(text)


def test_home_is_found():
    assert place.checked("~/runs") == Path.home() / "runs"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("two\nlines", r"'two\\nlines', with a line break"),
        ("a\tb", "a sign that cannot be printed"),
        ("a\u2028b", "line break"),
        ("a\x1b[31mb", "a sign"),
        ("a\udcffb", r"'a\\udcffb', which is not UTF-8"),
        ("gs://bucket/run", "a folder of this machine"),
        ("~no-such-user-here/x", "there is no home folder"),
        ("x" * 256, "a name of 256 bytes"),
        ("被" * 86, "a name of 258 bytes"),
        ("/".join(["x" * 200] * 20), "bytes long, and at most 3584"),
    ],
)
def test_what_cannot_hold_a_run_is_refused_in_one_line(text, words):
    with pytest.raises(UserError, match=words) as error:
        place.checked(text)
    assert "\n" not in str(error.value) and str(error.value).isprintable()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "--out is empty"),
        ("~nobody_here/x", "no home folder for ~nobody_here/x; give a --out without ~"),
        ("x" * 300, "a name of 300 bytes"),
        ("/".join(["x" * 200] * 25), "bytes long"),
        ("two\nlines", "line break"),
    ],
)
def test_a_path_that_nothing_can_be_written_to_is_refused(text, words):
    with pytest.raises(UserError, match=words):
        place.typed(text, "--out")


def test_a_path_with_a_colon_and_slashes_may_be_written_to():
    assert place.typed("odd://name", "--out") == Path("odd:/name")


def run_of(module, *arguments):
    program = importlib.import_module(module)
    return program.main([*([module] if module in WITH_NAME else []), *arguments])


WITH_NAME = ("mol_jax.main", "launch.plan", "launch.sweep", "mol_jax.floor")
# Of the network that is traced soonest.
CONFIG = f"--config={Path(__file__).parents[3] / 'configs' / 'networks' / 'ststnet.py'}"
LONG = "x" * 300


@pytest.mark.parametrize(
    ("module", "arguments", "words"),
    [
        ("mol_jax.main", [f"--config={LONG}"], "no config file"),
        ("launch.plan", [f"--config={LONG}"], "no config file"),
        ("mol_jax.main", [CONFIG, f"--config.data.dir={LONG}"], "data.dir has a name of 300"),
        ("mol_jax.main", [CONFIG, "--config.data.dir=~nobody_here"], "no home folder"),
        ("mol_jax.main", [CONFIG, "--config.runtime.cache_dir=~nobody_here"], "no home folder"),
        ("mol_jax.floor", [CONFIG, f"--out={LONG}"], "--out has a name of 300 bytes"),
        ("mol_jax.report", ["{run}", f"--out={LONG}"], "--out has a name of 300 bytes"),
        ("mol_jax.report", ["{run}", "--out="], "--out is empty"),
        ("mol_jax.dense.__main__", ["export", "{run}", f"--out={LONG}"], "--out has a name of 300"),
        ("mol_jax.dense.__main__", ["export", "{loop}", "--out=new"], "loop"),
        ("mol_jax.score", ["{table}", "--compare="], "--compare is empty"),
        ("mol_jax.score", ["{table}", f"--floor={LONG}"], "x could not be read"),
        ("data_builders.build", ["casme2", "--source={run}", "--data_dir="], "--data_dir is empty"),
        ("data_builders.build", ["casme2", "--source={run}", "--predictor="], "landmark model"),
        ("data_builders.doctor", ["casme2", "--source=~nobody_here"], "no folder ~nobody_here"),
        ("data_builders.synthetic.__main__", ["--out=~nobody_here/x"], "no home folder"),
        (
            "data_builders.convert",
            ["casme3", "--source={run}", "--workbook=~nobody_here"],
            "~nobody_here",
        ),
    ],
)
def test_every_command_refuses_it_before_its_work(tmp_path, capsys, module, arguments, words):
    (tmp_path / "t.csv").write_text("subject,true,pred\ns,x,x\nt,x,x\n")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    places = {"run": tmp_path, "table": tmp_path / "t.csv", "loop": tmp_path / "loop"}
    assert run_of(module, *(text.format(**places) for text in arguments)) == 2
    said = capsys.readouterr().err
    assert words in said and said.count("\n") == 1
