"""What decoding a whole video tells: its pictures, their times, and the packets they came from."""

import dataclasses
import itertools
from pathlib import Path
from typing import Any

from data_builders.video import decoding
from data_builders.video.decoding import Packet
from mol_jax.errors import UserError

MAX_PIXELS = 40_000_000  # of a frame: an 8K video has 33 million
VARIES = 1.5  # times the shortest time between two pictures
INVISIBLE = ("vp8", "vp9")  # codecs with packets that only others build on
HALVES = 2  # how far the packets of an interlaced video may be from two for each picture
B_PICTURE = 3  # FFmpeg's AV_PICTURE_TYPE_B: made from a picture that is shown after it


@dataclasses.dataclass
class Scan:
    """What was found.

    Attributes:
      kind, codec: FFmpeg's names of the container and the codec.
      stream: the number of the video in the container.
      size: width and height of a picture as it is shown, px; zeros where there is none.
      unit: seconds, of the pictures' times.
      times: when each picture is shown; None where that is not said.
      packets: what the pictures are stored in, without what an edit list hides.
      reordered: whether pictures are stored in another order than they are shown in.
      damaged: whether it ended at a damaged packet or picture.
    """

    kind: str
    codec: str
    stream: int
    unit: float
    size: tuple[int, int] = (0, 0)
    times: list[int | None] = dataclasses.field(default_factory=list)
    packets: list[Packet] = dataclasses.field(default_factory=list)
    reordered: bool = False
    damaged: bool = False

    @property
    def steps(self) -> list[int]:
        """The times between two pictures, none where not every picture has a time."""
        times = [time for time in self.times if time is not None]
        complete = len(times) == len(self.times)
        return [after - before for before, after in itertools.pairwise(times)] if complete else []

    @property
    def lost(self) -> int:
        """How many packets no picture came from, beside those that codecs have for themselves."""
        lost = len(self.packets) - len(self.times)
        by_halves = abs(lost - len(self.times)) <= HALVES
        return 0 if self.codec in INVISIBLE or by_halves else max(0, lost)

    @property
    def begins_late(self) -> bool:
        """Whether the lost packets are all of pictures before the first that is shown."""
        times = [time for time in self.times if time is not None]
        before = sum(p.time is not None and p.time < min(times, default=0) for p in self.packets)
        return before == self.lost

    @property
    def gaps(self) -> list[int]:
        """The numbers of the frames that are shown for longer than others, the first being 1."""
        steps = self.steps
        # Times go back where recordings were put together.
        least = min((step for step in steps if step > 0), default=0)
        return [n for n, step in enumerate(steps, start=1) if step > VARIES * least]


def scan(file: Path) -> Scan:
    """Decodes a video from its beginning to its end, or to the first damage.

    Raises:
      UserError: if it is no video, too large, or of a size that changes.
    """
    with decoding.opened(file) as (container, stream):
        context = stream.codec_context
        if context.width * context.height > MAX_PIXELS:
            raise UserError(
                f"{file} is {context.width}x{context.height} px, expected at most "
                f"{MAX_PIXELS / 1e6:.0f} million: make it smaller"
            )
        unit = float(stream.time_base or 0)
        found = Scan(container.format.name, context.codec.canonical_name, stream.id, unit)
        try:
            _add_pictures(found, file, container, stream)
        except decoding.DamageError:
            found.damaged = True
    return found


def _add_pictures(found: Scan, file: Path, container: Any, stream: Any) -> None:
    stored = None
    for picture in decoding.decode(container, stream, found.packets):
        size = picture.width, picture.height
        if stored is None:  # tells whether it can be converted: the others are like it
            stored = size
            height, width = decoding.Grey()(picture).shape
            found.size = width, height
        if size != stored:
            raise UserError(
                f"{file}, frame {len(found.times) + 1}, is {size[0]}x{size[1]} px, the first frame "
                f"{stored[0]}x{stored[1]}: cut the video where its size changes"
            )
        found.times.append(picture.pts)
        found.reordered |= picture.pict_type == B_PICTURE
