"""A whole study of a method that is fitted at once: sealed, the same again, its files as any run's.

Its clips have a part of what recipes make: motion to one side for each class, and noise.
"""

import dataclasses
import json
import re

import numpy as np
import pytest

from configs import default
from launch import plan
from mol_jax.classic.estimator import Estimator, Method
from mol_jax.data.recipe import RECIPES
from mol_jax.data.split import make_folds
from mol_jax.errors import UserError
from mol_jax.moved import __main__ as moved
from mol_jax.settings import is_fitted, set_network
from mol_jax.settings.find import find
from mol_jax.settings.kind import Kind
from mol_jax.settings.trials import make_trials
from mol_jax.study import experiment, fit_folds
from mol_jax.text.words import counted
from tests.mol_jax import runs, tiny

NETWORKS = ("flow_svm", "lbp_top", "bi_woof", "mdmo")
SIDE = 72
# Of each own field of a kind another value.
OTHER = {
    "flow_svm": {"normalise": "fixed", "c": 0.0, "scaled": True},
    "lbp_top": {
        "radius": 1,
        "radius_t": 2,
        "codes": "full",
        "blocks": 3,
        "c": 1e-6,
        "scaled": False,
    },
    "bi_woof": {"c": 1e-6, "scaled": False},
    "mdmo": {"flow": None, "c": 0.02, "scaled": True},  # see test_mdmo.py
}


def config_of(network, **changes):
    config = default.get_config(network)
    with config.unlocked():
        config.update_from_flattened_dict({"data.frames": 2, "data.crop": 64} | changes)
    return config


def dataset_of(network, clips=24, spoilt=()):
    """Returns clips whose inputs differ by class; those of some rows are noise, and mislabelled."""
    made = tiny.dataset(clips)
    rng, bad = np.random.default_rng(1), np.random.default_rng(2)
    inputs = {}
    for name in find(network).reads(config_of(network)):
        blank = RECIPES[name].blank(clips, SIDE)
        drawn = rng.normal(size=blank.shape) + _planted(name, made.table.label)
        drawn[list(spoilt)] = bad.normal(size=blank.shape)[list(spoilt)] * 3
        whole = np.issubdtype(blank.dtype, np.integer)
        drawn = np.clip(40 * drawn + 100, 0, 255) if whole else drawn
        inputs[name] = drawn.astype(blank.dtype)
    label = made.table.label.copy()
    label[list(spoilt)] = (label[list(spoilt)] + 1) % 3
    table = dataclasses.replace(
        made.table, frames=None, flow=None, landmarks=None, inputs=inputs, label=label
    )
    return dataclasses.replace(made, table=table)


def _planted(name, labels):
    """Returns what sets the inputs of a class apart, in px or grey levels."""
    if name == "onset_landmarks":
        face = np.random.default_rng(5).uniform(10, 60, (68, 2))
        return np.broadcast_to(face, (len(labels), 68, 2))
    if name == "tim_frames":  # a stripe that moves, down, right or not
        at = np.arange(10)[:, None, None]
        y, x = np.mgrid[:SIDE, :SIDE]
        waves = [np.sin((x + 2 * at) / 4), np.sin((y + 2 * at) / 4), np.sin((x + y) / 4 + 0 * at)]
        return 3 * np.stack(waves)[labels]
    side = 32 if name == "flow_image_32" else SIDE
    u = np.sin(np.arange(side) / 5)[None, :] * np.ones((side, 1))
    turned = [(u, 0 * u), (0 * u, u), (-np.abs(u), -np.abs(u))]
    fields = np.stack([np.stack([*pair, 0 * u], axis=-1) for pair in turned])
    return 3 * fields[labels][..., : 3 if side == 32 else 2]


def folds_of(network, dataset):
    return make_folds(config_of(network), dataset)


def predict(network, dataset, fold, **changes):
    method = find(network).method(config_of(network, **changes), 3)
    features = method.features(dataset.table.inputs)
    return fitted_and_asked(method.estimator, features, dataset, fold)


def fitted_and_asked(estimator, *of):
    return fit_folds.ask(fit_folds.fit(estimator, *of), *of)


OF_TEN_FRAMES = ("lbp_top", "mdmo")
PARAMS = [pytest.param(n, marks=[pytest.mark.slow] * (n in OF_TEN_FRAMES)) for n in NETWORKS]


@pytest.mark.parametrize("network", PARAMS)
def test_held_out_rows_change_nothing_and_each_training_row_does(network):
    """Neither their features nor their labels: with other ones, the rest of them is said alike."""
    whole = dataset_of(network, 12)
    fold = folds_of(network, whole)[1]
    first = predict(network, whole, fold)
    found = predict(network, dataset_of(network, 12, spoilt=fold.test[1:]), fold)
    np.testing.assert_array_equal(found[0], first[0])
    assert not np.array_equal(found[1:], first[1:]), "what is asked about itself is seen"
    trained = dataset_of(network, 12, spoilt=fold.train[[2]])
    assert not np.array_equal(predict(network, trained, fold)[0], first[0])
    np.testing.assert_allclose(first.sum(1), 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("network", "field"), [(n, f) for n in NETWORKS for f in OTHER[n] if f != "flow"]
)
def test_every_field_of_its_own_changes_what_is_predicted(network, field):
    assert set(OTHER[network]) == set(find(network).fields)
    dataset = dataset_of(network, 9)
    fold = folds_of(network, dataset)[0]
    other = predict(network, dataset, fold, **{f"model.{field}": OTHER[network][field]})
    assert not np.array_equal(other, predict(network, dataset, fold))


