"""Composites: the published table of the three true-scale look-alikes, and what is refused."""

import collections

import pytest

from data_builders.views import composite
from data_builders.views.find import get_view
from data_builders.views.published import EXACT, KNOWN, differences
from mol_jax.errors import UserError
from tests.data_builders import true_scale

# [negative, positive, surprise] of each of the 68 subjects as MEGC 2019 published them.
TABLE = """
casme2/sub01 2 1 0   casme2/sub02 5 1 3  casme2/sub03 4 0 1  casme2/sub04 2 0 0  casme2/sub05 0 1 5
casme2/sub06 1 1 2   casme2/sub07 5 0 0  casme2/sub08 1 0 0  casme2/sub09 5 5 0  casme2/sub11 4 0 0
casme2/sub12 5 2 4   casme2/sub13 0 2 0  casme2/sub14 0 3 0  casme2/sub15 1 1 1  casme2/sub16 1 2 0
casme2/sub17 23 7 1  casme2/sub19 3 3 5  casme2/sub20 2 0 0  casme2/sub21 1 0 0  casme2/sub22 2 0 0
casme2/sub23 7 1 0   casme2/sub24 2 0 1  casme2/sub25 3 0 2  casme2/sub26 9 2 0
smic/1 3 2 1    smic/2 0 1 5   smic/3 22 11 6  smic/4 10 4 5  smic/5 1 0 1   smic/6 2 0 2
smic/8 9 4 0    smic/9 0 1 3   smic/11 3 3 1   smic/12 0 8 1  smic/13 0 10 0 smic/14 3 2 5
smic/15 1 1 2   smic/18 2 0 5  smic/19 0 1 1   smic/20 14 3 5
samm/006 9 0 2  samm/007 1 5 2 samm/009 3 0 1  samm/010 4 0 0 samm/011 13 7 0 samm/012 2 0 1
samm/013 6 0 0  samm/014 2 7 1 samm/015 2 0 1  samm/016 2 1 2 samm/017 3 0 1  samm/018 2 0 1
samm/019 0 1 0  samm/020 2 2 0 samm/021 2 0 0  samm/022 3 2 0 samm/023 1 0 0  samm/024 1 0 0
samm/026 9 0 0  samm/028 1 0 2 samm/030 3 0 0  samm/031 1 0 0 samm/032 4 0 0  samm/033 4 1 0
samm/034 3 0 0  samm/035 7 0 1 samm/036 1 0 0  samm/037 1 0 0
"""
UNION = "casme2/3class_naive+samm/3class"


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    return true_scale.records(tmp_path_factory.mktemp("composite"))


def labelled(view, records):
    found = [(record, view.label(record)) for record in records]
    return [(record, label) for record, label in found if label is not None]


def test_megc2019_has_the_published_clips_of_each_of_its_68_subjects(records):
    view = get_view("composite", "megc2019")
    counts = collections.Counter((r["person"], c) for r, c in labelled(view, records))
    numbers = iter(TABLE.split())
    published = {person: [int(next(numbers)) for _ in range(3)] for person in numbers}
    persons = {person for person, _ in counts}
    assert {p: [counts[p, c] for c in view.classes] for p in persons} == published
    assert len(persons) == view.expected_subjects == 68
    assert counts.total() == view.expected_clips == 442
    assert [sum(row[k] for row in published.values()) for k in range(3)] == [250, 109, 83]


def test_megc2019_is_described_as_any_view_is():
    view = composite.read("megc2019", get_view)
    assert (view.name, view.dataset) == ("megc2019", "composite")
    assert view.classes == ("negative", "positive", "surprise")
    assert [(p.dataset, p.name) for p in composite.parts_of(view)] == [
        ("casme2", "3class_megc2019"),
        ("smic", "3class"),
        ("samm", "3class"),
    ]
    assert "442 clips of 68 subjects" in view.rule and "samm/3class: MEGC2019" in view.rule
    one = get_view("samm", "3class")
    assert composite.parts_of(one) == (one,)


def test_a_union_has_the_clips_of_its_parts(records):
    view = get_view("composite", f" {UNION.replace('+', ' + ')} ")
    assert view.name == UNION
    found = collections.Counter(r["dataset"] for r, _ in labelled(view, records))
    assert found == {"casme2": 147, "samm": 133}
    assert (view.expected_clips, view.expected_subjects) == (280, 52)


