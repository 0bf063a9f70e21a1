import io
import random
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from data_builders.pixels import image_size, images
from mol_jax.errors import UserError


def test_reads_colour_as_grey(tmp_path):
    colour = np.zeros((4, 6, 3), np.uint8)
    colour[..., 2] = 255
    cv2.imwrite(str(tmp_path / "é 1.png"), colour)
    grey = images.read_grey(tmp_path / "é 1.png")
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
        images.read_grey(file)


def test_the_pixels_decide_and_not_the_suffix(tmp_path):
    image = np.arange(24, dtype=np.uint8).reshape(4, 6)
    file = tmp_path / "img1.jpg"
    file.write_bytes(cv2.imencode(".png", image)[1].tobytes())
    np.testing.assert_array_equal(images.read_grey(file), image)


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
    monkeypatch.setattr(images, "_decode", None)
    with pytest.raises(UserError, match=r"is 60000x50000 px, expected at most 40 million"):
        images.read_grey(tmp_path / f"img1{suffix}")


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
        images.read_grey(tmp_path / "img1.png")


def test_unusual_images_are_read_as_what_they_show(tmp_path):
    grey = np.random.default_rng(0).integers(0, 255, (40, 50), np.uint8)
    colour = cv2.merge([grey] * 3)
    picture = Image.fromarray(colour)
    turned = Image.Exif()
    turned[274] = 6  # to be shown turned to the right
    pictures = {
        "alpha.png": picture.convert("RGBA"),
        "palette.png": picture.convert("L").convert("P"),
        "deep.png": Image.fromarray(grey.astype(np.uint16) * 257),
        "old.bmp": picture.convert("L"),
        "animated.png": picture,
    }
    for name, image in pictures.items():
        more = {"save_all": True, "append_images": [picture] * 2} if "animated" in name else {}
        image.save(tmp_path / name, **more)
        read = images.read_grey(tmp_path / name)
        assert np.abs(read.astype(int) - grey).max() <= 1, name
    (tmp_path / "top.bmp").write_bytes(top_down(cv2.imencode(".bmp", grey)[1].tobytes()))
    np.testing.assert_array_equal(images.read_grey(tmp_path / "top.bmp"), grey[::-1])
    picture.convert("CMYK").save(tmp_path / "print.jpg", quality=100)
    assert images.read_grey(tmp_path / "print.jpg").shape == (40, 50)
    for name in ("turned.png", "turned.jpg"):
        picture.save(tmp_path / name, exif=turned)
        assert images.read_grey(tmp_path / name).shape == (50, 40)


def top_down(data: bytes) -> bytes:
    """The BMP with its rows said to come from the top."""
    height = struct.unpack_from("<i", data, 22)[0]
    return data[:22] + struct.pack("<i", -height) + data[26:]


def test_a_file_too_large_is_not_read(tmp_path, monkeypatch):
    file = tmp_path / "img1.png"
    cv2.imwrite(str(file), np.zeros((4, 6), np.uint8))
    size = file.stat().st_size
    monkeypatch.setattr(images, "MAX_FILE", size)
    assert images.read_grey(file).shape == (4, 6)
    monkeypatch.setattr(images, "MAX_FILE", size - 1)
    with pytest.raises(UserError, match=rf"damaged or no image \({size} bytes\)"):
        images.read_grey(file)


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
        images.read_grey(tmp_path / name)


@pytest.mark.parametrize("suffix", [".png", ".bmp"])
@pytest.mark.parametrize("keep", [0.5, 0.99])
def test_other_damaged_images_are_refused(tmp_path, suffix, keep):
    noise = np.random.default_rng(0).integers(0, 255, (64, 64), np.uint8)
    data = cv2.imencode(suffix, noise)[1].tobytes()
    (tmp_path / f"img1{suffix}").write_bytes(data[: int(keep * len(data))])
    with pytest.raises(UserError, match="damaged or no image"):
        images.read_grey(tmp_path / f"img1{suffix}")


def test_a_folder_or_nothing_in_place_of_an_image_is_refused(tmp_path):
    (tmp_path / "img1.png").mkdir()
    for name in ("img1.png", "img2.png"):
        with pytest.raises(UserError, match=rf"cannot read the image .*{name}"):
            images.read_grey(tmp_path / name)


