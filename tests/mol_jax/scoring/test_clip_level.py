import csv

import pytest

from mol_jax.scoring import clip_level
from mol_jax.scoring.clip_level import Votes
from mol_jax.scoring.predictions import Prediction

CLASSES = ("negative", "positive")


def votes(true, counts, *, clip="a", seed=0, trial=0, subject="s1"):
    row = Prediction(
        dataset="d", subject=subject, clip=clip, fold=subject, trial=trial, seed=seed,
        true=true, pred=CLASSES[counts[1] > counts[0]], probs=(0.5, 0.5),
    )  # fmt: skip
    return Votes(row, counts)


def test_every_phase_counts_as_a_clip():
    """Six clips of two videos: 3 of 4 and 1 of 2 right, so 4/6, F1 3/4 and 1/2."""
    found = clip_level.summary([votes("negative", (3, 1)), votes("positive", (1, 1))], CLASSES, 0)
    assert found["n_clips"] == 6
    assert found["acc"] == pytest.approx(4 / 6)
    assert found["uar"] == pytest.approx((3 / 4 + 1 / 2) / 2)
    assert found["uf1"] == pytest.approx((6 / 8 + 2 / 4) / 2)
    assert found["wf1"] == pytest.approx((4 * 6 / 8 + 2 * 2 / 4) / 6)


def test_figures_are_means_over_seeds_of_the_first_trial():
    rows = [
        votes("negative", (4, 0)),
        votes("negative", (2, 2), seed=1),
        votes("negative", (0, 4), trial=1),
    ]
    found = clip_level.summary(rows, CLASSES, 0)
    assert found["acc"] == pytest.approx(0.75) and found["n_clips"] == 4


def test_without_votes_there_is_no_section():
    assert clip_level.summary([], CLASSES, 0) is None
    assert clip_level.summary([votes("negative", (1, 0), trial=1)], CLASSES, 0) is None
    assert clip_level.section({"clip_level": None}) == [] == clip_level.section({})
    assert clip_level.section({"clip_level": {"n_clips": 2}, "pooled": None}) == []


def test_the_section_sets_both_beside_each_other():
    scored = {"acc": 0.5, "wf1": 0.25, "uf1": 0.125, "uar": 0.75}
    found = {"n_clips": 6, **scored, "acc": 0.9}
    metrics = {"protocol": "", "n_clips": 2, "pooled": scored, "clip_level": found}
    _, table, note = clip_level.section(metrics)
    lines = table.splitlines()
    assert "| 2 |" in lines[2] and "50.0" in lines[2]
    assert "| 6 |" in lines[3] and "90.0" in lines[3]
    assert "not comparable" in note


def test_the_table_has_a_column_for_each_class(tmp_path):
    clip_level.write_votes(tmp_path / "samples.csv", CLASSES, [votes("positive", (1, 3))])
    with (tmp_path / "samples.csv").open() as file:
        (row,) = csv.DictReader(file)
    assert row["true"] == "positive" and row["clip"] == "a"
    assert (row["n_negative"], row["n_positive"]) == ("1", "3")
