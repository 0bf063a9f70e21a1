"""Generated clips are drawn and built once for each setting, and never for another dataset."""

from pathlib import Path

import pytest
from rich.console import Console

from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.records.record import RecordSettings
from mol_jax.data import generated
from mol_jax.errors import UserError
from tests.mol_jax import tiny

QUIET = Console(quiet=True)


@pytest.fixture
def calls(monkeypatch):
    """Records what would be drawn and built; building leaves the folder that is looked for."""
    made = []

    def generate(out, **arguments):
        out.mkdir(parents=True)
        made.append(("generate", out, arguments))

    def build(name, source, *, data_dir, **arguments):
        made.append(("build", source, arguments))
        path = Path(data_dir, name, RecordSettings(**arguments).config_name, "1.0.0")
        path.mkdir(parents=True)
        (path / "dataset_info.json").touch()

    monkeypatch.setattr(generated, "generate", generate)
    monkeypatch.setattr(generated, "build", build)
    return made


def config(tmp_path, **changes):
    return tiny.config(**{"data.name": "synthetic", "data.dir": str(tmp_path)} | changes)


def test_something_else_is_done_while_clips_are_drawn_or_built_and_only_then(tmp_path, calls):
    def meanwhile():
        calls.append("meanwhile")

    for _ in range(2):
        generated.ensure(config(tmp_path), console=QUIET, meanwhile=meanwhile)
    assert [call[0] if isinstance(call, tuple) else call for call in calls] == [
        "meanwhile",
        "generate",
        "build",
    ]


def test_generated_clips_have_a_folder_for_each_setting(tmp_path, calls):
    other = {
        "data.generate.subjects": 3,
        "data.generate.clips": 6,
        "data.generate.seed": 1,
        "data.generate.emotions": ("sadness",),
        "data.generate.amplitude": (2.0, 3.0),
        "data.dir": str(tmp_path / "elsewhere"),
    }
    folders = {generated.ensure(config(tmp_path), console=QUIET)}
    for name, value in other.items():
        folders.add(generated.ensure(config(tmp_path, **{name: value}), console=QUIET))
        if name.startswith("data.generate."):
            assert calls[-2][2][name.rpartition(".")[2]] == value
    assert len(folders) == 7


def test_what_is_built_is_not_drawn_or_built_again(tmp_path, calls):
    first = generated.ensure(config(tmp_path), console=QUIET)
    assert [call[0] for call in calls] == ["generate", "build"]
    assert generated.ensure(config(tmp_path), console=QUIET) == first
    assert len(calls) == 2


@pytest.mark.parametrize("drawn_meanwhile", [True, False])
def test_what_another_process_draws_meanwhile_is_kept(
    tmp_path, calls, monkeypatch, drawn_meanwhile
):
    def generate(out, **arguments):
        if drawn_meanwhile:
            out.mkdir(parents=True)
            (out / GENERATED_MARKER).write_text("{}")
        raise UserError(f"cannot write {out} (Directory not empty)")

    monkeypatch.setattr(generated, "generate", generate)
    if drawn_meanwhile:
        generated.ensure(config(tmp_path), console=QUIET)
    else:
        with pytest.raises(UserError, match="cannot write"):
            generated.ensure(config(tmp_path), console=QUIET)
    assert [call[0] for call in calls] == ["build"] * drawn_meanwhile


def test_the_build_has_the_size_the_crop_needs(tmp_path, calls):
    generated.ensure(config(tmp_path), console=QUIET)
    changes = {"data.crop": 128, "data.frames": 8, "data.alignment": "smoothed"}
    changes |= {"data.flow": "dis", "data.phases": 2, "data.magnify": 8}
    generated.ensure(config(tmp_path, **changes), console=QUIET)
    assert [call[0] for call in calls] == ["generate", "build", "build"]
    plain = {"frames": 2, "size": 72, "alignment": "clip", "flow": "tvl1"}
    assert calls[1][2] == plain | {"sampling": "even", "phases": 0, "magnify": 0}
    other = {"frames": 8, "size": 144, "alignment": "smoothed", "flow": "dis"}
    assert calls[2][2] == other | {"sampling": "even", "phases": 2, "magnify": 8}


def test_a_licensed_dataset_is_never_made(tmp_path, calls):
    folder = generated.ensure(config(tmp_path, **{"data.name": "casme2"}), console=QUIET)
    assert folder == tmp_path and not calls
