"""A tiny folder of recordings: a video of 12 frames and a folder of frames 5 to 14 for each."""

from pathlib import Path

import cv2
import pytest

from tests.data_builders.conftest import HEIGHT, WIDTH, pattern

HEADER = "subject,path,label,onset,apex,offset"


def write_video(file: Path, count: int = 12, codec: str = "MJPG") -> Path:
    """Writes `count` frames; the brightness of frame n, from 1, tells its number."""
    file.parent.mkdir(parents=True, exist_ok=True)
    code = cv2.VideoWriter.fourcc(*codec)
    writer = cv2.VideoWriter(str(file), cv2.CAP_FFMPEG, code, 25, (WIDTH, HEIGHT))
    assert writer.isOpened()
    for number in range(1, count + 1):
        writer.write(cv2.merge([pattern(0) // 4 + 6 * number] * 3))
    writer.release()
    return file


def write_frames(folder: Path, first: int = 5, last: int = 14) -> Path:
    folder.mkdir(parents=True)
    for number in range(first, last + 1):
        assert cv2.imwrite(str(folder / f"img{number:03d}.png"), pattern(number))
    return folder


class Recordings:
    """The folder, and the table of labels in it."""

    def __init__(self, root: Path):
        self.root, self.labels = root, root / "labels.csv"
        write_video(root / "s1" / "a.avi")
        write_frames(root / "s2" / "b")

    def write(self, *lines: str, header: str = HEADER) -> Path:
        self.labels.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return self.labels


@pytest.fixture
def recordings(tmp_path) -> Recordings:
    made = Recordings(tmp_path / "recordings")
    made.write("1,s1/a.avi,happy,,,", "2,s2/b,sad,6,8,10")
    return made
