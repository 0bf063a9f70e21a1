"""A study starts from given weights, says what of them it took, and refuses what does not fit."""

import ast
import dataclasses
import json
from pathlib import Path

import chex
import jax
import numpy as np
import pytest
from rich.console import Console

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.settings import trials
from mol_jax.study import given, study
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.study.recorded_trials import read_finished, recorded_trials
from mol_jax.training import footprint
from mol_jax.training.engine import Engine
from mol_jax.training.fetching import take_replicas
from mol_jax.training.program import make_program
from mol_jax.weights import NOBODY, Card, match, names, record, write
from tests.mol_jax import runs, tiny

CLASSES = ("negative", "positive", "surprise")  # of tiny.dataset()
PARTS = ("classes", "conv", "flow_head", "hidden", "landmark_head", "norm")  # of the stand-in


def variables(classes=3, seed=0, **changes) -> dict:
    """Returns variables of the stand-in, every number drawn."""
    program = make_program(runs.config(**changes), num_classes=classes)
    *_, state = footprint.shapes(program, clips=1)
    rng = np.random.default_rng(seed)
    shapes = {"params": state.params, **state.collections}
    return jax.tree.map(lambda leaf: rng.normal(2.0, 0.1, leaf.shape).astype(leaf.dtype), shapes)


def card(config, **changes) -> Card:
    return Card(
        **{
            "network": config.model.network,
            "model": {k: v for k, v in config.model.items() if k != "network"},
            "tasks": settings.tasks(config),
            "crop": config.data.crop,
            "frames": config.data.frames,
            "normalisation": config.data.normalisation,
            "classes": CLASSES,
            "people": NOBODY,
            "steps": 100,
            "origin": {"name": "generated", "identities": 10},
            **changes,
        }
    )


def file(path, tree=None, **changes):
    """Writes weights of the stand-in; changes: of their card."""
    held = tree() if tree else variables(len(changes.get("classes", CLASSES)))
    write(path, held.pop("params"), held, card(runs.config(), **changes))
    return str(path)


@pytest.fixture
def one_file(tmp_path):
    return file(tmp_path / "w.safetensors")


def fitted(path, classes=CLASSES, **changes):
    """Returns what one trial takes of a file."""
    made = trials.plain(runs.config(**{"init.weights": str(path)} | changes))
    return given.fit(made, given.read(made), classes)[0]


def named(of) -> set[str]:
    return {"/".join(name.split("/")[1:2]) for name in of}


def test_every_variable_is_in_one_list_and_comes_from_where_it_says(one_file):
    every = fitted(one_file)
    assert not every.match.fresh and not every.match.left
    chex.assert_trees_all_equal(every.variables, variables())
    some = fitted(one_file, **{"init.fresh": ("classes", "landmark_head/points")})
    assert named(some.match.fresh) == {"classes", "landmark_head"} == named(some.match.left)
    assert set(some.match.loaded) | set(some.match.fresh) == set(names.flat(variables()))


def test_statistics_that_a_file_lacks_are_drawn_as_its_refusal_says(tmp_path):
    path = file(tmp_path / "w.safetensors", tree=without_statistics)
    with pytest.raises(UserError, match=r"set --config\.init\.fresh=") as refused:
        fitted(path)
    fresh = ast.literal_eval(str(refused.value).split('"')[1])
    assert named(fitted(path, **{"init.fresh": fresh}).match.fresh) == {"norm"}


def test_what_tells_other_classes_apart_is_drawn_anew(tmp_path):
    for classes in (("a", "b", "c"), ("a", "b")):
        other = fitted(file(tmp_path / f"{len(classes)}.safetensors", classes=classes))
        assert other.match.fresh == ("params/classes/bias", "params/classes/kernel")
        assert named(other.match.left) == {"classes"}


def test_what_the_network_has_no_place_for_is_listed(one_file):
    only = fitted(one_file, **{"tasks.flow": False, "tasks.landmarks": False})
    assert named(only.match.left) == {"flow_head", "landmark_head"} and not only.match.fresh


def test_parts_are_named_as_large_as_they_can_be():
    every = ["a/k", "b/one/k", "b/one/s", "b/two/k"]
    assert names.covering(["a/k", "b/one/k", "b/one/s"], every) == ["a", "b/one"]
    assert names.covering(every, every) == ["a", "b"] and names.covering([], every) == []


def without_hidden() -> dict:
    whole = variables()
    return whole | {"params": {n: tree for n, tree in whole["params"].items() if n != "hidden"}}


def without_statistics() -> dict:
    return {"params": variables()["params"]}


