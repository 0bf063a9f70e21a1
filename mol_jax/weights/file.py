"""A file of weights: written whole, and read only where every bit of it is as it was written.

It is safetensors. Its numbers are named "params/f5c_0/norm/scale" and, of other variables of the
network, "batch_stats/f5c_0/norm/mean"; the metadata have the card and a checksum of all.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import ml_dtypes
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from mol_jax.errors import UserError
from mol_jax.files import checksums
from mol_jax.files.whole import write_bytes
from mol_jax.weights import card as cards
from mol_jax.weights import names
from mol_jax.weights.card import Card

Dtype = Literal["float32", "bfloat16"]
SUFFIX = ".safetensors"
# One entry, so that the same weights make the same file: safetensors keeps entries in any order.
ENTRY = "mol_jax"
VERSION = 1
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


class Weights(NamedTuple):
    """What a file holds. Numbers are at least float32, however they were stored.

    params: of the network. collections: its other variables, by the names of their collections.
    dtype: that params were stored in. sha256: of the file, as `sha256sum` has it.
    """

    params: dict[str, Any]
    collections: dict[str, Any]
    card: Card
    dtype: Dtype
    sha256: str


def write(
    path: str | Path,
    params: Mapping[str, Any],
    collections: Mapping[str, Any],
    card: Card,
    *,
    dtype: Dtype = "float32",
) -> str:
    """Writes a file of weights, whole or not at all; returns its SHA-256.

    params, collections: as `FoldState` has them, on the host or on a device. dtype: that params are
    stored in; bfloat16 halves the file and keeps 8 bits of each number. Other variables stay as
    they are: statistics are few. The same weights and card make the same file.

    Raises UserError where a number is not finite or the file cannot be written, ValueError for a
    card that JSON does not hold.
    """
    path = Path(path)
    tree = {names.PARAMS: params, **collections}
    held = {name: np.asarray(leaf) for name, leaf in names.flat(tree).items()}
    for name, leaf in held.items():
        if np.issubdtype(leaf.dtype, np.floating) and not np.isfinite(leaf).all():
            raise UserError(
                f"{path} was not written: {name} is not finite, so the training that it is of "
                "diverged; take its weights of an earlier step."
            )
    stored = {name: np.ascontiguousarray(_stored(name, leaf, dtype)) for name, leaf in held.items()}
    text = cards.to_json(card)
    entry = {"version": VERSION, "card": text, "sha256": _digest(text, stored)}
    write_bytes(path, save(stored, {ENTRY: json.dumps(entry, allow_nan=False)}))
    return checksums.digest(path)


def read(path: str | Path) -> Weights:
    """Reads a file of weights, and no other safetensors file.

    Raises UserError where it is not there, is none, was cut or changed, or is of another version.
    """
    path = Path(path)
    entry, stored = _opened(path)
    try:
        card = cards.from_json(entry["card"])
    except ValueError as error:
        raise UserError(f"{path} has a card that cannot be read ({error}); {_AGAIN}.") from error
    if _digest(entry["card"], stored) != entry["sha256"]:
        raise UserError(f"{path} is not as it was written: its checksum differs; {_AGAIN}.")
    rounded = any(leaf.dtype == BFLOAT16 for leaf in stored.values())
    if not names.are_of_a_tree(stored):
        raise UserError(f"{path} has numbers that no network of mol_jax has; {_AGAIN}.")
    tree = names.nested({name: _widened(leaf) for name, leaf in stored.items()})
    params = tree.pop(names.PARAMS, {})
    return Weights(params, tree, card, "bfloat16" if rounded else "float32", checksums.digest(path))


_AGAIN = "copy it again from where it came from, or export it again"


def _opened(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Returns what this project wrote into a file's metadata, and its numbers.

    Those of a foreign file are not looked at: they may be large, and of types NumPy has not.
    """
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "is not there"
        raise UserError(f"the weights {path} cannot be read: it {what}; name a {SUFFIX} file.")
    try:
        with safe_open(path, framework="np") as file:
            entry = _entry(path, file.metadata() or {})
            return entry, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise UserError(
            f"{path} is no whole safetensors file ({str(error).rpartition(': ')[2]}); {_AGAIN}."
        ) from error
    except OSError as error:
        why = error.strerror or error
        raise UserError(f"the weights {path} cannot be read ({why}); mend that.") from error


def _entry(path: Path, metadata: Mapping[str, str]) -> dict[str, Any]:
    """Returns what this project wrote into a file's metadata."""
    if ENTRY not in metadata:
        raise UserError(
            f"{path} is a safetensors file of something else: it has no card of mol_jax; name one "
            "that python -m mol_jax.weights export wrote."
        )
    try:
        entry = json.loads(metadata[ENTRY])
        version, _, _ = entry["version"], entry["card"], entry["sha256"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UserError(f"{path} has a card that cannot be read; {_AGAIN}.") from error
    if version != VERSION:
        raise UserError(
            f"{path} is of version {version} of these files, and this mol_jax reads {VERSION}; "
            "take the mol_jax that wrote it."
        )
    return entry


def _stored(name: str, leaf: np.ndarray, dtype: Dtype) -> np.ndarray:
    """Returns a variable in the type that it is stored in."""
    is_number = np.issubdtype(leaf.dtype, np.floating)
    if dtype == "bfloat16" and is_number and name.startswith(f"{names.PARAMS}/"):
        return leaf.astype(BFLOAT16)
    return leaf.astype(np.float32) if is_number else leaf


def _widened(leaf: np.ndarray) -> np.ndarray:
    return leaf.astype(np.float32) if leaf.dtype == BFLOAT16 else leaf


def _digest(card: Any, stored: Mapping[str, np.ndarray]) -> str:
    """Returns the SHA-256 of a card and of every variable, with its name, type and shape."""
    found = hashlib.sha256(json.dumps(card, sort_keys=True).encode())
    for name in sorted(stored):
        leaf = stored[name]
        found.update(f"\0{name}\0{leaf.dtype}\0{leaf.shape}\0".encode())
        found.update(leaf.tobytes())
    return found.hexdigest()
