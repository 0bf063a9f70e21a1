import cv2
import numpy as np
import pytest

from data_builders.common import frames
from mol_jax.errors import UserError


def touch(folder, *names):
    for name in names:
        (folder / name).write_bytes(b"")


def test_number_is_the_last_run_of_digits_in_the_stem(tmp_path):
    touch(tmp_path, "006_04100.jpg", "reg_img46.bmp", "s3_ne_01_image090001.PNG", "3577.jpeg")
    index = frames.index_frames(tmp_path)
    assert {n: f.name for n, f in index.items()} == {
        46: "reg_img46.bmp",
        3577: "3577.jpeg",
        4100: "006_04100.jpg",
        90001: "s3_ne_01_image090001.PNG",
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


def test_a_frame_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(frames, "MAX_PIXELS", 23)
    cv2.imwrite(str(tmp_path / "img1.png"), np.zeros((4, 6), np.uint8))
    with pytest.raises(UserError, match=r"img1.png is 6x4 px, expected at most .*smaller"):
        frames.read_clip([tmp_path / "img1.png"])


def test_a_clip_too_large_for_memory_is_refused_at_its_first_frame(tmp_path, monkeypatch):
    cv2.imwrite(str(tmp_path / "img1.png"), np.zeros((4, 6), np.uint8))
    files = [tmp_path / "img1.png", tmp_path / "absent.png"]
    monkeypatch.setattr(frames, "MAX_CLIP", 47)
    with pytest.raises(UserError, match=r"begins with .*img1.png has 2 frames of 6x4 px, .*onset"):
        frames.read_clip(files)


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    file = tmp_path / "img1.png"
    cv2.imwrite(str(file), np.zeros((4, 6), np.uint8))
    size = file.stat().st_size
    monkeypatch.setattr(frames, "MAX_FILE", size)
    assert frames.read_grey(file).shape == (4, 6)
    monkeypatch.setattr(frames, "MAX_FILE", size - 1)
    with pytest.raises(UserError, match=rf"damaged or no image \({size} bytes\)"):
        frames.read_grey(file)


@pytest.mark.parametrize(
    ("name", "content"),
    {
        "img1.jpg": b"<html><body>404</body></html>",
        "img2.png": b"PK\x03\x04 a workbook",
        "img3.bmp": b"BM",
        "img4.jpeg": bytes(range(256)),
    }.items(),
)
def test_other_files_with_an_image_suffix_are_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=rf"{name} is damaged or no image"):
        frames.read_grey(tmp_path / name)


@pytest.mark.parametrize("suffix", [".png", ".bmp"])
@pytest.mark.parametrize("keep", [0.5, 0.99])
def test_other_damaged_images_are_refused(tmp_path, suffix, keep):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)
    data = cv2.imencode(suffix, noise)[1].tobytes()
    (tmp_path / f"img1{suffix}").write_bytes(data[: int(keep * len(data))])
    with pytest.raises(UserError, match="damaged or no image"):
        frames.read_grey(tmp_path / f"img1{suffix}")


def test_a_folder_or_nothing_in_place_of_an_image_is_refused(tmp_path):
    (tmp_path / "img1.png").mkdir()
    for name in ("img1.png", "img2.png"):
        with pytest.raises(UserError, match=rf"cannot read the image .*{name}"):
            frames.read_grey(tmp_path / name)


def test_a_number_beyond_any_frame_is_refused(tmp_path):
    touch(tmp_path, f"img{10**18 - 1}.jpg")
    assert list(frames.index_frames(tmp_path)) == [10**18 - 1]
    touch(tmp_path, f"img{10**18}.jpg")
    with pytest.raises(UserError, match=r"is numbered 1000000000000000000: .* 18 digits at most"):
        frames.index_frames(tmp_path)


@pytest.mark.parametrize(
    "copy", ["img46 (1).jpg", "img46(2).jpg", "img46 - Copy (2).jpg", "img46 2.jpg"]
)
def test_a_copy_of_an_image_is_no_frame_of_its_own(tmp_path, copy):
    touch(tmp_path, "img46.jpg", copy)
    with pytest.raises(UserError, match=r"is a copy of img46\.jpg: remove it"):
        frames.index_frames(tmp_path)


def test_images_numbered_as_copies_are_frames_where_there_is_no_original(tmp_path):
    touch(tmp_path, "frame (1).jpg", "frame (2).jpg")
    assert list(frames.index_frames(tmp_path)) == [1, 2]
