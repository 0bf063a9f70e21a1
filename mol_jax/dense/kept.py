"""What a run keeps of some clips: predicted flow and landmarks with their targets, no pixels.

    kept/trial0/seed0/casme2/sub01/EP02_01f.npz

Written for the clips of `predict.keep` when their fold is predicted. Flow in colours and points are
no picture of a face, so these files may go where the other tables of a run go.
"""

import dataclasses
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mol_jax.dense.videos import Key, Video, place
from mol_jax.dense.warp import residuals
from mol_jax.errors import UserError
from mol_jax.files import earlier
from mol_jax.files.whole import write_bytes

FOLDER = "kept"


@dataclasses.dataclass(frozen=True, eq=False)
class Kept:
    """Of one video, the centre crop of its even sample: t frames, t−1 pairs.

    numbers: float64 [t], the frames' numbers. flow: float32 [t-1, H, W, 2], (u, v) px. landmarks:
    float32 [t-1, 68, 2], (x, y) px, entry k of frame k + 1. Both are None where their task is off.
    true_flow, true_landmarks: the targets, always. residual, residual_true, residual_zero: float64
    [t-1], what is left of Eq 11 in mean grey levels (`warp.residuals`) by the predicted flow, the
    target and zero flow; the first is None where `flow` is.
    """

    numbers: np.ndarray
    true_flow: np.ndarray
    true_landmarks: np.ndarray
    residual_true: np.ndarray
    residual_zero: np.ndarray
    flow: np.ndarray | None = None
    landmarks: np.ndarray | None = None
    residual: np.ndarray | None = None

    @property
    def crop(self) -> int:
        """Returns the side of the crop, px."""
        return self.true_flow.shape[1]

    def check(self) -> None:
        """Raises ValueError unless the shapes and numbers fit each other."""
        pairs, crop = len(self.numbers) - 1, self.crop
        flow, points = (pairs, crop, crop, 2), (pairs, 68, 2)
        expected: dict[str, Any] = {"true_flow": flow, "flow": flow}
        expected |= {"true_landmarks": points, "landmarks": points}
        expected |= dict.fromkeys(("residual", "residual_true", "residual_zero"), (pairs,))
        check_shapes(self, expected)


def check_shapes(kept: Any, expected: Mapping[str, tuple[int, ...]]) -> None:
    """Raises ValueError where a field that is there is not finite, or of another shape."""
    for name, shape in expected.items():
        value = getattr(kept, name)
        if value is not None and (value.shape != shape or not np.isfinite(value).all()):
            raise ValueError(f"{name} is {value.shape} or not finite, expected {shape}")


def of_video(video: Video, flow: np.ndarray | None, landmarks: np.ndarray | None) -> Kept:
    """Returns what is to be kept of a video and what was predicted of it."""

    def left(by: np.ndarray) -> np.ndarray:
        return residuals(video.frames, by, corner=video.corner)

    return Kept(
        numbers=video.numbers,
        true_flow=video.flow,
        true_landmarks=video.landmarks,
        residual_true=left(video.flow),
        residual_zero=left(np.zeros_like(video.flow)),
        flow=flow,
        landmarks=landmarks,
        residual=None if flow is None else left(flow),
    )


def path_of(folder: Path, trial: int, seed: int, key: Key) -> Path:
    """Returns the file of a clip in a workdir."""
    below = place(key)
    return folder / FOLDER / f"trial{trial}" / f"seed{seed}" / below.parent / f"{below.name}.npz"


def write(path: Path, kept: Any) -> None:
    """Writes the file whole or not at all. Its name is in it, so that two are not mistaken.

    kept: a dataclass of arrays and None, as `Kept`.
    """
    arrays = {name: value for name, value in vars(kept).items() if value is not None}
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, of=_name(path), **arrays)
    write_bytes(path, content.getvalue())


def replace(path: Path, kept: Any) -> None:
    """Writes the file where it does not hold the same; what it held then is kept beside it."""
    try:
        held = read(path, type(kept)) if path.is_file() else None
    except UserError:  # it is damaged, and written again
        held = None
    if held is not None and _same(held, kept):
        return
    earlier.set_aside(path)
    write(path, kept)


def read(path: Path, of: type[Any] = Kept) -> Any:
    """Reads a file of `write`. Raises UserError where it is damaged, or another's.

    of: the class that was written, a dataclass with a method `check`, as `Kept`.
    """
    names = [field.name for field in dataclasses.fields(of)]
    try:
        with np.load(path, allow_pickle=False) as held:
            if str(held["of"]) != _name(path):
                raise ValueError(f"it is of {held['of']}")
            kept = of(**{name: held[name] for name in names if name in held})
        kept.check()
        return kept
    except Exception as error:  # a damaged archive fails in many ways
        reason = str(error).strip().partition("\n")[0][:160]
        raise UserError(
            f"{path} cannot be read ({type(error).__name__}: {reason}); run the study again with "
            "--mode=eval, which writes it from the weights."
        ) from error


def find(
    folder: Path, trial: int, seed: int, keys: Sequence[Key], of: type[Any] = Kept
) -> list[Any]:
    """Reads what a run kept of some clips. Raises UserError where one is not there."""
    found = []
    for key in keys:
        path = path_of(folder, trial, seed, key)
        if not path.is_file():
            raise UserError(
                f"{folder} kept no prediction of {'/'.join(key)} (trial {trial}, seed {seed}); run "
                f"its command again with --mode=eval --config.predict.keep={'/'.join(key)}."
            )
        found.append(read(path, of))
    return found


def _name(path: Path) -> str:
    """Returns trial, seed and clip of a file, as its path has them."""
    return "/".join(path.with_suffix("").parts[-5:])


def _same(one: Any, other: Any) -> bool:
    pairs = zip(vars(one).values(), vars(other).values(), strict=True)
    return all(
        a is b if a is None or b is None else np.array_equal(a, b, equal_nan=True) for a, b in pairs
    )
