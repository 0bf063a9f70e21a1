"""Every recipe: its shape and type, the parts that it takes, its mirror."""

import dataclasses

import cv2
import numpy as np
import pytest

from data_builders.annotations.annotation import NO_APEX
from data_builders.pixels import interpolation
from mol_jax.data import inputs
from mol_jax.data.landmarks import MIRROR
from mol_jax.data.recipe import RECIPES
from mol_jax.data.recorded import PARTS, RecordedClip

SIDE = 72
RNG = np.random.default_rng(0)
CLIP = RecordedClip(
    np.arange(11, 20),
    15,
    frames=RNG.integers(0, 256, (9, SIDE, SIDE), dtype=np.uint8),
    landmarks=RNG.integers(0, 4 * SIDE, (9, 68, 2)).astype(np.float32) / 4 + 1 / 16,
    flow=RNG.normal(size=(SIDE, SIDE, 2)).astype(np.float16),
    flows=RNG.normal(size=(15, SIDE, SIDE, 2)).astype(np.float16),  # of 16 frames
    units=(4, 7, 25),
)
OF_NO_SIDE = "aus", "has_aus"
RECORD = {
    "frame_numbers": CLIP.numbers,
    "apex": np.int64(15),
    "frames": CLIP.frames[..., None],
    "landmarks": CLIP.landmarks,
    "action_units": "4+L7, 25?",
}


def made(name: str, clip: RecordedClip = CLIP) -> np.ndarray:
    """Returns the input of a clip, of which the recipe is given what it asks for alone."""
    recipe = RECIPES[name]
    other = {part: None for part in PARTS if part not in recipe.of}
    if "flows" in recipe.of:
        other["flows"] = clip.flows[: recipe.shape(SIDE)[0]]
    return recipe.make(dataclasses.replace(clip, **other))


@pytest.mark.parametrize("name", RECIPES)
def test_an_input_has_the_shape_and_the_type_that_its_recipe_says(name):
    blank = RECIPES[name].blank(3, SIDE)
    assert (blank.shape, blank.dtype) == ((3, *made(name).shape), made(name).dtype)
    assert not blank.any() and made(name).any()


def test_the_aligned_size_decides_over_some_shapes_and_not_over_others():
    shapes = {name: recipe.shape(288) for name, recipe in RECIPES.items()}
    assert shapes["key_frames"] == (16, 288, 288) and RECIPES["key_frames"].dtype == np.uint8
    assert shapes["tim_frames"] == (10, 288, 288) and RECIPES["tim_frames"].dtype == np.uint8
    assert shapes["flow_onset_apex"] == (288, 288, 2) and shapes["dynamic_image"] == (288, 288)
    assert shapes["onset_landmarks"] == (68, 2) and shapes["flow_image_28"] == (28, 28, 3)


def test_small_grey_images_are_those_of_the_clip_shrunk():
    apex = cv2.resize(CLIP.frames[4].astype(np.float32), (28, 28), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(made("apex_image_28"), apex / 127.5 - 1, atol=1e-5)
    assert RECIPES["apex_image_28"].shows_apex and not RECIPES["dynamic_image_28"].shows_apex
    means = [CLIP.frames[: q + 1].mean(axis=0) for q in range(9)]
    total = sum(means[q] - means[t] for t in range(9) for q in range(t + 1, 9))
    small = cv2.resize(total, (28, 28), interpolation=cv2.INTER_AREA)
    np.testing.assert_allclose(made("dynamic_image_28"), small / np.abs(small).max(), atol=1e-5)
    still = dataclasses.replace(CLIP, frames=np.repeat(CLIP.frames[:1], 9, axis=0))
    assert not made("dynamic_image_28", still).any() and made("apex_image_28", still).any()


def test_inputs_are_parts_of_the_clip():
    np.testing.assert_array_equal(made("onset_landmarks"), CLIP.landmarks[0])
    np.testing.assert_array_equal(made("flow_onset_apex"), CLIP.flow)
    np.testing.assert_array_equal(made("key_frames")[[0, 3, 15]], CLIP.frames[[0, 4, 8]])
    interpolated = interpolation.interpolate(CLIP.frames, CLIP.numbers, 10)
    np.testing.assert_array_equal(made("tim_frames"), interpolated)


@pytest.mark.parametrize("name", RECIPES)
def test_a_mirrored_input_is_that_of_the_mirrored_clip(name):
    landmarks = np.stack([SIDE - 1 - CLIP.landmarks[..., 0], CLIP.landmarks[..., 1]], axis=-1)
    flow, flows = (
        np.stack([-field[..., ::-1, 0], field[..., ::-1, 1]], axis=-1)
        for field in (CLIP.flow, CLIP.flows)
    )
    other = dataclasses.replace(
        CLIP,
        frames=CLIP.frames[..., ::-1],
        landmarks=landmarks[:, MIRROR],
        flow=flow,
        flows=flows,
    )
    mirror, straight = RECIPES[name].mirror, made(name)
    mirrored = np.asarray(mirror(straight, SIDE))
    np.testing.assert_allclose(mirrored, made(name, other), atol=1e-6)
    assert (mirrored.shape, mirrored.dtype) == (straight.shape, straight.dtype)
    np.testing.assert_array_equal(mirror(mirrored, SIDE), straight)
    moves = np.abs(mirrored.astype(float) - straight).max() > 0.1
    assert moves == (name not in OF_NO_SIDE)


def test_what_is_not_asked_for_is_not_read():
    """A record is refused by a recipe only where it lacks a part that the recipe takes."""
    needs = {"onset_landmarks": "landmarks", "key_frames": "frames", "tim_frames": "frames"}
    needs |= dict.fromkeys(OF_NO_SIDE, "action_units")
    for name, part in needs.items():
        alone = {key: RECORD[key] for key in ("frame_numbers", "apex", part)}
        (begun,) = inputs.begin(alone, (name, "flow")).values()
        np.testing.assert_array_equal(begun, made(name))
        with pytest.raises(KeyError, match=part):
            inputs.begin({key: RECORD[key] for key in ("frame_numbers", "apex")}, (name,))
    assert not inputs.ask_for_flow([*needs, "frames", "flow", "landmarks"])
    assert inputs.ask_for_flow(["flow_onset_apex"]) and inputs.ask_for_flow(["flow_image_28"])


def test_what_waits_for_flow_keeps_nothing_else_of_a_clip():
    (begun,) = inputs.begin(RECORD, ("flow_onset_apex",)).values()
    assert begun.frames is begun.landmarks is begun.flow is None and begun.apex == 15
    flows = [CLIP.flow, 2 * CLIP.flow]
    found = inputs.finish([{"flow_onset_apex": begun} for _ in flows], flows)
    np.testing.assert_array_equal(found["flow_onset_apex"], flows)


def test_without_an_apex_the_middle_frame_is_the_apex():
    (begun,) = inputs.begin(RECORD | {"apex": np.int64(NO_APEX)}, ("flow_onset_apex",)).values()
    assert begun.apex == 15
    (begun,) = inputs.begin(RECORD | {"apex": np.int64(18)}, ("flow_onset_apex",)).values()
    assert begun.apex == 18
