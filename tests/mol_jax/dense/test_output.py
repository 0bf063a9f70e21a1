"""Where the commands write: a new or an empty folder, said before anything is read or drawn."""

import pytest

from mol_jax.dense import __main__ as program
from mol_jax.dense import figures, panels, scoring
from tests.mol_jax.tiny import CLIPS

ADVICE = "name a folder, a new or an empty one."


@pytest.fixture
def commands(made_runs, served, given, monkeypatch):
    """The three commands on a run without --out; figures are files without a picture."""
    for name in ("draw_flow", "draw_landmarks"):
        monkeypatch.setattr(figures, name, lambda path, titles, rows, note: path.touch())
    run = str(made_runs / "full")
    return {
        "figures": ["figures", run, f"--clips={CLIPS[0]}"],
        "export": ["export", run],
        "score": ["score", run, f"--flow={given[0]}"],
    }


def test_a_file_is_no_folder_and_is_left_alone(commands, tmp_path, monkeypatch, capsys):
    for module, name in ((panels, "read_run"), (scoring, "read_run")):
        monkeypatch.setattr(module, name, None)  # nothing is read before
    file, nowhere = tmp_path / "notes.txt", tmp_path / "link"
    file.write_text("notes")
    nowhere.symlink_to(tmp_path / "gone")
    for command in commands.values():
        for out, what in (
            (file, "is a file"),
            (file / "a", f"is below {file}, which is a file"),
            (nowhere, "is a file"),
        ):
            assert program.main([*command, f"--out={out}"]) == 2
            assert capsys.readouterr().err == f"error: --out={out} {what}; {ADVICE}\n"
    assert file.read_text() == "notes"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "notes.txt"]


@pytest.mark.parametrize("name", ["figures", "export", "score"])
def test_nothing_is_written_over(commands, tmp_path, capsys, name):
    (tmp_path / "out").mkdir()
    again = [*commands[name], f"--out={tmp_path / 'out'}"]
    assert program.main(again) == 0
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    assert before and capsys.readouterr().err == ""
    assert program.main(again) == 2
    said = capsys.readouterr()
    assert "out is not empty; choose another, so that no file is mixed up" in said.err
    assert said.out == ""
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


def test_a_disk_that_refuses_is_not_about_a_workdir(commands, tmp_path, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    assert program.main([*commands["score"], f"--out={tmp_path / 'out'}"]) == 2
    said = capsys.readouterr().err
    assert "score.md could not be written (No space left on device): free some space" in said
    assert "--workdir" not in said
