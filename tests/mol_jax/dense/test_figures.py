"""What Figures 5 and 6 draw: one scale in all panels, each run's own points, the network's crop."""

import numpy as np
import pytest

from data_builders.records.gallery import flow_colours
from mol_jax.dense import __main__ as program
from mol_jax.dense import figures, kept
from mol_jax.dense.warp import difference
from tests.mol_jax.tiny import CLIPS

ROWS, RUNS = (0, 5), ("full", "no_mer")
CORNER, END = 4, 68  # of the crop of 64 px in 72 px


@pytest.fixture
def pages(made_runs, served, tmp_path, monkeypatch):
    """The two figures with faces, by name, before they are written."""
    drawn = {}
    monkeypatch.setattr(figures, "save", lambda fig, path, note: drawn.update({path.stem: fig}))
    folders = [str(made_runs / name) for name in RUNS]
    clips = f"--clips={','.join(CLIPS[k] for k in ROWS)}"
    given = ["figures", *folders, clips, "--faces", "--pair=1", f"--out={tmp_path / 'out'}"]
    assert program.main(given) == 0
    return drawn


@pytest.fixture
def held(made_runs):
    """What each run kept of each clip, [clip][run]."""
    keys = [tuple(CLIPS[k].split("/")) for k in ROWS]
    of = [kept.find(made_runs / name, 0, 0, keys) for name in RUNS]
    return list(zip(*of, strict=True))


def panels(fig, per_row):
    """Returns the axes of the panels row by row, without the legend."""
    every = fig.axes[: len(fig.axes) // per_row * per_row]
    return [every[k : k + per_row] for k in range(0, len(every), per_row)]


def flows(row):
    return [of[0].astype(np.float32) for of in (row[0].true_flow, *(run.flow for run in row))]


def pixels(ax):
    return np.asarray(ax.images[0].get_array())


def test_all_flow_has_the_colours_of_one_scale(pages, held):
    grid = panels(pages["figure5_flow"], 4)
    longest = max(np.quantile(np.linalg.norm(flows(row)[0], axis=-1), 0.99) for row in held)
    for row, axes in zip(held, grid[::2], strict=True):
        for ax, flow in zip(axes[1:], flows(row), strict=True):
            own = np.linalg.norm(flow, axis=-1).max()
            np.testing.assert_array_equal(pixels(ax), flow_colours(flow, longest)[..., ::-1])
            assert (pixels(ax) != flow_colours(flow, own)[..., ::-1]).mean() > 0.1


def test_all_residuals_have_the_greys_of_one_scale(pages, held, dataset):
    grid = panels(pages["figure5_flow"], 4)
    frames = [dataset.table.frames[k, :2] for k in ROWS]
    still = [difference(*two, np.zeros((64, 64, 2)), corner=CORNER) for two in frames]
    brightest = max(np.quantile(of, 0.99) for of in still)
    for row, two, axes in zip(held, frames, grid[1::2], strict=True):
        for ax, flow in zip(axes[1:], flows(row), strict=True):
            left = difference(*two, flow, corner=CORNER)
            np.testing.assert_allclose(pixels(ax), left, atol=1e-3)
            assert ax.images[0].get_clim() == pytest.approx((0, brightest))
            assert abs(left.max() - brightest) > 1  # its own maximum would be another scale


def test_the_frames_are_the_crop_that_the_network_sees(pages, dataset):
    flow, points = panels(pages["figure5_flow"], 4), panels(pages["figure6_landmarks"], 3)
    for k, at in enumerate(ROWS):
        first, second = dataset.table.frames[at, :2, CORNER:END, CORNER:END]
        shown = [(flow[2 * k][0], first), (flow[2 * k + 1][0], second)]
        shown += [(ax, second) for ax in points[k]]
        for ax, picture in shown:
            np.testing.assert_array_equal(pixels(ax), picture)
            assert ax.images[0].get_clim() == (0, 255)


def test_each_run_has_its_own_landmarks_over_the_true_ones(pages, held):
    for row, axes in zip(held, panels(pages["figure6_landmarks"], 3), strict=True):
        true = row[0].true_landmarks[0]
        strokes = [true[list(stroke)] for stroke in figures.STROKES]
        for ax, points in zip(axes, [None, *(run.landmarks[0] for run in row)], strict=True):
            lines = [line.get_xydata() for line in ax.lines]
            for line, stroke in zip(lines, strokes, strict=False):
                np.testing.assert_array_equal(line, stroke)
            if points is None:
                assert len(lines) == len(strokes)
                continue
            *moved, dots = lines[len(strokes) :]
            np.testing.assert_array_equal(dots, points)
            np.testing.assert_array_equal(moved, np.stack([true, points], 1))
            assert ax.lines[-1].get_marker() == "o" and np.abs(points - true).max() > 0.5
    (_, first, second), *_ = panels(pages["figure6_landmarks"], 3)
    assert not np.array_equal(first.lines[-1].get_xydata(), second.lines[-1].get_xydata())
