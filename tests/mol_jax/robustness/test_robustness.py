"""The card of a trained run: whose weights predict what, the files, and what is refused."""

import csv
import json
import shutil

import pytest

from data_builders.records.record import RecordSettings
from mol_jax import score
from mol_jax.data.seen import Seen
from mol_jax.data.spotting import SPOTTERS
from mol_jax.errors import UserError
from mol_jax.moved.__main__ import main as main_of_moved
from mol_jax.robustness.__main__ import main
from mol_jax.robustness.cases import FAMILIES, cases, read_families, unread
from tests.mol_jax import tiny
from tests.mol_jax.moved import built

BOTH = Seen("annotated", ("tvl1",))


def test_families_have_levels_each_with_a_case():
    every = cases(tuple(FAMILIES), BOTH)
    assert [one.number for one in every] == list(range(len(every)))
    assert len({one.how for one in every}) == len(every) > 25
    assert read_families("flow, jpeg") == ("jpeg", "flow")


def test_what_a_run_was_trained_with_is_no_level_and_what_it_does_not_read_no_family():
    def levels(*reads):
        every = cases(("source", "flow"), Seen(*reads))
        return [one.level for one in every[1:]]

    assert levels("annotated", ("tvl1",)) == [
        "middle",
        "by flow",
        "by frequency",
        "DIS",
        "Farnebäck",
    ]
    assert levels("spotted_flow", ("dis",)) == [
        "annotated", "middle", "by frequency", "TV-L1", "Farnebäck",
    ]  # fmt: skip
    assert levels("", ("dis", "tvl1")) == ["TV-L1", "DIS", "Farnebäck"]
    assert levels("middle", ()) == ["annotated", "by flow", "by frequency"]
    assert unread(tuple(FAMILIES), Seen("", ())) == {
        "apex": "reads no apex", "source": "reads no apex", "flow": "reads no flow",
    }  # fmt: skip
    assert unread(tuple(FAMILIES), BOTH) == {}
    with pytest.raises(UserError, match=r"no apex and reads no flow.* some of onset, rate"):
        cases(("apex", "flow"), Seen("", ()))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: --workdir"),
        (["--workdir="], "--workdir is empty"),
        (["--workdir=nowhere"], "nowhere holds no run (no config.json)"),
        (["--workdir=gs://bucket/run"], "a run lies in a folder of this machine"),
        (["--workdir=nowhere", "--only=jpg"], "--only names 'jpg'; did you mean 'jpeg'?"),
        (["--workdir=nowhere", "--only="], "--only names ''"),
        (["--workdir=nowhere", "--only=jpeg,jpeg"], "--only names jpeg 2 times"),
        (["--workdir=nowhere", "--only=jpeg,,flow"], "--only names ''"),
        (["--workdir=nowhere", "--data_dir="], "--data_dir is empty"),
        (["--workdir=nowhere", "more"], "unrecognized arguments: more"),
        (["--workdir=nowhere", "--on=jpeg"], "unrecognized arguments: --on=jpeg"),
    ],
)
def test_bad_input_is_one_sentence(arguments, said, capsys):
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert printed.out == "" and said in printed.err and printed.err.count("\n") == 1


@pytest.mark.slow
def test_a_card_has_every_level_and_predicts_as_the_run_where_nothing_is_done(
    ststnet, tmp_path, monkeypatch, capsys
):
    built.serve(monkeypatch)
    for number, source in enumerate(SPOTTERS):  # which take a while
        monkeypatch.setitem(SPOTTERS, source, lambda *_, at=3 * number + 2: at)
    run = shutil.copytree(ststnet, tmp_path / "run")
    assert main([f"--workdir={run}", "--only=source,rate,alignment"]) == 0
    text = capsys.readouterr().out
    assert "Unmoved, the weights predict what predictions.csv" in text
    with (run / "robustness.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (run / "predictions.csv").open() as file:
        before = list(csv.DictReader(file))
    held = [row for row in rows if row["disturbed"] == "nothing"]
    assert [{key: row[key] for key in before[0]} for row in held] == before
    moved = [row for row in rows if row["level"] == "4 %"]
    assert len(moved) == 12
    assert [r["p_negative"] for r in moved] != [r["p_negative"] for r in held]
    entries = json.loads((run / "robustness.json").read_text())
    assert [one["level"] for one in entries] == [
        "as built", "middle", "by flow", "by frequency", "1 of 2", "1 of 7", "1 %", "2 %", "4 %",
    ]  # fmt: skip
    assert score.main([str(run / "robustness.csv"), "--trial=8", "--format=json"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["pooled"]["uf1"] == pytest.approx(entries[8]["uf1"])
    assert (run / "figures/robustness.png").stat().st_size > 5000
    assert "data:image/png;base64" in (run / "robustness.html").read_text()
    shutil.rmtree(run / "checkpoints/trial0/seed0/sub1")
    assert main([f"--workdir={run}"]) == 2
    assert "has not trained trial0/seed0/sub1 to its end" in capsys.readouterr().err


SAMPLING = {"mol": {"sampling": "tim"}, "cnn_lstm": {}}
NETWORKS = {
    "mol": tiny.STAND_IN | tiny.MOL | {"data.sampling": "tim"},
    "cnn_lstm": {
        "model.network": "cnn_lstm",
        "model.temporal": "mean",  # compiles soonest
        "augment.crop_jitter": 0.0,
    },
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_frames_or_of_flow_between_them_has_its_card(
    name, tmp_path, monkeypatch, capsys
):
    """Which are made anew by the builder's own code; what is not read has a row that says so."""
    built.serve(monkeypatch, built.records_of(RecordSettings(4, 72, flow="dis", **SAMPLING[name])))
    run = tmp_path / "run"
    built.train(run, **{"data.frames": 4, "data.flow": "dis"} | NETWORKS[name])
    only = "apex,rate,flow" if name == "mol" else "apex,rate"
    assert main([f"--workdir={run}", f"--only={only}"]) == 0
    text = capsys.readouterr().out
    assert "Unmoved, the weights predict what predictions.csv" in text
    assert "| apex moved by, of its way from the onset | reads no apex |" in text
    assert ("reads no flow" in text) == (name == "mol")
    entries = json.loads((run / "robustness.json").read_text())
    assert [one["family"] for one in entries] == ["", "rate", "rate"]
    assert not any(one["same"] for one in entries)
    with (run / "robustness.csv").open() as file:
        rows = list(csv.DictReader(file))
    probabilities = {
        level: [float(row["p_negative"]) for row in rows if row["level"] == level]
        for level in {one["level"] for one in entries}
    }
    before = probabilities.pop("as built")
    for level, after in probabilities.items():
        assert max(abs(a - b) for a, b in zip(before, after, strict=True)) > 1e-6, level
    if name == "mol":
        assert main_of_moved([f"--workdir={run}", "--shifts=0.3"]) == 0
        said = capsys.readouterr().out
        assert "**The network saw of every clip what it sees unmoved (apex 30 % earlier, ap" in said
