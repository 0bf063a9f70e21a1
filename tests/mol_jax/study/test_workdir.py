"""A workdir goes on with another value of a field that changes no result, and of no other."""

import json
from pathlib import Path

import pytest
from rich.console import Console

from mol_jax.data import identity
from mol_jax.errors import UserError
from mol_jax.scoring.svm.reached import Floor
from mol_jax.settings import FIELDS
from mol_jax.settings.trials import plain
from mol_jax.study import claim, study
from mol_jax.study.results import Results
from tests.mol_jax import runs, tiny
from tests.mol_jax.fake_run import DEFAULT, make_run
from tests.mol_jax.measured import MOL

FREE = {
    "data.check_csv": "list.csv",
    "data.dir": "elsewhere",
    "predict.batch_size": 2,
    "predict.keep": ("casme2/sub01/EP02_01f",),
    "protocol.only": ("sub01",),
    "runtime.cache_dir": "",
    "runtime.deterministic": True,
    "runtime.devices": 2,
    "runtime.group": 4,
    "train.keep_weights": False,
    "train.save_every": 100,
    "train.save_minutes": 1.0,
}
BOUND = {
    "data.allow_count_mismatch": True,
    "optim.learning_rate": 1e-3,
    "runtime.loop": "scan",
    "seeds": (1,),
    "selection.validation": 0.5,
    "train.log_every": 25,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "run")


def trials(changes):
    config = DEFAULT()
    config.update_from_flattened_dict(changes)
    return plain(config)


def test_all_free_fields_are_here():
    assert set(FREE) == {name for name, field in FIELDS.items() if field.free}


@pytest.mark.parametrize("name", FREE)
def test_a_session_may_change_what_changes_no_result(folder, name):
    assert trials({name: FREE[name]})[0].config.to_dict() != DEFAULT().to_dict()
    claim.check(folder, trials({name: FREE[name]}), new=False)


@pytest.mark.parametrize("name", BOUND)
def test_no_session_may_change_another_field(folder, name):
    with pytest.raises(UserError, match=f"holds a run with {name} = .*choose another"):
        claim.check(folder, trials({name: BOUND[name]}), new=False)


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UserError, match="file is a file and holds no run; give the name of a fol"):
        claim.check(tmp_path / "file", trials({}), new=True)


def test_a_link_to_nothing_is_said_to_be_one(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises(UserError, match="link is a link to nothing"):
        claim.check(tmp_path / "link", trials({}), new=True)
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(UserError, match="loop"):
        claim.check(tmp_path / "loop", trials({}), new=True)
    (tmp_path / "gone").mkdir()
    claim.check(tmp_path / "link", trials({}), new=True)


def test_a_folder_in_which_a_start_was_killed_is_free(tmp_path):
    (tmp_path / ".lock").write_text("")
    claim.check(tmp_path, trials({}), new=True)
    (tmp_path / "thesis.tex").write_text("")
    with pytest.raises(UserError, match="is not empty and holds no run"):
        claim.check(tmp_path, trials({}), new=True)


def test_a_folder_that_may_not_be_read_is_one_sentence(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", denied)
    with pytest.raises(UserError, match=r"cannot be read \(Permission denied\); let it be read"):
        claim.check(tmp_path, trials({}), new=False)


DATA = dict.fromkeys(identity.DATA, "as built")
CPU = {"device": "cpu: of no name, 2 cores", "driver": "", "xla_flags": ""}


@pytest.mark.parametrize("measures", [MOL, ()])
def test_a_run_without_measures_leaves_no_table_of_them(tmp_path, measures):
    more = {
        "measures": measures,
        "command": "train",
        "console": Console(quiet=True),
        "computed_on": CPU,
    }
    with claim.claim(tmp_path, trials({}), DATA, **more) as files:
        found = files.write_results(
            Results(), classes=("x", "y"), protocol="loso", runtime=None, floor=Floor(), more={}
        )
    assert (tmp_path / "dense.csv").exists() == bool(measures)
    assert found["flow"] is None
    recorded = json.loads((tmp_path / "config.json").read_text())["measures"]
    assert [one["name"] for one in recorded] == [one.name for one in measures]


def test_a_run_goes_on_with_its_own_measures_only(tmp_path):
    more = {"command": "train", "console": Console(quiet=True), "computed_on": CPU}
    for _ in range(2):
        with claim.claim(tmp_path, trials({}), DATA, measures=MOL, **more):
            pass
    with (
        pytest.raises(UserError, match=r"had other measures \(epe, .*; now none\); ch"),
        claim.claim(tmp_path, trials({}), DATA, measures=(), **more),
    ):
        pass


def test_what_a_run_goes_on_with_is_recorded_once_for_each_change(tmp_path):
    gpu = CPU | {"device": "gpu: NVIDIA H100", "driver": "550.54.15"}
    for computed_on in (CPU, CPU, gpu, gpu, CPU):
        with claim.claim(
            tmp_path,
            trials({}),
            DATA,
            measures=MOL,
            command="train",
            computed_on=computed_on,
            console=Console(quiet=True),
        ):
            pass
    recorded = json.loads((tmp_path / "config.json").read_text())
    assert recorded["computed_on"] == CPU
    assert [one["computed_on"] for one in recorded["sessions"]] == [CPU, gpu, CPU]


def test_a_study_records_whether_it_asked_for_deterministic_kernels(tmp_path, monkeypatch):
    runs.serve(monkeypatch, tiny.dataset())
    monkeypatch.setattr(
        study, "computed_on", lambda *, deterministic: {"kernels": f"{deterministic}"}
    )
    for asked in (True, False):
        changed = plain(runs.config(**{"runtime.deterministic": asked}))
        with study.opened(changed, tmp_path, command="train", console=runs.QUIET, new=True):
            pass
    recorded = json.loads((tmp_path / "config.json").read_text())["sessions"]
    assert [one["computed_on"]["kernels"] for one in recorded] == ["True", "False"]
