import struct

import cv2
import numpy as np
import pytest

from data_builders.pixels import frames
from data_builders.video import pictures, scanning, timeline
from data_builders.video.pictures import VideoFrame
from mol_jax.errors import UserError
from tests.data_builders.conftest import HEIGHT, WIDTH
from tests.data_builders.folder.conftest import write_video


def brightness(images):
    """The numbers `write_video` gave the frames, by their brightness."""
    first = images[0].astype(float).mean()
    return [round((image.astype(float).mean() - first) / 6) for image in images]


@pytest.mark.parametrize(("suffix", "codec"), [("avi", "MJPG"), ("mp4", "mp4v"), ("mkv", "XVID")])
def test_frames_are_numbered_from_one_to_the_last(tmp_path, suffix, codec):
    file = write_video(tmp_path / f"é 1.{suffix}", 20, codec)
    index = frames.index_frames(file)
    assert list(index) == list(range(1, 21))
    assert index[20] == VideoFrame(file, 20, 19)


@pytest.mark.parametrize(("suffix", "codec"), [("avi", "MJPG"), ("mp4", "mp4v"), ("mkv", "XVID")])
def test_the_frames_asked_for_are_those_read(tmp_path, suffix, codec):
    """Also where the codec stores most frames as differences from others."""
    index = frames.index_frames(write_video(tmp_path / f"a.{suffix}", 20, codec))
    images = frames.read_clip([index[number] for number in (1, 2, 9, 10, 20)])
    assert images.shape == (5, HEIGHT, WIDTH) and images.dtype == np.uint8
    assert brightness(images) == [0, 1, 8, 9, 19]
    assert brightness(frames.read_clip([index[13], index[20]])) == [0, 7]


def test_a_video_gives_the_pixels_of_its_frames_as_images(tmp_path):
    """Up to what the codec loses."""
    file = write_video(tmp_path / "a.avi", 3)
    capture = cv2.VideoCapture(str(file), cv2.CAP_FFMPEG)
    for number in (1, 2, 3):
        cv2.imwrite(str(tmp_path / f"img{number}.png"), capture.read()[1])
    capture.release()
    of_images = frames.read_clip(list(frames.index_frames(tmp_path).values()))
    of_video = frames.read_clip(list(frames.index_frames(file).values()))
    assert np.abs(of_images.astype(int) - of_video).max() <= 1


def test_a_video_replaced_by_another_is_counted_again(tmp_path):
    file = write_video(tmp_path / "a.avi", 4)
    assert len(timeline.measure(file).shown) == 4
    write_video(file, 7)
    assert len(timeline.measure(file).shown) == 7


@pytest.mark.parametrize(
    ("name", "content"),
    {
        "text.avi": b"hello",
        "empty.mp4": b"",
        "noise.mkv": bytes(range(256)) * 40,
        "page.mov": b"<html><body>404</body></html>",
        "playlist.webm": b"#EXTM3U\n#EXTINF:1,\na.avi\n",
        "%03d.avi": b"a pattern of names",
    }.items(),
)
def test_what_is_no_video_is_refused_in_silence(tmp_path, capfd, name, content):
    write_video(tmp_path / "a.avi", 3)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=rf"{name} is damaged or no video .*\({len(content)} bytes"):
        timeline.measure(tmp_path / name)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("suffix", "codec"), [("avi", "MJPG"), ("mp4", "mp4v"), ("mkv", "MJPG")])
@pytest.mark.parametrize("keep", [0.05, 0.5, 0.8])
def test_a_video_cut_short_is_refused(tmp_path, suffix, codec, keep):
    file = write_video(tmp_path / f"a.{suffix}", 30, codec)
    file.write_bytes(file.read_bytes()[: int(keep * file.stat().st_size)])
    with pytest.raises(
        UserError, match=r"a\..* is (cut short, it ends in or after frame \d+|damaged or no)"
    ):
        timeline.measure(file)


def test_an_absent_video_and_an_absent_frame_are_refused(tmp_path):
    with pytest.raises(UserError, match=r"cannot read the video .*absent.avi: No such file"):
        timeline.measure(tmp_path / "absent.avi")
    file = write_video(tmp_path / "a.avi", 3)
    with pytest.raises(UserError, match=r"a.avi, frame 4 cannot be read"):
        frames.read_clip([VideoFrame(file, 1, 0), VideoFrame(file, 4, 3)])


def test_hidden_files_are_no_videos(tmp_path):
    assert pictures.is_video(tmp_path / "A.AVI") and not pictures.is_video(tmp_path / "._a.avi")


def test_a_video_too_large_is_refused_by_its_header(tmp_path, monkeypatch):
    file = write_video(tmp_path / "a.avi", 3)
    monkeypatch.setattr(scanning, "MAX_PIXELS", HEIGHT * WIDTH - 1)
    with pytest.raises(UserError, match=r"a.avi is 100x120 px, expected at most .*make it smaller"):
        timeline.measure(file)


def test_a_recording_of_sound_alone_is_refused(tmp_path):
    header = struct.pack("<IHHIIHH", 16, 1, 1, 8000, 8000, 1, 8)
    sound = b"WAVEfmt " + header + b"data" + struct.pack("<I", 8000) + bytes(8000)
    (tmp_path / "a.avi").write_bytes(b"RIFF" + struct.pack("<I", len(sound)) + sound)
    with pytest.raises(UserError, match=r"a.avi is damaged or no video"):
        timeline.measure(tmp_path / "a.avi")


def test_a_recording_without_a_frame_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"a.avi is damaged or no video"):
        timeline.measure(write_video(tmp_path / "a.avi", 0))


def test_a_turned_recording_is_shown_upright(tmp_path):
    """As telephones write them: the pixels lie on their side, and the header says so."""
    data = bytearray(write_video(tmp_path / "a.mp4", 3, "mp4v").read_bytes())
    matrix = data.index(b"tkhd") + 44
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 2**30)
    (tmp_path / "turned.mp4").write_bytes(data)
    images = frames.read_clip(list(frames.index_frames(tmp_path / "turned.mp4").values()))
    assert images.shape == (3, WIDTH, HEIGHT)


def test_a_stream_of_images_without_a_container_is_refused(tmp_path):
    """It has no time stamps, and nothing tells whether its beginning is there."""
    image = cv2.imencode(".jpg", np.full((48, 64, 3), 90, np.uint8))[1].tobytes()
    (tmp_path / "a.mpg").write_bytes(6 * image)
    with pytest.raises(UserError, match=r"a.mpg is damaged or no video that can be read"):
        timeline.measure(tmp_path / "a.mpg")
