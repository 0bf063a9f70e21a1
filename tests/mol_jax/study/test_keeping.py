"""Which predictions are kept, that they are those that are scored, and what a resume does."""

import shutil

import numpy as np
import pytest

from mol_jax.dense import kept
from mol_jax.errors import UserError
from mol_jax.networks.mol import measures
from mol_jax.networks.network import Predicted
from mol_jax.scoring.dense_csv import read_dense
from mol_jax.study import experiment
from tests.mol_jax import runs, tiny
from tests.mol_jax.tiny import CLIPS

QUICK = {"tasks.flow": False, "train.steps": 10}
ONE = "tiny/sub1/clip5"


def read(folder, clip, *, seed=0):
    return kept.find(folder, 0, seed, [tuple(clip.split("/"))])[0]


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in (folder / "kept").rglob("*.npz"))


@pytest.fixture(autouse=True)
def dataset(monkeypatch):
    runs.serve(monkeypatch, tiny.dataset())


@pytest.fixture(scope="module")
def one_clip(tmp_path_factory):
    """A finished run without flow that kept one clip."""
    with pytest.MonkeyPatch.context() as patch:
        runs.serve(patch, tiny.dataset())
        folder = tmp_path_factory.mktemp("runs") / "one_clip"
        runs.train(folder, **QUICK | {"predict.keep": (ONE,)})
        return folder


@pytest.mark.slow
def test_what_is_kept_is_what_is_scored(kept_run):
    rows = read_dense(kept_run / "dense.csv")
    assert len(rows) == 24
    for row in rows:
        held = read(kept_run, f"{row.dataset}/{row.subject}/{row.clip}", seed=row.seed)
        epe = measures.endpoint_error(held.flow, held.true_flow.astype(np.float32))
        assert float(epe.mean()) == pytest.approx(row.values["epe"], rel=1e-5)
        nme = measures.landmark_error(held.landmarks, held.true_landmarks)
        assert float(nme.mean()) == pytest.approx(row.values["nme"], rel=1e-5)
    first, second = (read(kept_run, CLIPS[0], seed=seed).flow for seed in (0, 1))
    assert np.abs(first - second).max() > 1e-6


@pytest.mark.slow
def test_targets_are_the_centre_crop_of_the_right_frames(kept_run):
    data = tiny.dataset(frames=4)
    held = read(kept_run, CLIPS[3])
    np.testing.assert_array_equal(held.true_flow, data.table.flow[3][:, 4:68, 4:68])
    np.testing.assert_array_equal(held.true_landmarks, data.table.landmarks[3][1:] - 4)
    np.testing.assert_array_equal(held.numbers, data.frame_numbers[3])
    assert held.crop == 64


def test_only_the_named_clips_are_kept(one_clip):
    assert files(one_clip) == [f"kept/trial0/seed0/{ONE}.npz"]
    held = read(one_clip, ONE)
    assert held.flow is None and held.residual is None
    assert held.landmarks.shape == (1, 68, 2)


