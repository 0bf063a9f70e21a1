"""Each kind of variation changes what it says and can be turned off; the sheet of faces."""

import dataclasses

import cv2
import numpy as np
import pytest

from data_builders.casme2.views import THREE
from data_builders.synthetic import __main__ as command
from data_builders.synthetic.endless import Endless, Variety, course, detected, expression
from data_builders.synthetic.endless.draws import CLIP, PERSON, Draws
from data_builders.synthetic.endless.movement import Bumps, Movement, everywhere, nodes
from data_builders.synthetic.endless.plate import Plate, arc
from mol_jax.errors import UserError

NAMES = [field.name for field in dataclasses.fields(Variety)]
STILL = Variety.even(0)
SEED = 8  # of four people among whom everything occurs at a strength of 2


def examples(variety, **options):
    chosen = {"seed": SEED, "identities": 4, "clips": 1, "frames": 2, "size": 36} | options
    stream = Endless(**chosen, variety=variety)
    return [stream[index] for index in range(len(stream))]


@pytest.fixture(scope="module")
def plain():
    return examples(STILL)


# What must change with a kind of variation, beside the pixels, and what may.
MOVES = {
    "landmarks": {"pose", "rest", "alignment", "drift"},
    "flow": {"pose", "rest", "rate", "units", "lean", "drift", "blink", "alignment", "muscles"},
    "aus": {"units"},
}
MAY = {
    "landmarks": {"blink", "units", "lean", "rate", "muscles"},
    "flow": {"glasses", "hair", "occlusion"},
    "aus": {"pose", "rest", "alignment", "drift"},  # px of another scale
}


@pytest.mark.parametrize("name", NAMES)
def test_each_variation_changes_what_it_says_and_nothing_else(plain, name):
    varied = examples(dataclasses.replace(STILL, **{name: 2}))
    pairs = list(zip(plain, varied, strict=True))
    assert any((a.frames != b.frames).any() for a, b in pairs)
    for part, names in MOVES.items():
        change = max(np.abs(getattr(a, part) - getattr(b, part)).max() for a, b in pairs)
        if name in names:
            assert change > 0.02, part
        elif name not in MAY[part]:
            assert change < 1e-4, part


def test_the_widest_variation_still_gives_faces():
    for one in examples(Variety.even(2), frames=4, size=72, identities=6):
        assert np.isfinite(one.flow).all() and np.abs(one.flow.astype(float)).max() < 12
        assert (one.landmarks[:, 17:] > -36).all() and (one.landmarks[:, 17:] < 108).all()
        assert one.frames.std() > 8


def test_without_variation_people_still_differ_and_the_head_holds_still(plain):
    first, second = plain[:2]
    assert np.abs(first.frames.astype(int) - second.frames).mean() > 2
    corners = [one.flow[0, [0, 0, -1, -1], [0, -1, 0, -1]] for one in plain]
    assert np.abs(corners).max() < 0.02


def test_what_is_worn_moves_with_the_skull_and_not_with_the_muscles():
    options = {"size": 108, "identities": 6}
    bare = examples(STILL, **options)
    hung = examples(dataclasses.replace(STILL, hair=2, glasses=2), **options)
    changed = 0
    for one, other in zip(bare, hung, strict=True):
        differs = np.abs(one.flow - other.flow).max(axis=-1) > 0.01
        assert np.abs(other.flow[differs]).max(initial=0) < 0.01  # the head holds still
        changed += differs.sum()
    assert changed > 20


def test_names_and_numbers_draw_apart():
    keys = ((0, "a"), (0, "b"), (1, "a"))
    first = [Draws(3, CLIP, number)(name).uniform() for number, name in keys]
    assert len(set(first)) == 3 and first[0] == Draws(3, CLIP, 0)("a").uniform()
    assert Draws(3, PERSON, 0)("a").uniform() != first[0]


def test_slow_cameras_leave_more_motion_between_two_frames():
    """At 30 frames a second a clip of 0.15 to 0.5 s has few frames, at 200 many."""
    rates = [course.draw_course(Draws(0, CLIP, n), 1, 8, Variety()).rate for n in range(60)]
    assert 30 <= min(rates) < 45 and 150 < max(rates) <= 200


def test_levels_are_between_rest_and_apex_and_begin_low():
    for number in range(30):
        widest = course.draw_course(Draws(1, CLIP, number), 3, 8, Variety.even(2))
        assert np.isfinite(widest.levels).all() and widest.levels.max() <= 1
        drawn = course.draw_course(Draws(1, CLIP, number), 3, 8, Variety())
        assert (
            drawn.levels.shape == (8, 3) and (drawn.levels >= 0).all() and (drawn.levels <= 1).all()
        )
        assert drawn.levels[0].max() < 0.35 and drawn.levels.max() > 0.5
        pair = course.draw_course(Draws(1, CLIP, number), 3, 2, Variety())
        assert pair.levels[1].max() > 0.6 and not pair.drift[0].any()


def test_units_alone_are_prototypes():
    drawn = expression.draw_shown
    sets = {units for shown in expression.EMOTIONS.values() for units in shown}
    shown = [drawn(np.random.default_rng(seed), THREE, 0.0) for seed in range(40)]
    assert {tuple(sorted(one.strengths)) for one in shown} <= sets
    mixed = [drawn(np.random.default_rng(seed), THREE, 1.0) for seed in range(40)]
    assert not {tuple(sorted(one.strengths)) for one in mixed} <= sets


