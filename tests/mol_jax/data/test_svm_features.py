"""Features against literal loops; one floor for a clip, whatever frames and flow were built."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from data_builders.annotations.annotation import NO_APEX
from data_builders.pixels import flow
from data_builders.records.record import RecordSettings
from mol_jax.data.svm_features import LENGTH, flow_of, of_flow, pair_of

NUMBERS = np.arange(11, 20)  # of nine frames


@pytest.fixture(scope="module")
def frames() -> np.ndarray:
    """Returns nine frames of smooth noise that moves by half a pixel each."""
    rng = np.random.default_rng(0)
    picture = cv2.GaussianBlur(rng.uniform(0, 255, (72, 72)).astype(np.float32), (0, 0), 3)
    picture = cv2.normalize(picture, None, 0, 255, cv2.NORM_MINMAX)
    moves = [np.float32([[1, 0, k / 2], [0, 1, 0]]) for k in range(9)]
    return np.stack([cv2.warpAffine(picture, m, (72, 72), borderMode=4) for m in moves]).astype(
        np.uint8
    )


def record(frames, settings: RecordSettings, *, apex=15, sampled=None):
    """Returns the parts of a record that a pair is made of, built with these settings."""
    at = np.array(sampled if sampled else np.linspace(0, 8, settings.frames).round(), np.int64)
    found = flow.pair_flows(frames, at, settings.flow)
    return {"frames": frames[..., None], "frame_numbers": NUMBERS, "apex": apex, "flow": found}


def features(frames, settings: RecordSettings, **how) -> np.ndarray:
    return of_flow(flow_of(pair_of(record(frames, settings, **how), settings, Path("nowhere"))))


@pytest.mark.parametrize("size", [72, 144])
def test_cells_are_means_of_areas(size):
    field = np.random.default_rng(0).normal(size=(size, size, 2)).astype(np.float16)
    side, expected = size // 12, []
    for row in range(12):
        for column in range(12):
            for part in range(2):
                total = 0.0
                for y in range(row * side, (row + 1) * side):
                    for x in range(column * side, (column + 1) * side):
                        total += float(field[y, x, part])
                expected.append(total / side**2)
    np.testing.assert_allclose(of_flow(field), expected, atol=1e-6)
    assert of_flow(field).shape == (LENGTH,) and of_flow(field).dtype == np.float32
    turned = of_flow(field[::-1])  # and where a cell lies matters
    assert np.abs(turned - of_flow(field)).max() > 0.01


def test_the_floor_is_one_whatever_the_network_is_given(frames):
    onset_apex = features(frames, RecordSettings(2, 72), sampled=[0, 4])
    assert np.abs(onset_apex[::2]).mean() > 1  # four frames of half a pixel
    for settings in (
        RecordSettings(4, 72),
        RecordSettings(2, 72, flow="dis"),
        RecordSettings(4, 72, sampling="tim"),
        RecordSettings(4, 72, phases=2),
    ):
        sampled = [0, 4] if settings.frames == 2 else None
        np.testing.assert_array_equal(features(frames, settings, sampled=sampled), onset_apex)


def test_the_records_own_flow_is_taken_where_it_is_the_one(frames):
    for settings, taken in (
        (RecordSettings(2, 72), True),
        (RecordSettings(2, 72, flow="dis"), False),
        (RecordSettings(4, 72), False),
    ):
        made = record(frames, settings)
        found = pair_of(made, settings, Path("nowhere"))
        assert (found.flow is not None) == taken
        if taken:
            made["flow"][0, :6, :6, 0] += 8
            assert of_flow(flow_of(found))[0] > features(frames, settings)[0] + 7


@pytest.mark.parametrize(("apex", "shown"), [(15, 4), (NO_APEX, 4), (11, 4), (18, 7), (30, 8)])
def test_without_an_apex_the_middle_frame_is_shown(frames, apex, shown):
    settings = RecordSettings(4, 72)
    found = pair_of(record(frames, settings, apex=apex), settings, Path("nowhere"))
    np.testing.assert_array_equal(found.frames, frames[[0, shown]])
