"""Which frames are shown where key frames are moved, against a literal loop; what recipes see."""

import numpy as np
import pytest

from mol_jax.data import inputs, key_frames
from mol_jax.data.moved import UNMOVED, Shift, moved, shown
from mol_jax.data.recipe import RECIPES
from mol_jax.data.recorded import recorded
from tests.mol_jax.data.test_key_frames import CLIPS, clip_of


def record_of(name: str) -> dict:
    """Returns a clip as a record."""
    clip = clip_of(name)
    return {
        "frame_numbers": clip.numbers,
        "apex": clip.apex,
        "frames": clip.frames[..., None],
        "landmarks": clip.frames[:, :1, :1].repeat(2, -1),
    }


SHIFTS = [Shift(onset=by) for by in (0.1, 0.3, 0.9)]
SHIFTS += [Shift(apex=by) for by in (-0.9, -0.3, -0.1, 0.1, 0.3, 0.9)]


def literally(numbers: list[int], apex: int, shift: Shift) -> tuple[int, int]:
    """Returns the numbers of the onset and the apex that are shown."""

    def nearest(wanted, among):
        best = among[0]
        for number in among:
            if abs(number - wanted) < abs(best - wanted):
                best = number
        return best

    first = numbers[0]
    before = nearest(apex, numbers[1:] or numbers)
    earlier = [number for number in numbers if number < before] or [first]
    onset = nearest(first + shift.onset * (apex - first), earlier)
    return onset, nearest(apex + shift.apex * (apex - first), numbers[1:] or numbers)


@pytest.mark.parametrize("name", CLIPS)
def test_onset_and_apex_are_those_of_a_literal_loop(name):
    clip = clip_of(name)
    numbers = clip.numbers.tolist()
    for shift in SHIFTS:
        frames = shown(clip.numbers, clip.apex, shift)
        expected = literally(numbers, clip.apex, shift)
        assert frames[:2] == expected
        other = recorded(moved(record_of(name), shift), ("frames",))
        at = numbers.index(expected[0])
        np.testing.assert_array_equal(other.numbers, clip.numbers[at:])
        np.testing.assert_array_equal(other.frames, clip.frames[at:])
        slots = key_frames.indices(other)
        assert other.numbers[slots[0]] == expected[0]
        assert other.numbers[slots[key_frames.APEX]] == expected[1]
        if len(numbers) > 1:
            assert expected[0] < expected[1] <= numbers[-1], "there is a motion to see"


@pytest.mark.parametrize("name", CLIPS)
def test_what_is_not_moved_is_the_clip_itself(name):
    clip, record = clip_of(name), record_of(name)
    same = moved(record, UNMOVED)
    for key in record:
        np.testing.assert_array_equal(same[key], record[key])
    frames = shown(clip.numbers, clip.apex, UNMOVED)
    assert frames.before == frames[:2] and not frames.asked and not frames.share


@pytest.mark.parametrize(
    ("name", "shift", "frames", "stayed", "short"),
    [
        ("a usual one", Shift(onset=0.3), (50, 59), False, False),  # 46 + 3.9
        ("a usual one", Shift(apex=0.3), (46, 63), False, False),
        ("a usual one", Shift(apex=-0.3), (46, 55), False, False),
        ("an apex near the offset", Shift(apex=0.3), (46, 86), False, True),
        ("an apex at the offset", Shift(apex=0.1), (46, 86), True, False),
        ("an apex right after the onset", Shift(onset=0.3), (46, 47), True, False),
        ("an absent apex", Shift(apex=0.3), (10, 17), False, False),  # from 12 on disk
        ("one frame", Shift(onset=0.9), (7, 7), True, False),
        ("two frames", Shift(apex=-0.9), (3, 4), True, False),
        ("nothing but the onset near the apex", Shift(onset=0.9), (1, 20), True, False),
    ],
)
def test_clips_that_cannot_move_so_far_are_known(name, shift, frames, stayed, short):
    clip = clip_of(name)
    found = shown(clip.numbers, clip.apex, shift)
    assert found[:2] == frames
    assert (found.stayed, found.short) == (stayed, short)


def record(frames: int = 9) -> dict:
    """Returns a record whose every frame and every face is its own; no apex is annotated."""
    rng = np.random.default_rng(3)
    return {
        "frame_numbers": np.arange(20, 20 + frames),
        "apex": np.int64(-1),
        "frames": rng.integers(0, 256, (frames, 36, 36, 1), dtype=np.uint8),
        "landmarks": rng.normal(size=(frames, 68, 2)).astype(np.float32),
        "action_units": "4+L7, 25?",
    }


def made(shift: Shift) -> dict[str, np.ndarray]:
    """Returns what every recipe makes of `record`, but those of any flow."""
    reads = [name for name in RECIPES if not {"flow", "flows"} & {*RECIPES[name].of}]
    return inputs.begin(moved(record(), shift), reads)


def test_every_recipe_sees_the_onset_that_is_shown():
    """As if the clip began there, with the apex where it was: the middle of the whole clip."""
    whole, found = record(), made(Shift(onset=0.5))
    cut = {key: whole[key][2:] for key in ("frame_numbers", "frames", "landmarks")}
    expected = inputs.begin(whole | cut | {"apex": np.int64(24)}, list(found))
    for name in expected:
        np.testing.assert_array_equal(found[name], expected[name])
        stays = np.array_equal(found[name], made(UNMOVED)[name])
        same_frame = name.startswith("apex_image") or RECIPES[name].of == ("units",)
        assert stays == same_frame, name
    np.testing.assert_array_equal(found["onset_landmarks"], whole["landmarks"][2])


def test_a_moved_apex_is_in_the_slots_about_it_alone():
    before, found = made(UNMOVED)["key_frames"], made(Shift(apex=-0.25))["key_frames"]
    frames = record()["frames"][..., 0]
    np.testing.assert_array_equal(found[key_frames.AROUND_APEX], frames[1:6])
    np.testing.assert_array_equal(before[key_frames.AROUND_APEX], frames[2:7])
    at = np.r_[0, key_frames.FROM_ONSET_TO_OFFSET]
    np.testing.assert_array_equal(found[at], before[at])
