"""Videos, folders and cameras as rows of frames: upright, in their own time, or one sentence."""

import cv2
import numpy as np
import pytest

from data_builders.video import decoding
from mol_jax.errors import UserError
from mol_jax.predicting.reading import camera, recording
from mol_jax.predicting.reading.recording import open_recording
from tests.data_builders import made_videos
from tests.mol_jax.predicting import filmed


def held(frames):
    return np.stack(list(frames.grey()))


@pytest.mark.parametrize("ending", [".mp4", ".mkv", ".avi", ".webm", ".mov"])
def test_a_video_gives_its_frames_and_their_times(tmp_path, ending):
    frames = open_recording(made_videos.write(tmp_path / f"a{ending}", 12))
    assert made_videos.numbers(held(frames)) == list(range(1, 13))
    np.testing.assert_allclose(frames.recording.times, np.arange(12) / 30, atol=2e-3)
    assert frames.recording.size == (128, 96) and frames.recording.notes == ()
    assert frames.numbers.tolist() == list(range(1, 13))
    assert made_videos.numbers(list(frames.grey(4))) == [1, 2, 3, 4, 5]


def test_pictures_are_in_colour_and_asked_for_in_any_order(tmp_path):
    colours = [np.full((48, 64, 3), (8 * k, 100, 200), np.uint8) for k in range(10)]
    frames = open_recording(filmed.write(tmp_path / "a.mp4", colours))
    for at in (0, 3, 4, 9, 2, 2):
        shown = frames.picture(at)
        assert shown.shape == (48, 64, 3) and shown.dtype == np.uint8
        np.testing.assert_allclose(shown.mean((0, 1)), (8 * at, 100, 200), atol=6)


def test_a_picture_that_can_no_longer_be_converted_is_one_sentence(tmp_path, monkeypatch):
    frames = open_recording(filmed.write(tmp_path / "a.mp4", filmed.wandering(3)))

    def fails(self, picture):
        raise decoding.DamageError

    monkeypatch.setattr(decoding.Colour, "__call__", fails)
    for read in (lambda: list(frames.grey()), lambda: frames.picture(1)):
        with pytest.raises(UserError, match="has changed while it was read"):
            read()


def test_a_rate_that_varies_is_kept_as_time_and_said(tmp_path):
    times = [0, 1, 2, 9, 10, 20, 21, 22]
    file = made_videos.write(tmp_path / "a.mkv", 8, times=times)
    frames = open_recording(file)
    np.testing.assert_allclose(frames.recording.times, np.array(times) / 30, atol=2e-3)
    assert "frame rate varies: 33 to 33" in frames.recording.notes[0]
    assert abs(frames.numbers - 1000 * np.array(times) / 30).max() <= 2
    given = open_recording(file, fps=200)
    np.testing.assert_allclose(given.recording.times, np.arange(8) / 200)
    assert "--fps=200" in given.recording.notes[0]


def test_numbers_count_frames_where_time_stamps_are_but_rounded():
    times = np.round(np.arange(400) / 29.97, 3)
    assert recording.numbers_of(times).tolist() == list(range(1, 401))
    close = recording.numbers_of(np.array([0, 1e-5, 2e-5, 1.0]))
    assert (np.diff(close) > 0).all()