def encoded(kind: str, image: np.ndarray) -> bytes:
    if kind == ".gif":  # OpenCV's own would be dithered
        written = io.BytesIO()
        Image.fromarray(image).save(written, "GIF")
        return written.getvalue()
    if kind == ".ppm":
        image = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    lossless = {".webp": [cv2.IMWRITE_WEBP_QUALITY, 101], ".avif": [cv2.IMWRITE_AVIF_QUALITY, 100]}
    return cv2.imencode(kind, image, lossless.get(kind, []))[1].tobytes()


@pytest.mark.parametrize("kind", images.IMAGE_SUFFIXES)
def test_every_kind_is_read_and_refused_when_it_is_cut(tmp_path, kind):
    grey = cv2.GaussianBlur(np.random.default_rng(0).integers(0, 255, (40, 50), np.uint8), None, 3)
    writer = {".jfif": ".jpg", ".dib": ".bmp", ".pbm": ".pgm"}.get(kind, kind)
    data = encoded(writer, grey)
    file = tmp_path / f"img1{kind.upper()}"
    file.write_bytes(data)
    assert images.is_image(file)
    assert np.abs(images.read_grey(file).astype(int) - grey).max() <= 4
    assert image_size.claimed_size(data) == (50, 40)
    file.write_bytes(data[: len(data) // 2])
    with pytest.raises(UserError, match="damaged or no image"):
        images.read_grey(file)


def tiff(big: bool, order: str, width: int, height: int) -> bytes:
    """The header and the tags of a TIFF, made by hand."""
    count, wide, start = ("Q", "Q", 16) if big else ("H", "I", 8)
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "H", 43 if big else 42)
    head += struct.pack(order + "HHQ", 8, 0, start) if big else struct.pack(order + "I", start)
    pad = (8 if big else 4) - 4
    tags = b"".join(
        struct.pack(order + "HH" + wide + "I", tag, 4, 1, value) + bytes(pad)
        for tag, value in ((256, width), (257, height))
    )
    return head + struct.pack(order + count, 2) + tags + bytes(8)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [True, False])
def test_the_size_of_a_tiff_is_read_from_its_tags(big, order):
    assert image_size.claimed_size(tiff(big, order, 60000, 50001)) == (60000, 50001)


def test_a_png_with_a_part_beyond_its_end_takes_no_memory_for_it(tmp_path, monkeypatch):
    data = bytearray(cv2.imencode(".png", np.zeros((40, 50), np.uint8))[1].tobytes())
    at = data.index(b"IDAT") - 4
    data[at : at + 4] = b"\x7f\xff\xff\xff"
    (tmp_path / "img1.png").write_bytes(data)
    monkeypatch.setattr(images, "_decode", None)
    with pytest.raises(UserError, match="damaged or no image"):
        images.read_grey(tmp_path / "img1.png")


@pytest.mark.parametrize("kind", [".jpg", ".png", ".bmp", ".tif", ".webp", ".pgm", ".jp2", ".gif"])
def test_damage_anywhere_is_an_image_or_one_sentence(tmp_path, kind):
    grey = np.random.default_rng(0).integers(0, 4096, (64, 64)).astype(np.uint16)
    deep = kind in (".png", ".tif", ".pgm", ".jp2")
    whole = encoded(kind, grey if deep else (grey >> 4).astype(np.uint8))
    rng, refused = random.Random(kind), 0
    file = tmp_path / f"img1{kind}"
    for _ in range(60):
        data = bytearray(whole)
        at = rng.randrange(min(len(data), rng.choice((40, 400, 4000))))
        damage = (b"\xff\xff\xff\x7f", b"\x7f\xff\xff\xff", bytes(16), rng.randbytes(3))
        data[at : at + 4] = rng.choice(damage)
        file.write_bytes(data)
        try:
            assert images.read_grey(file).dtype == np.uint8
        except UserError as error:
            refused += 1
            assert "\n" not in str(error)
    assert refused


