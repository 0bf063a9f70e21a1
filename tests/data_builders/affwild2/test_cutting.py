import dataclasses

import numpy as np
import pytest

from data_builders.affwild2.classes import EIGHT
from data_builders.affwild2.cutting import Counts, Rule, cut
from data_builders.affwild2.labels import Labels
from mol_jax.errors import UserError

RULE = Rule(length=4, stride=6, gap=1, most=100)


def made(values, numbers=None, **changes):
    """Clips as (label, first, last), and the counts."""
    labels = Labels(EIGHT, np.array(values, np.int8))
    numbers = range(1, len(values) + 1) if numbers is None else numbers
    clips, counts = cut(labels, numbers, dataclasses.replace(RULE, **changes))
    return [(clip.label, clip.first, clip.last) for clip in clips], counts


def test_clips_begin_every_stride_frames_as_far_as_they_fit():
    assert made([4] * 15)[0] == [("happiness", 1, 4), ("happiness", 7, 10)]
    assert made([4] * 16)[0] == [("happiness", k, k + 3) for k in (1, 7, 13)]
    assert made([4] * 4)[0] == [("happiness", 1, 4)]
    assert made([4] * 3)[0] == []
    assert made([4] * 4 + [0])[0] == [("happiness", 1, 4)]


def test_frame_k_has_the_kth_label():
    clips, counts = made([0] * 5 + [7] * 4 + [1] * 2)
    assert clips == [("neutral", 1, 4), ("other", 6, 9)]
    assert counts == Counts(videos=1, frames=11, short_runs=1, possible=2, clips=2)


def test_a_frame_nobody_labelled_ends_a_run():
    clips, counts = made([2] * 3 + [-1] + [2] * 4, gap=5)
    assert clips == [("disgust", 5, 8)] and counts.ignored == 1
    assert made([-1] * 9)[0] == []


def test_a_gap_longer_than_allowed_ends_a_run():
    values = [3] * 12
    without = [1, 2, 3, 5, 6, 9, 10, 11, 12]  # 4 is one frame, 7 and 8 are two
    assert made(values, without)[0] == [("fear", 1, 4), ("fear", 9, 12)]
    assert made(values, without, gap=2)[0] == [("fear", 1, 4), ("fear", 7, 10)]
    assert made(values, without, gap=0)[0] == [("fear", 9, 12)]


def test_a_run_begins_and_ends_with_an_image():
    assert made([3] * 9, [3, 4, 5, 6, 8])[0] == [("fear", 3, 6)]
    assert made([3] * 9, [3, 4, 5])[0] == []


def test_another_label_ends_a_run_even_without_an_image():
    assert made([3, 3, 5, 3, 3], [1, 2, 4, 5])[0] == []
    assert made([3, 3, 3, 3, 3], [1, 2, 4, 5])[0] == [("fear", 1, 4)]


def test_images_and_labels_without_the_other_are_counted():
    clips, counts = made([0] * 6 + [-1] * 2, [0, 1, 2, 3, 4, 7, 9, 10, 10**17])
    assert clips == [("neutral", 1, 4)]
    assert (counts.without_label, counts.without_image, counts.ignored) == (4, 2, 2)
    assert made([0] * 6, [])[1] == Counts(videos=1, frames=6, without_image=6)
    assert made([0] * 6, [7, 8])[1].without_label == 2


def test_the_kept_clips_of_a_label_are_spread_over_the_video():
    values = [1] * 60 + [6] * 10 + [1] * 60
    everything = made(values)[0]
    clips, counts = made(values, most=3)
    anger = [clip for clip in everything if clip[0] == "anger"]
    assert [clip for clip in clips if clip[0] == "anger"] == [anger[k] for k in (0, 10, 19)]
    assert sum(clip[0] == "surprise" for clip in clips) == 2
    assert (counts.possible, counts.clips) == (len(everything), 5)
    assert [clip[1] for clip in clips] == sorted(clip[1] for clip in clips)


def test_the_order_of_the_numbers_does_not_matter():
    numbers = np.random.default_rng(0).permutation(np.arange(1, 41)).tolist()
    assert made([5] * 40, numbers) == made([5] * 40)


@pytest.mark.parametrize("name", ["length", "stride", "gap", "most"])
def test_a_rule_out_of_range_is_refused(name):
    with pytest.raises(UserError, match=rf"{name} is -1, expected at least \d"):
        Rule(**{name: -1})


def test_counts_add_up():
    total = Counts(videos=1, frames=5, clips=2)
    total.add(Counts(videos=1, frames=7, ignored=3))
    assert total == Counts(videos=2, frames=12, ignored=3, clips=2)
