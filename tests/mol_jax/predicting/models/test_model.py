"""A finished run opened to predict: its own predictions again, without its dataset."""

import json
import shutil

import numpy as np
import pytest
from absl import logging

from configs.networks import flow_svm
from mol_jax.errors import UserError
from mol_jax.predicting.models import temperature
from mol_jax.predicting.models.model import load_model
from mol_jax.scoring.predictions import read_predictions
from tests.mol_jax import fake_run, runs, tiny
from tests.mol_jax.moved import built

OF_ALL = {"data.frames": 4, "train.steps": 10, "protocol.name": "all"}


@pytest.fixture(scope="module")
def clips():
    """The clips of `kept_run`."""
    return tiny.dataset(frames=4)


@pytest.fixture(scope="module")
def model(kept_run):
    return load_model(kept_run)


@pytest.fixture(scope="module")
def predicted(model, clips):
    return model.predict(clips.table)


@pytest.fixture(scope="module")
def each(model, clips):
    return model.each(clips.table)


def same_as_written(model, said, clips, folder):
    """Asserts that each model says of the people it left out what stands in predictions.csv."""
    held = {(one.seed, one.fold): found for one, found in zip(model.members, said, strict=True)}
    number = {name.clip: row for row, name in enumerate(clips.names)}
    rows = read_predictions(folder / "predictions.csv").rows
    assert rows
    for row in rows:
        found = held[row.seed, row.fold].probabilities[number[row.clip]]
        np.testing.assert_allclose(found, row.probs, atol=2e-6)


def test_each_model_says_again_what_the_run_wrote(model, each, clips, kept_run):
    assert [(one.seed, one.fold) for one in model.members] == [
        (seed, f"sub{n}") for seed in (0, 1) for n in range(3)
    ]
    same_as_written(model, each, clips, kept_run)


def test_the_mean_is_the_mean_and_only_then_calibrated(model, each, predicted):
    found = np.stack([one.probabilities for one in each])
    t = model.about.temperature
    assert abs(t - 1) > 0.01, "else it would show nothing"
    np.testing.assert_allclose(
        predicted.probabilities, temperature.apply(found.mean(0), t), atol=1e-6
    )
    np.testing.assert_allclose(
        predicted.spread, temperature.apply(found, t).std(0, ddof=1), atol=1e-6
    )
    for name, shape in {"landmarks": (12, 3, 68, 2), "flow": (12, 3, 64, 64, 2)}.items():
        mean = np.mean([getattr(one, name) for one in each], axis=0)
        assert getattr(predicted, name).shape == shape
        np.testing.assert_allclose(getattr(predicted, name), mean, rtol=1e-4, atol=1e-4)


def test_padding_of_a_batch_changes_nothing(model, predicted, clips):
    """Twelve clips in batches of eight, against the first five of them."""
    few = tiny.table(12, frames=4)
    few = few.replace(
        **{
            name: getattr(few, name)[:5]
            for name in ("frames", "flow", "landmarks", "label", "clip_id")
        }
    )
    again = model.predict(few)
    for name in ("probabilities", "spread", "landmarks", "flow"):
        np.testing.assert_allclose(
            getattr(again, name), getattr(predicted, name)[:5], rtol=1e-5, atol=1e-6
        )
    nothing = model.predict(few.replace(label=few.label[:0]))
    assert nothing.probabilities is None


def test_what_a_network_is_only_taught_need_not_be_there(model, predicted, clips):
    assert model.needs == ("frames",)
    bare = clips.table.replace(flow=None, landmarks=None)
    np.testing.assert_array_equal(model.predict(bare).probabilities, predicted.probabilities)
    with pytest.raises(AssertionError, match="reads frames"):
        model.predict(clips.table.replace(frames=None))


def test_opening_a_run_leaves_the_callers_log_as_it_was(kept_run):
    before = logging.get_verbosity()
    try:
        logging.set_verbosity(logging.INFO)
        load_model(kept_run, dense=False)
        assert logging.get_verbosity() == logging.INFO
    finally:
        logging.set_verbosity(before)


def test_it_says_whose_score_it_has(model, kept_run):
    about = model.about
    assert about.classes == ("negative", "positive", "surprise")
    assert (about.models, about.view, about.generated) == (6, "casme2/5class", True)
    uf1 = json.loads((kept_run / "metrics.json").read_text())["pooled"]["uf1"]
    assert about.score.startswith(f"UF1 {100 * uf1:.2f} [")
    assert "leave one subject out" in about.score and "random guesses reach" in about.score


def test_a_network_without_landmarks_and_flow_has_none_and_needs_no_dataset(ststnet, tmp_path):
    folder = shutil.copytree(ststnet, tmp_path / "run")
    with pytest.MonkeyPatch.context() as patch:
        built.serve(patch)
        clips = data_of(folder)
    _point_nowhere(folder, tmp_path / "gone")
    model = load_model(folder)
    found = model.predict(clips.table)
    assert found.landmarks is None and found.flow is None
    assert found.probabilities.shape == (6, 3)
    same_as_written(model, model.each(clips.table), clips, folder)


def data_of(folder):
    from mol_jax.data import load
    from mol_jax.study.recorded_trials import read_finished, recorded_trials

    trial = recorded_trials(read_finished(folder), folder)[0]
    return load.load(trial.config, folder)


def _point_nowhere(folder, place):
    """Makes the run's data lie where nothing is, which changes no other field."""
    config = json.loads((folder / "config.json").read_text())
    config["config"]["data"]["dir"] = str(place)
    (folder / "config.json").write_text(json.dumps(config))


def test_classes_alone_are_the_same_classes(kept_run, predicted, clips):
    found = load_model(kept_run, dense=False).predict(clips.table)
    assert found.landmarks is None and found.flow is None
    np.testing.assert_allclose(found.probabilities, predicted.probabilities, atol=2e-6)