def test_depth_and_channels_change_nothing_of_what_is_shown(tmp_path):
    """Grey, colour, alpha; integers of 16 and 32 bits, fractions; TIFF and PNG."""
    grey = np.random.default_rng(0).integers(0, 256, (10, 12)).astype(np.uint8)
    fractions = (grey / 255).astype(np.float32)
    shown = {
        "a.png": grey.astype(np.uint16) * 257,
        "b.png": cv2.merge([grey.astype(np.uint16) * 257] * 3),
        "c.png": cv2.merge([grey.astype(np.uint16) * 257] * 4),
        "a.tif": grey.astype(np.uint16) * 257,
        "b.tif": cv2.merge([grey.astype(np.uint16) * 257] * 3),
        "c.tif": grey.astype(np.int32) * 257,
        "d.tif": fractions,
        "e.tif": cv2.merge([fractions] * 3),
        "f.tif": fractions.astype(np.float64),
        "g.tif": cv2.merge([fractions.astype(np.float64)] * 3),
        "h.tif": cv2.merge([grey.astype(np.int32) * 257] * 3),
    }
    for name, image in shown.items():
        assert cv2.imwrite(str(tmp_path / name), image)
        read = images.read_grey(tmp_path / name)
        assert np.abs(read.astype(int) - grey).max() <= 1, name
        assert images.may_be_deep(tmp_path / name), name


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.array([[-3, 5]], np.int16), "holds negative values, down to -3"),
        (np.array([[np.nan, 0.5]], np.float32), "values that are no numbers"),
        (np.array([[np.inf, 0.5]], np.float32), "values that are no numbers"),
    ],
)
def test_values_that_are_no_brightness_are_refused(tmp_path, values, said):
    assert cv2.imwrite(str(tmp_path / "img1.tif"), values)
    with pytest.raises(UserError, match=said):
        images.read_grey(tmp_path / "img1.tif")


def test_a_deep_negative_is_refused_which_opencv_would_not_turn(tmp_path):
    Image.fromarray(np.arange(200, dtype=np.uint16).reshape(10, 20)).save(tmp_path / "img1.tif")
    data = bytearray((tmp_path / "img1.tif").read_bytes())
    tag = data.index(struct.pack("<HH", 262, 3))
    data[tag + 8] = 0  # PhotometricInterpretation: 0 is white
    assert images.read_grey(tmp_path / "img1.tif").shape == (10, 20)
    (tmp_path / "img1.tif").write_bytes(data)
    with pytest.raises(UserError, match=r"is a negative \(TIFF, 0 is white\) of more than 8 bits"):
        images.read_grey(tmp_path / "img1.tif")


def test_a_stack_of_frames_is_refused_of_which_only_the_first_would_be_read(tmp_path):
    page = Image.fromarray(np.arange(200, dtype=np.uint8).reshape(10, 20))
    page.save(tmp_path / "img1.tif", save_all=True, append_images=[page, page])
    with pytest.raises(UserError, match=r"img1\.tif holds several images, expected one frame"):
        images.read_grey(tmp_path / "img1.tif")
    page.save(tmp_path / "img1.tif", save_all=True, append_images=[page.resize((5, 3))])
    assert images.read_grey(tmp_path / "img1.tif").shape == (10, 20)  # a thumbnail is no frame


@pytest.mark.parametrize("white", [15, 100, 255])
def test_a_netpbm_image_is_as_bright_as_its_header_says(tmp_path, white):
    """By the format its largest value is white; OpenCV passes on the values as they are."""
    values = np.linspace(0, white, 24).round().astype(np.uint8).reshape(4, 6)
    header = f"P5 # {white + 1} 7\n6\n4 # of {white}\n{white}\n"
    (tmp_path / "img1.pgm").write_bytes(header.encode() + values.tobytes())
    expected = np.asarray(Image.open(tmp_path / "img1.pgm"))  # Pillow's own scale
    assert expected.max() == 255
    np.testing.assert_array_equal(images.read_grey(tmp_path / "img1.pgm"), expected)


def test_opencv_is_as_loud_afterwards_as_it_was(tmp_path):
    before = cv2.utils.logging.getLogLevel()
    with images.quiet():
        assert cv2.utils.logging.getLogLevel() == cv2.utils.logging.LOG_LEVEL_SILENT != before
        (tmp_path / "img1.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        with pytest.raises(UserError):
            images.read_grey(tmp_path / "img1.png")
        assert cv2.utils.logging.getLogLevel() == cv2.utils.logging.LOG_LEVEL_SILENT
    assert cv2.utils.logging.getLogLevel() == before
