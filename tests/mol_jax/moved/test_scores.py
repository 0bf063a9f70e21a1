"""Scores of cases on several datasets: each as if it were alone. Nothing is trained here."""

import dataclasses

import numpy as np
import pytest

from mol_jax.data.moved import Shown
from mol_jax.moved import page
from mol_jax.moved.cases import cases
from mol_jax.moved.predict import Moved
from mol_jax.moved.scores import entries
from mol_jax.reporting.finished_run import read_run
from mol_jax.scoring.predictions import Prediction, Predictions
from tests.mol_jax.fake_run import make_run

CLASSES = ("negative", "positive", "surprise")
PARTS = ("casme2", "smic")


def results() -> list[Moved]:
    """Returns random predictions of two seeds on two datasets, unmoved and by one share."""
    rng = np.random.default_rng(0)
    videos = [(part, f"s{k // 4}", f"c{k}", k % 3) for part in PARTS for k in range(16)]
    return [
        Moved(
            case,
            tuple(
                Prediction(
                    part, subject, clip, subject, case.number, seed, CLASSES[true],
                    CLASSES[true if rng.uniform() < 0.6 else rng.integers(3)], (1.0, 0.0, 0.0),
                )
                for seed in (0, 1)
                for part, subject, clip, true in videos
            ),
            {video[:3]: Shown(1, 9, (1, 9), 0.8) for video in videos},
            frozenset(),
        )
        for case in cases([0.2])
    ]  # fmt: skip


def table(found: list[Moved]) -> Predictions:
    return Predictions(CLASSES, tuple(row for one in found for row in one.rows))


def of_part(found: list[Moved], part: str) -> list[Moved]:
    def kept(one):
        return tuple(row for row in one.rows if row.dataset == part)

    return [dataclasses.replace(one, rows=kept(one)) for one in found]


KEYS = ("uf1", "uar", "acc", "ci95", "against_unmoved")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_scored_as_if_it_were_alone(part):
    found, alone = results(), of_part(results(), part)
    whole, single = entries(table(found), found), entries(table(alone), alone)
    assert len(whole) == len(single) == 3
    for one, other in zip(whole, single, strict=True):
        assert "per_dataset" not in other
        assert one["per_dataset"][part] == {key: other[key] for key in KEYS}
        assert one["per_dataset"][part]["uf1"] != one["uf1"]
    way, other = whole[2]["earlier"], single[2]["earlier"]
    assert way["per_dataset"][part] == {key: other[key] for key in KEYS}
    assert (way["stayed"], other["stayed"]) == (32, 16)


def test_every_line_of_the_page_is_there_for_each_part(tmp_path):
    found = results()
    run = read_run(make_run(tmp_path / "run"))
    run.metrics["per_dataset"] = {part: {} for part in PARTS}
    scored = entries(table(found), found)
    text = "\n\n".join(page.parts(run, scored, found))
    (lines,) = (part for part in text.split("\n\n") if part.startswith("| UF1, %"))
    assert lines.splitlines()[0] == "| UF1, % | casme2 | smic |"
    assert len(lines.splitlines()) == 2 + 1 + 4
    last = scored[-1]["per_dataset"]["smic"]
    low, high = (100 * bound for bound in last["ci95"]["uf1"])
    assert lines.endswith(f"{100 * last['uf1']:.2f} [{low:.1f}, {high:.1f}] |")
    assert "apex 20 %, both ways" in lines.splitlines()[-1]