@pytest.mark.parametrize(
    ("changes", "of_file", "words"),
    [
        ({"init.fresh": ("clases",)}, {}, "names 'clases', .* did you mean 'classes'"),
        ({"init.frozen": ("conv/bias",)}, {}, "init.frozen names 'conv/bias', which is no part"),
        ({"init.rates": ("heads:2",)}, {}, "init.rates names 'heads', which is no part"),
        ({"init.frozen": PARTS}, {}, "all that the network has"),
        ({"init.fresh": PARTS}, {}, "nothing would be taken"),
        ({"model.width": 32}, {}, "classes/kernel of shape 16×3, and this network's is 32×3"),
        ({}, {"tree": without_hidden}, r"nothing for hidden.*\('hidden',\)"),
        ({}, {"tree": without_statistics}, "nothing for norm/mean, norm/var"),
        ({"loss.center": 0.1}, {}, "nothing for class_centres"),
        (
            {"init.frozen": ("classes",)},
            {"classes": ("a", "b")},
            "classes/bias is drawn anew, since",
        ),
        (
            {"init.fresh": ("hidden",), "init.frozen": ("hidden/bias",)},
            {},
            "hidden/bias is drawn anew, as init.fresh asks",
        ),
        ({}, {"network": "mol"}, "of the network 'mol'"),
        ({}, {"crop": 128}, "with data.crop=128, and here it is 64"),
        ({}, {"frames": 8}, "with data.frames=8, and here it is 2"),
        ({}, {"normalisation": "subject"}, "with data.normalisation=subject"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, changes, of_file, words):
    path = file(tmp_path / "w.safetensors", **of_file)
    with pytest.raises(UserError, match=words) as refused:
        fitted(path, **changes)
    assert "\n" not in str(refused.value)


def test_parts_are_checked_without_weights_too():
    made = trials.plain(runs.config(**{"init.frozen": ("f5c_0",)}))
    with pytest.raises(UserError, match=r"init\.frozen names 'f5c_0'"):
        given.fit(made, {}, CLASSES)


def test_other_fields_of_the_network_are_told(tmp_path):
    model = dict(runs.config().model) | {"fcc": "none", "dropout": 0.9}
    del model["network"]
    one = fitted(file(tmp_path / "w.safetensors", model=model, magnify=20))
    motion = "data.magnify was 20, and is 0"
    assert one.source.unlike == (motion, "model.fcc was none, and is both")
    said = record.sentence(given.records({0: one})[0], several=False)
    assert f"otherwise than there: {motion}; model.fcc was none, and is both." in said


def test_the_plan_counts_them(one_file, monkeypatch):
    monkeypatch.setattr(footprint, "_update", lambda *_, **__: 10)  # which takes long to trace
    plain, more = (
        footprint.estimate(runs.config(**changes), clips=12, classes=3)
        for changes in ({}, {"init.weights": one_file})
    )
    assert (plain.given, more.given) == (0, sum(x.nbytes for x in jax.tree.leaves(variables())))
    assert more.device(2) == plain.device(2) + more.given
    assert more.largest_group(10**9) <= plain.largest_group(10**9)
    still, all_ = (
        footprint.parameters(make_program(runs.config(**{"init.frozen": frozen}), num_classes=3))
        for frozen in (("hidden/kernel",), ())
    )
    assert all_ - still == variables()["params"]["hidden"]["kernel"].size


def test_replicas_share_them_as_an_argument_and_not_as_a_constant(replicas, tmp_path):
    """One program, compiled once, starts from any file; serial = side by side, bit for bit."""
    starts, programs, compiled = [], [], []
    for seed in (0, 1):
        tree = variables(seed=seed)
        engine = Engine(
            lambda auto: tiny.program(auto, **tiny.STAND_IN),
            tiny.table(),
            devices=1,
            group=3,
            given={"params": {n: x for n, x in tree["params"].items() if n != "conv"}},
        )
        wave = engine.wave(replicas, [settings.scalars(runs.config())] * 3)
        state = engine.init(wave)
        starts.append([one.params for one in take_replicas(state, range(3))])
        for params in starts[-1]:
            chex.assert_trees_all_equal(params["hidden"], tree["params"]["hidden"])
        programs.append(engine._init)
        compiled.append(engine._init._cache_size())
    assert programs[0] is programs[1] and compiled[0] == compiled[1]
    one, other = starts
    chex.assert_trees_all_equal(one[0]["conv"], other[0]["conv"])  # drawn from the fold's key
    assert (one[0]["conv"]["kernel"] != one[1]["conv"]["kernel"]).any()
    assert (one[0]["hidden"]["kernel"] != other[0]["hidden"]["kernel"]).any()


STILL = ("conv", "norm")


def sweep(path) -> list[dict]:
    """Returns a trial that starts from a file, and one that starts from nothing."""
    given_ = {"init.weights": path, "init.fresh": ("landmark_head",)}
    return [given_, {"init.weights": "", "init.fresh": ()}]


TWO_STEPS = {
    "train.steps": 2,
    "train.log_every": 1,
    "train.save_every": 1,
    "init.frozen": STILL,
    "optim.weight_decay": 0.5,
}


def train(folder, path, console=runs.QUIET):
    return runs.train(folder, sweep=sweep(path), console=console, **TWO_STEPS)


def opened(folder, path, *, new=True):
    """Opens a run as training, or as --mode=eval, does."""
    made = trials.make_trials(runs.config(**TWO_STEPS), sweep(path))
    return study.opened(made, folder, command="test", console=runs.QUIET, new=new)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of two trials, its file of other classes, and what it said."""
    folder = tmp_path_factory.mktemp("given")
    path = file(folder / "w.safetensors", classes=("a", "b"))
    with pytest.MonkeyPatch.context() as patch, (folder / "said").open("w") as said:
        runs.serve(patch, tiny.dataset())
        train(folder / "run", path, console=Console(file=said, width=900))
    return folder / "run", path, (folder / "said").read_text()


@pytest.fixture
def served(monkeypatch):
    runs.serve(monkeypatch, tiny.dataset())


class Saved(Checkpoints):
    """The checkpoints of any run."""

    def _run(self, replica):
        path = self._root / replica / "final" / "checksums.json"
        return json.loads(path.read_text())["run"]


def trained(folder, trial, fold="sub0") -> dict:
    """Returns the variables of a trained replica by their names."""
    *_, like = footprint.shapes(make_program(runs.config(), num_classes=3), clips=12)
    found = Saved(folder / "checkpoints").restore_final(f"trial{trial}/seed0/{fold}", like)
    return names.flat({"params": found.params, **found.collections})


@pytest.mark.slow
def test_every_fold_starts_from_the_weights_that_are_given(run):
    """AdamW moves a parameter x by 0.001 (1 + x/2) a step, and what is frozen by nothing."""
    folder, _, _ = run
    held = names.flat(variables(2))
    for fold in ("sub0", "sub1", "sub2"):
        found, drawn = trained(folder, 0, fold), trained(folder, 1, fold)
        for name, leaf in found.items():
            part = name.split("/")[1]
            if part in STILL:
                np.testing.assert_array_equal(leaf, held[name])
            elif part not in ("classes", "landmark_head"):
                np.testing.assert_allclose(leaf, held[name], atol=4.5e-3)
                assert np.abs(leaf - held[name]).max() > 0
            if part not in ("classes", "landmark_head"):
                assert np.abs(drawn[name] - held[name]).max() > 0.1, name
        assert np.abs(found["params/classes/kernel"]).mean() < 0.9  # a file's are about 2
        points = found["params/landmark_head/points/bias"]  # as the mean face, in px
        np.testing.assert_allclose(points, drawn["params/landmark_head/points/bias"], atol=5e-3)
        assert points.mean() > 10


@pytest.mark.slow
def test_what_was_taken_is_said_and_recorded(run):
    folder, path, said = run
    config = json.loads((folder / "config.json").read_text())
    (held,) = config["weights"]
    assert (held["trials"], held["file"]) == ([0], path)
    assert "params/hidden/kernel" in held["loaded"] and "params/classes/bias" in held["fresh"]
    sentence = (
        f"trial 0 starts from {path} (SHA-256 {held['sha256'][:12]}…, 100 steps, generated faces "
        "only): loaded conv, flow_head, hidden, norm; drawn anew classes, landmark_head; left in "
        "the file classes, landmark_head."
    )
    assert sentence in said.splitlines()
    report = (folder / "report.md").read_text()
    for words in (
        "**These weights have seen generated faces only, and no person.**",
        "| drawn anew | classes, landmark_head |",
        f"| SHA-256 | {held['sha256']} |",
        "Trials 1 start from drawn weights.",
        "- Pre-training saw generated faces only, and so nobody who is tested.",
        "100 steps, generated faces only |",
    ):
        assert words in report, words
    assert json.loads((folder / "metrics.json").read_text())["audit"]["pretrained_on_generated"]


@pytest.mark.slow
def test_another_file_or_none_under_the_same_path_is_refused(run, tmp_path, served):
    folder, path, _ = run
    whole = Path(path).read_bytes()

    def refused(words, path=path):
        with pytest.raises(UserError, match=words), opened(folder, path):
            pass

    try:
        file(path, classes=("a", "b"), steps=101)
        refused(
            r"started from other weights: init\.weights .* had the SHA-256 \w{12}…, and now has"
        )
        Path(path).write_bytes(whole[:-1])
        refused("no whole safetensors file")
    finally:
        Path(path).write_bytes(whole)
    with opened(folder, path) as same:
        assert same.given.keys() == {0}
    refused(
        r"holds a run with init\.weights = ", file(tmp_path / "w.safetensors", classes=("a", "b"))
    )


@pytest.mark.slow
def test_what_a_run_left_needs_its_file_no_more(run, served, monkeypatch):
    """Its weights are of a run that its file is part of, and its audit is what it was."""
    folder, path, _ = run
    monkeypatch.setattr(given.files, "read", None)
    with opened(folder, path, new=False) as again:
        *_, like = footprint.shapes(make_program(again.config, num_classes=3), clips=12)
        again.checkpoints.restore_final("trial0/seed0/sub0", like)
        assert again.audit == json.loads((folder / "metrics.json").read_text())["audit"]
        assert not again.given
    recorded = recorded_trials(read_finished(folder), folder)  # as mol_jax.dense reads them
    assert [one.config.init.fresh for one in recorded] == [("landmark_head",), ()]


@pytest.mark.slow
def test_a_stopped_run_goes_on_from_its_own_state_and_not_from_the_file(
    run, tmp_path, served, monkeypatch
):
    folder, path, _ = run
    advance, left = Engine.advance, [1]  # the fold makes one step of two
    changes = TWO_STEPS | sweep(path)[0] | {"protocol.only": ("sub1",)}

    def stop(*arguments):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return advance(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(Engine, "advance", stop)
        with pytest.raises(KeyboardInterrupt):
            runs.train(tmp_path / "run", **changes)
    monkeypatch.setattr(Engine, "init", None)
    runs.train(tmp_path / "run", **changes)
    chex.assert_trees_all_equal(trained(tmp_path / "run", 0, "sub1"), trained(folder, 0, "sub1"))


def test_whom_the_weights_have_seen_is_not_tested(tmp_path, served):
    path = file(tmp_path / "w.safetensors", people=("tiny/sub1", "tiny/sub9"))
    with pytest.raises(UserError, match=r"has seen 1 person who would be tested \(tiny/sub1\)"):
        train(tmp_path / "run", path)
    assert not (tmp_path / "run").exists()


def test_generated_clips_that_were_built_are_not_tested_either(tmp_path):
    of_stream, of_build = (
        {0: fitted(file(tmp_path / f"{name}.safetensors", origin={"set": name}))}
        for name in ("generated", "tiny")
    )
    drawn = tiny.dataset()
    drawn = dataclasses.replace(
        drawn, names=tuple(dataclasses.replace(name, generated=True) for name in drawn.names)
    )
    given.refuse_seen(of_stream, (), drawn)
    given.refuse_seen(of_build, (), tiny.dataset())
    with pytest.raises(UserError, match="trained on generated clips of tiny, as would be tested"):
        given.refuse_seen(of_build, (), drawn)


def test_a_file_that_is_not_there_is_refused_before_any_work(tmp_path):
    with pytest.raises(UserError, match="which is not there"):
        train(tmp_path / "run", str(tmp_path / "no.safetensors"))
    assert not (tmp_path / "run").exists()


def test_a_card_that_does_not_say_its_scale_is_refused(tmp_path):
    config = tiny.config(**{"model.network": "ststnet", "init.weights": "x"})
    model = {name: value for name, value in config.model.items() if name != "network"}
    made = card(config, model=model)
    assert match.check_scale(tmp_path, made, config) == ()
    del model["normalise"]
    with pytest.raises(UserError, match=r"does not say with which model\.normalise"):
        match.check_scale(tmp_path, dataclasses.replace(made, model=model), config)


@pytest.mark.parametrize(
    "damage",
    [
        {"trials": ["0"]},
        {"trials": []},
        {"trials": 0},
        {"loaded": None},
        {"fresh": [1]},
        {"sha256": 12},
        {"card": {}},
        {"card": "mol"},
    ],
)
def test_a_damaged_record_is_one_sentence(tmp_path, damage):
    one = fitted(file(tmp_path / "w.safetensors"))
    (whole,) = json.loads(json.dumps(given.records({0: one})))
    assert record.of_config({"weights": [whole]}) == [whole]
    for records in ([whole | damage], [{}], ["text"], whole):
        with pytest.raises(UserError, match=r"config\.json of this run is damaged") as refused:
            record.of_config({"weights": records})
        assert "\n" not in str(refused.value)
