"""What the parts of a file tell by themselves, without a picture being decoded."""

import pytest

from data_builders.video.containers import asf
from data_builders.video.containers.inspection import inspect
from data_builders.video.containers.layout import Layout
from tests.data_builders import made_videos as made

KINDS = {
    ".avi": "avi",
    ".mp4": "mov,mp4,m4a,3gp,3g2,mj2",
    ".mkv": "matroska,webm",
    ".wmv": "asf",
    ".flv": "flv",
    ".mpg": "mpeg",
    ".ts": "mpegts",
}
VIDEO = 256  # the number that FFmpeg gives the first stream of a transport stream


@pytest.fixture(scope="module", params=KINDS)
def whole(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    return made.write(folder / f"a{request.param}"), KINDS[request.param]


def test_nothing_is_missing_in_a_whole_file(whole):
    file, kind = whole
    found = inspect(file, kind, VIDEO)
    assert (found.cut, found.broken) == (False, None)
    assert found.counts in (None, {30})
    assert (found.frames is None) == (kind != "avi")


@pytest.mark.parametrize("padding", [188, 3008])
def test_nothing_after_the_end_does_no_harm(whole, tmp_path, padding):
    """As in files saved from a memory card; something may be a part that was overwritten."""
    file, kind = whole
    (tmp_path / "a").write_bytes(file.read_bytes() + bytes(padding))
    assert inspect(tmp_path / "a", kind, VIDEO) == inspect(file, kind, VIDEO)
    (tmp_path / "a").write_bytes(file.read_bytes() + bytes([7] * padding))
    told = kind in ("matroska,webm", "flv", "mpeg", "mpegts")
    assert (inspect(tmp_path / "a", kind, VIDEO).broken is not None) == told


def test_a_file_cut_anywhere_is_seen_to_be(whole, tmp_path):
    """But at the end of a part, which in a stream is a place to end."""
    file, kind = whole
    data = file.read_bytes()
    for keep in range(len(data) * 2 // 5, len(data) - 40, len(data) // 23):
        (tmp_path / "a").write_bytes(data[:keep])
        found = inspect(tmp_path / "a", kind, VIDEO)
        assert found.cut or found.broken is not None, keep


def test_a_lost_packet_of_a_transport_stream(tmp_path):
    data = made.write(tmp_path / "a.ts").read_bytes()
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    middle = [at for at, p in enumerate(packets) if p[1] & 0x1F == VIDEO >> 8 and not p[2]][40]
    (tmp_path / "a.ts").write_bytes(b"".join(packets[:middle] + packets[middle + 1 :]))
    assert inspect(tmp_path / "a.ts", "mpegts", VIDEO).broken == middle * 188
    assert inspect(tmp_path / "a.ts", "mpegts", VIDEO + 1) == Layout()  # of another stream


def test_a_lost_packet_of_wmv(tmp_path):
    data = bytearray(made.write(tmp_path / "a.wmv").read_bytes())
    size = int.from_bytes(data[data.index(asf.FILE) + 92 :][:4], "little")
    at = data.index(asf.DATA)
    length = int.from_bytes(data[at + 16 : at + 24], "little")
    data[at + 16 : at + 24] = (length - size).to_bytes(8, "little")
    second = at + asf.BEFORE_PACKETS + size
    (tmp_path / "a.wmv").write_bytes(data[:second] + data[second + size :])
    assert inspect(tmp_path / "a.wmv", "asf", 0).broken == second


@pytest.mark.parametrize(("length", "broken"), [(5, None), (6, 10)])
def test_a_block_longer_than_its_cluster(tmp_path, length, broken):
    block = bytes([0xA3, 0x80 | length, 0x81, 0, 0, 0, 7])
    cluster = b"\x1f\x43\xb6\x75" + bytes([0x80 | len(block)]) + block
    segment = b"\x18\x53\x80\x67" + bytes([0x80 | 2 * len(cluster)]) + 2 * cluster
    (tmp_path / "a.mkv").write_bytes(segment)
    assert inspect(tmp_path / "a.mkv", "matroska,webm", 0).broken == broken


def test_a_container_without_lengths_has_nothing_to_inspect(tmp_path):
    (tmp_path / "a.gif").write_bytes(b"GIF89a")
    assert inspect(tmp_path / "a.gif", "gif", 0) == Layout()
