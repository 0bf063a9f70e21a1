"""The cost benchmark at its smallest: every path but the clock's, and a page made of its JSON."""

import dataclasses
import json

import jax
import pytest

from benchmarks.cost import __main__ as cost
from benchmarks.cost import growth, page, phases, studies
from benchmarks.cost.studies import Card, Study
from mol_jax.study import hours
from mol_jax.study.hours import Hours
from mol_jax.training import timing
from tests.mol_jax import runs, tiny

SMALL = Study(
    "configs/synthetic.py", 8, 500, False, 1e9, 100, table=2**20, each=2**30, each_in_group=2**30
)
# One whose memory is so fast that its updates reach 30 % of its peak.
FAST = 0.3 / studies.SHARE * studies.MEASURED.tbs / studies.MEASURED.bf16 * 20.0
CARD = Card("A card", 12, bf16=20.0, tf32=10.0, tbs=FAST)


@pytest.fixture
def run(tmp_path, capsys):
    """Returns a function from arguments to the exit code and stderr; files lie in `tmp_path`."""

    def main(*arguments):
        places = [f"--out={tmp_path}/cost.json", f"--page={tmp_path}/cost.md"]
        return cost.main([*arguments, *places]), capsys.readouterr().err

    return main


@pytest.mark.slow
def test_results_are_written_as_they_come_and_the_page_is_made_of_them(run, tmp_path, monkeypatch):
    def measure(group, **_):
        return Hours(group, compile=9.0, start=0.5, update=0.02, predict=0.5)

    monkeypatch.setattr(hours, "measure", measure)
    monkeypatch.setattr(timing, "SECONDS", 0.01)
    monkeypatch.setattr(timing, "CHUNK", 0.01)
    assert run("--tiny", "--parts", "studies", "growth", "page") == (0, "")
    found = json.loads((tmp_path / "cost.json").read_text())
    (study,) = found["studies"].values()
    assert (study["replicas"], study["steps"], study["update"]) == (68, 500, 0.02)
    assert list(found["growth"]["tiny"]) == list(growth.AXES["tiny"])
    for points in found["growth"]["tiny"].values():
        assert [point["value"] for point in points] == [4, 6]
        assert all(point["rate"] == 1 / point["update"] > 0 for point in points)
    text = (tmp_path / "cost.md").read_text()
    assert "13 min (measured update)" in text  # 9 s, 68 waves of 1 s, 34,000 updates of 20 ms
    assert (tmp_path / "cost_tiny.png").stat().st_size > 5000
    assert "| batch, clips | 4 |" in text and "Around training" not in text


@pytest.mark.slow
def test_phases_of_a_study_are_told_apart(tmp_path, monkeypatch):
    small = {"model.network": "ststnet", "train.steps": 10}  # which compiles in seconds
    table = timing.random_table(tiny.program(**small), clips=12)
    runs.serve(monkeypatch, dataclasses.replace(tiny.dataset(), table=table))
    made = runs.config(**small)
    found = phases.seconds(made, tmp_path)
    names = {"loading", "first states", "predictions", "saving", "SVM", "report"}
    assert names <= set(found) and all(found[name] >= 0 for name in found)
    assert found["updates and all else"] > 0, "no phase counts what another thread does meanwhile"
    assert found["predictions"] > 0.001 and found["report"] > 0.001


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--devices=0"], "--devices is 0; it must be a whole number from 1 to 8"),
        (["--devices=9"], "--devices is 9"),
        (["--devices=two"], "invalid int value"),
        (["--model=large"], "invalid choice"),
        (["--parts=all"], "invalid choice"),
        (["--axes=batch"], "invalid choice"),
        (["--axes"], "expected at least one argument"),
        (["--tiny", "--axes", "data.crop"], "--axes has data.crop, but those of the tiny model"),
        (["--time=some"], "invalid choice"),
        (["--tiny=1"], "--tiny takes no value"),
        (["fast"], "unrecognized arguments: fast"),
    ],
)
def test_bad_input_gets_one_sentence(run, tmp_path, arguments, words):
    code, error = run(*arguments)
    assert code == 2 and words in error and error.count("\n") == 1
    assert not list(tmp_path.iterdir())


MACHINE = '"machine": {"device": "gpu: A Card", "jax": "0.1", "python": "3.9"}'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "is no JSON"),
        ("[]", "holds no results"),
        ("{}", "has no results to make a page of"),
        (f'{{{MACHINE}, "studies": {{"A": {{"path": "x"}}}}}}', "the results of A lack replicas,"),
    ],
)
def test_results_that_are_damaged_are_not_written_over(run, tmp_path, text, words):
    (tmp_path / "cost.json").write_text(text)
    code, error = run("--parts", "page")
    assert code == 2 and words in error and error.count("\n") == 1
    assert (tmp_path / "cost.json").read_text() == text


def test_results_of_two_machines_are_not_mixed(run, tmp_path):
    text = f"{{{MACHINE}}}"
    (tmp_path / "cost.json").write_text(text)
    code, error = run("--tiny", "--parts", "growth")
    assert code == 2 and "of another machine or version (gpu: A Card, 0.1, 3.9)" in error
    assert run("--parts", "page") == (0, "")
    assert (tmp_path / "cost.json").read_text() == text
    assert "Measured on gpu: A Card, jax 0.1, Python 3.9" in (tmp_path / "cost.md").read_text()


def test_a_card_is_as_fast_as_its_slower_bound():
    tight = SMALL._replace(each=6 * 2**30, each_in_group=6 * 2**30)  # one fits into 9 GiB
    compiled = studies.COMPILE
    assert compiled == 120
    # 4,000 updates of 1 GFLOP at 3 TFLOP/s: 1.3 s; of 100 kernels: 2 s
    assert studies.on_card(tight._replace(flops=1e12), CARD) == "24 min (estimated, group 1)"
    assert studies.on_card(tight._replace(kernels=10**6), CARD) == "5.6 h (estimated, group 1)"
    half = tight._replace(flops=1e12, bfloat16=True)
    assert studies.on_card(half, CARD) == "13 min (estimated, group 1)"
    # Eight share the launches of one, and fill the card's memory.
    many = SMALL._replace(kernels=10**6, flops=1e6)
    assert studies.on_card(many, CARD) == "44 min (estimated, group 8)"
    doubled = many._replace(each_in_group=2 * many.each)  # nine replicas' memory, but four of these
    assert studies.on_card(doubled, CARD) == "85 min (estimated, group 4)"
    assert studies.on_card(SMALL._replace(each=9 * 2**30), CARD).startswith("does not fit: 9.0 of")


def test_a_study_here_is_measured_or_estimated_and_says_which():
    assert studies.here(SMALL, update=0.1, compiled=40, rate=None) == "7.3 min (measured update)"
    assert studies.here(SMALL, update=None, compiled=0, rate=1e10) == "6.7 min (estimated)"
    assert studies.here(SMALL, update=None, compiled=0, rate=None) == "–"


def test_every_axis_has_a_name_and_every_value_a_config():
    for model, axes in growth.AXES.items():
        assert set(axes) <= set(page.NAMES)
        for axis, values in axes.items():
            for value in values:
                growth._varied(model, {axis: value})


def test_flops_are_those_of_the_products():
    """A dense product in the place of a step: what XLA counts is 2 n m k."""
    lowered = jax.jit(lambda a, b: a @ b).lower(jax.numpy.ones((8, 16)), jax.numpy.ones((16, 32)))
    flops = lowered.cost_analysis()["flops"]
    assert flops == 2 * 8 * 16 * 32 and len(studies.OWN_KERNEL.findall(lowered.as_text())) == 1
