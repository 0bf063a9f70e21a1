"""Disturbed records: what each disturbance changes, by how much, and what it leaves alone."""

import numpy as np
import pytest

from data_builders.pixels import flow, sampling
from mol_jax.data.disturbed import Disturbance, disturbed, flows
from mol_jax.data.svm_features import Pair
from tests.mol_jax.moved import built

SAME = Disturbance()


def frames(record):
    return record["frames"][..., 0].astype(int)


@pytest.fixture
def record():
    return built.records()[0]


def test_undisturbed_it_is_the_record(record):
    found = disturbed(record, SAME)
    for key in ("frames", "landmarks", "frame_numbers", "apex"):
        np.testing.assert_array_equal(found[key], record[key])
    assert {*record} - {*found} == {"flow"}, "which is of the frames as they were"


def test_a_face_is_pushed_with_its_landmarks(record):
    found = disturbed(record, Disturbance(offset=3 / built.SIDE))
    np.testing.assert_array_equal(frames(found)[:, 3:, 3:], frames(record)[:, :-3, :-3])
    np.testing.assert_allclose(found["landmarks"], record["landmarks"] + 3, atol=1e-4)


def test_frames_jitter_each_into_its_direction_and_the_onset_stays(record):
    how = Disturbance(jitter=2 / built.SIDE)
    found, other = disturbed(record, how), disturbed(built.records()[1], how)
    by = (found["landmarks"] - record["landmarks"])[:, 0]
    np.testing.assert_allclose(np.hypot(*by.T), [0] + [2] * (built.FRAMES - 1), atol=1e-4)
    assert len(np.unique(by.round(3), axis=0)) == built.FRAMES
    np.testing.assert_array_equal(frames(found)[0], frames(record)[0])
    assert np.abs(frames(found)[1] - frames(record)[1]).mean() > 1
    again = disturbed(record, how)
    np.testing.assert_array_equal(frames(again), frames(found))
    theirs = (other["landmarks"] - built.records()[1]["landmarks"])[1:, 0]
    assert not np.allclose(theirs, by[1:], atol=0.1)


def test_frames_are_left_out_from_the_onset_on(record):
    found = disturbed(record, Disturbance(every=5))
    assert found["frame_numbers"].tolist() == record["frame_numbers"][[0, 5, 10]].tolist()
    np.testing.assert_array_equal(frames(found), frames(record)[[0, 5, 10]])
    at = sampling.onset_and_apex(found["frame_numbers"], found["apex"])
    assert at.tolist() == [0, 1]  # the seventh frame is the apex, the sixth is there


@pytest.mark.parametrize(
    "hows",
    [
        [Disturbance(quality=quality) for quality in (100, 50, 5)],
        [Disturbance(scale=scale) for scale in (0.9, 0.5, 0.2)],
    ],
)
def test_less_of_a_picture_is_left_the_lower_the_level(record, hows):
    errors = [np.abs(frames(disturbed(record, how)) - frames(record)).mean() for how in hows]
    assert 0 < errors[0] < errors[1] < errors[2]
    assert errors[0] < 3


def test_flow_is_found_by_the_program_that_is_named(record):
    at = sampling.onset_and_apex(record["frame_numbers"], record["apex"])
    pair = Pair(record["frames"][at, ..., 0], None, built)
    tvl1, dis, other = (flows([pair], name)[0] for name in ("", "dis", "farneback"))
    np.testing.assert_array_equal(dis, flow.dis(*pair.frames).astype(np.float16))
    np.testing.assert_array_equal(tvl1, record["flow"][0])
    moved = np.median(other, (0, 1))
    assert np.hypot(*(moved - np.median(tvl1, (0, 1)))) < 0.5 < np.hypot(*moved)
    assert np.abs(other - dis).max() > 0.01
