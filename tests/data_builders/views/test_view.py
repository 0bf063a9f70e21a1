import collections
import dataclasses

import pytest

from data_builders.datasets import VIEW_MODULES
from data_builders.views.find import get_view, views_of
from mol_jax.errors import UserError

EMOTIONS = {
    "others": 99,
    "disgust": 63,
    "happiness": 32,
    "repression": 27,
    "surprise": 25,
    "sadness": 7,
    "fear": 2,
}


@pytest.fixture(scope="module")
def records():
    """255 made-up records with the workbook's counts, its two unusable apexes and its sub18."""
    made = [
        {"emotion": emotion, "subject": "sub01", "onset": 10, "apex": 15}
        for emotion, count in EMOTIONS.items()
        for _ in range(count)
    ]
    for other in made[:3]:
        other["subject"] = "sub18"
    disgust = made[EMOTIONS["others"] :]
    disgust[0]["apex"], disgust[1]["apex"] = -1, 10
    return made


@pytest.mark.parametrize(
    ("name", "classes"),
    {
        "5class": {"happiness": 32, "disgust": 63, "repression": 27, "surprise": 25, "others": 99},
        "5class_release": {
            "happiness": 32,
            "disgust": 63,
            "repression": 27,
            "surprise": 25,
            "others": 96,
        },
        "3class_megc2019": {"negative": 88, "positive": 32, "surprise": 25},
        "3class_naive": {"negative": 90, "positive": 32, "surprise": 25},
        "3class_wide": {"negative": 99, "positive": 32, "surprise": 25},
        "4class": {"negative": 72, "positive": 32, "surprise": 25, "others": 126},
    }.items(),
)
def test_casme2_views_count_as_published(records, name, classes):
    view = get_view("casme2", name)
    labels = collections.Counter(view.label(record) for record in records)
    labels.pop(None, None)
    assert labels == classes
    assert labels.total() == view.expected_clips
    assert set(view.classes) == set(classes)


SAMM = {
    "anger": 57,
    "happiness": 26,
    "other": 26,
    "surprise": 15,
    "contempt": 12,
    "disgust": 9,
    "fear": 8,
    "sadness": 6,
}
SMIC = {"negative": 70, "positive": 51, "surprise": 43}


@pytest.mark.parametrize(
    ("dataset", "name", "raw", "classes"),
    [
        (
            *("samm", "5class", SAMM),
            {"anger": 57, "happiness": 26, "contempt": 12, "surprise": 15, "others": 26},
        ),
        ("samm", "3class", SAMM, {"negative": 92, "positive": 26, "surprise": 15}),
        ("smic", "3class", SMIC, SMIC),
    ],
)
def test_samm_and_smic_views_count_as_published(dataset, name, raw, classes):
    view = get_view(dataset, name)
    without_apex = {"subject": "006", "onset": 10, "apex": -1}
    labels = collections.Counter()
    for emotion, count in raw.items():
        labels[view.label({"emotion": emotion, **without_apex})] += count
    labels.pop(None, None)
    assert labels == classes
    assert labels.total() == view.expected_clips
    assert set(view.classes) == set(classes)


def test_samm_writes_other_in_two_ways():
    record = {"emotion": "others", "subject": "006", "onset": 10, "apex": 15}
    assert get_view("samm", "5class").label(record) == "others"
    assert get_view("samm", "3class").label(record) is None


def test_every_view_is_of_its_dataset_and_real_ones_have_published_subjects():
    subjects = {
        (view.dataset, view.name): view.expected_subjects
        for dataset in VIEW_MODULES
        for view in views_of(dataset).values()
    }
    assert {dataset for dataset, _ in subjects} == set(VIEW_MODULES)
    assert {key: n for key, n in subjects.items() if key[0] not in ("synthetic", "folder")} == {
        ("casme2", "5class"): 26,
        ("casme2", "5class_release"): 25,
        ("casme2", "3class_megc2019"): 24,
        ("casme2", "3class_naive"): 24,
        ("casme2", "3class_wide"): 25,
        ("casme2", "4class"): 26,
        ("samm", "5class"): 28,
        ("samm", "3class"): 28,
        ("smic", "3class"): 16,
        ("smic_vis", "3class"): 8,
        ("smic_nir", "3class"): 8,
        ("smic_hs_e", "3class"): None,
        ("smic_hs_e", "3class_first"): 16,
        ("smic_vis_e", "3class"): None,
        ("smic_vis_e", "3class_first"): 8,
        ("smic_nir_e", "3class"): None,
        ("smic_nir_e", "3class_first"): 8,
        ("affwild2", "8class"): None,
        ("affwild2", "7class"): None,
        ("affwild2", "3class"): None,
    }


def test_generated_clips_have_the_same_rules_but_no_expected_count(records):
    for view in views_of("synthetic").values():
        real = get_view("casme2", view.name)
        assert view.dataset == "synthetic"
        assert view.expected_clips is None and view.expected_subjects is None
        assert [view.label(r) for r in records] == [real.label(r) for r in records]


def test_hash_names_what_decides_a_label():
    view = get_view("casme2", "3class_naive")
    assert len(view.label_map_hash) == 8 and int(view.label_map_hash, 16) >= 0
    same = dataclasses.replace(
        view, name="other", rule="other", expected_clips=1, expected_subjects=1
    )
    assert same.label_map_hash == view.label_map_hash
    different = [
        dataclasses.replace(view, needs_apex=True),
        dataclasses.replace(view, exclude_subjects=("sub18",)),
        dataclasses.replace(view, classes=view.classes[::-1]),
        dataclasses.replace(view, mapping={**view.mapping, "fear": "negative"}),
    ]
    assert len({v.label_map_hash for v in [view, *different]}) == 5


def test_unknown_names_are_refused_with_the_nearest():
    with pytest.raises(UserError, match=r"no dataset named 'casme2x': did you mean casme2\?"):
        get_view("casme2x", "5class")
    with pytest.raises(UserError, match=r"did you mean 3class_megc2019\? Known: 5class, "):
        get_view("casme2", "megc2019")


def test_views_import_nothing_heavy():
    import subprocess
    import sys

    code = (
        "import sys; from data_builders.views import find; find.views_of('casme2');"
        "print([m for m in ('numpy', 'cv2', 'jax', 'tensorflow_datasets') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
