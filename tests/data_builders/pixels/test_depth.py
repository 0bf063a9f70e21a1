import cv2
import numpy as np
import pytest

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.pixels import depth, frames
from data_builders.pixels.images import Whites
from mol_jax.errors import UserError


def ramp(largest: int) -> np.ndarray:
    """Values from 0 to `largest`, [20, 30]."""
    return np.linspace(0, largest, 600).reshape(20, 30).round()


def clip(root, name: str, images: list[np.ndarray], kind: str = "png") -> ClipAnnotation:
    (root / name).mkdir()
    for number, image in enumerate(images, start=1):
        assert cv2.imwrite(str(root / name / f"img{number}.{kind}"), image)
    last = len(images)
    return ClipAnnotation("folder", "s", "folder/s", name, "x", "", 1, -1, last, root / name)


def read(one: ClipAnnotation, whites: Whites) -> np.ndarray:
    return frames.read_clip(list(frames.index_frames(one.folder).values()), whites)


@pytest.mark.parametrize("kind", ["png", "tif", "pgm"])
@pytest.mark.parametrize(
    ("largest", "white"),
    [(200, 255), (1000, 1023), (4080, 4095), (16000, 16383), (65535, 65535), (40000, 65535)],
)
def test_one_white_for_all_keeps_brightness_within_and_between_clips(
    tmp_path, kind, largest, white
):
    bright, dim = ramp(largest).astype(np.uint16), ramp(largest // 2).astype(np.uint16)
    clips = [clip(tmp_path, "a", [dim, dim], kind), clip(tmp_path, "b", [dim, bright], kind)]
    found = depth.measure(clips, 2)
    assert found.whites.integer == white
    a, b = (read(one, found.whites).astype(float) for one in clips)
    np.testing.assert_array_equal(a[1], b[0])  # one camera, whatever else the clip holds
    expected = np.stack([dim, bright]) * 255.0 / white
    assert np.abs(b - expected).max() <= 0.5
    assert len(np.unique(b[1])) >= 100
    (kind,) = found.as_metadata()
    assert (kind["values"], kind["images"], kind["clips"]) == ("integer", 4, 2)
    assert (kind["largest"], kind["white"], kind["dark"]) == (largest, white, [])


def test_colour_of_12_bits_is_measured_as_its_grey(tmp_path):
    image = cv2.merge([ramp(4000).astype(np.uint16)] * 3)
    assert depth.measure([clip(tmp_path, "a", [image])], 1).whites.integer == 4095


@pytest.mark.parametrize(
    ("largest", "white"), [(1, 1), (0.7, 1), (255, 255), (4000, 4095), (60000, 65535)]
)
def test_floating_point_values_are_fractions_or_bits(tmp_path, largest, white):
    values = (ramp(1000) / 1000 * largest).astype(np.float32)
    one = clip(tmp_path, "a", [values], "tif")
    found = depth.measure([one], 1)
    assert found.whites.real == white
    assert read(one, found.whites).max() == round(255 * largest / white)


def test_images_of_8_bits_beside_deep_ones_stay_as_they_are(tmp_path):
    flat = ramp(255).astype(np.uint8)
    clips = [clip(tmp_path, "a", [flat]), clip(tmp_path, "b", [ramp(4095).astype(np.uint16)])]
    found = depth.measure(clips, 1)
    np.testing.assert_array_equal(read(clips[0], found.whites)[0], flat)
    assert [kind["images"] for kind in found.as_metadata()] == [1]
    assert depth.measure(clips[:1], 1).as_metadata() == []


def test_a_dark_clip_of_many_bits_keeps_its_levels_where_all_are_dark(tmp_path):
    dark = clip(tmp_path, "a", [ramp(3000).astype(np.uint16)])
    assert len(np.unique(read(dark, depth.measure([dark], 1).whites))) > 150


@pytest.mark.parametrize("largest", [4080, 255])
def test_cameras_of_two_depths_are_refused(tmp_path, largest):
    clips = [
        clip(tmp_path, "a", [ramp(largest).astype(np.uint16)]),
        clip(tmp_path, "b", [ramp(65000).astype(np.uint16)]),
    ]
    with pytest.raises(UserError, match=rf"of s/a hold .* {largest}, .*b/img1.png holds 65000: .*"):
        depth.measure(clips, 1)


def test_one_pixel_brighter_than_all_others_does_not_make_the_rest_dark(tmp_path):
    image = ramp(4000).astype(np.uint16)
    image[3, 3] = 65535
    with pytest.raises(UserError, match=r"most of them below .* 1. of 256 grey levels"):
        depth.measure([clip(tmp_path, "a", [image])], 1)


def test_a_black_clip_stops_nothing(tmp_path):
    clips = [
        clip(tmp_path, "a", [np.zeros((20, 30), np.uint16)]),
        clip(tmp_path, "b", [ramp(4000).astype(np.uint16)]),
    ]
    assert depth.measure(clips, 1).whites.integer == 4095


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (ramp(17).astype(np.float32) / 10, "floating-point values up to 1.7, expected 0 to 1"),
        (ramp(100).astype(np.int32) * 10000, r"values up to 1e\+06, expected at most 65535"),
    ],
)
def test_values_of_no_known_scale_are_refused(tmp_path, values, said):
    with pytest.raises(UserError, match=said):
        depth.measure([clip(tmp_path, "a", [values], "tif")], 1)


def test_a_clip_far_darker_than_the_others_is_named(tmp_path):
    clips = [
        clip(tmp_path, "a", [ramp(14000).astype(np.uint16)]),
        clip(tmp_path, "b", [ramp(65000).astype(np.uint16)]),
    ]
    (kind,) = depth.measure(clips, 1).as_metadata()
    assert kind["dark"] == ["s/a"] and "1 clip far darker than white" in depth.darkness(kind)
    assert depth.darkness({**kind, "dark": []}) == ""


def test_a_clip_of_images_of_two_depths_is_named(tmp_path):
    deep = ramp(4000).astype(np.uint16)
    clips = [
        clip(tmp_path, "a", [deep, deep]),
        clip(tmp_path, "b", [deep, ramp(200).astype(np.uint8)]),
    ]
    (kind,) = depth.measure(clips, 1).as_metadata()
    assert kind["mixed"] == ["s/b"] and "1 clip of which some" in depth.mixture(kind)
    assert depth.mixture({**kind, "mixed": []}) == ""
