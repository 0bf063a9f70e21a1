"""What the annotation of a look-alike says about a clip is what its frames show."""

import re

import numpy as np
import openpyxl
import pytest

from data_builders.casme2.annotation import WORKBOOKS
from data_builders.samm import annotation as samm_annotation
from data_builders.synthetic.drawing.clip import draw_clip
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import draw
from data_builders.synthetic.look_alikes import (
    casme2_clip,
    casme2_tree,
    samm,
    samm_clip,
    smic,
    smic_clip,
)
from data_builders.synthetic.look_alikes.film import AMPLITUDE, LEANS, Scene, Style
from data_builders.synthetic.writing import Quirks, takes

BLANK = Style(frames=(5, 7), faces=False)


@pytest.fixture(scope="module")
def face():
    return draw_face(draw(1))


def drawn(face, scene):
    """A scene as `Scene.images` draws it."""
    return draw_clip(
        face,
        name="",
        emotion=scene.emotion,
        amplitude=AMPLITUDE,
        frames=(scene.count, scene.count),
        seed=scene.key,
        lean=LEANS[scene.side],
    )


def plans(module, emotions):
    everybody = takes(emotions, tuple(emotions), None)
    return [module.plan(take, BLANK, Quirks()) for own in everybody for take in own]


def test_the_coded_units_of_casme2_are_those_that_move(tmp_path):
    clips = plans(casme2_clip, casme2_tree.emotions_of_subjects())
    root = casme2_tree.write_tree(tmp_path / "x", faces=False, frames=(5, 7))
    sheet = openpyxl.load_workbook(root / WORKBOOKS[0])["Sheet1"]
    cells = [row[7] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert {type(cell) for cell in cells} == {int, str} and len(set(cells)) > 10
    for clip, cell in zip(clips, cells, strict=True):
        assert tuple(int(unit.strip("RL")) for unit in str(cell).split("+")) == clip.scene.units
        assert re.findall("[RL]", str(cell)) == list(clip.scene.side)


def test_the_coded_units_of_samm_are_those_that_move(tmp_path):
    clips = plans(samm_clip, samm.emotions_of_subjects())
    root = samm.write_tree(tmp_path / "x", faces=False, frames=(5, 7))
    codes = [clip.action_units for clip in samm_annotation.annotate(root, "samm").clips]
    assert len(set(codes)) > 20 and any(" or " in code for code in codes)
    for clip, code in zip(clips, codes, strict=True):
        first = code.split(" or ")[0]
        assert tuple(int(unit) for unit in re.findall(r"\d+", first)) == clip.scene.units
        for unit, letter in re.findall(r"(\d+)([A-C])", first):
            px = clip.scene.script.strengths[int(unit)]
            assert {"A": px < 2, "B": 2 <= px < 3, "C": px >= 3}[letter]


def test_the_script_is_what_is_drawn(face):
    for scene in (Scene(BLANK, 1, "fear", (0, 7, k), 9) for k in range(5)):
        clip = drawn(face, scene)
        assert clip.action_units == scene.units and clip.apex == scene.script.apex
        assert len(clip.light) == scene.count == len(scene.images())


@pytest.mark.parametrize(("side", "still", "moved"), [("R", 54, 48), ("L", 48, 54)])
def test_a_unit_with_a_side_moves_that_side_of_the_person(face, side, still, moved):
    """Landmark 48 is the mouth's corner at the image's left, the person's right."""
    scenes = (Scene(BLANK, 1, "repression", (0, 1, k), 9) for k in range(50))
    scene = next(s for s in scenes if s.units == (14,)).on_side(side)
    push = np.linalg.norm(drawn(face, scene).motion.pushes(face.landmarks), axis=1)
    assert push[moved] > 0.8 and push[still] < 0.05


def test_a_unit_without_sides_keeps_moving_both():
    scenes = (Scene(BLANK, 1, "repression", (0, 1, k), 9) for k in range(50))
    chin = next(s for s in scenes if s.units == (17,))
    assert chin.on_side("R") is chin


def test_no_two_look_alikes_show_the_same_person():
    people = [int(s[3:]) for s in casme2_tree.COUNTS]
    people += [samm_clip.PERSONS + int(s) for s in samm.COUNTS]
    people += [smic_clip.PERSONS + s for s in smic.COUNTS]
    assert len(set(people)) == len(people) == 26 + 29 + 16
