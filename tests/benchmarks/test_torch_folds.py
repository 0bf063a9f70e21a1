"""A shallow network's folds beside PyTorch's: what a study costs, and bad flags in one sentence."""

import json

import pytest

from benchmarks import torch_folds
from benchmarks.torch_mol import steps


def test_without_pytorch_nothing_is_measured(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(steps.importlib.util, "find_spec", asked.append)
    assert torch_folds.main(["--rounds=1"]) == 2
    error = capsys.readouterr().err
    assert asked == ["torch"] and error.count("\n") == 1
    assert "pip install -e .[benchmark]" in error


def test_hours_are_of_the_whole_study_and_a_part_of_a_group_costs_a_whole_one():
    plain, four, many = torch_folds._rows(
        {"PyTorch": (1, 0.036), "ours, 4": (4, 0.018), "ours, 300": (300, 0.018)}, 500
    )
    assert plain["hours"] == pytest.approx(340 * 500 * 0.036 / 3600) and plain["ratio"] == 1
    assert four["hours"] == pytest.approx(plain["hours"] / 2) and four["ratio"] == 2
    assert many["hours"] == pytest.approx(600 * 500 * 0.018 / 3600), "two waves, one mostly padding"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--groups=0"], "expected a whole number above 0"),
        (["--groups", "341"], "has 341, but the study has 340 replicas"),
        (["--steps=few"], "expected a whole number above 0"),
        (["--cores=9999"], "--cores is 9999, but there are"),
        (["--loops=while"], "invalid choice: 'while'"),
        (["--network=mol"], "invalid choice: 'mol'"),
        (["--clock=sun"], "invalid choice: 'sun'"),
        (["--out=results.csv"], "it must name a .json file"),
    ],
)
def test_bad_flags_are_one_sentence(arguments, said, monkeypatch, capsys):
    monkeypatch.setattr(torch_folds, "need_torch", lambda device: None)
    assert torch_folds.main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_pytorchs_networks_have_as_many_parameters_as_ours():
    torch = pytest.importorskip("torch")
    counts = {"ststnet": 1683, "sssnet": 1_349_251}
    for name, (_, make) in torch_folds.NETWORKS.items():
        assert sum(part.numel() for part in make(torch).parameters()) == counts[name]


@pytest.mark.slow
@pytest.mark.parametrize("network", torch_folds.NETWORKS)
def test_turns_give_a_table_and_a_file(network, tmp_path, capsys):
    pytest.importorskip("torch")
    out = tmp_path / "folds.json"
    given = [f"--network={network}", "--groups=2", "--steps=1", "--rounds=1", f"--out={out}"]
    assert torch_folds.main(given) == 0
    written = json.loads(out.read_text())
    assert written["about"]["network"] == network
    rows = written["rows"]
    assert rows[-1]["layout"] == "ours, loop scan, group 2" and rows[-1]["ms"] > 0
    assert capsys.readouterr().out.count("\n") == 2 + len(rows)