def test_keeping_changes_no_result(one_clip, tmp_path):
    runs.train(tmp_path / "run", **QUICK)
    for name in ("predictions.csv", "dense.csv", "history.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (one_clip / name).read_bytes()
    assert files(tmp_path / "run") == []


@pytest.mark.parametrize("again", [runs.evaluate, runs.train])
def test_a_finished_run_can_keep_other_clips(one_clip, tmp_path, again):
    folder = shutil.copytree(one_clip, tmp_path / "run")
    again(folder, **QUICK | {"predict.keep": (CLIPS[0],)})
    assert files(folder) == [f"kept/trial0/seed0/{clip}.npz" for clip in (CLIPS[0], ONE)]
    assert (folder / "dense.csv").read_bytes() == (one_clip / "dense.csv").read_bytes()


def test_a_killed_run_has_kept_what_its_finished_folds_hold(one_clip, tmp_path):
    folder = shutil.copytree(one_clip, tmp_path / "run")
    (folder / f"kept/trial0/seed0/{ONE}.npz").unlink()
    shutil.rmtree(folder / "checkpoints/trial0/seed0/sub2")
    runs.train(folder, **QUICK | {"predict.keep": (ONE,)})
    assert files(folder) == [f"kept/trial0/seed0/{ONE}.npz"]
    np.testing.assert_array_equal(read(folder, ONE).landmarks, read(one_clip, ONE).landmarks)


def test_a_fold_is_not_finished_before_its_clip_is_written(one_clip, tmp_path, monkeypatch):
    folder = shutil.copytree(one_clip, tmp_path / "run")
    shutil.rmtree(folder / "kept")
    (folder / "checkpoints/trial0/seed0/sub1/predicted.npz").unlink()
    with monkeypatch.context() as full:
        full.setattr(kept, "write", lambda path, of: (_ for _ in ()).throw(UserError("disk full")))
        with pytest.raises(UserError, match="disk full"):
            runs.train(folder, **QUICK | {"predict.keep": (ONE,)})
    assert not (folder / "checkpoints/trial0/seed0/sub1/predicted.npz").exists()
    runs.train(folder, **QUICK | {"predict.keep": (ONE,)})
    assert files(folder) == [f"kept/trial0/seed0/{ONE}.npz"]


def test_without_weights_another_clip_is_refused_before_anything_is_trained(tmp_path):
    quick = QUICK | {"train.keep_weights": False, "predict.keep": (ONE,)}
    folder = tmp_path / "run"
    runs.train(folder, **quick)
    before = (folder / "dense.csv").read_bytes()
    runs.train(folder, **quick)  # the same again writes the tables and no more
    assert (folder / "dense.csv").read_bytes() == before
    shutil.rmtree(folder / "checkpoints/trial0/seed0/sub2")  # a fold that is still to be trained
    with pytest.raises(UserError, match=r"names 'tiny/sub0/clip0', but trial0/seed0/sub0 is fin"):
        runs.train(folder, **quick | {"predict.keep": (CLIPS[0],)})
    assert not (folder / "checkpoints/trial0/seed0/sub2").exists()


@pytest.mark.slow
def test_a_refusal_over_a_later_trial_comes_before_the_first_is_trained(tmp_path, monkeypatch):
    """Trials of two networks are trained one after the other; only the second is finished."""
    trained, sweep = [], [{}, {"model.width": 32}]
    monkeypatch.setattr(experiment, "train_group", lambda study, *_: trained.append(study))
    runs.train(tmp_path, sweep=sweep, **QUICK)
    assert len(trained) == 2
    without_weights = Predicted(None)
    trained[1].checkpoints.finish("trial1/seed0/sub0", without_weights, finite=True)
    with pytest.raises(UserError, match=r"names 'tiny/sub0/clip0', but trial1/seed0/sub0 is fin"):
        runs.train(tmp_path, sweep=sweep, **QUICK | {"predict.keep": (CLIPS[0],)})
    assert len(trained) == 2


@pytest.mark.slow
def test_side_by_side_and_in_a_sweep_every_replica_keeps_its_own(one_clip, tmp_path):
    sweep = [{"optim.learning_rate": rate} for rate in (1e-3, 1e-2)]
    wide = {"runtime.devices": 2, "runtime.group": 2, "predict.keep": (ONE, CLIPS[0])}
    runs.train(tmp_path / "run", sweep=sweep, **QUICK | wide)
    expected = [f"kept/trial{k}/seed0/{clip}.npz" for k in (0, 1) for clip in (CLIPS[0], ONE)]
    assert files(tmp_path / "run") == expected
    first, second = (kept.find(tmp_path / "run", k, 0, [tuple(ONE.split("/"))])[0] for k in (0, 1))
    np.testing.assert_allclose(first.landmarks, read(one_clip, ONE).landmarks, rtol=1e-3)
    assert np.abs(first.landmarks - second.landmarks).max() > 1e-2


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"predict.keep": ("tiny/sub1/clip50",)}, "none of the 12 clips.*did you mean 'tiny/sub1/"),
        ({"predict.keep": ("sub1",)}, "none of the 12 clips"),
        ({"predict.keep": (ONE, ONE)}, "without repeats"),
        ({"predict.keep": ("",)}, "text that is not empty"),
        ({"predict.keep": (ONE,), "tasks.landmarks": False}, "tasks.landmarks are both False"),
    ],
)
def test_clips_that_cannot_be_kept_are_refused_before_training(tmp_path, changes, sentence):
    with pytest.raises(UserError, match=sentence):
        runs.train(tmp_path / "run", **QUICK | changes)
    assert not (tmp_path / "run").exists()


def test_a_clip_that_is_only_trained_on_is_refused(monkeypatch, tmp_path):
    runs.serve(monkeypatch, tiny.joined({"casme2": 8, "smic": 4}))
    cross = {"data.name": "composite", "data.view": "casme2/3class_naive+smic/3class"}
    cross |= {"protocol.name": "cross", "protocol.train": ("casme2",), "protocol.test": ("smic",)}
    with pytest.raises(UserError, match=r"no fold of this run holds out; name one .*'smic/s"):
        runs.train(tmp_path / "run", **QUICK | cross | {"predict.keep": ("casme2/s0/clip0",)})


@pytest.mark.parametrize("damage", ["cut", "empty", "nan", "shape"])
def test_a_damaged_file_is_one_sentence(one_clip, tmp_path, damage):
    source = one_clip / f"kept/trial0/seed0/{ONE}.npz"
    path, content = tmp_path / "clip.npz", source.read_bytes()
    held = dict(np.load(source))
    if damage == "nan":
        held["landmarks"][0, 3] = np.nan
    if damage == "shape":
        held["landmarks"] = held["landmarks"][:, :67]
    np.savez(path, **held)
    if damage in ("cut", "empty"):
        path.write_bytes(content[: len(content) // 2 * (damage == "cut")])
    with pytest.raises(UserError, match=r"clip.npz cannot be read .*--mode=eval"):
        kept.read(path)


def test_a_clip_that_was_not_kept_names_the_command(one_clip):
    with pytest.raises(UserError, match=r"kept no prediction of tiny/sub0/clip0 .*predict.keep="):
        read(one_clip, CLIPS[0])