class Spy(Estimator):
    """Keeps what it is handed."""

    def __init__(self):
        self.fitted = []
        self.asked = []

    def fit(self, features, labels, people):
        self.fitted.append((features, labels, people))
        return self

    def probabilities(self, features):
        self.asked.append(features)
        return np.full((len(features), 3), 1 / 3)


def test_what_is_fitted_is_handed_training_rows_alone():
    dataset = tiny.dataset()
    numbers, spy = np.arange(12.0)[:, None], Spy()
    for fold in folds_of("bi_woof", dataset):
        fitted_and_asked(spy, numbers, dataset, fold)
        (features, labels, people), asked = spy.fitted[-1], spy.asked[-1]
        assert features[:, 0].tolist() == fold.train.tolist()
        assert labels.tolist() == (fold.train % 3).tolist()
        assert people.tolist() == [dataset.names[row].person for row in fold.train]
        assert asked[:, 0].tolist() == fold.test.tolist()
        assert not {*people} & {dataset.names[row].person for row in fold.test}
        assert features.base is None or not np.shares_memory(features, numbers), "a copy"
    broken = dataclasses.replace(fold, test=np.array([fold.train[0]]))
    with pytest.raises(AssertionError, match="would be fitted on rows that it tests"):
        fit_folds.fit(spy, numbers, dataset, broken)


@pytest.mark.parametrize("says", [np.ones((4, 2)), np.ones(4), np.full((4, 3), np.nan)])
def test_what_are_no_probabilities_of_the_classes_is_refused(says):
    dataset, spy = tiny.dataset(), Spy()
    spy.probabilities = lambda features: says
    with pytest.raises(UserError, match=r"fold 'sub0': .* of 4 clips and 3 classes; .* \(4, 3\)"):
        fitted_and_asked(spy, np.ones((12, 1)), dataset, folds_of("bi_woof", dataset)[0])


@pytest.mark.parametrize("c", ["ten", True, float("nan"), [1.0]])
def test_a_chosen_c_that_is_no_number_is_refused(c):
    class Chosen(Spy):
        chosen_c = c

    with pytest.raises(UserError, match=r"mine\.py:KIND: chosen_c of what its estimator fits is"):
        fit_folds.c_of(Chosen(), "mine.py:KIND")
    Chosen.chosen_c = np.float32(0.5)
    assert fit_folds.c_of(Chosen(), "mine.py:KIND") == 0.5 and fit_folds.c_of(Spy(), "x") is None


def test_a_feature_that_is_no_number_is_one_sentence():
    numbers = np.ones((12, 4))
    assert features_of(numbers, lambda x: x).shape == (12, 4)
    numbers[[3, 7], 1] = np.nan
    with pytest.raises(UserError, match=r"of 2 clips are not finite \(first clip3 of subject"):
        features_of(numbers, lambda x: x)


def features_of(numbers, make):
    """Returns the features of the tiny clips where `make` makes them of all their numbers."""
    table = dataclasses.replace(tiny.table(), inputs={"own": numbers})
    method = Method(lambda inputs: make(inputs["own"]), Spy())
    return fit_folds.features_of(dataclasses.replace(tiny.dataset(), table=table), method)


def test_a_feature_of_several_clips_is_refused():
    """What is brought to mean 0 by all rows has seen those that are tested."""
    numbers = np.random.default_rng(0).normal(size=(12, 4))
    np.testing.assert_array_equal(features_of(numbers, lambda x: 2 * x), 2 * numbers)
    for make in (lambda x: x - x.mean(0), lambda x: x / x.std(), lambda x: x @ x.T):
        with pytest.raises(UserError, match="clip0 are others where no other clip is there"):
            features_of(numbers, make)
    for make in (np.ravel, lambda x: x[1:]):
        with pytest.raises(UserError, match=r"a method makes \[N, D\] of N clips"):
            features_of(numbers, make)


