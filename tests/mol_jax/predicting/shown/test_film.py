"""The mp4: pictures at their own times, odd sizes, and a folder that cannot be written."""

import av
import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.predicting.shown import film


def read(path):
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frame.to_ndarray(format="rgb24") for frame in frames], [frame.time for frame in frames]


def test_every_picture_has_its_own_time_and_odd_sizes_are_padded(tmp_path):
    times = 7.0 + np.array([0.0, 0.033, 0.1, 0.15, 0.4])
    pictures = [np.full((17, 21, 3), 40 * k, np.uint8) for k in range(5)]
    film.write(tmp_path / "new" / "a.mp4", iter(pictures), times)
    shown, when = read(tmp_path / "new" / "a.mp4")
    np.testing.assert_allclose(when, times - times[0], atol=1e-4)
    assert [image.shape for image in shown] == [(18, 22, 3)] * 5
    np.testing.assert_allclose([image.mean() for image in shown], [0, 40, 80, 120, 160], atol=3)
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.mp4"]


def test_colours_are_said_and_come_back(tmp_path):
    colours = np.array([(200, 40, 40), (40, 180, 60), (30, 60, 210), (128, 128, 128)], np.uint8)
    pictures = [np.broadcast_to(colour, (32, 32, 3)) for colour in colours]
    film.write(tmp_path / "a.mp4", pictures, np.arange(4) / 25)
    with av.open(str(tmp_path / "a.mp4")) as container:
        codec = container.streams.video[0].codec_context
        said = codec.colorspace, codec.color_range, codec.color_primaries, codec.color_trc
        assert [int(one) for one in said] == [1, 1, 1, 1]  # BT.709, of a part of the range
        frames = list(container.decode(video=0))
    luma = [0.2126, 0.7152, 0.0722]
    for frame, colour in zip(frames, colours, strict=True):
        found = frame.to_ndarray(format="rgb24").mean((0, 1))
        np.testing.assert_allclose(found, colour, atol=4)
        y = np.frombuffer(frame.planes[0], np.uint8)[0]
        assert abs(y - (16 + 219 / 255 * colour @ luma)) < 2


def test_times_that_stand_still_or_run_back_are_put_in_order():
    assert film.ticks_of(np.array([0.0, 0.0, 0.1, 0.05])) == [0, 1, 9000, 9001]


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"a\.mp4 could not be written \(.+\): free some space"):
        film.write(tmp_path / "file" / "a.mp4", [np.zeros((4, 4, 3), np.uint8)], np.zeros(1))
