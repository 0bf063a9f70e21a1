"""The page of a prediction: what it says, its figures, and whom it shows."""

import dataclasses
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from mol_jax.predicting.shown import key_frames, page
from mol_jax.spotting.interval import Interval
from tests.mol_jax.predicting import results

FIGURES = ("timeline.png", "timeline.svg", "face0_interval1.png")


@pytest.fixture(scope="module")
def made():
    return results.made()


@pytest.fixture(scope="module")
def written(made, tmp_path_factory):
    folder = tmp_path_factory.mktemp("page") / "new"
    return folder, page.write_page(*made, folder)


def test_the_page_holds_its_figures_and_leaves_them_beside(written):
    folder, files = written
    names = {str(path.relative_to(folder)) for path in files}
    figures = {
        f"figures/{name}" for name in ("timeline.png", "timeline.svg", "face0_interval1.png")
    }
    assert names == {"report.md", "report.html", *figures}
    html = (folder / "report.html").read_text()
    assert html.count("data:image/png;base64") == 2 and "http" not in html
    assert ElementTree.parse(folder / "figures" / "timeline.svg").getroot().tag.endswith("svg")
    assert cv2.imread(str(folder / "figures" / "face0_interval1.png")).shape == (224, 672, 3)


def test_it_says_what_was_spotted_and_what_must_be_known(written):
    text = (written[0] / "report.md").read_text()
    assert text.startswith("# GENERATED FACES ONLY: What is predicted of drawn.mp4\n")
    assert "not lie detection" in text.lower() and "UF1 75.8 %" in text
    assert "- 1 interval spotted: surprise 80 % (0.20–0.56 s)." in text
    assert "| 0 | 1 | surprise | 80 % | 0.20 | 0.44 | 0.56 | 8 % | 0.71 |" in text
    assert "found in 19 of 20 frames" in text and "- audio is left out" in text
    assert "0.4 s for a second of the recording" in text
    assert "**This page shows who was recorded.**" in text and "`--no-pictures`" in text


def test_without_pictures_nobody_is_shown(made, tmp_path):
    result, frames = made
    result = dataclasses.replace(result, faces=(dataclasses.replace(result.faces[0], windows=()),))
    files = page.write_page(result, frames, tmp_path, pictures=False)
    assert not [path for path in files if "interval" in path.name]
    text = (tmp_path / "report.md").read_text()
    assert "shows nobody's face" in text and "shows who was recorded" not in text


def compose(result, **face):
    changed = dataclasses.replace(result.faces[0], **face)
    return page.compose(dataclasses.replace(result, faces=(changed,)), {})


def test_without_classes_spotter_or_face_it_says_so(made):
    result, _ = made
    nothing = {"intervals": (), "of_intervals": ()}
    assert "nothing was spotted." in compose(result, **nothing)
    assert "nobody looked for intervals" in compose(result, **nothing, signal=None)
    assert "No face was found." in page.compose(dataclasses.replace(result, faces=()), {})
    unclassified = compose(result, of_intervals=())
    assert "1 interval spotted: something moves (0.20–0.56 s)" in unclassified
    assert "| 0 | 1 |  |  | 0.20 |" in unclassified


def test_names_are_no_markup_and_real_faces_have_no_mark(made):
    result, _ = made
    about = dataclasses.replace(result.about, generated=False, classes=("a*b*", "<b>", "c|d"))
    source = dataclasses.replace(result.recording, source=Path("a_b *c* <i>.mp4"))
    text = page.compose(dataclasses.replace(result, about=about, recording=source), {})
    assert text.startswith("# What is predicted of a_b \\*c\\* \\<i>.mp4\n")
    assert "| c\\|d |" in text and "GENERATED" not in text
    camera = dataclasses.replace(result.recording, source=0)
    assert "predicted of camera 0\n" in page.compose(
        dataclasses.replace(result, recording=camera), {}
    )


def test_of_many_intervals_the_surest_have_key_frames_in_the_order_of_time(made):
    face = made[0].faces[0]
    intervals = tuple(Interval(0, 1, 2, float(score)) for score in (*range(14, 0, -1), 99))
    shown = page.surest(dataclasses.replace(face, intervals=intervals))
    assert shown == [*range(11), 14]


def test_flow_is_added_up_to_the_apex():
    window = results.window(5, 14)
    flow, until = key_frames.to_apex(window, 9)
    assert until == 9 and np.array_equal(flow, window.flow[0])
    flow, until = key_frames.to_apex(window, 14)
    assert until == 14 and np.array_equal(flow, window.flow.sum(0))
