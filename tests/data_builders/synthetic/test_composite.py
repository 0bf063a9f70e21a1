"""The generated composite: the published counts, motions that agree with labels, one command."""

import collections
import dataclasses
import itertools
import shutil

import numpy as np
import pytest

from data_builders.casme2 import annotation as casme2
from data_builders.pixels import alignment, frames, sampling
from data_builders.samm import annotation as samm
from data_builders.smic import annotation as smic
from data_builders.smic.layout import ClipName
from data_builders.synthetic import composite
from data_builders.synthetic.drawing.action_units import EMOTIONS
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import HEIGHT, draw
from data_builders.synthetic.drawing.motion import time_course
from data_builders.synthetic.look_alikes import casme2_clip, casme2_tree, samm_clip, smic_clip
from data_builders.synthetic.look_alikes import samm as samm_tree
from data_builders.synthetic.look_alikes.film import Style
from data_builders.synthetic.writing import Quirks, takes
from data_builders.views.find import get_view
from data_builders.views.published import EXACT, differences
from mol_jax.errors import UserError

READERS = {"casme2": casme2, "smic": smic, "samm": samm}
STYLE = Style(composite.FRAMES, faces=False)
DRAWING = composite.Drawing()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """The folder of the three trees as the command draws them, but for blank images."""
    folder = tmp_path_factory.mktemp("composite") / "raw"
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(composite.DRAWN, "blank", True)
        for part in composite.parts():
            composite.draw(part.dataset, folder / part.dataset, DRAWING, workers=1)
    return folder


@pytest.fixture(scope="module")
def labelled(drawn):
    """Of each dataset the annotated clips of the composite: [(clip, class)]."""
    pairs = {}
    for part in composite.parts():
        clips = READERS[part.dataset].annotate(drawn / part.dataset, part.dataset).clips
        classes = [part.label(dataclasses.asdict(clip)) for clip in clips]
        pairs[part.dataset] = [(c, k) for c, k in zip(clips, classes, strict=True) if k]
    return pairs


def test_each_person_has_as_many_clips_of_each_class_as_published(labelled, tmp_path):
    together = collections.Counter()
    for part in composite.parts():
        records = [dataclasses.asdict(clip) for clip, _ in labelled[part.dataset]]
        found = composite.count(part, records)
        assert not differences(EXACT[part.dataset, part.name], found)
        composite.check(part, found, tmp_path)
        assert found.total() == part.expected_clips
        together.update({(part.dataset, *key): n for key, n in found.items()})
    assert together.total() == 442 and len({key[:2] for key in together}) == 68


def test_a_clip_too_few_is_refused(labelled, tmp_path):
    part = next(part for part in composite.parts() if part.dataset == "smic")
    records = [dataclasses.asdict(clip) for clip, _ in labelled["smic"][1:]]
    with pytest.raises(UserError, match=r"smic has not the published clips: s1 .* inst"):
        composite.check(part, composite.count(part, records), tmp_path)


def scenes(dataset, clips):
    """What the frames of each annotated clip show."""
    if dataset == "smic":
        return [smic_clip.plan(ClipName.parse(clip.clip), STYLE)[1] for clip in clips]
    tree, module = {"casme2": (casme2_tree, casme2_clip), "samm": (samm_tree, samm_clip)}[dataset]
    emotions = tree.emotions_of_subjects()
    every = itertools.chain(*takes(emotions, tuple(emotions), None))
    plans = [module.plan(take, STYLE, Quirks(wanted=False)) for take in every]
    named = {(plan.take.subject, plan.name): plan.scene for plan in plans}
    return [named[clip.subject, clip.clip] for clip in clips]


def class_of_units():
    """The class whose motions have these action units, by CASME II's rule of all emotions."""
    rule = get_view("casme2", "3class_wide").mapping
    pairs = [(units, rule[e]) for e, shown in EMOTIONS.items() if e in rule for units in shown]
    assert len(dict(pairs)) == len(pairs), "no motion is of two classes"
    return dict(pairs)


@pytest.mark.parametrize("dataset", READERS)
def test_the_motion_of_every_clip_is_of_the_class_of_its_label(labelled, dataset):
    clips, classes = zip(*labelled[dataset], strict=True)
    shown = scenes(dataset, clips)
    assert [class_of_units()[scene.units] for scene in shown] == list(classes)
    assert len({scene.units for scene in shown}) >= 7


@pytest.mark.parametrize("dataset", READERS)
def test_what_is_seen_of_a_clip_is_its_rest_and_its_full_motion(labelled, dataset):
    """SMIC has no apex: the middle frame, which shows most of the motion, is seen."""
    clips, _ = zip(*labelled[dataset], strict=True)
    levels = []
    for clip, scene in zip(clips, scenes(dataset, clips), strict=True):
        numbers = np.array(list(frames.index_frames(clip.folder)))
        assert len(numbers) == scene.count and numbers[0] == clip.onset
        course = time_course(scene.count, scene.script.apex)
        levels.append(course[sampling.sample_indices(numbers, clip.apex, 2)])
    onset, apex = np.array(levels).T
    assert not onset.any() and apex.min() > (0.49 if dataset == "smic" else 0.999)


