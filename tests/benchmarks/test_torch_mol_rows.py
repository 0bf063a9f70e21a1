"""Rows of the comparison with PyTorch: who takes turns with whom, and what counts."""

from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks import torch_mol
from benchmarks.torch_mol import __main__ as command
from benchmarks.torch_mol import measuring, models, workers

SECONDS = {
    "ours": [0.2, 0.1, 0.3],
    "eager, NCHW": [0.3, 0.4, 0.5],
    "eager, channels_last": [0.25, 0.15, 0.9],
    "compiled, channels_last": [0.12, 0.12, 0.12],
}


class Stub:
    """Answers as a worker whose updates take `SECONDS`; the first turn of each is a trial."""

    asked: list[str]
    late = False

    def __init__(self, *_, **__):
        self._turns = {name: iter([seconds[0], *seconds]) for name, seconds in SECONDS.items()}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ask(self, call, **given):
        if call == "turn":
            Stub.asked.append(given["name"])
            seconds = next(self._turns[given["name"]])
            return {"seconds": seconds, "processor_seconds": 2 * seconds}
        if call == "theirs" and given["compiled"] and Stub.late:
            raise workers.LateError
        return {"seconds": 1.0, "flops": 1e9, "device": "cpu", "rate": 1e9}


@pytest.fixture
def row(monkeypatch):
    """Returns a row of stub workers, given whether torch.compile is late."""
    monkeypatch.setattr(measuring, "Worker", Stub)

    def measured(*, late: bool):
        Stub.asked, Stub.late = [], late
        where = measuring.Where(Path("cache"), rounds=2, compile_seconds=1.0)
        with ExitStack() as stack:
            return measuring.Bench(where, stack).row("small", 2)

    return measured


def test_the_fastest_turn_of_the_fastest_form_counts_and_sides_take_turns(row):
    measured = row(late=False)
    assert measured["best"] == "compiled, channels_last"
    assert measured["sides"]["ours"]["ms"] == 100 and measured["ratio"] == 1.2
    assert measured["median_ratio"] == pytest.approx(0.12 / 0.15)
    everyone = [name for name in SECONDS if name != "compiled, channels_last"]
    assert Stub.asked == everyone + 2 * [*everyone, "compiled, channels_last"]
    assert command._cells(measured)[4:6] == ["100.0", "120.0"]


def test_a_compiler_that_takes_too_long_is_left_out(row, capsys):
    measured = row(late=True)
    assert measured["best"] == "eager, channels_last" and measured["ratio"] == 1.5
    assert "left out, not ready after 1 s" in capsys.readouterr().err


def test_malloc_is_alike_for_all_and_nobody_elses(monkeypatch):
    monkeypatch.setenv("MALLOC_ARENA_MAX", "1")
    tuned, plain = (workers.environment(Path("c"), tuned=tuned) for tuned in (True, False))
    assert {name for name in tuned if name.startswith("MALLOC_")} == set(workers.MALLOC)
    assert not any(name.startswith("MALLOC_") for name in plain)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--batches=0"], "expected a whole number above 0"),
        (["--batches", "-1"], "expected a whole number above 0"),
        (["--batches=1.5"], "expected a whole number above 0"),
        (["--cores=two"], "expected a whole number above 0"),
        (["--cores=9999"], "--cores is 9999, but there are"),
        (["--rounds=1e3"], "expected a whole number above 0"),
        (["--compile_seconds=nan"], "expected seconds from 0"),
        (["--compile_seconds=-1"], "expected seconds from 0"),
        (["--models=large"], "invalid choice: 'large'"),
        (["--dtype=float16"], "invalid choice: 'float16'"),
        (["--device=tpu"], "invalid choice: 'tpu'"),
        (["--agreement=all"], "invalid choice: 'all'"),
        (["--out=/"], "it must name a .json file"),
        (["--out=/dev/null/a.json"], "could not be written"),
        (["--out"], "expected one argument"),
    ],
)
def test_bad_arguments_are_one_sentence(arguments, said, monkeypatch, capsys):
    monkeypatch.setattr(command, "need_torch", lambda device: None)
    monkeypatch.setattr(command, "_about", lambda given: {})  # it names PyTorch's version
    assert command.main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1


def test_every_model_has_its_batches():
    assert all(min(models.batches(name)) > 0 for name in models.CONFIGS)


def test_importing_the_package_needs_no_pytorch():
    for module in ("steps", "weights", "worker", "models", "measuring", "workers"):
        text = (Path(torch_mol.__file__).parent / f"{module}.py").read_text(encoding="utf-8")
        assert not any(line.startswith(("import torch", "from torch")) for line in text.split("\n"))
