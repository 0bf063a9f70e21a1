"""The views of the long clips: every micro-expression, or the first of each clip."""

import dataclasses

import pytest

from data_builders.smic import long_clips
from data_builders.synthetic.look_alikes import smic
from data_builders.views.find import get_view


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """The long clips of the slow cameras."""
    root, parts = tmp_path_factory.mktemp("slow") / "SMIC", ("vis_long", "nir_long")
    return smic.write_tree(root, faces=False, frames=(4, 5), parts=parts)


def labels(source, view):
    """The class of every clip, by its name."""
    return {clip.clip: view.label(vars(clip)) for clip in source.clips}


def test_the_first_of_each_long_clip_is_a_view_with_the_published_counts(full):
    source, first = long_clips.annotate(full, "smic_hs_e"), get_view("smic_hs_e", "3class_first")
    used = {clip: label for clip, label in labels(source, first).items() if label}
    assert len(used) == first.expected_clips == 157
    subjects = {clip.subject for clip in source.clips if clip.clip in used}
    assert len(subjects) == first.expected_subjects == 16
    every = get_view("smic_hs_e", "3class")
    assert None not in labels(source, every).values() and len(source.clips) == 161
    assert every.expected_clips is None
    assert set(labels(source, every)) - set(used) == {
        *("s3_ne_02_me2", "s4_ne_04_me2", "s4_ne_04_me3", "s9_sur_01_me2")
    }


def test_the_views_differ_in_their_hash():
    first, every = (get_view("smic_hs_e", name) for name in ("3class_first", "3class"))
    assert first.label_map_hash != every.label_map_hash
    other = dataclasses.replace(first, exclude_subjects=("s1",))
    assert len({other.label_map_hash, first.label_map_hash}) == 2
    assert other.label({"clip": "s2_ne_01_me2", "subject": "s2", "emotion": "negative"}) is None


def test_a_first_one_that_is_lost_is_not_replaced_by_the_second(small):
    """So the published count is not met, and training says so."""
    small.edit(D2="?", F2=7, G2=9)
    source = long_clips.annotate(small.root, "smic_hs_e")
    view = get_view("smic_hs_e", "3class_first")
    assert source.clips[0].clip == "s1_ne_01_me2"
    assert sum(label is not None for label in labels(source, view).values()) == 5


@pytest.mark.parametrize("name", ["smic_vis_e", "smic_nir_e"])
def test_the_slow_cameras_at_true_scale_have_71_long_clips(slow, name):
    source = long_clips.annotate(slow, name)
    assert (source.skipped, source.unannotated) == ((), ())
    first = get_view(name, "3class_first")
    used = [clip for clip in source.clips if first.label(vars(clip))]
    assert len(used) == len({clip.folder for clip in source.clips}) == first.expected_clips == 71
    assert len({clip.subject for clip in used}) == first.expected_subjects == 8
    assert get_view(name, "3class").expected_clips is None
