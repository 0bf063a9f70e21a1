"""Kinds of damage to a file, whatever is in it."""

import random
from collections.abc import Callable
from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def cut(data: bytes) -> bytes:
    """The first three fifths."""
    return data[: len(data) * 3 // 5]


def zeroed(data: bytes) -> bytes:
    """Zeros from the middle on, as after a power cut."""
    return data[: len(data) // 2] + bytes(len(data) - len(data) // 2)


def flipped(data: bytes) -> bytes:
    """Some bytes of others."""
    rng, spoilt = random.Random(0), bytearray(data)
    for _ in range(max(8, len(data) // 20)):
        spoilt[rng.randrange(len(spoilt))] ^= 1 << rng.randrange(8)
    return bytes(spoilt)


def noise(data: bytes) -> bytes:
    """Random bytes, as many."""
    return random.Random(1).randbytes(len(data))


KINDS: dict[str, Callable[[bytes], bytes]] = {
    "cut": cut,
    "zeroed from the middle": zeroed,
    "zeros": lambda data: bytes(len(data)),
    "bits flipped": flipped,
    "noise": noise,
    "empty": lambda data: b"",
    "one byte": lambda data: data[:1],
    "a picture": lambda data: PNG,
    "a page of HTML": lambda data: b"<!DOCTYPE html><html><body>Sign in</body></html>",
    "a pointer of Git LFS": lambda data: (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 9\n"
    ),
}


def spoil(file: Path, kind: str) -> None:
    """Damages a file by a kind, or puts a folder in its place."""
    if kind in KINDS:
        file.write_bytes(KINDS[kind](file.read_bytes()))
    else:
        assert kind == "a folder", kind
        file.unlink()
        file.mkdir()
