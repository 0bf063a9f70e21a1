"""Width and height that an image file claims in its header, before anything is decoded."""

import itertools
import re
import struct
from collections.abc import Callable, Iterator

Size = tuple[int, int]
UNKNOWN: Size = (0, 0)
TIFF_TYPES = {1: "B", 3: "H", 4: "I", 16: "Q"}  # unsigned integers, by the number of their type
WIDTH, HEIGHT, BITS, PHOTOMETRIC = 256, 257, 258, 262  # TIFF's tags
MOST_TAGS = 500


def claimed_size(data: bytes) -> Size:
    """Width and height in the header of an image file; zeros where it has none that is known."""
    for begins, read in _READERS:
        if begins.match(data):
            try:
                return read(data)
            except (struct.error, IndexError, ValueError):  # cut short, or no such image
                return UNKNOWN
    return UNKNOWN


def netpbm_white(data: bytes) -> int:
    """What is white in a PGM or PPM of 8 bits, which OpenCV does not scale; 255 in other files."""
    if not re.match(rb"P[2356]\s", data):
        return 255
    words = re.sub(rb"#[^\n]*", b" ", data[2:1000]).split(maxsplit=3)
    white = int(words[2]) if len(words) > 2 and words[2].isdigit() else 0
    return white if 0 < white < 255 else 255


def is_deep_negative(data: bytes) -> bool:
    """Whether it is a TIFF of more than 8 bits whose 0 is white, which OpenCV does not turn."""
    tags = next(_tiff_images(data), {})
    return tags.get(PHOTOMETRIC) == 0 and tags.get(BITS, 1) > 8


def is_stack(data: bytes) -> bool:
    """Whether it is a TIFF of several images of one size, of which OpenCV would read the first."""
    first, second = itertools.islice(itertools.chain(_tiff_images(data), ({}, {})), 2)
    return WIDTH in first and all(first.get(tag) == second.get(tag) for tag in (WIDTH, HEIGHT))


def is_cut_png(data: bytes) -> bool:
    """Whether a PNG has a part that would go on after its end, for which memory would be taken."""
    at = 8
    while data.startswith(b"\x89PNG") and at + 8 <= len(data) and data[at + 4 : at + 8] != b"IEND":
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if at > len(data):
            return True
    return False


def _png(data: bytes) -> Size:
    return struct.unpack_from(">II", data, 16)


def _bmp(data: bytes) -> Size:
    of_os2 = data[14] == 12
    width, height = struct.unpack_from("<HH" if of_os2 else "<ii", data, 18)
    return abs(width), abs(height)  # the height is negative where the top row comes first


def _gif(data: bytes) -> Size:
    return struct.unpack_from("<HH", data, 6)


def _jpeg(data: bytes) -> Size:
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        kind, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):  # the start of the frame
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        at += 1 if kind == 0xFF else 2 + length
    return UNKNOWN


def _webp(data: bytes) -> Size:
    kind, body = data[12:16], data[20:]
    if kind == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if kind == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", body, 6)
    return width & 0x3FFF, height & 0x3FFF


def _netpbm(data: bytes) -> Size:
    words = re.sub(rb"#[^\n]*", b" ", data[2:1000]).split(maxsplit=2)
    return int(words[0]), int(words[1])


def _jpeg2000(data: bytes) -> Size:
    at = data.find(b"ihdr", 0, 10_000)
    if at >= 0:
        height, width = struct.unpack_from(">II", data, at + 4)
        return width, height
    return struct.unpack_from(">II", data, 8)  # a bare code stream


def _avif(data: bytes) -> Size:
    """The largest of the images in the container, of which one is shown."""
    sizes = [
        struct.unpack_from(">II", data, found.end() + 4)
        for found in re.finditer(rb"ispe", data[:100_000])
    ]
    return max(sizes, key=lambda size: size[0] * size[1])


def _tiff(data: bytes) -> Size:
    tags = next(_tiff_images(data), {})
    return tags.get(WIDTH, 0), tags.get(HEIGHT, 0)


def _tiff_images(data: bytes) -> Iterator[dict[int, int]]:
    """The tags of each image of a TIFF, as far as they can be read; nothing of other files."""
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    try:
        big = order is not None and struct.unpack_from(order + "H", data, 2)[0] == 43
        wide = f"{order}{'Q' if big else 'I'}"  # BigTIFF: 8 bytes for 4
        start = struct.unpack_from(wide, data, 8 if big else 4)[0] if order else 0
        while order and start:
            count = struct.unpack_from(order + ("Q" if big else "H"), data, start)[0]
            yield _tiff_tags(data, order, big, start, count)
            after = 8 + 20 * count if big else 2 + 12 * count
            start = struct.unpack_from(wide, data, start + after)[0]
    except struct.error:
        return


def _tiff_tags(data: bytes, order: str, big: bool, start: int, count: int) -> dict[int, int]:
    """The first value of each integer tag of an image whose `count` tags begin at `start`."""
    first, step, value = (start + 8, 20, 12) if big else (start + 2, 12, 8)
    tags = {}
    for at in range(first, first + step * min(count, MOST_TAGS), step):
        tag, kind = struct.unpack_from(order + "HH", data, at)
        several = struct.unpack_from(order + ("Q" if big else "I"), data, at + 4)[0]
        if kind in TIFF_TYPES:
            letter = TIFF_TYPES[kind]
            inside = several * struct.calcsize("<" + letter) <= step - value
            there = at + value
            if not inside:
                there = struct.unpack_from(order + ("Q" if big else "I"), data, there)[0]
            tags[tag] = struct.unpack_from(order + letter, data, there)[0]
    return tags


_READERS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Size]], ...] = tuple(
    (re.compile(pattern, re.DOTALL), read)
    for pattern, read in (
        (rb"\x89PNG", _png),
        (rb"\xff\xd8", _jpeg),
        (rb"BM", _bmp),
        (rb"GIF8", _gif),
        (rb"RIFF....WEBP", _webp),
        (rb"P[1-7]\s", _netpbm),
        (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", _jpeg2000),
        (rb"....ftyp", _avif),
        (rb"II[\x2a\x2b]\x00|MM\x00[\x2a\x2b]", _tiff),
    )
)
