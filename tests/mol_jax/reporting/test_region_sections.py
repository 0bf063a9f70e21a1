"""A region is named only where the subjects' spread lets it stand out, and drawn where it lies."""

import numpy as np
import pytest

from mol_jax.networks.frl_dgt.regions import NAMES, au_boxes
from mol_jax.reporting import figures, region_figure
from mol_jax.reporting import region_sections as sections
from mol_jax.reporting.finished_run import read_run
from mol_jax.reporting.page import write_report
from mol_jax.scoring.measure import Measure
from tests.mol_jax.fake_run import CLASSES, make_run

EVEN = 100 / 9


@pytest.fixture
def drawn(monkeypatch):
    """What the picture is drawn from, and nothing is drawn."""
    calls = {}
    for name in ("confusion", "subjects", "curves", "trials"):
        monkeypatch.setattr(figures, name, lambda *_, **__: None)
    monkeypatch.setattr(region_figure, "draw", lambda *_, **how: calls.update(how))
    return calls


def made(folder, weight, names=NAMES):
    """Returns a run; weight: of a region's number, a subject's and a clip's, in %."""
    measures = tuple(Measure(f"weight_{name}", "regions", "%", "videos") for name in names)

    def own(subject, clip):
        values = {one.name: weight(k, subject, clip) for k, one in enumerate(measures)}
        return {"videos": 1} | values

    return make_run(folder, tasks=("mer",), measures=measures, own=own)


def section(folder, weight, **how):
    return "\n\n".join(sections.regions(read_run(made(folder, weight, **how)), folder / "figures"))


def leading(k, subject, clip):
    """The last region has most weight of every subject."""
    return 28 + subject if k == 8 else (72 - subject) / 8


def two(k, subject, clip):
    """Two regions are above an even share, and who of them leads is the subject's."""
    return {7: 30 - 3 * subject, 8: 22 + 3 * subject}.get(k, 48 / 7)


def one_subjects(k, subject, clip):
    """One subject's weight makes the mean, and the others have an even share."""
    if subject != 2:
        return EVEN
    return 60 if k == 8 else 5


def test_the_region_that_stands_out_is_named(tmp_path, drawn):
    text = section(tmp_path / "run", leading)
    assert text.startswith("## Which region decided")
    assert "The largest weight lies on region 6: 30.0 [" in text
    assert "an even share is 11.1 %" in text and "no proof of a cause" in text
    assert drawn["leader"] == 8 and drawn["even"] == pytest.approx(EVEN)


@pytest.mark.parametrize("weight", [two, one_subjects, lambda *_: EVEN])
def test_no_region_is_named_by_chance(tmp_path, drawn, weight):
    text = section(tmp_path / "run", weight)
    assert "No region stands out" in text and "lies on region" not in text
    assert drawn["leader"] is None


def test_each_class_has_its_mean(tmp_path, drawn):
    def by_class(k, subject, clip):
        return 40 if k == clip % 5 else 60 / 8

    lines = [line for line in section(tmp_path / "run", by_class).splitlines() if "|" in line]
    assert lines[0].endswith(" | ".join(f"{name}, %" for name in CLASSES) + " |")
    cells = [[cell.strip() for cell in line.split("|")[3:-1]] for line in lines[2:]]
    for k, of_region in enumerate(cells):
        assert of_region == ["40.0" if k == number else "7.5" for number in range(5)]


def test_weights_that_are_no_shares_are_said_so(tmp_path, drawn):
    text = section(tmp_path / "run", lambda k, *_: 20 if k == 8 else 10)
    assert "an even share is 11.1 %" in text and "do not sum" not in text
    text = section(tmp_path / "other", lambda k, *_: 10 if k == 8 else 5)
    assert "an even share is 5.6 %" in text and "do not sum to 100 % but to 50.0 %" in text


def test_it_stands_in_the_report_once(tmp_path, drawn):
    text = write_report(made(tmp_path / "run", leading)).read_text()
    assert text.count("## Which region decided") == 1 and "## Regions" not in text
    assert "## Which region" not in write_report(make_run(tmp_path / "mol")).read_text()


def test_the_boxes_of_the_picture_are_the_networks(tmp_path):
    boxes = au_boxes(np.float32(region_figure.average_points())[None], region_figure.SIDE)[0]
    expected = dict(zip(NAMES, np.round(boxes), strict=True))
    assert list(region_figure.BOXES) == list(NAMES)
    for name, box in expected.items():
        np.testing.assert_array_equal(region_figure.box_of(name), box)


def test_the_plates_of_the_picture_do_not_cover_each_other():
    width, height = region_figure.LABEL
    for names in (NAMES, [f"tile{k}" for k in range(1, 10)]):
        boxes = np.array([region_figure.box_of(name) for name in names])
        x, y = ((boxes[:, k] + boxes[:, k + 2]) / 2 for k in (0, 1))
        apart = (abs(x[:, None] - x) >= width) | (abs(y[:, None] - y) >= height)
        assert (apart | np.eye(9, dtype=bool)).all()


def test_the_picture_is_drawn_for_tiles_too_and_always_the_same(tmp_path):
    files = [tmp_path / f"{k}.png" for k in range(2)]
    for path, bounds in zip(files, ([None, *[(5, 9)] * 8],) * 2, strict=True):
        names = [f"tile{k}" for k in range(1, 10)]
        region_figure.draw(path, names, [float(k) for k in range(9)], bounds, even=4, leader=8)
    assert files[0].read_bytes() == files[1].read_bytes()
