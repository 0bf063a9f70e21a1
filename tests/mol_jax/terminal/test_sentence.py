"""Nothing is cut on a terminal of any width, and any encoding can take what is printed."""

import io
import os
import subprocess
import sys

import pytest
from rich.cells import cell_len
from rich.console import Console

from mol_jax import report
from mol_jax.reporting.page import console_table
from mol_jax.terminal import out
from mol_jax.terminal.drawn import Drawn
from mol_jax.terminal.sentence import Sentence, folded, say
from tests.mol_jax.fake_run import make_run


def printed(*parts, width) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None)
    for part in parts:
        console.print(part, crop=False)
    return file.getvalue()


def test_a_pipe_gets_whole_tables_and_sentences(monkeypatch, capsys):
    monkeypatch.delenv("COLUMNS", raising=False)
    parts = (Drawn(["a", "b"], [["x" * 70, "y" * 70]]), Sentence("word " * 40))
    for part in parts:
        out.console().print(part, crop=False)
    assert len(capsys.readouterr().out.splitlines()) == 6
    monkeypatch.setenv("COLUMNS", "80")
    for part in parts:
        out.console().print(part, crop=False)
    text = capsys.readouterr().out
    assert len(text.splitlines()) > 8 and max(map(len, text.splitlines())) <= 80
    whole = Drawn(["a", "b"], [["1", "2"]], title="GENERATED CLIPS")
    assert "GENERATED" in printed(whole, width=40)


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_the_main_programs_tables_keep_every_figure(tmp_path, width):
    changes = ({}, {"optim.learning_rate": 1e-3, "model.lambda_flow": 0.5})
    run = report.read_run(make_run(tmp_path / "run", changes=changes))
    values = dict(run.trials)
    whole = printed(console_table(run.metrics, values=values), width=300)
    text = printed(console_table(run.metrics, values=values), width=width)
    figures = {word for word in whole.split() if word[0].isdigit() or word[0] in "[-"}
    missing = {word.strip("[],") for word in figures} - {w.strip("[],") for w in text.split()}
    assert len(figures) > 20 and not missing
    assert max(map(cell_len, text.splitlines())) <= width


def test_lines_are_broken_between_words_and_a_path_is_left_whole():
    assert folded("one two three", 8) == ["one two", "three"]
    assert folded("  a  bbbb cccc", 9) == ["  a  bbbb", "    cccc"]
    path = "runs/" + "x" * 30
    assert folded(f"report: {path}", 20) == ["report:", path]
    assert folded("", 5) == [""]


COMMANDS = (
    ("mol_jax.score", "TABLE"), ("mol_jax.main", "--help"), ("launch.tables", "--help"),
    ("launch.plan", "--config=é.py"), ("data_builders.doctor", "folder", "--source=高"),
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_speaks_ascii(tmp_path, command):
    table = tmp_path / "高兴.csv"
    table.write_text("subject,true,pred,seed\n被试,高兴,b,0\n被试,高兴,高兴,1\n", encoding="utf-8")
    words = [str(table) if word == "TABLE" else word for word in command]
    plain = {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "COLUMNS": "40", "PYTHONUTF8": "0"}
    ran = subprocess.run(
        [sys.executable, "-m", *words], env=os.environ | plain, capture_output=True, check=False
    )
    assert ran.returncode in (0, 2) and b"Traceback" not in ran.stderr, ran.stderr.decode()
    assert (ran.stdout + ran.stderr).isascii() and (ran.stdout + ran.stderr)


def test_text_in_brackets_is_a_name():
    file = io.StringIO()
    say(Console(file=file, width=20), "report: /data/[mer]study/[/bold]/:smile:/report.md")
    assert file.getvalue() == "report:\n/data/[mer]study/[/bold]/:smile:/report.md\n"
