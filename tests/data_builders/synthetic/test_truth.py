"""The truth of a clip speaks of its own frames only, and as the README shows it."""

import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from data_builders import synthetic
from data_builders.synthetic import generate, truth
from mol_jax.errors import UserError

README = Path(synthetic.__file__).with_name("README.md")
SAME = np.eye(2, 3)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """A folder with a generated tree, `raw`, of one clip."""
    folder = tmp_path_factory.mktemp("truth")
    generate(folder / "raw", subjects=1, clips=1, workers=1)
    return folder


@pytest.fixture(scope="module")
def known(drawn):
    return truth.load(drawn / "raw/ground_truth/sub01/EP01_01f.npz")


@pytest.mark.parametrize(("start", "end"), [(-3, -2), (0, -1), (-1, 0), (0, 99), (-(10**6), 0)])
def test_a_number_that_no_frame_has_is_refused(known, start, end):
    numbers, last = (known.onset + start, known.onset + end), known.onset + len(known.landmarks) - 1
    said = rf"^the clip has no frame \d+: its frames are {known.onset} to {last}, choose one of "
    with pytest.raises(UserError, match=said.replace(r"\d", r"-?\d")):
        known.flow(*numbers)
    with pytest.raises(UserError, match="the clip has no frame"):
        truth.aligned_flow(known, *numbers, SAME, SAME, 8)


def test_the_first_and_the_last_frame_are_frames(known):
    last = len(known.landmarks) - 1
    assert (known.index(known.onset), known.index(known.onset + last)) == (0, last)
    moved = known.landmarks[0].astype(float) + known.motion.flow(known.landmarks[0], 0, last)
    np.testing.assert_allclose(moved, known.landmarks[last], atol=1e-3)
    assert np.abs(known.flow(known.onset + last, known.onset)).max() < 3


def test_the_readme_shows_what_works(drawn, monkeypatch):
    monkeypatch.chdir(drawn)
    blocks = re.findall(r"(?:^    .*\n|^\n)+", README.read_text(), re.MULTILINE)
    (code,) = [textwrap.dedent(block) for block in blocks if "    from " in block]
    names: dict = {}
    exec(compile(code, str(README), "exec"), names)
    shapes = [
        eval(line, names).shape for line in code.splitlines() if re.match(r"known\.|trut", line)
    ]
    assert shapes == [(len(names["known"].landmarks), 68, 2), (340, 280, 2), (144, 144, 2)]
