"""The flags of the page in the browser: which go together, before a run is loaded."""

import importlib.util

import pytest

from mol_jax import predict


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "there is no RECORDING or no --out"),
        (("--out=new",), "there is no RECORDING or no --out"),
        (("--serve", "clip.mp4"), "leave RECORDING and --out away"),
        (("--serve", "--out=new"), "leave RECORDING and --out away"),
        (("--out=new", "--port=7861", "clip.mp4"), "--port is of the page in the browser"),
        (("--serve", "--stride=0"), "stride"),
        (("--serve", "--spot=no"), "--spot is 'no'"),
        (("--serve",), 'pip install -e ".[serve]"'),
    ],
)
def test_what_does_not_go_together_is_refused_in_one_sentence(
    given, said, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert predict.main([f"--workdir={tmp_path}", *given]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1 and said in error
