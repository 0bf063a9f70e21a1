"""A table gets a task's name only with exactly its clips, and is told how it differs otherwise."""

import dataclasses
from collections import Counter

import pytest

from data_builders.datasets import VIEW_MODULES
from data_builders.views.find import views_of
from mol_jax.errors import UserError
from mol_jax.scoring import clip_sets
from mol_jax.scoring.clip_sets import (
    TASKS,
    Held,
    describe,
    difference,
    find,
    held,
    identify,
    require,
)
from mol_jax.scoring.predictions import Prediction
from tests.mol_jax import published_log


def of(task, **changes) -> Held:
    """Returns what a table of a task's clips holds."""
    counts = task.counts or {f"c{n}": task.n // task.classes for n in range(task.classes)}
    counts = dict(counts)
    counts[next(iter(counts))] += task.n - sum(counts.values())
    found = Held(task.parts or {task.dataset: task.n}, counts, task.subjects or 20)
    return dataclasses.replace(found, **changes)


def test_every_number_of_clips_that_the_field_reports_is_known():
    known = {task.n for task in TASKS}
    assert known >= {145, 147, 150, 156, 243, 246, 249, 133, 136, 157, 164, 442}
    assert len({task.name for task in TASKS}) == len(TASKS)


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.name)
def test_a_task_is_found_by_its_clips(task):
    assert identify(of(task)) == task
    assert describe(of(task)).startswith(f"Task: {task.name}, {task.n} clips")
    assert require(task.name, of(task), "p.csv") == task


def test_the_views_of_the_builders_are_tasks():
    views = [
        view
        for dataset in VIEW_MODULES
        for view in views_of(dataset).values()
        if view.expected_clips and dataset.partition("_")[0] in ("casme2", "samm", "smic")
    ]
    assert len(views) >= 11
    for view in views:
        task = next(t for t in TASKS if t.name == f"{view.dataset}/{view.name}")
        assert (task.n, task.subjects) == (view.expected_clips, view.expected_subjects)
        assert task.counts is None or set(task.counts) == set(view.classes)


def test_the_composite_is_the_challenge_clip_by_clip():
    found = held(published_log.rows())
    assert identify(found) == clip_sets.MEGC2019
    assert found.datasets == {"casme2": 145, "smic": 164, "samm": 133}
    for name in ("casme2", "smic", "samm"):
        assert identify(held(published_log.rows(name))).n == found.datasets[name]


def test_without_names_of_datasets_and_classes_the_numbers_tell():
    number = {"negative": "0", "positive": "1", "surprise": "2"}
    rows = [
        dataclasses.replace(row, dataset="", true=number[row.true])
        for row in published_log.rows("samm")
    ]
    assert identify(held(rows)).name == "samm/3class"


def test_a_table_that_is_near_no_task_is_compared_with_none():
    for changes in ({"negative": 9}, {"negative": 70, "positive": 51, "neutral": 43}):
        said = describe(Held({"": sum(changes.values())}, changes, 8))
        assert said.startswith("NO KNOWN TASK has these") and "nearest" not in said
    nearly = Held({"smic": 160}, {"negative": 70, "positive": 51, "surprise": 39}, 16)
    assert "the nearest, smic/3class (164 clips), differs: 160 clips" in describe(nearly)


def test_two_tasks_of_the_same_counts_are_not_named_without_a_dataset():
    found = of(find("smic_vis"), datasets={"": 71})
    assert identify(found) is None
    assert describe(found).startswith(
        "No task is named: the clips fit smic_vis/3class and smic_nir"
    )


def test_one_clip_less_is_no_task_and_the_nearest_is_named():
    counts = {"negative": 249, "positive": 109, "surprise": 83}  # the site's other list
    found = of(
        clip_sets.MEGC2019, counts=counts, datasets={"casme2": 145, "smic": 164, "samm": 132}
    )
    assert identify(found) is None
    said = describe(found)
    assert said.startswith("NO KNOWN TASK has these 441 clips; the nearest, composite/megc2019")
    assert "441 clips instead of 442; negative 249 instead of 250" in said
    assert "samm 132 clips instead of 133" in said


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"subjects": 23}, "23 subjects instead of 24"),
        ({"datasets": {"samm": 145}}, "dataset samm instead of casme2"),
        ({"counts": {"negative": 88, "positive": 32, "others": 25}}, "surprise 0 instead of 25"),
        ({"counts": {"0": 88, "1": 31, "2": 26}}, "88/31/26 clips a class instead of 88/32/25"),
        ({"counts": {"negative": 88, "positive": 57}}, "positive 57 instead of 32"),
    ],
)
def test_every_difference_is_said(changes, says):
    task = find("casme2/3class_megc2019")
    assert any(says in line for line in difference(task, of(task, **changes)))
    with pytest.raises(UserError, match=f"p.csv is not {task.name}"):
        require(task.name, of(task, **changes), "p.csv")


def test_generated_data_is_not_compared_with_anything():
    said = describe(Held({"synthetic": 145}, {"negative": 88, "positive": 32, "surprise": 25}, 24))
    assert said.startswith("No known task: dataset synthetic is none of casme2, samm")


@pytest.mark.parametrize("name", ["smic", "megc2019", " SAMM/3class ", "4class"])
def test_a_short_name_that_means_one_task_is_enough(name):
    assert find(name) in TASKS


@pytest.mark.parametrize("name", ["", "casme2", "3class", "casme2/6class", "../../etc", "5class"])
def test_an_unknown_or_ambiguous_name_is_refused_with_those_there_are(name):
    with pytest.raises(UserError, match=r"there is no single task .*: choose one of"):
        find(name)


def test_a_seed_that_lacks_clips_is_of_no_task():
    rows = published_log.rows("smic")
    rows += [dataclasses.replace(rows[5], seed=1, pred=rows[5].true)]
    found = held(rows)
    assert (found.n, found.uneven) == (164, ((1, 163),))
    assert identify(found) is None
    assert "seed 1 lacks 163 of 164 clips" in describe(found)
    with pytest.raises(UserError, match=r"is not smic/3class .seed 1 lacks 163 of 164 clips.: "):
        require("smic/3class", found, "p.csv")


def test_one_spelling_of_a_subject_in_each_seed_is_one_clip():
    rows = published_log.rows("smic")
    rows += [dataclasses.replace(row, seed=1, subject=f"s0{row.subject[1:]}") for row in rows]
    assert identify(held(rows)).name == "smic/3class"


def test_seeds_count_a_clip_once_and_people_of_two_datasets_once():
    rows = [
        Prediction(dataset, "s11", "c", "f", 0, seed, "x", "x")
        for dataset in ("smic", "smic_vis")
        for seed in (0, 1)
    ]
    found = held(rows)
    assert (found.n, found.subjects, found.counts) == (2, 1, Counter(x=2))
