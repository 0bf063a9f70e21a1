"""The pictures are drawn for any number of classes, subjects and tasks, and always the same."""

import numpy as np
import pytest

from mol_jax.reporting import figures
from mol_jax.scoring.history_csv import HistoryRow

NAN = float("nan")


def png_size(path) -> tuple[int, int]:
    """Returns width and height of a PNG."""
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])


@pytest.mark.parametrize("n", [2, 7])
def test_a_confusion_matrix_with_an_empty_class(tmp_path, n):
    counts = np.arange(n * n).reshape(n, n)
    counts[0] = 0
    path = tmp_path / "figures" / "confusion.png"
    figures.confusion(path, counts, [f"class {i}" for i in range(n)])
    first = path.read_bytes()
    figures.confusion(path, counts, [f"class {i}" for i in range(n)])
    assert path.read_bytes() == first
    figures.confusion(path, counts + 1, [f"class {i}" for i in range(n)])
    assert path.read_bytes() != first


def test_many_subjects_are_broken_into_lines(tmp_path):
    sizes = []
    for subjects in (3, 68):
        names = [f"s{i:03d}" for i in range(subjects)]
        path = tmp_path / f"{subjects}.png"
        figures.subjects(path, dict.fromkeys(names, 0.5), dict.fromkeys(names, 3))
        sizes.append(png_size(path))
    assert sizes[1][0] < 2000
    assert sizes[1][1] > 2 * sizes[0][1]


def test_curves_leave_out_tasks_that_are_off_and_values_that_are_not_finite(tmp_path):
    terms = {"mer": 1.0, "flow": 0.5, "own": 0.1}
    joint = [HistoryRow(f"s{k}", 0, 0, 50, 1.0 + k, terms, 1.0, 1) for k in range(3)]
    figures.curves(tmp_path / "joint.png", joint)
    flow = [HistoryRow("s0", 0, 0, step, 1.0, {"flow": 0.5}, 1.0, 1) for step in (50, 100)]
    flow.append(HistoryRow("s1", 0, 0, 50, NAN, {"flow": NAN}, NAN, 0))
    figures.curves(tmp_path / "flow.png", flow)
    assert png_size(tmp_path / "flow.png")[1] < png_size(tmp_path / "joint.png")[1]


def test_curves_of_a_run_that_diverged_at_once(tmp_path):
    figures.curves(tmp_path / "c.png", [HistoryRow("s0", 0, 0, 50, NAN, {"mer": NAN}, NAN, 0)])
    assert png_size(tmp_path / "c.png")[0] > 0


def trial(uf1, *seeds, bounds=True) -> dict:
    """Returns an entry of per_trial as far as it is drawn."""
    return {
        "mean": {"uf1": uf1},
        "ci95": {"uf1": [uf1 - 0.1, uf1 + 0.1] if bounds else None},
        "per_seed": [{"seed": k, "uf1": value} for k, value in enumerate(seeds or (uf1,))],
    }


def test_trials_are_drawn_with_the_best_apart(tmp_path):
    names = ["trial 0", "trial 1: " + " ".join(f"model.field{i}=0.001" for i in range(9))]
    scores, path = [trial(0.5, 0.4, 0.6), trial(0.7, bounds=False)], tmp_path / "trials.png"
    figures.trials(path, names, scores, majority=0.2, svm=0.9, best=1)
    first = path.read_bytes()
    figures.trials(path, names, scores, majority=0.2, svm=0.9, best=1)
    assert path.read_bytes() == first
    figures.trials(path, names, scores, majority=0.2, svm=0.9, best=None)
    assert path.read_bytes() != first
    figures.trials(path, names, scores, majority=0.2, svm=None, best=1)
    assert path.read_bytes() != first
    assert png_size(path)[0] == 1200
    figures.trials(path, names * 20, scores * 20, majority=0.2, svm=0.9, best=1)
    assert png_size(path)[1] > 1500
