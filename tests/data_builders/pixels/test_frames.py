import os

import cv2
import numpy as np
import pytest

from data_builders.pixels import frames, images
from mol_jax.errors import UserError


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "dangling", "loop"])
def test_what_is_no_file_is_refused_at_once(tmp_path, kind):
    """A pipe would be waited for, a device read for ever."""
    make = {
        "folder": lambda file: file.mkdir(),
        "pipe": os.mkfifo,
        "device": lambda file: file.symlink_to("/dev/zero"),
        "dangling": lambda file: file.symlink_to(tmp_path / "gone.jpg"),
        "loop": lambda file: file.symlink_to(file),
    }
    make[kind](tmp_path / "img3.jpg")
    index = frames.index_frames(tmp_path)
    with pytest.raises(
        UserError, match=r"cannot read the image .*img3\.jpg: (it is a|No such|Too)"
    ):
        frames.read_clip(list(index.values()))


def test_sizes_that_differ_within_a_clip_are_refused(tmp_path):
    cv2.imwrite(str(tmp_path / "img1.png"), np.zeros((4, 6), np.uint8))
    cv2.imwrite(str(tmp_path / "img2.png"), np.zeros((5, 6), np.uint8))
    with pytest.raises(UserError, match=r"img2.png is 6x5 px, the clip's first frame 6x4"):
        frames.read_clip([tmp_path / "img1.png", tmp_path / "img2.png"])


def test_a_frame_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS", 23)
    cv2.imwrite(str(tmp_path / "img1.png"), np.zeros((4, 6), np.uint8))
    with pytest.raises(UserError, match=r"img1.png is 6x4 px, expected at most .*smaller"):
        frames.read_clip([tmp_path / "img1.png"])


def test_a_clip_too_large_for_memory_is_refused_at_its_first_frame(tmp_path, monkeypatch):
    cv2.imwrite(str(tmp_path / "img1.png"), np.zeros((4, 6), np.uint8))
    files = [tmp_path / "img1.png", tmp_path / "absent.png"]
    monkeypatch.setattr(frames, "MAX_CLIP", 47)
    with pytest.raises(UserError, match=r"begins with .*img1.png has 2 frames of 6x4 px, .*onset"):
        frames.read_clip(files)
