"""`python -m mol_jax.weights`: exports and shows, and refuses with one sentence."""

import shutil

import numpy as np
import pytest

from mol_jax.weights import __main__ as command
from mol_jax.weights import place, read
from tests.mol_jax.weights import made


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A run of mol_jax.pretrain as far as weights go, with the cache beside it."""
    monkeypatch.setattr(place, "CACHE", tmp_path / "cache")
    (tmp_path / "run").mkdir()
    made.file(tmp_path / "run" / "weights.safetensors")
    return tmp_path / "run"


def test_a_run_is_exported_and_what_is_exported_is_shown(run, tmp_path, capsys):
    out = tmp_path / "new" / "w.safetensors"
    arguments = ["export", str(run), f"--out={out}", "--dtype=bfloat16", "--licence=CC-BY-4.0"]
    assert command.main(arguments) == 0
    said, written = capsys.readouterr().out, read(out)
    assert (written.dtype, written.card.licence) == ("bfloat16", "CC-BY-4.0")
    assert f"{out.stat().st_size:,} bytes, SHA-256 {written.sha256}" in said
    assert command.main(["show", str(out)]) == 0
    page = capsys.readouterr().out
    assert page.strip() == said.rpartition("\n\n")[0].strip() or page in said
    for words in ("nobody: generated faces only", "22 in bfloat16", "| head | 12 |", "uf1 0.5"):
        assert words in page


def test_without_flags_it_is_the_same_file(run, tmp_path):
    out = tmp_path / "w.safetensors"
    assert command.main(["export", str(run), f"--out={out}"]) == 0
    assert out.read_bytes() == (run / "weights.safetensors").read_bytes()


def test_a_name_is_looked_up_in_the_cache_and_then_in_the_package(run, tmp_path, monkeypatch):
    monkeypatch.setattr(place, "OWN", tmp_path / "own")
    for folder in ("own", "cache"):
        (tmp_path / folder).mkdir()
    shutil.copy(run / "weights.safetensors", tmp_path / "own" / "small.safetensors")
    assert place.find("small") == tmp_path / "own" / "small.safetensors"
    shutil.copy(run / "weights.safetensors", tmp_path / "cache" / "small.safetensors")
    assert place.find("small") == tmp_path / "cache" / "small.safetensors"
    assert command.main(["show", "small"]) == 0


def test_every_bad_input_is_one_sentence(run, tmp_path, capsys):
    study, bare, rounded = tmp_path / "study", tmp_path / "bare", tmp_path / "r.safetensors"
    (study / "checkpoints").mkdir(parents=True)
    (study / "config.json").write_text("{}")
    bare.mkdir()
    made.file(rounded, dtype="bfloat16")
    new = f"--out={tmp_path / 'new.safetensors'}"
    for arguments, words in (
        ([], "required"),
        (["export", str(run)], "--out"),
        (["export", str(run), new, "--dtype=float16"], "invalid choice"),
        (["export", str(run), f"--out={tmp_path / 'new.npz'}"], "the ending .safetensors"),
        (["export", str(run), f"--out={rounded}"], "is there already"),
        (["export", str(run), new, "--licence= "], "--licence is empty"),
        (["export", str(rounded), new, "--dtype=float32"], "would not bring back"),
        (["export", str(study), new], "a study: each of its folds has weights of its own"),
        (["export", str(bare), new], "a folder without weights.safetensors"),
        (["show", "https://x.org/w.safetensors"], "nothing is fetched here"),
        (["show", str(tmp_path / "no.safetensors")], "which is not there"),
        (["show", "no_such_name"], "no name in"),
        (["show", "~nobody_here/w"], "no home folder"),
        (["show", ""], "is empty"),
    ):
        assert command.main(arguments) == 2, arguments
        said = capsys.readouterr().err
        assert words in said and said.count("\n") == 1, (words, said)
    assert not (tmp_path / "new.safetensors").exists()
    assert np.isfinite(read(rounded).params["centres"]).all()
