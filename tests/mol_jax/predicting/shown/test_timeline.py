"""What a timeline shows of a face that was away."""

import dataclasses

import numpy as np
from matplotlib.figure import Figure

from mol_jax.predicting.shown import timeline
from tests.mol_jax.predicting import results


def test_nothing_is_drawn_over_where_the_face_was_away():
    made, _ = results.made()
    (face,) = made.faces
    found = ~np.isin(np.arange(20), (2, *range(8, 14)))
    windows = (results.window(0, 6), results.window(2, 7), results.window(14, 19))
    face = dataclasses.replace(
        face, found=found, windows=windows, intervals=(), stretches=((0, 7), (14, 19))
    )
    axes = timeline.draw(Figure(), dataclasses.replace(made, faces=(face,)), [face])
    times = made.recording.times
    for lane in axes[:3]:
        edges = {tuple(steps.get_data().edges[[0, -1]]) for steps in lane.patches}
        assert edges == {(times[0], times[7]), (times[14], times[19])}
    signal, seen = (ax.lines for ax in axes[-2:])
    np.testing.assert_array_equal(
        np.isnan(signal[0].get_ydata()), (times >= times[8]) & (times < times[14])
    )
    drawn = [tuple(np.round(line.get_xdata() * results.RATE)) for line in seen]
    assert sorted(drawn) == [(0, 2), (2, 3), (3, 8), (14, 20)]
