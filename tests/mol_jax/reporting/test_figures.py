"""The pictures are drawn for any number of classes, subjects and tasks, and always the same."""

import numpy as np
import pytest
from scipy.stats import binomtest

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


def shown(fig) -> list[list[str]]:
    """Returns what is written in the cells of each panel of a figure."""
    return [[text.get_text() for text in ax.texts] for ax in fig.axes]


def test_both_matrices_are_those_of_the_counts(tmp_path, monkeypatch):
    """Left the folds' sums, right the shares of a row; of two seeds the mean and the spread."""
    drawn = []
    monkeypatch.setattr(figures, "save", lambda fig, *_: drawn.append(fig))
    figures.confusion(tmp_path / "one.png", [[3, 1], [0, 0]], "ab")
    assert shown(drawn[0]) == [["3", "1", "0", "0"], ["75 %", "25 %", "0 %", "0 %"]]
    figures.confusion(tmp_path / "two.png", [[[3, 1], [0, 2]], [[1, 3], [0, 2]]], "ab")
    counts, shares = shown(drawn[1])
    assert counts == ["2\n± 1.4", "2\n± 1.4", "0\n± 0.0", "2\n± 0.0"]
    assert shares == ["50 %\n± 35 %", "50 %\n± 35 %", "0 %\n± 0 %", "100 %\n± 0 %"]


def test_subjects_are_sorted_and_have_wilsons_intervals(tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr(figures, "save", lambda fig, *_: drawn.append(fig))
    levels = {"pooled": 0.5, "chance": 0.3}
    figures.subjects(
        tmp_path / "s.png", {"a": 4, "b": 0, "c": 1}, {"a": 4, "b": 3, "c": 2}, levels=levels
    )
    (ax,) = drawn[0].axes
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["b (3)", "c (2)", "a (4)"]
    assert [bar.get_height() for bar in ax.patches] == [0, 50, 100]
    (whiskers,) = (held for held in ax.collections if hasattr(held, "get_segments"))
    for (low, high), of in zip(whiskers.get_segments(), [(0, 3), (1, 2), (4, 4)], strict=True):
        bounds = binomtest(*of).proportion_ci(method="wilson")
        assert (low[1], high[1]) == pytest.approx((100 * bounds.low, 100 * bounds.high))
    assert ax.get_legend_handles_labels()[1] == ["pooled: 50.0 %", "chance: 30.0 %"]


def test_every_picture_is_there_as_svg_too_and_always_the_same(tmp_path):
    for _ in range(2):
        figures.confusion(tmp_path / "c.png", [[3, 1], [0, 2]], "ab", note="GENERATED")
        content = (tmp_path / "c.svg").read_bytes()
        assert content.startswith(b"<?xml") and b"<dc:date>" not in content
        (tmp_path / "c.svg").rename(tmp_path / f"{len(list(tmp_path.iterdir()))}.svg")
    first, second = sorted(tmp_path.glob("*.svg"))
    assert first.read_bytes() == second.read_bytes()


def test_many_subjects_are_broken_into_lines(tmp_path):
    sizes = []
    for subjects in (3, 68):
        names = [f"s{i:03d}" for i in range(subjects)]
        path = tmp_path / f"{subjects}.png"
        right, clips = dict.fromkeys(names, 1.5), dict.fromkeys(names, 3)
        figures.subjects(path, right, clips, levels={"pooled": 0.5})
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
