"""Flow from onset to apex of many clips, each computed once: kept beside the built dataset.

The SVM beside every score is given its means, and recipes make images of it. An entry is addressed
by the bytes of the clip's two frames and by what computes them, so a dataset that is built anew, or
another version of OpenCV, meets none that is stale. A file that cannot be read is made anew, and a
folder that cannot be written costs the time again, nothing else.
"""

import contextlib
import dataclasses
import hashlib
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np

from data_builders.disk.processes import default_workers
from mol_jax.data.svm_features import Pair, flow_of
from mol_jax.errors import UserError
from mol_jax.files.whole import write_bytes
from mol_jax.terminal import out
from mol_jax.terminal.progress import progress

FOLDER = "pair_flows"  # in DATA_DIR/NAME, beside what was built
VERSION = f"tvl1 1, opencv {cv2.__version__}"  # count up where our constants change
Known = dict[str, np.ndarray]  # flows float16 [S, S, 2] by `key_of` a pair


def place(data_dir: Path, dataset: str, build: str) -> Path:
    """Returns the file of a built dataset, as data/tfds/casme2/pair_flows/t8_s144_clip.npz."""
    return data_dir / dataset / FOLDER / f"{build}.npz"


def with_flows(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Returns the pairs with their flow; what is neither theirs nor kept is computed and kept."""
    keys = [None if pair.flow is not None else key_of(pair) for pair in pairs]
    known: Known = {}
    for path in {pair.kept for pair, key in zip(pairs, keys, strict=True) if key}:
        known |= _complete(path, [p for p in pairs if p.flow is None and p.kept == path])
    return tuple(
        dataclasses.replace(pair, flow=known[key]) if key else pair
        for pair, key in zip(pairs, keys, strict=True)
    )


def key_of(pair: Pair) -> str:
    """Returns a checksum of all that the flow of a pair depends on."""
    digest = hashlib.sha256(f"{VERSION}, {pair.frames.shape}".encode())
    digest.update(np.ascontiguousarray(pair.frames).data)
    return digest.hexdigest()


def _complete(path: Path, pairs: Sequence[Pair]) -> Known:
    """Returns what a file holds and the flow of pairs, which it holds from now on."""
    known = _read(path)
    lacking = {key: pair for pair in pairs if (key := key_of(pair)) not in known}
    if lacking:
        known |= dict(zip(lacking, computed(list(lacking.values())), strict=True))
        _write(path, known)
    return known


def computed(pairs: Sequence[Pair]) -> list[np.ndarray]:
    """Returns the flow of pairs, float16 [S, S, 2] px, and keeps nothing."""
    # Threads: OpenCV lets go of Python's lock, and processes would copy the frames.
    with (
        ThreadPoolExecutor(default_workers()) as threads,
        progress(out.console(stderr=True)) as bar,
    ):
        made = threads.map(flow_of, pairs)
        return list(bar.track(made, len(pairs), description="flow from onset to apex"))


def _read(path: Path) -> Known:
    try:
        with np.load(path, allow_pickle=False) as file:
            keys, values = file["keys"], file["flows"]
    except (OSError, ValueError, TypeError, KeyError, EOFError, zipfile.BadZipFile):
        return {}
    if values.dtype != np.float16 or values.ndim != 4 or values.shape[::3] != (len(keys), 2):
        return {}
    return dict(zip(map(str, keys), values, strict=True))


def _write(path: Path, known: Known) -> None:
    content = BytesIO()
    np.savez(content, keys=np.array(list(known)), flows=np.stack(list(known.values())))
    with contextlib.suppress(UserError):  # a read-only folder: computed again the next time
        write_bytes(path, content.getvalue())
