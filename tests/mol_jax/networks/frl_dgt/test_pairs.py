"""Which frames are shown together: of their own clip, by the slots that they have in it."""

import jax
import numpy as np
import pytest

from mol_jax.networks.frl_dgt import pairs

CLIPS, SLOTS, SIDE = 15, 16, 2
MARKED = np.arange(CLIPS * SLOTS, dtype=np.uint8).reshape(CLIPS, SLOTS, 1, 1)
FRAMES = np.broadcast_to(MARKED, (CLIPS, SLOTS, SIDE, SIDE))  # each frame is of a grey of its own


def places(shown):
    """Returns (clip, slot) of each frame of pairs [N,2,S,S], int [N,2,2]."""
    shown = np.asarray(shown)
    assert (shown == shown[..., :1, :1]).all() and shown.dtype == np.float32
    marks = np.round((shown[..., 0, 0] + 1) * 127.5).astype(int)
    return np.stack(np.divmod(marks, SLOTS), axis=-1)


def drawn(function, count=200):
    """Returns the places of so many draws, [count,N,2,2]."""
    keys = jax.random.split(jax.random.key(0), count)
    return np.stack([places(shown) for shown in jax.jit(jax.vmap(function))(keys)])


def test_the_annotated_pair_is_onset_and_apex():
    clip, slot = np.moveaxis(places(pairs.annotated(FRAMES)), -1, 0)
    np.testing.assert_array_equal(clip, np.arange(CLIPS)[:, None] + [[0, 0]])
    np.testing.assert_array_equal(slot, np.broadcast_to([0, 3], (CLIPS, 2)))


@pytest.mark.parametrize(("shift", "slots"), [(0, {3}), (1, {2, 3, 4}), (2, {1, 2, 3, 4, 5})])
def test_the_apex_is_drawn_from_those_beside_it(shift, slots):
    found = drawn(lambda key: pairs.near_apex(key, FRAMES, shift))
    assert (found[..., 0] == np.arange(CLIPS)[None, :, None]).all()
    assert (found[:, :, 0, 1] == 0).all()
    assert set(found[:, :, 1, 1].ravel()) == slots


def test_a_random_pair_is_two_different_frames_of_one_clip_in_either_order():
    even = pairs.even(FRAMES, sequence=False)
    found = drawn(lambda key: pairs.random(key, even), count=600)
    assert (found[..., 0] == np.arange(CLIPS)[None, :, None]).all()
    slots = found[..., 1].reshape(-1, 2)
    ordered, counts = np.unique(slots, axis=0, return_counts=True)
    expected = [(a, b) for a in range(6, 16) for b in range(6, 16) if a != b]
    assert [tuple(pair) for pair in ordered] == expected
    assert counts.min() > 60 and counts.max() < 145  # 100 each on average
    assert len({tuple(pair) for pair in found[0, :, :, 1]}) > 1  # each clip draws its own


def test_of_a_sequence_random_pairs_are_of_all_its_frames():
    even = pairs.even(FRAMES[:, :3], sequence=True)
    found = drawn(lambda key: pairs.random(key, even))
    assert set(found[..., 1].ravel()) == {0, 1, 2}
    assert (found[:, :, 0, 1] != found[:, :, 1, 1]).all()


def test_a_sequence_shows_its_onset_with_each_later_frame():
    found = places(pairs.with_onset(FRAMES[:, :4]))
    expected = [[[clip, 0], [clip, later]] for clip in range(CLIPS) for later in (1, 2, 3)]
    np.testing.assert_array_equal(found, expected)


def test_a_magnified_apex_has_moved_up_to_so_many_times_as_far():
    """A ramp of 0.1 a pixel that moves by 2 px to the right loses 0.2 times γ − 1."""
    side, most = 24, 3.0
    ramp = np.broadcast_to(np.float32(0.1) * np.arange(side, dtype=np.float32), (side, side))
    shown = np.broadcast_to(ramp, (50, 2, side, side))
    flow = np.broadcast_to(np.float32([2, 0]), (50, side, side, 2))
    moved = np.asarray(pairs.magnified(jax.random.key(1), shown, flow, most))
    np.testing.assert_array_equal(moved[:, 0], shown[:, 0])
    inside = slice(6, -6)
    lost = (shown - moved)[:, 1, inside, inside] / 0.2
    extra = lost.mean(axis=(1, 2))
    np.testing.assert_allclose(
        lost, np.broadcast_to(extra[:, None, None], lost.shape), rtol=0, atol=1e-4
    )
    assert (extra >= 0).all() and (extra <= most - 1).all()
    assert extra.min() < 0.2 and extra.max() > 1.8
    np.testing.assert_allclose(
        pairs.magnified(jax.random.key(1), shown, 0 * flow, most), shown, atol=1e-5
    )
