"""A folder of images as a recording: numbered by their names, at a rate that its owner tells."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from data_builders.pixels import depth, frames, images
from data_builders.pixels.images import Whites
from data_builders.video.pictures import is_video
from mol_jax.errors import UserError
from mol_jax.predicting.reading import recording
from mol_jax.predicting.result import Recording
from mol_jax.text.words import counted


class ImageFolder(recording.Frames):
    """The images of a folder by the numbers in their names, as a builder reads them.

    An absent number is a frame that is lost: those after it are shown as much later.
    """

    def __init__(self, folder: Path, fps: float | None):
        """Raises UserError where there is no image, or where the rate is not told."""
        found = frames.index_frames(folder)
        self._files = [file for file in found.values() if isinstance(file, Path)]
        if not self._files:
            raise _nothing(folder)
        if fps is None:
            raise UserError(
                f"{folder} holds images, which do not tell their rate: give --fps=30, "
                "or the camera's rate"
            )
        recording.check_rate(fps)
        self.numbers = np.array(list(found), np.int64)
        with images.quiet():
            self._whites = _whites(self._files)
            height, width = images.read_grey(self._files[0], self._whites).shape
        times = (self.numbers - self.numbers[0]) / fps
        lost = int(self.numbers[-1] - self.numbers[0]) + 1 - len(self._files)
        notes = (f"{counted(lost, 'number')} between its images are absent: taken for lost frames",)
        self.recording = Recording(folder, times, (width, height), notes if lost else ())

    def grey(self, last: int | None = None) -> Iterator[np.ndarray]:
        """See `Frames.grey`. Raises UserError for an image that is damaged or of another size."""
        width, height = self.recording.size
        with images.quiet():
            for file in self._files[: len(self) if last is None else last + 1]:
                image = images.read_grey(file, self._whites)
                if image.shape != (height, width):
                    raise frames.two_sizes(file, image.shape, (height, width))
                yield recording.shrunk(image)

    def picture(self, index: int) -> np.ndarray:
        """See `Frames.picture`. Images of more than 8 bits are shown in grey."""
        file = self._files[index]
        with images.quiet():
            deep = images.may_be_deep(file)
            image = None if deep else cv2.imdecode(_bytes(file), cv2.IMREAD_COLOR)
            if image is None:
                return np.repeat(images.read_grey(file, self._whites)[..., None], 3, axis=2)
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


def _bytes(file: Path) -> np.ndarray:
    return np.frombuffer(file.read_bytes(), np.uint8)


def _whites(files: Sequence[Path]) -> Whites:
    """Returns what is white in images of more than 8 bits, one value for all of the folder."""
    deep = [file for file in files if images.may_be_deep(file)]
    every = (depth.extent_of(str(file.parent), file, images.read_values(file)) for file in deep)
    extents = depth.merged((one for one in every if one is not None), len(files))
    return depth.settle(extents).whites if extents else images.FULL


def _nothing(folder: Path) -> UserError:
    videos = sorted(file.name for file in folder.iterdir() if is_video(file))
    if videos:
        return UserError(
            f"{folder} holds {counted(len(videos), 'video')} and no numbered image: name the "
            f"videos themselves, such as {folder / videos[0]}"
        )
    return UserError(
        f"{folder} holds no image with a number in its name, such as img001.png: give a folder of "
        "frames, or a video"
    )
