"""The figures of a pair: end-point errors, the warp of Eq 11 and what it leaves."""

import dataclasses

import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from mol_jax.dense import kept, videos
from mol_jax.dense.figures import Shown
from mol_jax.pictures.dense import pair_figure
from mol_jax.pictures.dense.pair_figure import Pair, draw_pairs, errors
from tests.mol_jax import tiny


@pytest.fixture(scope="module")
def pair():
    """A pair whose frames are 72 px, of which the network sees 64; its flows are random."""
    video = videos.video(tiny.dataset(), 0, 64)
    rng = np.random.default_rng(0)
    predicted, exact = rng.normal(size=(2, *video.flow.shape)).astype(np.float32)
    held = kept.of_video(video, predicted, None)
    return Pair(Shown("tiny/sub0/clip0", 0, [held], video.frames[:2]), exact[0])


def test_errors_are_mean_lengths_of_differences(pair):
    def mean(flow):
        return np.sqrt((flow.astype(np.float64) ** 2).sum(-1)).mean()

    assert errors(pair) == pytest.approx({
        "predicted to target": mean(pair.predicted - pair.target),
        "zero to target": mean(pair.target),
        "predicted to exact": mean(pair.predicted - pair.exact),
        "target to exact": mean(pair.target - pair.exact),
        "zero to exact": mean(pair.exact),
    }, rel=1e-5)  # fmt: skip
    unknown = dataclasses.replace(pair, exact=None)
    assert list(errors(unknown)) == ["predicted to target", "zero to target"]


def test_the_warp_is_scipys_and_the_residual_what_it_leaves(pair):
    y, x = np.mgrid[:64, :64] + 4.0  # the crop begins in column and row 4
    second = pair.shown.pictures[1].astype(np.float64)
    at = [y + pair.predicted[..., 1], x + pair.predicted[..., 0]]
    expected = map_coordinates(second, at, order=1, mode="nearest")
    np.testing.assert_allclose(pair.warped(pair.predicted), expected)
    first = pair.shown.pictures[0][4:68, 4:68]
    np.testing.assert_allclose(pair.residual(pair.predicted), np.abs(expected - first))
    assert pair.residual(pair.predicted).mean() == pytest.approx(
        float(pair.shown.runs[0].residual[0]), rel=1e-6
    )


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("faces", [True, False])
def test_without_faces_no_pixel_of_one_is_drawn(pair, tmp_path, monkeypatch, faces, exact):
    saved, grey = [], []
    monkeypatch.setattr(pair_figure, "save", lambda fig, *_, **__: saved.append(fig))
    monkeypatch.setattr(pair_figure, "draw_picture", lambda ax, picture: grey.append(picture))
    shown = pair.shown if faces else dataclasses.replace(pair.shown, pictures=None)
    one = Pair(shown, pair.exact if exact else None)
    draw_pairs(tmp_path / "flow.png", "TV-L1", [one, one], note="")
    assert len(grey) == (6 if faces else 0)  # two frames and a warp each
    titles = [ax.get_title() for ax in saved[0].axes if ax.get_title()]
    expected = ["TV-L1, the target", "predicted", "predicted − TV-L1"]
    assert [title for title in titles if "exact" not in title] == expected
    assert ("exact" in titles) == exact
    words = " ".join(ax.get_xlabel() for ax in saved[0].axes)
    assert f"EPE {errors(one)['predicted to target']:.3f} px" in words
    left = f"{shown.runs[0].residual[0]:.2f}"
    assert f"left by predicted: {left}" in words if faces else f"leaves {left} of Eq 11" in words
