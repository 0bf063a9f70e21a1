"""What is kept of each replica on disk: nothing padded, nothing of a wave or a device.

    checkpoints/trial0/seed0/sub01/step_00000500   what training needs to go on (Orbax)
    checkpoints/trial0/seed0/sub01/chosen_00000350 weights of the best step so far, if one is chosen
    checkpoints/trial0/seed0/sub01/points.csv      what that choice is made by (mol_jax/points.py)
    checkpoints/trial0/seed0/sub01/final           weights only, once it is trained (Orbax)
    checkpoints/trial0/seed0/sub01/predicted.npz   what it predicts: the replica is finished

A replica is restored alone and into NumPy, so another run may restore some folds, or all of them on
other devices. Everything is written under another name and renamed: it is whole or not there.
"""

import dataclasses
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jax
import numpy as np
import orbax.checkpoint as ocp

from mol_jax.accuracy import VideoErrors
from mol_jax.errors import UserError
from mol_jax.fold import FoldState

PREDICTED = "predicted.npz"


class Checkpoints:
    """The checkpoints below one folder. States come from the host and return to it."""

    def __init__(self, root: Path):
        self._root = root.absolute()
        self._orbax = ocp.StandardCheckpointer()

    def save(self, replica: str, state: FoldState) -> None:
        """Writes the training state of a replica, then drops its older ones."""
        older = [*self._steps(replica), *self._steps(replica, "chosen")[:-1]]
        path = replica_folder(self._root, replica) / f"step_{int(state.step):08d}"
        self._write(path, state)
        _remove(one for one in older if one != path)

    def save_chosen(self, replica: str, state: FoldState) -> None:
        """Writes the weights of a step that is the best so far.

        The best up to the newest training state stays, for a resume goes on from there.
        """
        saved = self.step(replica)
        older = [one for one in self._steps(replica, "chosen") if _number(one) > saved]
        path = replica_folder(self._root, replica) / f"chosen_{int(state.step):08d}"
        self._write(path, _weights(state))
        _remove(one for one in older if one != path)

    def rewind(self, replica: str, step: int) -> None:
        """Drops the chosen weights of later steps than the one that training goes on from."""
        _remove(one for one in self._steps(replica, "chosen") if _number(one) > step)

    def restore_chosen(self, replica: str, step: int, like: FoldState) -> FoldState:
        """Returns the weights that `save_chosen` kept of a step, and no optimiser."""
        path = replica_folder(self._root, replica) / f"chosen_{step:08d}"
        return dataclasses.replace(like, **self._read(path, _weights(like)), opt_state=None)

    def save_final(self, replica: str, state: FoldState) -> None:
        """Writes the weights of a replica that has made its last step, or has diverged."""
        self._write(replica_folder(self._root, replica) / "final", _weights(state))

    def finish(self, replica: str, errors: VideoErrors, *, finite: bool) -> None:
        """Writes what a replica predicts, then drops its training state.

        finite: whether it trained to the end; a replica that diverged is finished too.
        """
        folder = replica_folder(self._root, replica)
        values = {name: value for name, value in vars(errors).items() if value is not None}
        partial = folder / f"{PREDICTED}.partial"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with partial.open("wb") as file:
                np.savez(file, finite=finite, **values)
            partial.replace(folder / PREDICTED)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise _unsaved(folder / PREDICTED, error) from error
        self.tidy(replica)

    def tidy(self, replica: str) -> None:
        """Drops the training state of a finished replica, and what a killed save left."""
        leftovers = replica_folder(self._root, replica).glob("*.orbax-checkpoint-tmp*")
        _remove([*self._steps(replica), *self._steps(replica, "chosen"), *leftovers])

    def finished(self, replica: str) -> tuple[VideoErrors, bool] | None:
        """Returns what a replica predicts and whether it is finite, None if it is not finished."""
        path = replica_folder(self._root, replica) / PREDICTED
        if not path.exists():
            return None
        fields = VideoErrors.__dataclass_fields__
        try:
            with np.load(path) as held:
                values = {name: held[name] for name in fields if name in held}
                return VideoErrors(**(dict.fromkeys(fields) | values)), bool(held["finite"])
        except Exception as error:  # a damaged archive fails in as many ways as a checkpoint
            raise _unreadable(path, error, delete=path) from error

    def step(self, replica: str) -> int:
        """Returns the step of the newest training state of a replica, 0 if it has none."""
        steps = self._steps(replica)
        return _number(steps[-1]) if steps else 0

    def restore(self, replica: str, like: FoldState) -> FoldState:
        """Returns the newest training state of a replica, which must have one."""
        return self._read(self._steps(replica)[-1], like)

    def has_final(self, replica: str) -> bool:
        """Returns whether the weights of a trained replica are there."""
        return (replica_folder(self._root, replica) / "final").is_dir()

    def restore_final(self, replica: str, like: FoldState) -> FoldState:
        """Returns the weights of a trained replica, which must be there, and no optimiser."""
        path = replica_folder(self._root, replica) / "final"
        return dataclasses.replace(like, **self._read(path, _weights(like)), opt_state=None)

    def _steps(self, replica: str, kind: str = "step") -> list[Path]:
        found = replica_folder(self._root, replica).glob(f"{kind}_*")
        return sorted(path for path in found if path.name.removeprefix(f"{kind}_").isdigit())

    def _write(self, path: Path, tree: Any) -> None:
        try:
            self._orbax.save(path, tree, force=True)
            self._orbax.wait_until_finished()
        except Exception as error:  # Orbax wraps a full disk in several kinds of error
            _remove(path.parent.glob(f"{path.name}.orbax-checkpoint-tmp*"))
            raise _unsaved(path, error) from error

    def _read(self, path: Path, like: Any) -> Any:
        try:
            found = self._orbax.restore(path, jax.tree.map(_on_host, like))
            jax.tree.map_with_path(_check_shape, found, like)
            return found
        except Exception as error:  # a damaged checkpoint fails in as many ways as it has files
            # Else it counts as finished, or its choice as made.
            whole = path if path.name.startswith("step_") else path.parent
            raise _unreadable(path, error, delete=whole) from error


def replica_folder(root: Path, replica: str) -> Path:
    """Returns where a replica keeps something below `root`.

    Names come from a dataset's folders: a fold called ".." or "a/b" is one plain folder.
    """
    trial, seed, fold = replica.split("/", 2)
    return root / trial / seed / quote(fold, safe=" ").replace(".", "%2E")


def _on_host(leaf: Any) -> np.ndarray:
    """Returns what asks Orbax for a NumPy array; it takes no memory."""
    return np.broadcast_to(np.zeros((), leaf.dtype), leaf.shape)


def _check_shape(name: Any, found: np.ndarray, like: Any) -> None:
    if found.shape != like.shape:
        raise ValueError(f"{jax.tree_util.keystr(name)} is {found.shape}, expected {like.shape}")


def _number(path: Path) -> int:
    return int(path.name.rpartition("_")[2])


def _weights(state: FoldState) -> dict[str, Any]:
    fields = ("step", "params", "batch_stats", "finite")
    return {name: getattr(state, name) for name in fields}


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)


def _unsaved(path: Path, error: Exception) -> UserError:
    return UserError(
        f"could not save {path} ({_first_line(error)}); what was saved before is intact: make room "
        "or mend the folder, then run the same command to go on."
    )


def _unreadable(path: Path, error: Exception, *, delete: Path) -> UserError:
    return UserError(
        f"checkpoint {path} cannot be read ({_first_line(error)}); delete {delete}, then run with "
        "--mode=train, which makes it again."
    )


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:160]