@pytest.mark.slow
def test_a_run_leaves_every_file_and_is_reused(tmp_path, monkeypatch, capsys):
    dataset = dataset_of("bi_woof")
    runs.serve(monkeypatch, dataset)
    trials = make_trials(config_of("bi_woof", **{"runtime.devices": 1}), [{}])

    def train():
        return experiment.train(trials, tmp_path, command="test", console=runs.QUIET)

    metrics = train()
    assert metrics["pooled"]["uf1"] > metrics["baselines"]["majority"]["uf1"] + 0.2
    assert metrics["audit"]["fitted"] and {*metrics["runtime"]} == {"seconds", "device"}
    rows = runs.read(tmp_path, "predictions.csv")
    assert [row["clip"] for row in rows] == [name.clip for name in dataset.names]
    for row in rows:
        p = {name[2:]: float(row[name]) for name in row if name.startswith("p_")}
        assert row["pred"] == max(p, key=p.get) and row["fold"] == row["subject"]
    assert len(runs.read(tmp_path, "flow_svm.csv")) == len(rows)
    assert json.loads((tmp_path / "metrics.json").read_text()) == metrics
    report = (tmp_path / "report.md").read_text()
    chosen = metrics["chosen_c"]
    method = find("bi_woof").method(trials[0].config, 3)
    features = fit_folds.features_of(dataset, method)
    folds = folds_of("bi_woof", dataset)
    known = [fit_folds.fit(method.estimator, features, dataset, fold).c for fold in folds]
    where = [{"trial": 0, "seed": 0, "fold": fold.name} for fold in folds]
    assert chosen == [{**of, "c": c} for of, c in zip(where, known, strict=True)]
    said = r"none: fitted once to each fold's training rows \(C chosen by people of these: (.*)\), "
    (line,) = re.findall(said + "then one prediction", report)
    assert f"{known[0]:g} in {counted(known.count(known[0]), 'fold')}" in line
    assert "every fold is fitted anew" in report and "1000 steps" not in report

    assert moved.main([f"--workdir={tmp_path}"]) == 2
    assert "is fitted at once and leaves no weights to predict with" in capsys.readouterr().err

    def refused(*_):
        raise AssertionError("a finished fold is fitted again")

    monkeypatch.setattr(fit_folds, "fit", refused)
    again = train()
    assert again["pooled"] == metrics["pooled"] and again["chosen_c"] == chosen
    (tmp_path / "checkpoints/trial0/seed0/sub1/predicted.npz").unlink()
    with pytest.raises(AssertionError, match="fitted again"):
        train()
    at_once = r"'bi_woof', which is fitted at once: .* mol_jax\.main"
    with pytest.raises(UserError, match=at_once):
        experiment.evaluate(trials, tmp_path, command="test", console=runs.QUIET)
    with pytest.raises(UserError, match=at_once):
        experiment.show_plan(trials, console=runs.QUIET)


def test_there_is_no_plan_without_steps(capsys):
    assert plan.main(["", "--config=configs/networks/lbp_top.py"]) == 2
    assert "'lbp_top', which is fitted at once: there are no steps to plan." in (
        capsys.readouterr().err
    )


def test_any_config_can_be_given_the_method_and_keeps_its_data():
    """What a config sets of training is set back, so that nothing stands there without effect."""
    config = tiny.config(**{"optim.name": "sgd", "train.sampler": "balanced"})
    set_network(config, "lbp_top")
    assert is_fitted(config) and not is_fitted(tiny.config())
    trials = make_trials(config, [{"model.c": 1.0}, {"model.c": 10.0}])
    assert [trial.config.model.c for trial in trials] == [1.0, 10.0]
    assert trials[0].config.data.crop == 64
    with pytest.raises(UserError, match=r"trial 0: optim\.learning_rate is 0\.1, but 'lbp_top' is"):
        make_trials(config, [{"optim.learning_rate": 0.1}])


OWN = """
import numpy as np
from mol_jax.classic.estimator import Estimator, Method
from mol_jax.settings.kind import Kind

class Nearest(Estimator):
    def fit(self, features, labels, people):
        self.centres = [features[labels == label].mean(0) for label in range(3)]
        return self

    def probabilities(self, features):
        away = [((features - centre) ** 2).sum(1) for centre in self.centres]
        return np.eye(3)[np.argmin(away, axis=0)]

def method(config, classes):
    return Method(lambda inputs: inputs["flow_image_32"].reshape(-1, 3072), Nearest())

KIND = Kind({}, None, lambda config: ("flow_image_32",), method=method)
"""


@pytest.mark.slow
def test_an_estimator_of_the_users_own_is_a_file_like_a_network(tmp_path, monkeypatch):
    (tmp_path / "mine.py").write_text(OWN)
    runs.serve(monkeypatch, dataset_of("flow_svm", 12))
    config = config_of("flow_svm", **{"runtime.devices": 1}).copy_and_resolve_references()
    set_network(config, f"{tmp_path / 'mine.py'}:KIND")
    where, trials = tmp_path / "run", make_trials(config, [{}])
    metrics = experiment.train(trials, where, command="test", console=runs.QUIET)
    assert metrics["pooled"]["acc"] == 1 and metrics["baselines"]["majority"]["acc"] < 0.5


def test_a_kind_is_built_or_fitted_and_not_both():
    for parts in ({"build": None}, {"build": print, "method": print}):
        with pytest.raises(ValueError, match="either build, of a network, or method"):
            Kind({}, reads=lambda _: (), **parts)
