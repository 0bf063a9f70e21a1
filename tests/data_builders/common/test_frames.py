import os
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

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


def claiming(suffix: str, width: int, height: int) -> bytes:
    """A tiny image whose header claims another size."""
    data = bytearray(cv2.imencode(suffix, np.zeros((4, 6), np.uint8))[1].tobytes())
    if suffix == ".png":
        data[16:24] = struct.pack(">II", width, height)
        data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    elif suffix == ".bmp":
        data[18:26] = struct.pack("<ii", width, -height)
    else:
        frame = data.index(b"\xff\xc0")
        data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".jpg"])
def test_a_header_that_claims_a_giant_image_is_refused_before_it_is_decoded(
    tmp_path, monkeypatch, suffix
):
    (tmp_path / f"img1{suffix}").write_bytes(claiming(suffix, 60000, 50000))
    monkeypatch.setattr(frames, "_decode", None)
    with pytest.raises(UserError, match=r"is 60000x50000 px, expected at most 40 million"):
        frames.read_grey(tmp_path / f"img1{suffix}")


def test_a_few_kilobytes_of_png_do_not_become_gigabytes(tmp_path):
    row = bytes(1 + 7000)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(7000)) + packer.flush()
    whole = claiming(".png", 7000, 7000)
    at = whole.index(b"IDAT") - 4
    chunk = struct.pack(">I", len(pixels)) + b"IDAT" + pixels
    (tmp_path / "img1.png").write_bytes(whole[:at] + chunk + struct.pack(">I", zlib.crc32(chunk)))
    assert (tmp_path / "img1.png").stat().st_size < 50_000
    with pytest.raises(UserError, match=r"is 7000x7000 px, expected at most 40 million"):
        frames.read_grey(tmp_path / "img1.png")


def test_unusual_images_are_read_as_what_they_show(tmp_path):
    grey = np.random.default_rng(0).integers(0, 255, (40, 50), np.uint8)
    colour = cv2.merge([grey] * 3)
    picture = Image.fromarray(colour)
    turned = Image.Exif()
    turned[274] = 6  # to be shown turned to the right
    images = {
        "alpha.png": picture.convert("RGBA"),
        "palette.png": picture.convert("L").convert("P"),
        "deep.png": Image.fromarray(grey.astype(np.uint16) * 257),
        "old.bmp": picture.convert("L"),
        "animated.png": picture,
    }
    for name, image in images.items():
        more = {"save_all": True, "append_images": [picture] * 2} if "animated" in name else {}
        image.save(tmp_path / name, **more)
        read = frames.read_grey(tmp_path / name)
        assert np.abs(read.astype(int) - grey).max() <= 1, name
    (tmp_path / "top.bmp").write_bytes(top_down(cv2.imencode(".bmp", grey)[1].tobytes()))
    np.testing.assert_array_equal(frames.read_grey(tmp_path / "top.bmp"), grey[::-1])
    picture.convert("CMYK").save(tmp_path / "print.jpg", quality=100)
    assert frames.read_grey(tmp_path / "print.jpg").shape == (40, 50)
    for name in ("turned.png", "turned.jpg"):
        picture.save(tmp_path / name, exif=turned)
        assert frames.read_grey(tmp_path / name).shape == (50, 40)


def top_down(data: bytes) -> bytes:
    """The BMP with its rows said to come from the top."""
    height = struct.unpack_from("<i", data, 22)[0]
    return data[:22] + struct.pack("<i", -height) + data[26:]


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
