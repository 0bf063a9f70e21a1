"""What is kept of each replica on disk: nothing padded, nothing of a wave or a device.

    checkpoints/trial0/seed0/sub01/step_00000500   what training needs to go on (Orbax), and the
                                                   weights of the best step so far, if one is chosen
    checkpoints/trial0/seed0/sub01/by_step.csv      what that choice is made by (`scoring.by_step`)
    checkpoints/trial0/seed0/sub01/final           weights only, once it is trained (Orbax)
    checkpoints/trial0/seed0/sub01/predicted.npz   what it predicts: the replica is finished

A replica is restored alone and into NumPy, so another session may restore some folds, or all of
them on other devices. Everything is written under another name and renamed: it is whole or not
there. What was saved has its checksums with it (`mol_jax.files.checksums`), which are compared
before it is read.
"""

import dataclasses
import errno
import shutil
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import jax
import numpy as np
import orbax.checkpoint as ocp

from mol_jax.errors import UserError
from mol_jax.files import checksums, earlier
from mol_jax.files.alias import without_patterns
from mol_jax.networks.network import Predicted
from mol_jax.study import predicted
from mol_jax.training.step import FoldState

PREDICTED = "predicted.npz"


class Stepped(Protocol):
    """What training needs to go on: arrays, one of which says how many updates were made."""

    @property
    def step(self) -> Any:
        """Updates made."""
        ...


State = TypeVar("State", bound=Stepped)


class Checkpoints:
    """The checkpoints below one folder. States come from the host and return to it."""

    def __init__(self, root: Path, runs: Mapping[int, str] | None = None):
        """runs: of each trial, what tells its settings and data from others'; None for nothing."""
        self._root = root.absolute()
        self._runs = runs or {}
        # Weights are noise: compressed they take about twice as long, for 7 % of disk.
        self._orbax = ocp.Checkpointer(ocp.PyTreeCheckpointHandler(use_compression=False))

    def save(self, replica: str, state: Stepped) -> None:
        """Writes the training state of a replica, then drops its older ones."""
        older = self._steps(replica)
        path = replica_folder(self._root, replica) / f"step_{int(state.step):08d}"
        self._write(replica, path, state)
        _remove(one for one in older if one != path)

    def save_final(self, replica: str, state: FoldState) -> None:
        """Writes the weights of a replica that has made its last step, or has diverged."""
        path = replica_folder(self._root, replica) / "final"
        self._write(replica, path, _weights(state))

    def finish(
        self, replica: str, found: Predicted, *, finite: bool, chosen_c: float | None = None
    ) -> None:
        """Writes what a replica predicts, then drops its training state.

        finite: whether it trained to the end; one that diverged is finished too. chosen_c: a C.
        """
        path = replica_folder(self._root, replica) / PREDICTED
        try:
            run = self._run(replica)
            predicted.write(path, (found, finite), of=replica, run=run, chosen_c=chosen_c)
        except OSError as error:
            raise _unsaved(path, error) from error
        self.tidy(replica)

    def replace(self, replica: str, found: Predicted, *, finite: bool) -> Path | None:
        """Writes what a replica predicts now, where it is not what it predicted before.

        Returns where the file of before was put, None if there was none or it says the same.
        """
        path = replica_folder(self._root, replica) / PREDICTED
        try:
            held = self.finished(replica)
        except UserError:  # it is damaged, and written again
            held = None
        if held is not None and predicted.same(held, (found, finite)):
            return None
        before = earlier.set_aside(path)
        self.finish(replica, found, finite=finite)
        return before

    def tidy(self, replica: str) -> None:
        """Drops the training state of a finished replica, and what a killed save left."""
        folder = replica_folder(self._root, replica)
        leftovers = [*folder.glob("*.orbax-checkpoint-tmp*"), *folder.glob("*.partial")]
        _remove([*self._steps(replica), *leftovers])

    def finished(self, replica: str) -> tuple[Predicted, bool] | None:
        """Returns what a replica predicts and whether it is finite, None if it is not finished."""
        path = replica_folder(self._root, replica) / PREDICTED
        if not path.exists():
            return None
        try:
            return predicted.read(path, of=replica, run=self._run(replica))
        except Exception as error:  # a damaged archive fails in as many ways as a checkpoint
            raise _unreadable(path, error, delete=path) from error

    def step(self, replica: str) -> int:
        """Returns the step of the newest training state of a replica, 0 if it has none."""
        steps = self._steps(replica)
        return _number(steps[-1]) if steps else 0

    def restore(self, replica: str, like: State) -> State:
        """Returns the newest training state of a replica, which must have one."""
        return self._read(replica, self._steps(replica)[-1], like)

    def has_final(self, replica: str) -> bool:
        """Returns whether the weights of a trained replica are there."""
        return (replica_folder(self._root, replica) / "final").is_dir()

    def restore_final(self, replica: str, like: FoldState) -> FoldState:
        """Returns the weights of a trained replica, which must be there, and no optimiser."""
        path = replica_folder(self._root, replica) / "final"
        weights = self._read(replica, path, _weights(like))
        return dataclasses.replace(like, **weights, opt_state=None, best=None)

    def _steps(self, replica: str) -> list[Path]:
        found = replica_folder(self._root, replica).glob("step_*")
        return sorted(path for path in found if path.name.removeprefix("step_").isdigit())

    def _run(self, replica: str) -> str:
        return self._runs.get(int(replica.partition("/")[0].removeprefix("trial")), "")

    def _write(self, replica: str, path: Path, tree: Any) -> None:
        partial = path.with_name(f"{path.name}.partial")
        try:
            with without_patterns(partial) as place:
                self._orbax.save(place, args=ocp.args.PyTreeSave(tree), force=True)
            checksums.write(partial, of=replica, run=self._run(replica))
            if path.exists():
                shutil.rmtree(path)
            partial.rename(path)
        except Exception as error:  # Orbax wraps a full disk in several kinds of error
            _remove_despite_writers(path.parent, f"{partial.name}*")
            raise _unsaved(path, error) from error

    def _read(self, replica: str, path: Path, like: Any) -> Any:
        # Else it counts as finished.
        whole = path if path.name.startswith("step_") else path.parent
        try:
            checksums.check(path, of=replica, run=self._run(replica))
            with without_patterns(path) as place:
                found = self._orbax.restore(place, args=_wanted(like))
            jax.tree.map_with_path(_check_shape, found, like)
            return found
        except Exception as error:  # a damaged checkpoint fails in as many ways as it has files
            kept = path.name == "final" and (path.parent / PREDICTED).is_file()
            raise _unreadable(path, error, delete=whole, predicted=kept) from error