@pytest.mark.parametrize(
    ("turned", "upright"), [(90, (96, 128)), (180, (128, 96)), (270, (96, 128))]
)
def test_a_turned_telephone_is_shown_upright(tmp_path, turned, upright):
    plain = made_videos.write(tmp_path / "plain.mp4", 6)
    file = turn(plain, tmp_path / "a.mp4", turned)
    frames = open_recording(file)
    assert frames.recording.size == upright
    straight = np.stack([np.rot90(image, turned // 90) for image in held(open_recording(plain))])
    np.testing.assert_array_equal(held(frames), straight)
    assert frames.picture(2).shape == (*upright[::-1], 3)
    grey = cv2.cvtColor(frames.picture(2), cv2.COLOR_RGB2GRAY)
    assert np.abs(grey.astype(int) - straight[2]).max() <= 3


def turn(source, file, degrees):
    """Copies an .mp4 with another matrix in the header of its track, as telephones write it."""
    content = bytearray(source.read_bytes())
    at = content.index(b"tkhd") + 4 + 40
    rows = {90: (0, -1, 1, 0), 180: (-1, 0, 0, -1), 270: (0, 1, -1, 0)}[degrees]
    a, b, c, d = (value * 65536 for value in rows)
    matrix = (a, b, 0, c, d, 0, 0, 0, 1 << 30)
    content[at : at + 36] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    file.write_bytes(content)
    return file


@pytest.mark.parametrize(
    ("codec", "pix_fmt", "ending"),
    [
        ("libx264", "yuv420p10le", ".mp4"),
        ("ffv1", "gray", ".mkv"),
        ("png", "rgba", ".mov"),
        ("ffv1", "gray16le", ".mkv"),
    ],
)
def test_ten_bits_grey_and_transparent_pictures_are_read(tmp_path, codec, pix_fmt, ending):
    pictures = filmed.wandering(4)
    if pix_fmt == "rgba":
        pictures = [np.dstack([image] * 3 + [np.full_like(image, 9)]) for image in pictures]
    file = filmed.write(tmp_path / f"a{ending}", pictures, codec=codec, pix_fmt=pix_fmt)
    frames = open_recording(file)
    expected = [image if image.ndim == 2 else image[..., 0] for image in pictures]
    assert np.abs(held(frames).astype(int) - np.stack(expected)).mean() < 2
    assert frames.picture(1).shape == (filmed.HEIGHT, filmed.WIDTH, 3)


def test_an_odd_size_is_read(tmp_path):
    images = [filmed.picture((30, 30), size=(61, 83)) for _ in range(3)]
    frames = open_recording(filmed.write(tmp_path / "a.mkv", images, codec="ffv1", pix_fmt="gray"))
    assert frames.recording.size == (83, 61)
    np.testing.assert_array_equal(held(frames), images)


def test_a_huge_picture_is_held_smaller_and_its_points_come_back(tmp_path, monkeypatch):
    monkeypatch.setattr(recording, "HELD", 50)
    images = [filmed.picture((64, 40), half=24) for _ in range(2)]
    file = filmed.write(tmp_path / "a.mkv", images, codec="ffv1", pix_fmt="gray")
    frames = open_recording(file)
    assert frames.factor == 3 and held(frames).shape == (2, 32, 42)
    assert frames.picture(0).shape == (96, 128, 3)
    (small,) = filmed.Squares().every(np.uint8(held(frames)[0]))
    (large,) = filmed.Squares().every(images[0])
    centre = frames.to_recording(small).mean(axis=0)
    np.testing.assert_allclose(centre, large.mean(axis=0), atol=0.7)
    points = np.array([[0.0, 0.0], [41.0, 31.0]])
    back = frames.to_recording(points) @ frames.to_held()[:, :2].T + frames.to_held()[:, 2]
    np.testing.assert_allclose(back, points, atol=1e-12)
    np.testing.assert_array_equal(frames.to_recording(points)[0], (1, 1))


@pytest.mark.parametrize("ending", [".mkv", ".avi", ".ts"])
def test_of_a_cut_file_what_can_be_read_is_used_and_said(tmp_path, ending):
    file = made_videos.write(tmp_path / f"a{ending}", 60)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(0.6 * len(whole))])
    frames = open_recording(file)
    found = made_videos.numbers(held(frames))
    assert 5 < len(found) < 60 and found == list(range(1, len(found) + 1))
    said = " ".join(frames.recording.notes)
    assert ending == ".ts" or "cut short" in said or "damaged" in said


def test_a_damaged_file_gives_what_is_before_the_damage(tmp_path):
    file = made_videos.write(tmp_path / "a.mkv", 60)
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 900] = bytes(900)
    file.write_bytes(content)
    frames = open_recording(file)
    assert "could be read are used" in frames.recording.notes[0] or (
        "damaged" in frames.recording.notes[0]
    )
    assert made_videos.numbers(held(frames))[:9] == list(range(1, 10))


def write_images(folder, numbers, image=None):
    folder.mkdir()
    for number in numbers:
        shown = made_videos.picture(number % 256) if image is None else image
        cv2.imwrite(str(folder / f"img{number:03d}.png"), shown)
    return folder


def test_a_folder_goes_by_its_numbers_at_the_rate_that_is_given(tmp_path):
    frames = open_recording(write_images(tmp_path / "f", [7, 8, 11]), fps=10)
    assert made_videos.numbers(held(frames)) == [7, 8, 11]
    np.testing.assert_allclose(frames.recording.times, (0, 0.1, 0.4))
    assert frames.numbers.tolist() == [7, 8, 11]
    assert "2 numbers between its images are absent" in frames.recording.notes[0]
    grey = cv2.cvtColor(frames.picture(2), cv2.COLOR_RGB2GRAY)
    np.testing.assert_array_equal(grey, made_videos.picture(11))


