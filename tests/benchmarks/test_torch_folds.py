"""PyTorch is an extra: where it is missing, one sentence says how to get it."""

from benchmarks import torch_folds


def test_without_pytorch_nothing_is_measured(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(torch_folds.importlib.util, "find_spec", asked.append)
    assert torch_folds.main(["--rounds=1"]) == 2
    error = capsys.readouterr().err
    assert asked == ["torch"] and error.count("\n") == 1
    assert "pip install -e .[benchmark]" in error