def replica_folder(root: Path, replica: str) -> Path:
    """Returns where a replica keeps something below `root`.

    Names come from a dataset's folders: a fold called ".." or "a/b" is one plain folder.
    """
    trial, seed, fold = replica.split("/", 2)
    return root / trial / seed / quote(fold, safe=" ").replace(".", "%2E")


def _wanted(like: Any) -> ocp.args.PyTreeRestore:
    """Returns what asks Orbax for a tree of NumPy arrays."""
    tree = jax.tree.map(_on_host, like)
    return ocp.args.PyTreeRestore(
        tree, restore_args=ocp.checkpoint_utils.construct_restore_args(tree)
    )


def _on_host(leaf: Any) -> np.ndarray:
    """Returns what asks Orbax for a NumPy array; it takes no memory."""
    return np.broadcast_to(np.zeros((), leaf.dtype), leaf.shape)


def _check_shape(name: Any, found: np.ndarray, like: Any) -> None:
    if found.shape != like.shape:
        raise ValueError(f"{jax.tree_util.keystr(name)} is {found.shape}, expected {like.shape}")


def _number(path: Path) -> int:
    return int(path.name.rpartition("_")[2])


def _weights(state: FoldState) -> dict[str, Any]:
    fields = ("step", "params", "collections", "facts", "finite")
    return {name: getattr(state, name) for name in fields}


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)


def _remove_despite_writers(folder: Path, pattern: str) -> None:
    """Removes what a failed save left, though threads of Orbax may write there for a moment more.

    Orbax raises the first fault of its writers and does not wait for the others: a file that one
    of them makes while its folder is taken down keeps that folder. Two looks that find nothing
    end it, or two seconds: what is left then is taken by `tidy`, and read by nobody.
    """
    until, empty = time.monotonic() + 2, 0
    while empty < 2 and time.monotonic() < until:
        left = list(folder.glob(pattern))
        _remove(left)
        empty = 0 if left else empty + 1
        time.sleep(0.02)


def _unsaved(path: Path, error: Exception) -> UserError:
    full = any(word in str(error) for word in _FULL)
    why = "the disk is full" if full else _first_line(error)
    return UserError(
        f"could not save {path} ({why}); what was saved before is intact: "
        f"{'make room' if full else 'make room or mend the folder'}, then run the same command to "
        "go on."
    )


# As the system, TensorStore and XLA say it.
_FULL = ("No space left", "Disk quota exceeded", "File too large", "RESOURCE_EXHAUSTED")


def _unreadable(
    path: Path, error: Exception, *, delete: Path, predicted: bool = False
) -> UserError:
    if isinstance(error, OSError) and error.errno in _NO_ACCESS:
        return UserError(
            f"checkpoint {path} cannot be read ({error.strerror}: {error.filename}); let it be "
            "read, or mend the disk, then run the same command again."
        )
    stands = "what it predicted stands in the tables; for its weights, " if predicted else ""
    return UserError(
        f"checkpoint {path} cannot be read ({_first_line(error)}); {stands}delete {delete}, then "
        "run with --mode=train, which makes it again."
    )


# The files may well be whole: nothing is to be deleted.
_NO_ACCESS = (errno.EACCES, errno.EPERM, errno.EIO, errno.ESTALE, errno.EMFILE, errno.ENFILE)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:160]
