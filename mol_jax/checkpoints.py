"""Fold states on disk, one Orbax checkpoint per replica: nothing padded, nothing of a device.

    checkpoints/trial0/seed0/sub01/step_00000500   what training needs to go on
    checkpoints/trial0/seed0/sub01/final           weights only, once the last step is made

A replica can be restored alone, so another run may restore some folds, or all on other devices.
Orbax writes into a temporary folder and renames it: a checkpoint is whole or not there.
"""

import dataclasses
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jax
import orbax.checkpoint as ocp

from mol_jax.errors import UserError
from mol_jax.fold import FoldState


class Checkpoints:
    """The checkpoints below one folder."""

    def __init__(self, root: Path):
        self._root = root.absolute()
        self._orbax = ocp.StandardCheckpointer()

    def save(self, replica: str, state: FoldState) -> None:
        """Writes the training state of a replica, then drops its older ones."""
        older = self._steps(replica)
        path = replica_folder(self._root, replica) / f"step_{int(state.step):08d}"
        if path not in older:
            self._write(path, state)
            _remove(older)

    def save_final(self, replica: str, state: FoldState) -> None:
        """Writes the weights of a finished replica, then drops its training state."""
        older = self._steps(replica)
        folder = replica_folder(self._root, replica)
        self._write(folder / "final", _weights(state))
        _remove([*older, *folder.glob("*.orbax-checkpoint-tmp*")])  # of a save that was killed

    def restore(self, replica: str, like: FoldState) -> FoldState | None:
        """Returns the newest training state of a replica, None if it has none."""
        steps = self._steps(replica)
        return self._read(steps[-1], like) if steps else None

    def restore_final(self, replica: str, like: FoldState) -> FoldState | None:
        """Returns a finished replica, whose optimiser state is gone, None if it is not finished."""
        path = replica_folder(self._root, replica) / "final"
        if not path.is_dir():
            return None
        return dataclasses.replace(like, **self._read(path, _weights(like)), opt_state=None)

    def _steps(self, replica: str) -> list[Path]:
        found = replica_folder(self._root, replica).glob("step_*")
        return sorted(path for path in found if path.name.removeprefix("step_").isdigit())

    def _write(self, path: Path, tree: Any) -> None:
        try:
            self._orbax.save(path, tree, force=True)
            self._orbax.wait_until_finished()
        except Exception as error:  # Orbax wraps a full disk in several kinds of error
            _remove(path.parent.glob(f"{path.name}.orbax-checkpoint-tmp*"))
            raise UserError(
                f"could not save {path} ({_first_line(error)}); what was saved before is intact: "
                "make room or mend the folder, then run the same command to go on."
            ) from error

    def _read(self, path: Path, like: Any) -> Any:
        try:
            return self._orbax.restore(path, jax.tree.map(_here, like))
        except Exception as error:  # a damaged checkpoint fails in as many ways as it has files
            raise UserError(
                f"checkpoint {path} cannot be read ({_first_line(error)}); delete that folder, "
                "then run with --mode=train to train this fold again."
            ) from error


def replica_folder(root: Path, replica: str) -> Path:
    """Returns where a replica keeps something below `root`.

    Names come from a dataset's folders: a fold called ".." or "a/b" is one plain folder.
    """
    trial, seed, fold = replica.split("/", 2)
    return root / trial / seed / quote(fold, safe=" ").replace(".", "%2E")


def _here(leaf: Any) -> jax.ShapeDtypeStruct:
    """Returns a leaf's shape and type on this process' device, whatever it was saved from."""
    here = jax.sharding.SingleDeviceSharding(jax.devices()[0])
    return jax.ShapeDtypeStruct(leaf.shape, leaf.dtype, sharding=here)


def _weights(state: FoldState) -> dict[str, Any]:
    fields = ("step", "params", "batch_stats", "finite")
    return {name: getattr(state, name) for name in fields}


def _remove(paths: Iterable[Path]) -> None:
    for path in paths:
        shutil.rmtree(path, ignore_errors=True)


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:160]
