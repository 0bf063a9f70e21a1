"""The figures of the endless faces: known images give known numbers, slips are one sentence."""

import numpy as np
import pytest

from benchmarks import drawing
from data_builders.synthetic.drawing.identity import average_face


@pytest.mark.parametrize("slope", [-2.0, -3.5])
def test_the_slope_of_a_known_spectrum(slope):
    size = 128
    x, y = np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size))
    size_of_wave = np.maximum(np.hypot(x, y), 1 / size)
    phase = np.fft.fft2(np.random.default_rng(0).normal(size=(size, size)))
    image = np.fft.ifft2(phase * size_of_wave ** (slope / 2)).real
    assert abs(drawing.measured(100 + image)[-1] - slope) < 0.25


def test_gradients_do_not_depend_on_contrast():
    image = np.random.default_rng(1).normal(size=(32, 32))
    plain, strong = drawing.measured(image), drawing.measured(50 + 3 * image)
    np.testing.assert_allclose(plain[2:], strong[2:])
    assert strong[1] == pytest.approx(3 * plain[1]) and strong[0] > 40


def test_proportions_differ_with_people_and_not_with_size():
    face = average_face()
    assert max(drawing.proportions(np.stack([face, 2 * face])).values()) < 1e-9
    wide = face * [1.2, 1.0]
    found = drawing.proportions(np.stack([face, wide]))
    assert found["nose length"] > 5 and found["mouth width"] < 1e-9


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--examples=3"], "--examples is 3; take 4 or more"),
        (["--examples=few"], "invalid int value"),
        (["--only=taste"], "invalid choice: 'taste'"),
    ],
)
def test_a_slip_is_one_sentence(arguments, said, capsys):
    assert drawing.main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error and error.count("\n") == 1
