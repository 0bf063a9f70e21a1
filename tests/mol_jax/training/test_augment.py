"""A crop or a mirror moves pixels, flow and landmarks together."""

import chex
import cv2
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from mol_jax.data.clips import ClipTable
from mol_jax.data.landmarks import MIRROR
from mol_jax.data.recipe import RECIPES, Recipe
from mol_jax.training import augment
from tests.mol_jax import tiny

SIZE = 64


def one_clip(seed: int = 0) -> ClipTable:
    return jax.tree.map(lambda leaf: jnp.asarray(leaf[0]), tiny.table(3, frames=4, seed=seed))


def dots(points: np.ndarray, size: int) -> np.ndarray:
    """Draws a bright pixel at every whole (x, y) of [t, m, 2] into black frames [t, size, size]."""
    frames = np.zeros((len(points), size, size), np.uint8)
    for frame, row in zip(frames, points.astype(int), strict=True):
        frame[row[:, 1], row[:, 0]] = 255
    return frames


def test_mirror_is_its_own_inverse():
    clip = augment.crop(one_clip(), jnp.array([3, 5]), SIZE)
    mirrored = augment.mirror(clip, SIZE, 72)
    chex.assert_trees_all_close(augment.mirror(mirrored, SIZE, 72), clip, atol=1e-4)


def test_mirror_swaps_left_and_right_points_only():
    assert sorted(MIRROR) == list(range(68))
    np.testing.assert_array_equal(MIRROR[MIRROR], np.arange(68))
    middle = np.flatnonzero(np.arange(68) == MIRROR)
    np.testing.assert_array_equal(middle, [8, 27, 28, 29, 30, 33, 51, 57, 62, 66])


@pytest.mark.parametrize("seed", range(5))
def test_landmarks_stay_on_their_pixels(seed):
    rng = np.random.default_rng(seed)
    points = rng.integers(10, 62, (4, 68, 2))
    clip = one_clip().replace(
        frames=jnp.asarray(dots(points, 72)), landmarks=jnp.asarray(points, jnp.float32)
    )
    moved = augment.draw(
        jax.random.key(seed), clip, side=72, size=SIZE, jitter=jnp.float32(1), flip=jnp.float32(0.5)
    )
    inside = ((moved.landmarks >= 0) & (moved.landmarks < SIZE)).all(axis=-1)
    x, y = np.moveaxis(np.asarray(moved.landmarks, int), -1, 0)
    frame = np.broadcast_to(np.arange(4)[:, None], x.shape)
    lit = np.asarray(moved.frames)[frame, y.clip(0, SIZE - 1), x.clip(0, SIZE - 1)]
    assert inside.mean() > 0.9
    assert (lit[np.asarray(inside)] == 255).all()


@pytest.mark.parametrize("flip", [0.0, 1.0])
def test_flow_still_carries_one_frame_to_the_next(flip):
    """The picture grows and turns, so that each place has a flow of its own."""
    noise = np.random.default_rng(0).uniform(0, 255, (72, 72))
    first = cv2.GaussianBlur(noise, (0, 0), 3)
    first = 128 + 40 * (first - first.mean()) / first.std()
    motion = np.array([[1.06, -0.03, 0.0], [0.05, 1.0, -1.0]])  # of a point (x, y, 1)
    second = cv2.warpAffine(first, motion, (72, 72), flags=cv2.INTER_CUBIC)
    y, x = np.mgrid[:72, :72]
    carried = np.stack([x, y, np.ones_like(x)], axis=-1) @ motion.T
    clip = one_clip().replace(
        frames=jnp.asarray(np.stack([first, second]).clip(0, 255).round().astype(np.uint8)),
        flow=jnp.asarray((carried - np.stack([x, y], axis=-1))[None], jnp.float16),
    )
    moved = augment.draw(
        jax.random.key(0), clip, side=72, size=SIZE, jitter=jnp.float32(1), flip=jnp.float32(flip)
    )
    frames, flow = np.asarray(moved.frames, np.float32), np.asarray(moved.flow, np.float32)
    y, x = np.mgrid[:SIZE, :SIZE].astype(np.float32)
    warped = cv2.remap(frames[1], x + flow[0, ..., 0], y + flow[0, ..., 1], cv2.INTER_LINEAR)
    error, still = (np.abs(one - frames[0])[8:-8, 8:-8] for one in (warped, frames[1]))
    assert error.mean() < 0.6 and still.mean() > 6