@pytest.mark.parametrize("dataset", READERS)
def test_what_was_drawn_is_kept_and_nothing_else_taken_for_it(drawn, dataset):
    folder = drawn / dataset
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    composite.draw(dataset, folder, DRAWING, workers=1)
    for other in ({"seed": 1}, {"frames": (6, 8)}, {"image_size": 340}):
        with pytest.raises(UserError, match=r'was drawn with {"seed": 0.*choose another --out'):
            composite.draw(dataset, folder, dataclasses.replace(DRAWING, **other), workers=1)
    composite.draw(dataset, folder, dataclasses.replace(DRAWING, image_size=170), workers=1)
    assert before == {file: file.stat().st_mtime_ns for file in folder.rglob("*")}


@pytest.mark.slow
def test_a_larger_image_is_drawn_larger_up_to_all_there_is():
    heights = [composite.drawn_height(size) for size in (72, 144, 216, 288)]
    assert heights == [240, 240, 340, 340]
    faces = [draw_face(draw(person)).landmarks for person in range(3)]
    shown = [1 / alignment.similarity(points, 2)[0, 0] for points in faces]  # px as drawn
    assert 180 < min(shown) <= max(shown) < 210 and HEIGHT == 340


def test_size_frames_and_sample_reach_the_drawing_and_the_build(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(composite, "draw", lambda *given, **how: asked.append(given[2]))
    built = lambda *_, **how: asked.append((how["size"], how["frames"]))  # noqa: E731
    monkeypatch.setattr(composite, "build", built)
    opened = lambda *given: (asked.append(given[2]) or [], {})  # noqa: E731
    monkeypatch.setattr(composite, "open_dataset", opened)
    with pytest.raises(UserError, match="has not the published clips"):
        composite.make(tmp_path, size=288, frames=(16, 24), seed=3, workers=1)
    assert asked == [composite.Drawing(3, (16, 24), 340), (288, 2), "t2_s288_clip"]
    with pytest.raises(UserError, match="has not the published clips"):
        composite.make(tmp_path, sample=8, workers=1)
    assert asked[4:] == [(144, 8), "t8_s144_clip"]


BAD = {
    **dict.fromkeys(["--out=", "--seed=-1", "--workers=0"], ""),
    **dict.fromkeys(["--size=100", "--size=0", "--size=-72", "--size=1224"], "a multiple of 72"),
    **dict.fromkeys(["--size=", "--size=288px", "--size=288.0"], "--size"),
    **dict.fromkeys(["--frames=8", "--frames=a,b", "--frames=1,2,3", "--frames="], "low,high"),
    **dict.fromkeys(["--frames=9,6", "--frames=0,0", "--frames=6,201"], "from 3 to 200"),
    **dict.fromkeys(["--sample=3", "--sample=0", "--sample=-8"], "choose from 2, 4, 8, 10, 16"),
    **dict.fromkeys(["--sample=", "--sample=all"], "--sample"),
    "--frames=3,5": "a clip of smic has from 4",
}


@pytest.mark.parametrize("option", BAD)
def test_bad_input_is_one_sentence_and_leaves_nothing(tmp_path, capsys, monkeypatch, option):
    monkeypatch.chdir(tmp_path)
    assert composite.main(["--out=x", option]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: ") and said.err.count("\n") == 1 and not said.out
    assert BAD[option] in said.err
    assert not list(tmp_path.iterdir())


FEW = {
    ("casme2", "3class_megc2019"): {("sub01", "negative"): 1, ("sub01", "positive"): 1},
    ("smic", "3class"): {("s1", "negative"): 1, ("s1", "positive"): 1},
    ("samm", "3class"): {("006", "negative"): 1, ("006", "surprise"): 1},
}


@pytest.mark.slow
def test_one_command_draws_builds_and_counts_and_goes_on(tmp_path, capsys, monkeypatch):
    few = {"subjects": 1, "clips": 2}
    monkeypatch.setattr(composite, "DRAWN", composite.DRAWN | few)
    with monkeypatch.context() as patch:
        patch.setattr(composite, "EXACT", FEW)
        command = [f"--out={tmp_path}", "--workers=1", "--frames=4,4"]
        assert composite.main(command) == 0
        said = capsys.readouterr().out
        assert "together 6 clips of 3 people: 3 negative, 2 positive, 1 surprise" in said
        records = {f: f.stat().st_mtime_ns for f in tmp_path.rglob("*.array_record*")}
        lost = next(file for file in records if "samm" in file.parts)
        shutil.rmtree(lost.parents[2])
        assert composite.main(command) == 0 and capsys.readouterr().out.startswith(
            "casme2: 2 clips"
        )
    again = {f: f.stat().st_mtime_ns for f in tmp_path.rglob("*.array_record*")}
    assert {file for file in records if records[file] != again[file]} == {lost}
    assert composite.main(command) == 2
    assert "has not the published clips: sub01 negative 1 instead of 2" in capsys.readouterr().err
