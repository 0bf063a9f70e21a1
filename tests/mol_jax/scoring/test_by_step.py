"""The table of points comes back as it was, and goes on where a replica starts from."""

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.scoring.by_step import (
    HEADER,
    TEST,
    VALIDATION,
    Point,
    Points,
    read_points,
    write_points,
)
from mol_jax.scoring.predictions import Prediction

CLASSES = ("a", "b")


def point(step, *, role=VALIDATION, clip="c", p=0.25, true="a", fold="s0"):
    p, q = (float(np.float32(value)) for value in (p, 1 - p))
    row = Prediction("d", "s1", clip, fold, 0, 0, true, "a" if p >= 0.5 else "b", (p, q))
    return Point(step, role, row)


@pytest.fixture
def points(tmp_path):
    return Points(lambda name: tmp_path / name, CLASSES)


def test_a_table_comes_back_as_it_was(tmp_path):
    rng = np.random.default_rng(0)
    rows = [point(step, role=role, p=rng.random()) for step in (5, 10) for role in ("validation",)]
    rows += [point(10, role=TEST, clip="naïve, “quoted”\tclip", p=1 / 3)]
    write_points(tmp_path / "by_step.csv", CLASSES, rows)
    header = (tmp_path / "by_step.csv").read_text().splitlines()[0].split(",")
    assert header == [*HEADER, "p_a", "p_b"]
    for one, other in zip(read_points(tmp_path / "by_step.csv"), rows, strict=True):
        assert np.array_equal(np.float32(one.row.probs), np.float32(other.row.probs))
        assert (one.step, one.role, one.row.clip) == (other.step, other.role, other.row.clip)


def test_a_replica_goes_on_from_its_step(points, tmp_path):
    points.start("one", 0)
    points.add("one", [point(5), point(10)])
    points.save("one")
    points.add("one", [point(15)])  # never written: the run was killed
    again = Points(lambda name: tmp_path / name, CLASSES)
    again.start("one", 5)
    assert [one.step for one in again.of("one")] == [5]
    again.add("one", [point(10)])
    again.close("one")
    assert [one.step for one in again.of("one")] == [5, 10]
    again.start("one", 0)
    assert again.of("one") == []


def test_a_replica_without_points_has_none(points):
    assert points.of("other") == []


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (",validation,", ",train,", "'train'.*one of validation, test"),
        ("step", "epoch", "no column step"),
        (",5,", ",five,", "'five'"),
        ("0.25", "nan", "nan"),
        ("d,s1", "d,s1,s2", "got 13 cells, expected 12"),
    ],
)
def test_a_damaged_table_is_named(tmp_path, old, new, says):
    path = tmp_path / "by_step.csv"
    write_points(path, CLASSES, [point(5)])
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(UserError, match=says) as error:
        read_points(path)
    assert str(path) in str(error.value) and "\n" not in str(error.value)