def test_classes_are_joined_by_name(tmp_path):
    """The own map's classes stand in another order, and take other labels."""
    own = tmp_path / "own.csv"
    own.write_text("label,class\nsurprise,surprise\nanger,negative\nhappiness,positive\ndisgust,\n")
    view = composite.read(f"casme2/3class_naive+samm/{own}", get_view)
    assert view.classes == ("negative", "positive", "surprise") and view.expected_clips is None
    record = {"subject": "006", "onset": 1, "apex": 2}
    said = [
        view.label(record | {"dataset": dataset, "emotion": emotion})
        for dataset in ("casme2", "samm", "smic")
        for emotion in ("anger", "disgust", "surprise")
    ]
    assert said == [None, "negative", "surprise", "negative", None, "surprise", None, None, None]
    turned = composite.read(f"samm/{own}+casme2/3class_naive", get_view)
    assert turned.classes == ("surprise", "negative", "positive")


def test_the_hash_follows_every_part_and_no_name():
    views_ = [
        composite.read(text, get_view)
        for text in (UNION, "samm/3class+casme2/3class_naive", "casme2/3class_wide+samm/3class")
    ]
    hashes = [view.label_map_hash for view in views_]
    assert hashes[0] == hashes[1] != hashes[2] and len(hashes[0]) == 8
    megc = composite.read("megc2019", get_view)
    spelled = composite.read("casme2/3class_megc2019+smic/3class+samm/3class", get_view)
    assert megc.label_map_hash == spelled.label_map_hash != hashes[0]
    one = get_view("casme2", "3class_naive")
    assert one.label_map_hash != hashes[0]


def test_one_person_of_two_cameras_makes_the_number_of_subjects_unknown():
    view = composite.read("smic/3class+smic_vis/3class", get_view)
    assert view.expected_clips == 235 and view.expected_subjects is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("megc2018", "is none of megc2019, nor two views or more joined by '\\+': write it as"),
        ("", "is none of megc2019"),
        ("samm/3class", "nor two views or more"),
        ("samm/3class+", "nor two views or more"),
        ("+", "nor two views or more"),
        ("samm/3class+casme2", "'casme2' is no view of a dataset, expected DATASET/VIEW"),
        ("samm/3class+/3class", "is no view of a dataset"),
        ("samm/3class+casme2/", "is no view of a dataset"),
        ("samm/3class+composite/megc2019", "is itself a composite"),
        ("samm/3class+casm2/3class_naive", "no dataset named 'casm2': did you mean casme2"),
        ("samm/3class+casme2/3class", "no view of casme2 named '3class'"),
        ("samm/3class+casme2/../../etc", "no view of casme2 named '../../etc'"),
        ("samm/3class+casme2/keine.csv", "there is no file keine.csv"),
        ("samm/3class+samm/5class", "has samm twice, expected a dataset once"),
        (
            "samm/5class+casme2/5class",
            "casme2/5class has the classes happiness, disgust.* but samm",
        ),
        ("samm/3class+casme2/4class", "casme2/4class has the classes negative.*choose views with"),
        ("samm/3class+folder/all", "folder/all has no classes before it is built"),
    ],
)
def test_what_is_no_composite_is_refused(name, words):
    with pytest.raises(UserError, match=words):
        composite.read(name, get_view)


def counts_of(dataset, name, records):
    view = get_view(dataset, name)
    own = [record for record in records if record["dataset"] == dataset]
    return collections.Counter((r["subject"], label) for r, label in labelled(view, own))


@pytest.mark.parametrize(("dataset", "name"), KNOWN)
def test_the_published_tables_are_met_by_the_look_alikes(records, dataset, name):
    found = counts_of(dataset, name, records)
    assert differences(KNOWN[dataset, name], found) == []
    subjects = {subject for subject, _ in KNOWN[dataset, name]} - {""}
    assert len(subjects) in (0, get_view(dataset, name).expected_subjects)


def test_differences_are_named_by_subject_and_class(records):
    found = counts_of("casme2", "3class_megc2019", records)
    found["sub04", "negative"] -= 1
    found["sub10", "positive"] += 2
    assert differences(EXACT["casme2", "3class_megc2019"], found) == [
        "sub04 negative 1 instead of 2",
        "sub10 positive 2 instead of 0",
    ]
    found = counts_of("casme2", "5class", records)
    found["sub18", "others"] -= 1
    assert differences(KNOWN["casme2", "5class"], found) == [
        "sub18 2 instead of 3",
        "others 98 instead of 99",
    ]