def test_a_folder_of_deep_images_has_one_white(tmp_path):
    deep = np.linspace(0, 4000, 96 * 128).reshape(96, 128).astype(np.uint16)
    frames = open_recording(write_images(tmp_path / "f", [1, 2], deep), fps=10)
    assert 247 <= held(frames).max() <= 250
    assert frames.picture(0).shape == (96, 128, 3)


def refused(source, match, **given):
    with pytest.raises(UserError, match=match) as caught:
        frames = open_recording(source, **given)
        list(frames.grey())
    assert "\n" not in str(caught.value)


def test_what_is_no_recording_is_refused_in_one_sentence(tmp_path, capfd):
    refused(tmp_path / "absent.mp4", "cannot read .*absent.mp4 .*give a video")
    (tmp_path / "empty.mp4").touch()
    refused(tmp_path / "empty.mp4", "is empty")
    (tmp_path / "text.mp4").write_text("no video" * 99)
    refused(tmp_path / "text.mp4", "is damaged or no video")
    cv2.imwrite(str(tmp_path / "one.png"), made_videos.picture(1))
    refused(tmp_path / "one.png", "is one picture, in which nothing moves")
    refused(made_videos.write(tmp_path / "one.mp4", 1), "has one frame, and in one picture nothing")
    refused(tmp_path, "holds 3 videos and no numbered image", fps=30)
    (tmp_path / "none").mkdir()
    refused(tmp_path / "none", "holds no image with a number", fps=30)
    folder = write_images(tmp_path / "f", [1, 2])
    refused(folder, "do not tell their rate: give --fps=30")
    refused(folder, "--fps is 0, expected frames per second", fps=0)
    cv2.imwrite(str(folder / "img003.png"), made_videos.picture(3)[:50])
    refused(folder, "img003.png is 128x50 px, the clip's first frame 128x96", fps=30)
    assert capfd.readouterr() == ("", "")


def test_sound_alone_is_refused(tmp_path):
    import wave

    with wave.open(str(tmp_path / "a.wav"), "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16000))
    refused(tmp_path / "a.wav", "no video that can be read")


class Filming:
    """What OpenCV has of a camera that gives `count` pictures, 0.1 s apart."""

    def __init__(self, monkeypatch, count, opens=True):
        self.at, self.count, self.opens, self.released = 0, count, opens, False
        monkeypatch.setattr(camera.cv2, "VideoCapture", lambda number: self)
        monkeypatch.setattr(camera.time, "monotonic", lambda: 100 + self.at / 10)

    def isOpened(self):  # noqa: N802 - OpenCV's
        return self.opens

    def read(self):
        self.at += 1
        image = np.dstack([made_videos.picture(self.at)] * 3)
        return (True, image) if self.at <= self.count else (False, None)

    def get(self, what):
        return 10.0 if what == camera.cv2.CAP_PROP_FPS else 0.0

    def release(self):
        self.released = True


def test_a_camera_records_for_the_seconds_that_are_given(monkeypatch):
    filming = Filming(monkeypatch, 99)
    frames = open_recording(0, seconds=1.0)
    assert filming.released and made_videos.numbers(held(frames)) == list(range(1, 12))
    np.testing.assert_allclose(frames.recording.times, np.arange(11) / 10)
    assert frames.picture(3).shape == (96, 128, 3) and frames.recording.source == 0
    Filming(monkeypatch, 5)
    assert len(open_recording(0, seconds=1.0)) == 5  # it was pulled out


def test_no_camera_no_picture_and_no_seconds_are_refused(monkeypatch):
    refused(0, "camera 0 has no end: give --seconds=10")
    refused(0, "--seconds is 9999, expected up to 600", seconds=9999)
    Filming(monkeypatch, 9, opens=False)
    refused(0, "there is no camera 0", seconds=1)
    filming = Filming(monkeypatch, 0)
    refused(0, "camera 0 gives no picture", seconds=1)
    assert filming.released


def test_more_seconds_than_the_memory_holds_are_refused_before_they_are_recorded(monkeypatch):
    filming = Filming(monkeypatch, 99)
    monkeypatch.setattr(camera, "MOST", 20 * 96 * 128 * 3)
    refused(0, "--seconds is 5, but camera 0 gives 10 pictures of 128x96 px a second", seconds=5)
    assert filming.at == 1 and filming.released
    Filming(monkeypatch, 99)
    assert len(open_recording(0, seconds=1.5)) == 16
