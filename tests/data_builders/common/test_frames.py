import cv2
import numpy as np
import pytest

from data_builders.common import frames
from mol_jax.errors import UserError


def touch(folder, *names):
    for name in names:
        (folder / name).write_bytes(b"")


def test_number_is_the_last_run_of_digits_in_the_stem(tmp_path):
    touch(tmp_path, "006_05562.jpg", "reg_img46.bmp", "s3_ne_01_image090823.PNG", "3577.jpeg")
    index = frames.index_frames(tmp_path)
    assert {n: f.name for n, f in index.items()} == {
        46: "reg_img46.bmp",
        3577: "3577.jpeg",
        5562: "006_05562.jpg",
        90823: "s3_ne_01_image090823.PNG",
    }


def test_frames_come_in_numeric_order(tmp_path):
    touch(tmp_path, "img9.jpg", "img10.jpg", "img100.jpg", "img2.jpg")
    assert list(frames.index_frames(tmp_path)) == [2, 9, 10, 100]


def test_other_files_are_ignored(tmp_path):
    touch(tmp_path, "Thumbs.db", ".DS_Store", "Desktop - Shortcut.lnk", "img1.txt", "cover.jpg")
    touch(tmp_path, "._img1.jpg", "img1.jpg")
    assert list(frames.index_frames(tmp_path)) == [1]


def test_two_images_of_one_number_are_refused(tmp_path):
    touch(tmp_path, "img46.jpg", "img046.png")
    with pytest.raises(UserError, match=r"two images for frame 46, img046.png and img46.jpg"):
        frames.index_frames(tmp_path)


def test_reads_colour_as_grey(tmp_path):
    colour = np.zeros((4, 6, 3), np.uint8)
    colour[..., 2] = 255
    cv2.imwrite(str(tmp_path / "é 1.png"), colour)
    grey = frames.read_grey(tmp_path / "é 1.png")
    assert grey.shape == (4, 6) and grey.dtype == np.uint8
    assert np.all(grey == round(0.299 * 255))


@pytest.mark.parametrize("keep", [0, 10, 0.5, 0.95])
def test_damaged_jpeg_is_refused(tmp_path, keep):
    file = tmp_path / "img1.jpg"
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)
    cv2.imwrite(str(file), noise)
    data = file.read_bytes()
    file.write_bytes(data[: int(keep * len(data)) if keep < 1 else keep])
    with pytest.raises(UserError, match="damaged or no image"):
        frames.read_grey(file)


def test_the_pixels_decide_and_not_the_suffix(tmp_path):
    image = np.arange(24, dtype=np.uint8).reshape(4, 6)
    file = tmp_path / "img1.jpg"
    file.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    np.testing.assert_array_equal(frames.read_grey(file), image)


def test_a_header_that_claims_a_giant_image_is_refused(tmp_path):
    data = bytearray(cv2.imencode(".bmp", np.zeros((4, 6), np.uint8))[1].tobytes())
    data[18:26] = (2**30).to_bytes(4, "little") * 2  # width and height
    (tmp_path / "img1.bmp").write_bytes(data)
    with pytest.raises(UserError, match="damaged or no image"):
        frames.read_grey(tmp_path / "img1.bmp")


def test_sizes_that_differ_within_a_clip_are_refused(tmp_path):
    cv2.imwrite(str(tmp_path / "img1.png"), np.zeros((4, 6), np.uint8))
    cv2.imwrite(str(tmp_path / "img2.png"), np.zeros((5, 6), np.uint8))
    with pytest.raises(UserError, match=r"img2.png is 6x5 px, the clip's first frame 6x4"):
        frames.read_clip([tmp_path / "img1.png", tmp_path / "img2.png"])
