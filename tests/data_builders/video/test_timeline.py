"""What a frame's number means, in every kind of video: the n-th picture that is shown."""

import re
import shutil
import struct
import subprocess

import av
import cv2
import pytest

from data_builders.pixels import frames
from data_builders.video import timeline
from data_builders.video.containers import inspection
from data_builders.video.containers.layout import Layout
from mol_jax.errors import UserError
from tests.data_builders import made_videos as made

WHOLE = list(range(1, 31))


def read(file):
    """The numbers of all frames, and the numbers that their pictures carry."""
    index = frames.index_frames(file)
    return list(index), made.numbers(frames.read_clip(list(index.values())))


def header_count(file):
    """What a reader of the header alone takes for the number of frames."""
    return int(cv2.VideoCapture(str(file), cv2.CAP_FFMPEG).get(cv2.CAP_PROP_FRAME_COUNT))


@pytest.mark.parametrize("ending", made.CODECS)
def test_a_whole_video_of_each_kind(tmp_path, ending):
    file = made.write(tmp_path / f"a{ending.upper()}")
    assert read(file) == (WHOLE, WHOLE)
    assert timeline.measure(file) == timeline.Timeline(range(30), made.WIDTH, made.HEIGHT)


@pytest.mark.parametrize(
    ("ending", "codec"),
    [(".avi", "libx264"), (".mkv", "libx265"), (".webm", "libvpx-vp9"), (".mp4", "libsvtav1")],
)
def test_other_codecs_pictures_out_of_order_too(tmp_path, ending, codec):
    quiet = {"x265-params": "log-level=none"} if codec == "libx265" else {}
    assert read(made.write(tmp_path / f"a{ending}", codec=codec, options=quiet)) == (WHOLE, WHOLE)


def test_an_interlaced_recording_shows_its_pictures(tmp_path):
    """OpenCV gives noise for it."""
    interlaced = {"flags": "+ilme+ildct"}
    file = made.write(tmp_path / "a.mts", codec="mpeg2video", options=interlaced)
    with av.open(file) as container:
        assert next(container.decode(video=0)).interlaced_frame
    assert read(file) == (WHOLE, WHOLE)


@pytest.mark.parametrize("ending", [".mp4", ".mov"])
def test_what_an_edit_list_hides_is_not_counted(tmp_path, ending):
    file = made.copy(made.write(tmp_path / "a.mp4"), tmp_path / f"trimmed{ending}", skipped=16)
    assert header_count(file) == 30
    assert read(file) == (list(range(1, 15)), list(range(17, 31)))


@pytest.mark.parametrize("ending", [".mkv", ".webm", ".mp4", ".ts"])
def test_a_varying_rate_does_not_shift_frames(tmp_path, ending):
    times = [*range(15), *range(20, 95, 5)]
    file = made.write(tmp_path / f"a{ending}", times=times)
    assert read(file) == (WHOLE, WHOLE)
    frame, seconds = timeline.measure(file).gap
    assert (frame, seconds) == (15, pytest.approx(1 / 5, abs=0.002))  # from 14/30 to 20/30 s
    if ending == ".webm":
        assert header_count(file) > 60


@pytest.mark.parametrize("claimed", [0, 3, 29, 1000])
def test_a_header_that_counts_wrongly_changes_nothing(tmp_path, claimed):
    file = made.write_avi(tmp_path / "a.avi", WHOLE)
    data = bytearray(file.read_bytes())
    for at in (data.index(b"avih") + 24, data.index(b"strh") + 40):
        data[at : at + 4] = struct.pack("<I", claimed)
    file.write_bytes(data)
    assert read(file) == (WHOLE, WHOLE)


EMPTY = {
    "in the middle": ([1, 2, 3, None, None, 6, None, 8], [1, 2, 3, 3, 3, 6, 6, 8]),
    "at the end": ([1, 2, 3, None, None], [1, 2, 3, 3, 3]),
    "nearly all": ([1, *[None] * 60, 62], [*[1] * 61, 62]),
}


@pytest.mark.parametrize(("shown", "expected"), EMPTY.values(), ids=EMPTY)
def test_an_empty_frame_counts_and_shows_the_picture_before(tmp_path, shown, expected):
    file = made.write_avi(tmp_path / "a.avi", shown)
    assert read(file) == (list(range(1, len(shown) + 1)), expected)
    assert timeline.measure(file).empty == shown.count(None)


def test_an_empty_frame_is_shown_whichever_frames_are_asked_for(tmp_path):
    index = frames.index_frames(made.write_avi(tmp_path / "a.avi", EMPTY["in the middle"][0]))
    asked = [index[number] for number in (2, 4, 5, 7, 8)]
    assert made.numbers(frames.read_clip(asked)) == [2, 3, 3, 6, 8]


def test_a_copy_without_its_empty_frames_counts_pictures(tmp_path):
    """Matroska has no empty frames: only time stamps show where they were."""
    file = made.write_avi(tmp_path / "a.avi", EMPTY["in the middle"][0])
    file = made.copy(file, tmp_path / "a.mkv")
    assert read(file) == ([1, 2, 3, 4, 5], [1, 2, 3, 6, 8])
    assert timeline.measure(file).gap == (3, pytest.approx(0.1, abs=0.002))


def test_empty_frames_before_the_first_picture_are_refused(tmp_path):
    file = made.write_avi(tmp_path / "a.avi", [None, None, 3, 4])
    with pytest.raises(UserError, match=r"a.avi begins with 2 empty frames.*extract its frames"):
        timeline.measure(file)