def refused(folder):
    with pytest.raises(UserError) as raised:
        load_model(folder)
    said = str(raised.value)
    assert "\n" not in said
    return said


def test_bad_runs_are_refused_in_a_sentence(tmp_path, kept_run):
    assert "holds no run" in refused(tmp_path)
    (tmp_path / "half").mkdir()
    shutil.copy(kept_run / "config.json", tmp_path / "half")
    assert "not finished" in refused(tmp_path / "half")
    svm = fake_run.make_run(tmp_path / "svm", measures=(), own={})
    config = json.loads((svm / "config.json").read_text())
    config["config"] = flow_svm.get_config().to_dict()
    (svm / "config.json").write_text(json.dumps(config))
    assert "fitted at once" in refused(svm)


def test_weights_that_are_gone_damaged_or_of_other_classes_are_refused(tmp_path, kept_run):
    one = "checkpoints/trial0/seed0/sub1"
    folder = shutil.copytree(kept_run, tmp_path / "run")
    shutil.rmtree(folder / one / "final")
    assert "kept the predictions of trial0/seed0/sub1 and not its weights" in refused(folder)
    (folder / one / "predicted.npz").rename(tmp_path / "predicted.npz")
    assert "lacks the checkpoint of trial0/seed0/sub1" in refused(folder)
    (tmp_path / "predicted.npz").rename(folder / one / "predicted.npz")
    shutil.copytree(kept_run / one / "final", folder / one / "final")
    damaged = next(path for path in (folder / one / "final").rglob("d/*") if path.is_file())
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    assert "cannot be read" in refused(folder)
    shutil.rmtree(folder / one)
    shutil.copytree(kept_run / "checkpoints/trial0/seed0/sub2", folder / one)
    assert "trial0/seed0/sub2" in refused(folder)
    shutil.rmtree(folder / one)
    shutil.copytree(kept_run / one, folder / one)
    config = json.loads((folder / "config.json").read_text())
    config["dataset"]["classes"] = ["negative", "surprise"]
    (folder / "config.json").write_text(json.dumps(config))
    assert "other classes" in refused(folder)


@pytest.fixture(scope="module")
def everybody(kept_run):
    """A run of the config of `kept_run`, but of all people."""
    folder = kept_run.parent / "everybody"
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset(frames=4))
        runs.train(folder, **OF_ALL)
    return folder


def test_a_run_of_all_people_has_no_score_but_that_of_a_run_like_it(everybody, kept_run, model):
    alone = load_model(everybody)
    assert (alone.about.models, alone.about.temperature) == (1, None)
    assert alone.about.score.startswith("not measured: trained on all people, tested on nobody")
    told = load_model(everybody, calibrate=kept_run).about
    assert told.temperature == model.about.temperature
    assert told.score.startswith(model.about.score.partition(";")[0])
    assert f"of {kept_run}, trained alike on fewer people" in told.score
    found = alone.predict(tiny.table(3, frames=4))
    assert found.spread is None and found.probabilities.shape == (3, 3)


def test_only_a_run_like_it_that_tested_people_tells_of_another(everybody, kept_run, tmp_path):
    def refused(run, by, says):
        with pytest.raises(UserError, match=says):
            load_model(run, calibrate=by)

    refused(kept_run, kept_run, "tested on people of its own")
    refused(everybody, everybody, "no predictions of people it left out")
    other = shutil.copytree(kept_run, tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    config["config"]["data"]["frames"] = 2
    (other / "config.json").write_text(json.dumps(config))
    refused(everybody, other, r"another config .*\(data\.frames is 2 there and 4 here\)")


def test_a_run_that_tests_people_whom_it_has_seen_calibrates_nothing(everybody, kept_run, tmp_path):
    knows = shutil.copytree(kept_run, tmp_path / "lovo")
    metrics = json.loads((knows / "metrics.json").read_text())
    metrics["audit"]["subject_independent"] = False  # as protocol.name=lovo has it
    (knows / "metrics.json").write_text(json.dumps(metrics))
    about = load_model(knows, dense=False).about
    assert about.temperature is None and "probabilities are not calibrated" in about.score
    with pytest.raises(UserError, match="tests people whom it has trained on or seen"):
        load_model(everybody, calibrate=knows)


@pytest.mark.slow
def test_a_replica_that_diverged_is_left_out(tmp_path, monkeypatch):
    runs.serve(monkeypatch, tiny.dataset())
    runs.train(tmp_path / "wild", **runs.WILD)
    assert "every fold diverged" in refused(tmp_path / "wild")


@pytest.mark.slow
def test_a_run_that_classifies_nothing_is_told_by_the_rest(tmp_path, monkeypatch):
    runs.serve(monkeypatch, tiny.dataset())
    runs.train(tmp_path / "dense", **{"tasks.mer": False, "train.steps": 5})
    model = load_model(tmp_path / "dense")
    found = model.predict(tiny.table())
    assert found.probabilities is None and found.landmarks.shape == (12, 1, 68, 2)
    assert model.about.temperature is None and "no class is predicted" in model.about.score
    with pytest.raises(UserError, match="predicts no classes"):
        load_model(tmp_path / "dense", dense=False)


@pytest.mark.slow
def test_mol_itself_says_again_what_it_wrote(tmp_path, monkeypatch):
    runs.serve(monkeypatch, tiny.dataset())
    runs.train(tmp_path / "mol", **{"model.network": "mol", "train.steps": 5})
    model, clips = load_model(tmp_path / "mol"), tiny.dataset()
    same_as_written(model, model.each(clips.table), clips, tmp_path / "mol")
