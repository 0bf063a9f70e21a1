"""States come back bit for bit, whole or not at all, under any name a subject may have."""

import errno
import resource
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import chex
import jax
import jax.numpy as jnp
import numpy as np
import orbax.checkpoint as ocp
import pytest

from mol_jax import settings
from mol_jax.errors import UserError
from mol_jax.files import checksums
from mol_jax.networks.network import Facts, Predicted
from mol_jax.study.checkpoints import Checkpoints
from mol_jax.training import optim
from mol_jax.training.program import make_program
from mol_jax.training.step import FoldState
from tests.mol_jax import tiny


def state(step: int = 3, *, seed: int = 0, size: int = 1000) -> FoldState:
    weights = jax.random.normal(jax.random.key(seed), (size,))
    return FoldState(
        step=jnp.int32(step),
        params={"layer": {"kernel": weights}},
        collections={"batch_stats": {"norm": {"mean": weights[:5]}}},
        opt_state=({"m": weights * 2},),
        facts=Facts(weights[:3]),
        finite=jnp.array(True),
    )


def predicted() -> Predicted:
    """Two videos of a network without flow."""
    rng = np.random.default_rng(0)
    probabilities = rng.uniform(size=(2, 3)).astype(np.float32)
    nme = rng.uniform(size=(2, 2)).astype(np.float32)
    failures = np.array([0, 1], np.int32)
    measures = {"nme": nme[0], "nme_mean_face": nme[1], "failures": failures}
    return Predicted(probabilities, measures)