def test_a_stream_without_its_beginning_is_refused(tmp_path):
    """Its first pictures build on one that is gone; some programs show them, most do not."""
    file = made.write(tmp_path / "a.ts", 40)
    data = file.read_bytes()
    packets = [data[at : at + 188] for at in range(0, len(data), 188)]
    file.write_bytes(b"".join(packets[:2] + packets[8:]))
    with pytest.raises(UserError, match=r"a.ts (has \d+ frames that cannot be shown|is damaged)"):
        timeline.measure(file)


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".ts"])
def test_a_copy_from_a_keyframe_on_is_whole(tmp_path, ending):
    """Pictures are out of order, and those before the keyframe may be lost or hidden."""
    file = made.copy(made.write(tmp_path / "a.mp4", 40), tmp_path / f"b{ending}", after=16)
    shown = list(range(25, 41))
    assert read(file) == (list(range(1, len(shown) + 1)), shown)


@pytest.mark.parametrize("ending", made.CODECS)
def test_a_lost_stretch_in_the_middle_is_refused_at_its_frame(tmp_path, ending):
    file = made.write(tmp_path / f"a{ending}")
    data = bytearray(file.read_bytes())
    lost = slice(len(data) // 2, len(data) // 2 + len(data) // 12)
    data[lost] = bytes(len(data[lost]))
    file.write_bytes(data)
    with pytest.raises(
        UserError, match=rf"a\{ending} is damaged near frame \d+, .*ffmpeg"
    ) as error:
        timeline.measure(file)
    assert 5 <= int(re.search(r"near frame (\d+)", str(error.value))[1]) <= 24


def test_a_copy_whose_first_pictures_build_on_others_is_whole(tmp_path):
    """No program shows the two before the first keyframe."""
    file = made.write(tmp_path / "a.mkv", 40, codec="mpeg2video", options={"bf": "2"})
    file = made.copy(file, tmp_path / "b.mkv", after=5)
    assert read(file) == (list(range(1, 29)), list(range(13, 41)))


def test_each_tag_of_flv_is_followed_by_its_length(tmp_path):
    """Nothing else tells that a tag's own length was overwritten."""
    file = made.write(tmp_path / "a.flv")
    assert inspection.inspect(file, "flv", 0) == Layout()
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)
    broken = inspection.inspect(file, "flv", 0).broken
    assert broken is not None and len(data) // 2 < broken < len(data)


def test_a_size_that_changes_on_the_way_is_refused(tmp_path, monkeypatch):
    picture = made.picture
    monkeypatch.setattr(made, "picture", lambda n: picture(n)[: 80 if n > 3 else None])
    with pytest.raises(UserError, match=r"a.avi, frame 4, is 128x80 px, the first frame 128x96"):
        timeline.measure(made.write_avi(tmp_path / "a.avi", WHOLE))


def test_frames_that_the_index_leaves_out_are_refused(tmp_path):
    file = made.write_avi(tmp_path / "a.avi", WHOLE)
    data = file.read_bytes()
    place = [match.start() for match in re.finditer(b"00dc", data)][9]
    file.write_bytes(data[:place] + b"00pc" + data[place + 4 :])
    with pytest.raises(UserError, match=r"a.avi (is damaged|holds)"):
        timeline.measure(file)


def test_notes_say_what_a_number_means_and_name_what_is_odd(tmp_path):
    empty = timeline.measure(made.write_avi(tmp_path / "a.avi", [1, None, 3]))
    vary = timeline.measure(made.write(tmp_path / "b.mkv", 3, times=[0, 1, 9]))
    plain = timeline.measure(made.write(tmp_path / "c.mp4", 3))
    lines = timeline.notes({"c.mp4": plain})
    assert len(lines) == 1 and "the n-th picture" in lines[0]
    assert "-fps_mode passthrough" in lines[0] and "-vf fps=source_fps" in lines[0]
    lines = timeline.notes({"a.avi": empty, "b.mkv": vary, "c.mp4": plain})
    assert "1 video with empty frames" in lines[1] and "such as a.avi, 1 of them" in lines[1]
    assert "1 video at a varying rate" in lines[2] and "b.mkv, where frame 2 is" in lines[2]
    assert timeline.notes({}) == []
    joined = tmp_path / "d.mpg"  # the time stamps begin again in its middle
    joined.write_bytes(2 * made.write(tmp_path / "e.mpg", 5).read_bytes())
    assert len(timeline.measure(joined).shown) == 10 and timeline.measure(joined).gap is None


def ffmpeg():
    """The ffmpeg command, None where there is none."""
    try:
        import imageio_ffmpeg

        return imageio_ffmpeg.get_ffmpeg_exe()
    except ImportError:
        return shutil.which("ffmpeg")


@pytest.mark.skipif(ffmpeg() is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", ["vary.mp4", "trimmed.mp4", "empty.avi", "order.avi", "a.mts"])
def test_the_images_that_the_documented_command_extracts_have_the_same_numbers(tmp_path, name):
    file = tmp_path / name
    match name:
        case "vary.mp4":
            made.write(file, times=[*range(15), *range(20, 95, 5)])
        case "trimmed.mp4":
            made.copy(made.write(tmp_path / "a.mp4"), file, skipped=16)
        case "empty.avi":
            made.write_avi(file, EMPTY["in the middle"][0])
        case _:
            made.write(file, codec="libx264")
    line = timeline.AVI_IMAGES if file.suffix == ".avi" else timeline.IMAGES
    options = line.format(file).split()[1:]
    subprocess.run([ffmpeg(), "-v", "error", *options], cwd=tmp_path, check=True)
    (tmp_path / "images").mkdir()
    for image in tmp_path.glob("img*.png"):
        image.rename(tmp_path / "images" / image.name)
    assert read(tmp_path / "images") == read(file)