def test_no_jitter_and_no_flip_is_the_centre_crop():
    clip = one_clip()
    still = augment.draw(
        jax.random.key(0), clip, side=72, size=SIZE, jitter=jnp.float32(0), flip=jnp.float32(0)
    )
    chex.assert_trees_all_equal(still, augment.centre(clip, side=72, size=SIZE))
    np.testing.assert_array_equal(still.frames, clip.frames[:, 4:68, 4:68])


def test_crops_reach_every_corner_and_flips_happen_at_their_rate():
    clip = one_clip()

    def drawn_chin(key):
        flip = jnp.float32(0.25)
        return augment.draw(
            key, clip, side=72, size=SIZE, jitter=jnp.float32(1), flip=flip
        ).landmarks[0, 8]

    chin = np.asarray(jax.jit(jax.vmap(drawn_chin))(jax.random.split(jax.random.key(0), 4000)))
    x, y = np.asarray(clip.landmarks[0, 8])
    corner_y = (y - chin[:, 1]).round().astype(int)
    assert set(corner_y) == set(range(9))
    unflipped = (x - chin[:, 0]).round(3)
    rate = np.mean([value not in np.arange(9.0) for value in unflipped])
    assert abs(rate - 0.25) < 0.03


def test_pixels_become_numbers_from_minus_one_to_one():
    clips = jax.tree.map(lambda leaf: leaf[None], one_clip())
    clips = clips.replace(frames=clips.frames.at[0, 0, 0, :3].set(jnp.array([0, 51, 255], "uint8")))
    batch = augment.to_batch(clips)
    np.testing.assert_allclose(batch.frames[0, 0, 0, :3], [-1, -0.6, 1], atol=1e-6)
    assert augment.to_batch(clips, jnp.bfloat16).landmarks.dtype == jnp.float32


def test_inputs_of_whole_numbers_stay_as_they_are_and_others_are_float32():
    clips = jax.tree.map(lambda leaf: leaf[None], one_clip())
    levels, field = jnp.arange(6, dtype=jnp.uint8)[None], jnp.ones((1, 2), jnp.float16)
    made = augment.to_batch(clips.replace(inputs={"levels": levels, "field": field}), jnp.bfloat16)
    assert made.inputs["levels"].dtype == jnp.uint8 and made.inputs["field"].dtype == jnp.float32
    np.testing.assert_array_equal(made.inputs["levels"], levels)


def test_an_input_is_mirrored_as_its_recipe_says_and_not_cropped(monkeypatch):
    recipe = Recipe((), lambda side: (3,), None, lambda x, side: side - x)
    monkeypatch.setitem(RECIPES, "grey", recipe)
    grey = jnp.asarray([1.0, 2.0, 3.0])
    clip = one_clip().replace(frames=None, flow=None, landmarks=None, inputs={"grey": grey})
    for flip, expected in ((0.0, grey), (1.0, 72 - grey)):  # of the aligned image, not of the crop
        how = {"jitter": jnp.float32(1), "flip": jnp.float32(flip)}
        drawn = augment.draw(jax.random.key(0), clip, side=72, size=SIZE, **how)
        np.testing.assert_array_equal(drawn.inputs["grey"], expected)
        assert drawn.frames is None and drawn.landmarks is None


@pytest.mark.parametrize("name", ["frames", "flow", "landmarks"])
def test_what_is_not_read_changes_nothing_of_the_rest(name):
    how = {"side": 72, "size": SIZE, "jitter": jnp.float32(1), "flip": jnp.float32(1)}
    whole = augment.draw(jax.random.key(1), one_clip(), **how)
    part = augment.draw(jax.random.key(1), one_clip().replace(**{name: None}), **how)
    assert getattr(part, name) is None
    chex.assert_trees_all_equal(part, whole.replace(**{name: None}))
