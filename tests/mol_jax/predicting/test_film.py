"""The mp4: pictures at their own times, odd sizes, and a folder that cannot be written."""

import av
import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.predicting import film


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


def test_times_that_stand_still_or_run_back_are_put_in_order():
    assert film.ticks_of(np.array([0.0, 0.0, 0.1, 0.05])) == [0, 1, 9000, 9001]


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match=r"a\.mp4 could not be written \(.+\): free some space"):
        film.write(tmp_path / "file" / "a.mp4", [np.zeros((4, 4, 3), np.uint8)], np.zeros(1))
