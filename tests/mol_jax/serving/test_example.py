"""The drawn recording that a page can be tried with."""

import numpy as np
import pytest

from data_builders.pixels import flow
from mol_jax.predicting.reading.recording import open_recording
from mol_jax.serving import example


@pytest.mark.slow
def test_it_is_small_and_moves_where_it_says(tmp_path):
    path = example.write(tmp_path / "drawn.mp4")
    assert path.stat().st_size < 200_000
    frames = open_recording(path)
    assert frames.recording.size == (280, 340) and len(frames.recording.times) == 74
    grey = list(frames.grey())
    onset, apex, offset = example.interval()
    moved = [
        np.linalg.norm(flow.dis(grey[one], grey[other]), axis=-1).mean()
        for one, other in ((15, apex), (0, 15), (50, 70))
    ]
    assert moved[0] > 3 * max(moved[1:]), moved
    assert 15 < onset < apex < offset < 50
