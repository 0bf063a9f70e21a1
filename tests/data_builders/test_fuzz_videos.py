"""Videos spoilt at random are read with the right numbers, or refused in one sentence."""

import random

import pytest

from data_builders.pixels import frames
from mol_jax.errors import UserError
from tests.data_builders import made_videos as made

COUNT, QUICK, SLOW = 30, 4, 60
KINDS = (".avi", ".mp4", ".mkv", ".webm", ".wmv", ".mpg", ".ts", ".flv")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return {kind: made.write(folder / f"a{kind}", COUNT).read_bytes() for kind in KINDS}


def spoil(data: bytes, rng: random.Random) -> bytes:
    """The bytes cut, zeroed, overwritten, lost, repeated, or with a few bits turned over."""
    at, length = rng.randrange(len(data)), rng.choice((4, 16, 188, 1000, len(data) // 20))
    before, gone, after = data[:at], data[at : at + length], data[at + length :]
    turned = bytearray(data)
    for _ in range(rng.choice((1, 9))):
        turned[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    ways = (
        *(before, before + bytes(len(gone)) + after, before + rng.randbytes(len(gone)) + after),
        *(before + after, before + gone + gone + after, gone + after, bytes(turned)),
    )
    return rng.choice(ways)


def outcome(data: bytes, file) -> str:
    file.write_bytes(data)
    try:
        images = frames.read_clip(list(frames.index_frames(file).values()))
    except UserError as error:
        assert "\n" not in str(error) and file.name in str(error)
        return "refused"
    # A codec need not notice that a picture's own bits are wrong. But where pictures are lost, it
    # is at the end, and no number before is another picture's.
    assert len(images) <= COUNT
    if len(images) < COUNT:
        assert made.numbers(images)[:-1] == list(range(1, len(images)))
    return "read"


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_video_is_read_or_refused(whole, kind, tmp_path):
    assert outcome(whole[kind], tmp_path / f"a{kind}") == "read"
    seen = [
        outcome(spoil(whole[kind], random.Random(seed)), tmp_path / f"{seed}{kind}")
        for seed in range(QUICK)
    ]
    assert set(seen) <= {"read", "refused"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_many_spoilt_videos(whole, kind, tmp_path):
    seen = [
        outcome(spoil(whole[kind], random.Random(seed)), tmp_path / f"{seed}{kind}")
        for seed in range(QUICK, SLOW)
    ]
    assert {"read", "refused"} >= set(seen) and "refused" in seen


@pytest.mark.parametrize("kind", KINDS)
def test_a_video_by_another_ending(whole, kind, tmp_path):
    """The bytes tell what a file is, and not its name."""
    ending = ".mp4" if kind == ".avi" else ".avi"
    assert outcome(whole[kind], tmp_path / f"a{ending}") == "read"
    assert outcome(b"", tmp_path / f"b{ending}") == "refused"