@contextmanager
def largest_file(size: int):
    """No file may grow beyond `size` bytes: to a writer, a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_state_comes_back_bit_for_bit(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    assert checkpoints.step("trial0/seed0/sub01") == 0
    assert not checkpoints.has_final("trial0/seed0/sub01")
    assert checkpoints.finished("trial0/seed0/sub01") is None
    checkpoints.save("trial0/seed0/sub01", state(seed=7))
    assert checkpoints.step("trial0/seed0/sub01") == 3
    like = jax.eval_shape(state)
    chex.assert_trees_all_equal(checkpoints.restore("trial0/seed0/sub01", like), state(seed=7))


@pytest.mark.parametrize(
    "changes",
    [{"optim.l2": 0.1}, {"optim.name": "sgd"}, {"optim.name": "sgd", "optim.momentum": 0.9}],
)
def test_what_any_optimiser_remembers_comes_back(tmp_path, changes):
    """Of plain SGD that is nothing, a tree without a leaf."""
    config = tiny.config(**changes)
    program, scalars = make_program(config, num_classes=3), settings.scalars(config)
    params = {"kernel": jnp.arange(5.0)}
    fresh = optim.init(program, scalars, params)
    _, moved = optim.update(program, scalars, params, fresh, params, step=jnp.int32(0))
    saved = state().replace(opt_state=moved)
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save("trial0/seed0/sub0", saved)
    found = checkpoints.restore("trial0/seed0/sub0", state(seed=1).replace(opt_state=fresh))
    chex.assert_trees_all_equal(found, jax.device_get(saved))
    leaves = [jax.tree.leaves(one) for one in (fresh, moved)]
    assert all((one != other).any() for one, other in zip(*leaves, strict=True))


def test_the_newest_state_is_kept_and_the_last_one_keeps_weights_only(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    for step in (10, 200, 1000):
        checkpoints.save("trial0/seed0/sub01", state(step, seed=step))
    folder = tmp_path / "trial0" / "seed0" / "sub01"
    assert names(folder) == ["step_00001000"]
    checkpoints.save_final("trial0/seed0/sub01", state(1200))
    assert names(folder) == ["final", "step_00001000"]  # until its predictions are there as well
    checkpoints.finish("trial0/seed0/sub01", predicted(), finite=True)
    assert names(folder) == ["final", "predicted.npz"]
    final = checkpoints.restore_final("trial0/seed0/sub01", jax.eval_shape(state))
    assert final.opt_state is None and int(final.step) == 1200
    chex.assert_trees_all_equal(final.params, state(1200).params)


def test_the_weights_of_the_best_step_are_in_the_state_and_not_in_the_final_weights(tmp_path):
    checkpoints, name = Checkpoints(tmp_path), "trial0/seed0/sub01"
    best = {"step": jnp.int32(5), "params": state(seed=5).params, "collections": {}}
    held = state(10).replace(best=best)
    checkpoints.save(name, held)
    chex.assert_trees_all_equal(checkpoints.restore(name, jax.eval_shape(lambda: held)), held)
    checkpoints.save_final(name, held)
    final = checkpoints.restore_final(name, jax.eval_shape(lambda: held))
    assert final.best is None and final.opt_state is None
    chex.assert_trees_all_equal(final.params, held.params)


def test_nothing_is_compressed_and_what_once_was_is_read(tmp_path):
    """Numbers that are all alike, which compressing would make a hundredth of."""
    checkpoints, name = Checkpoints(tmp_path), "trial0/seed0/sub01"
    alike = state(size=300_000).replace(params={"kernel": jnp.ones(300_000)}, opt_state=None)
    like, path = jax.eval_shape(lambda: alike), tmp_path / name / "step_00000003"
    checkpoints.save(name, alike)
    assert path_size(path) > 300_000 * 4
    with ocp.StandardCheckpointer() as before:  # as earlier versions saved
        before.save(path, alike, force=True)
    checksums.write(path, of=name, run="")
    assert path_size(path) < 300_000
    chex.assert_trees_all_equal(checkpoints.restore(name, like), alike)


def path_size(path):
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def test_a_state_saved_on_one_device_comes_back_on_the_host(tmp_path):
    other = jax.devices()[1]
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save("trial0/seed0/sub01", jax.device_put(state(), other))
    restored = checkpoints.restore("trial0/seed0/sub01", jax.eval_shape(state))
    chex.assert_trees_all_equal(restored, state())
    assert all(type(leaf) is np.ndarray for leaf in jax.tree.leaves(restored))


@pytest.mark.parametrize("finite", [True, False])
def test_predictions_come_back_bit_for_bit_and_tasks_that_are_off_as_none(tmp_path, finite):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.finish("trial0/seed0/sub01", predicted(), finite=finite)
    found, was_finite = checkpoints.finished("trial0/seed0/sub01")
    chex.assert_trees_all_equal(found, predicted())
    assert was_finite is finite and found.votes is None


def test_what_a_killed_save_left_is_cleared_away(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    folder = tmp_path / "trial0" / "seed0" / "sub01"
    (folder / "step_00000007.orbax-checkpoint-tmp").mkdir(parents=True)
    assert checkpoints.step("trial0/seed0/sub01") == 0
    checkpoints.save_final("trial0/seed0/sub01", state())
    checkpoints.finish("trial0/seed0/sub01", predicted(), finite=True)
    assert names(folder) == ["final", "predicted.npz"]


@pytest.mark.parametrize(
    "fold", ["casme2/sub01", ".", "..", "../../escape", "sub 1", "主体", "a%2Fb"]
)
def test_any_name_stays_below_the_root(tmp_path, fold):
    root = tmp_path / "below" / "checkpoints"
    checkpoints = Checkpoints(root)
    checkpoints.save(f"trial0/seed0/{fold}", state())
    checkpoints.save("trial0/seed0/other", state(seed=1))
    restored = checkpoints.restore(f"trial0/seed0/{fold}", jax.eval_shape(state))
    chex.assert_trees_all_equal(restored, state())
    assert names(tmp_path) == ["below"] and names(tmp_path / "below") == ["checkpoints"]


def test_a_full_disk_is_one_sentence_and_leaves_what_was_saved(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save("trial0/seed0/sub01", state(10, size=50_000))
    with (
        largest_file(40_000),
        pytest.raises(UserError, match="what was saved before is intact") as e,
    ):
        checkpoints.save("trial0/seed0/sub01", state(20, size=50_000))
    assert "\n" not in str(e.value)
    folder = tmp_path / "trial0" / "seed0" / "sub01"
    assert names(folder) == ["step_00000010"]
    like = jax.eval_shape(lambda: state(size=50_000))
    chex.assert_trees_all_equal(
        Checkpoints(tmp_path).restore("trial0/seed0/sub01", like), state(10, size=50_000)
    )


def test_a_writer_that_outlives_its_failed_save_leaves_nothing(tmp_path, monkeypatch):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save("trial0/seed0/sub01", state(10))
    folder = tmp_path / "trial0" / "seed0" / "sub01"
    late = folder / "step_00000020.partial.orbax-checkpoint-tmp" / "d" / "late"

    def save(self, place, **_):
        late.parent.mkdir(parents=True)
        raise OSError(errno.ENOSPC, "No space left on device")

    def rmtree(path, **options):
        remove(path, **options)
        if not written:  # makes its file while the folder is taken down, as threads of Orbax do
            written.append(late)
            late.parent.mkdir(parents=True)
            late.write_text("")

    remove, written = shutil.rmtree, []
    monkeypatch.setattr("orbax.checkpoint.Checkpointer.save", save)
    monkeypatch.setattr("shutil.rmtree", rmtree)
    with pytest.raises(UserError, match="the disk is full"):
        checkpoints.save("trial0/seed0/sub01", state(20))
    assert written and names(folder) == ["step_00000010"]


def test_predictions_are_whole_or_not_there(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save("trial0/seed0/sub01", state())
    with largest_file(100), pytest.raises(UserError, match="what was saved before is intact") as e:
        checkpoints.finish("trial0/seed0/sub01", predicted(), finite=True)
    assert "\n" not in str(e.value)
    assert names(tmp_path / "trial0" / "seed0" / "sub01") == ["step_00000003"]


@pytest.mark.parametrize("damage", ["manifest.ocdbt", "_METADATA", "d"])
def test_a_damaged_checkpoint_is_named(tmp_path, damage):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save("trial0/seed0/sub01", state())
    path = tmp_path / "trial0" / "seed0" / "sub01" / "step_00000003"
    victims = [path / damage] if damage != "d" else list(path.glob("**/d/*"))
    for victim in victims:
        victim.write_bytes(b"damaged")
    with pytest.raises(UserError, match=f"checkpoint {path} cannot be read"):
        checkpoints.restore("trial0/seed0/sub01", jax.eval_shape(state))


def test_a_checkpoint_of_another_network_is_refused(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save("trial0/seed0/sub01", state(size=1000))
    with pytest.raises(UserError, match="cannot be read"):
        checkpoints.restore("trial0/seed0/sub01", jax.eval_shape(lambda: state(size=999)))


def test_one_bit_of_any_file_is_noticed(tmp_path):
    checkpoints = Checkpoints(tmp_path)
    checkpoints.save("trial0/seed0/sub01", state())
    path, like = tmp_path / "trial0" / "seed0" / "sub01" / "step_00000003", jax.eval_shape(state)
    victims = [file for file in path.rglob("*") if file.is_file() and file.stat().st_size]
    assert len(victims) > 4
    for victim in victims:
        whole = victim.read_bytes()
        victim.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(UserError, match=f"{path} cannot be read.*delete {path}, then"):
            checkpoints.restore("trial0/seed0/sub01", like)
        victim.write_bytes(whole)
    chex.assert_trees_all_equal(checkpoints.restore("trial0/seed0/sub01", like), state())


def saved(checkpoints, name):
    """Keeps everything there is of a replica."""
    checkpoints.finish(name, predicted(), finite=True)
    checkpoints.save(name, state())
    checkpoints.save_final(name, state())


def read_all(checkpoints, name):
    """Yields a function that reads, for each kind that is kept of a replica."""
    like = jax.eval_shape(state)
    yield "step_00000003", lambda: checkpoints.restore(name, like)
    yield "final", lambda: checkpoints.restore_final(name, like)
    yield "predicted.npz", lambda: checkpoints.finished(name)


def test_what_was_swapped_between_folds_is_noticed(tmp_path):
    checkpoints, names_ = Checkpoints(tmp_path), ("trial0/seed0/sub01", "trial0/seed0/sub02")
    for name in names_:
        saved(checkpoints, name)
    ours, theirs = (tmp_path / name for name in names_)
    ours.rename(tmp_path / "kept")
    theirs.rename(ours)
    (tmp_path / "kept").rename(theirs)
    for kind, read in read_all(checkpoints, names_[0]):
        with pytest.raises(UserError, match=f"{kind} cannot be read .it is of trial0/seed0/sub02"):
            read()


def test_what_was_copied_from_another_run_is_noticed(tmp_path):
    saved(Checkpoints(tmp_path, {0: "aaaaaaaa"}), "trial0/seed0/sub01")
    for _, read in read_all(Checkpoints(tmp_path, {0: "aaaaaaaa"}), "trial0/seed0/sub01"):
        read()
    for kind, read in read_all(Checkpoints(tmp_path, {0: "bbbbbbbb"}), "trial0/seed0/sub01"):
        with pytest.raises(UserError, match=f"{kind} cannot be read .it is of a run with other"):
            read()


def test_weights_that_may_not_be_read_are_not_to_be_deleted(tmp_path, monkeypatch):
    checkpoints = Checkpoints(tmp_path)
    saved(checkpoints, "trial0/seed0/sub01")

    def denied(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(checksums, "digest", denied)
    with pytest.raises(
        UserError, match=r"cannot be read .Permission denied: .*let it be read"
    ) as e:
        checkpoints.restore_final("trial0/seed0/sub01", jax.eval_shape(state))
    assert "delete" not in str(e.value)


@pytest.mark.parametrize("folder", ["[mer] study", "a*b?", "{x}", 'it\'s "q"', "-dash", "ü 被试"])
def test_a_folder_may_have_any_name(tmp_path, folder):
    checkpoints = Checkpoints(tmp_path / folder)
    saved(checkpoints, "trial0/seed0/sub01")
    for _, read in read_all(checkpoints, "trial0/seed0/sub01"):
        read()
    assert not list(Path(tempfile.gettempdir()).glob("mol_jax_alias_*"))


def test_other_predictions_do_not_replace_the_first_without_keeping_them(tmp_path):
    checkpoints, name = Checkpoints(tmp_path), "trial0/seed0/sub01"
    assert checkpoints.replace(name, predicted(), finite=True) is None
    assert checkpoints.replace(name, predicted(), finite=True) is None  # the same
    other = predicted()
    other.probabilities[0, 0] += 1e-6
    before = checkpoints.replace(name, other, finite=True)
    assert before.name.startswith("predicted.before-") and before.suffix == ".npz"
    chex.assert_trees_all_equal(checkpoints.finished(name)[0], other)
    again = checkpoints.replace(name, other, finite=False)
    assert again != before and before.exists() and not checkpoints.finished(name)[1]
    (tmp_path / name / "predicted.npz").write_bytes(b"damaged")
    assert checkpoints.replace(name, predicted(), finite=True).read_bytes() == b"damaged"
    chex.assert_trees_all_equal(checkpoints.finished(name)[0], predicted())