def test_the_way_back_is_the_inverse_of_the_way_there():
    rng = np.random.default_rng(0)
    bumps = Bumps(rng.uniform(-0.5, 1, (6, 2)), rng.uniform(0.06, 0.2, (6, 2)))
    flat = np.array([[[50, 3], [-2, 52]], [[50.5, 3], [-2, 51]]], float)
    pull = rng.normal(0, 0.8, (1, 6, 2)) + rng.normal(0, 0.2, (2, 6, 2))
    move = Movement(bumps, flat, np.array([[30.0, 10], [31, 9]]), pull)
    pixels = nodes(72).astype(float)
    points, flow = move.back(pixels)
    for k in range(2):
        np.testing.assert_allclose(move.forward(points[k])[k], pixels, atol=0.01)
    np.testing.assert_allclose(pixels + flow[0], move.forward(points[0])[1], atol=2e-3)
    y, x = 10, 60
    at = everywhere(points[:1], 72)[0, y, x][None]
    exact = np.diff(move.forward(at), axis=0)[0, 0]
    np.testing.assert_allclose(everywhere(flow, 72)[0, y, x], exact, atol=2e-3)
    assert np.linalg.norm(flow, axis=-1).max() > 0.5


def test_a_thin_line_is_pale_and_a_curve_passes_through_its_points():
    plate = Plate(50)
    thin, wide = (plate.line([[-0.5, 0.5], [0.5, 0.5]], width).sum() for width in (0.004, 0.02))
    assert 0.1 < thin / wide < 0.3
    points = np.array([[0, 0], [0.3, 0.5], [0.7, 0.1], [0.9, 0.9]])
    np.testing.assert_allclose(arc(points)[::12], points, atol=1e-12)
    np.testing.assert_allclose(arc(points, closed=True)[::12], points, atol=1e-12)


@pytest.mark.slow
def test_dlib_finds_most_faces_and_the_option_takes_its_landmarks():
    clean = dataclasses.replace(Variety(), occlusion=0, noise=0, blur=0, jpeg=0)
    drawn = examples(clean, size=144, identities=8)
    off = []
    for one in drawn:
        points = detected.found_in(one.frames[0])
        if points is not None:
            eyes = one.landmarks[0, 42:48].mean(axis=0) - one.landmarks[0, 36:42].mean(axis=0)
            off.append(
                np.linalg.norm(points - one.landmarks[0], axis=1).mean() / np.linalg.norm(eyes)
            )
    assert len(off) >= 7 and np.median(off) < 0.10
    stream = Endless(SEED, 2, 1, frames=2, size=144, landmarks="dlib", variety=clean)
    np.testing.assert_array_equal(stream[0].frames, drawn[0].frames)
    assert 0 < np.abs(stream[0].landmarks - drawn[0].landmarks).mean() < 10


def test_the_command_draws_a_sheet(tmp_path, capsys):
    for option, shape in (("--faces=6", (72, 108)), ("--motions=3", (108, 144))):
        file = tmp_path / f"{option[2]}.png"
        assert command.main([f"--sheet={file}", option, "--size=36"]) == 0
        assert str(file) in capsys.readouterr().out
        assert cv2.imread(str(file)).shape[:2] == shape


BAD = {
    ("--sheet=a.jpg",): "name a file that ends in .png",
    ("--sheet=",): "sheet is empty",
    ("--sheet=a.png", "--faces=0"): "from 1 to 2000; got 0 and 0",
    ("--sheet=a.png", "--faces=3", "--motions=3"): "got 3 and 3",
    ("--sheet=a.png", "--faces=two"): "--faces",
    ("--sheet=a.png", "--motions=2001"): "from 1 to 2000",
    ("--sheet=a.png", "--size=8"): "size is 8; it must be from 36",
    ("--sheet=a.png", "--seed=-1"): "seed is -1",
    ("--sheet=a.png", "--out=b"): "--out does not go with --sheet",
    ("--sheet=a.png", "--like=samm"): "--like does not go with --sheet",
    ("--faces=3",): "required: --out, or --sheet",
    ("--out=b", "--motions=3"): "--motions applies only with --sheet=FILE",
}


@pytest.mark.parametrize("arguments", BAD, ids=" ".join)
def test_a_slip_is_one_sentence_and_leaves_nothing(arguments, tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert command.main(list(arguments)) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: ") and said.err.count("\n") == 1
    assert BAD[arguments] in said.err and not list(tmp_path.iterdir())


def test_each_person_has_a_share_of_the_variety():
    hard, mixed = (
        Endless(SEED, 6, 1, frames=2, size=36, variety=Variety(rest=0), easiest=least)
        for least in (1.0, 0.0)
    )
    wide = [np.abs(each.flow.astype(float)).mean() for each in (hard[n] for n in range(6))]
    some = [np.abs(each.flow.astype(float)).mean() for each in (mixed[n] for n in range(6))]
    assert np.mean(some) < 0.8 * np.mean(wide)
    plain = Endless(SEED, 6, 1, frames=2, size=36, variety=Variety(rest=0))
    assert (plain[3].frames == hard[3].frames).all() and not (
        plain[3].frames == mixed[3].frames
    ).all()


def test_a_share_that_is_none_is_refused():
    with pytest.raises(UserError, match=r"easiest is 1\.5; it must be from 0 to 1"):
        Endless(SEED, 1, 1, easiest=1.5)
