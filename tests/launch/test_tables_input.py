"""Bad input to the command of the paper's tables: one sentence, and nothing is trained."""

import pytest

from launch import table_runs, tables
from tests.mol_jax.fake_run import make_run

COMMAND = tables


@pytest.fixture
def trained(monkeypatch):
    """Returns the names of the runs that were to be trained."""
    names = []
    monkeypatch.setattr(table_runs, "train", lambda run: names.append(run.name))
    return names


FRL = ("--paper=frl_dgt",)
BAD = [
    ((), "no --tables=... was given"),
    (("--tables=",), "no --tables=... was given"),
    (("--tables=XVI",), "--tables names 'XVI', which is no table here"),
    (("--tables=8",), "--tables names '8'"),
    (("--tables=VIII,,IX",), "--tables names ''"),
    (("--tables=VIII,viii",), "--tables names VIII 2 times; name it once."),
    (("--tables=Ⅷ",), "which is no table here"),
    (("--tables=VIII", "--size=tiny"), "should be one of <full|small>"),
    (("--tables=VIII", "--dry_run", "--print_only"), "leave one out"),
    (("--tables=VIII", "--engine=slurm"), "engine"),
    (("--tables=VIII", "more"), "unexpected argument 'more'"),
    (("--tables=VIII", "--config=configs/casme2.py"), "--config is none of this command's"),
    (("--tables=VIII", "--mode=eval"), "--mode is none of this command's"),
    (("--tables=VIII", "--config.train.stepz=3"), "did you mean 'train.steps'"),
    (("--tables=VIII", "--config.train.steps"), "--config.train.steps has no value"),
    (("--tables=VIII", "--config.train.steps=-1"), "train.steps is -1"),
    (("--tables=VIII", "--config.train.steps=many"), "train.steps"),
    (("--tables=VIII", "--config.tasks.flow=False"), "--config.tasks.flow cannot be set for all"),
    (("--tables=XIII", "--config.data.frames=4"), "--config.data.frames cannot be set for all"),
    (("--tables=VIII", "--config.data.name=casme22"), "there is no dataset named 'casme22'"),
    (("--tables=VIII", "--config.data.view=6class"), "no view of casme2 named '6class'"),
    (("--tables=VIII", "--workdir=~nobody.here/x"), "no home folder for ~nobody.here/x"),
    (("--tables=VIII", "--workdir=/proc/none/x"), "cannot make the folder /proc/none/x"),
    (("--tables=VIII", "--workdir=a\0b"), "a sign that cannot be printed"),
    (("--tables=VIII", "--workdir="), "no --workdir=DIR was given"),
    (("--tables=1",), "expected some of IV, V, VI, VII, VIII, IX, X, XI, XII, XIII, XIV, XV, or "
     "all; 1 is one of --paper=frl_dgt."),
    (("--paper=foo", "--tables=1"), "should be one of <mol|frl_dgt>"),
    (("--paper=", "--tables=1"), "should be one of <mol|frl_dgt>"),
    (("--paper=FRL_DGT", "--tables=1"), "should be one of <mol|frl_dgt>"),
    ((*FRL, "--tables="), "no --tables=... was given, of 1, 2, 3, moved, or all."),
    ((*FRL, "--tables=viii"), "names 'VIII', which is no table here; expected some of 1, 2, 3, "
     "moved, or all; VIII is one of --paper=mol."),
    ((*FRL, "--tables=4"), "names '4', which is no table here; expected some of 1, 2, 3, moved, or "
     "all.\n"),
    ((*FRL, "--tables=MOVED,moved"), "--tables names moved 2 times; name it once."),
    ((*FRL, "--tables=2", "--config.model.fusion=after"), "model.fusion cannot be set for all"),
    ((*FRL, "--tables=3", "--config.train.batch_size=4"), "batch_size cannot be set for all"),
    ((*FRL, "--tables=1", "--config.model.width=8"), "no config field 'model.width'"),
    ((*FRL, "--tables=1", "--size=small", "--config.model.heads=5"), "no multiple of model.heads"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "said"), BAD)
def test_bad_input_is_one_sentence(call, trained, arguments, said):
    code, printed = call(*arguments)
    assert (code, trained, printed.out) == (2, [], "")
    assert printed.err.startswith("error: ") and said in printed.err
    assert printed.err.count("\n") == 1


def test_no_workdir_is_one_sentence(capsys):
    assert tables.main(["tables", "--tables=VIII"]) == 2
    assert "no --workdir=DIR was given" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["another config", "no run", "a file", "a run itself"])
def test_a_workdir_that_holds_something_else_is_refused(call, trained, tmp_path, kind):
    folder = tmp_path / "tables"
    if kind == "a file":
        folder.write_text("")
    elif kind == "a run itself":
        make_run(folder)
    else:
        folder.mkdir()
        if kind == "another config":
            make_run(folder / "no_flow", tasks=("mer",))
        else:
            (folder / "no_flow").mkdir()
            (folder / "no_flow" / "notes.txt").write_text("mine")
    code, printed = call("--tables=VIII")
    said = {
        "another config": "holds a run with tasks.landmarks = False, not True",
        "no run": "is not empty and holds no run",
        "a file": "cannot make the folder",
        "a run itself": "is the folder of a run",
    }
    assert (code, trained) == (2, [])
    assert said[kind] in printed.err and printed.err.count("\n") == 1
