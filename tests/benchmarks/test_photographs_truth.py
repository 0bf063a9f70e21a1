"""The motion of moved photographs, made again: it explains the frames, and nothing else does."""

import dataclasses
import shutil

import cv2
import numpy as np
import pytest

from benchmarks import own_photographs
from benchmarks.photographs_truth import __main__, errors
from benchmarks.photographs_truth.motion import Photographs
from data_builders.annotations.annotation import GENERATED_MARKER
from data_builders.folder.annotation import annotate
from data_builders.pixels.faces import DlibDetector, packaged_predictor
from data_builders.records.record import RecordSettings, make_record
from data_builders.synthetic.drawing import clip as clip_module
from data_builders.synthetic.drawing.face import draw_face
from data_builders.synthetic.drawing.identity import HEIGHT, WIDTH, draw
from mol_jax.dense.warp import residuals
from mol_jax.errors import UserError
from mol_jax.scoring.dense_csv import DenseRow

SIZE, CORNER = 72, 4
ROW = DenseRow("folder", "p01", "p01/c01", "1", 0, 0, {"pairs": 1, "frames": 1})


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """One clip of a drawn picture: its motion, the arguments of that, and its record."""
    with pytest.MonkeyPatch.context() as patch:
        # Without light and noise, of which no flow tells.
        patch.setattr(clip_module, "FLICKER", 0.0)
        patch.setattr(clip_module, "SENSOR_NOISE", 0.0)
        patch.setattr(own_photographs, "FRAMES", (3, 3))
        image = draw_face(draw(0)).image.astype(np.uint8)
        photo = cv2.resize(image, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA)
        detector = DlibDetector(packaged_predictor())
        patch.setattr(own_photographs, "DlibDetector", lambda _: detector)
        out = tmp_path_factory.mktemp("truth") / "photographs"
        own_photographs.write(out, [photo], people=1, clips=1)
        (clip,) = annotate(out, "folder", out / "labels.csv").clips
        record = make_record(clip, RecordSettings(2, SIZE), detector).example
        yield Photographs(out, [photo], detector), (out, photo, detector), record


@pytest.fixture(scope="module")
def exact(made):
    photographs, _, record = made
    return known(photographs, record)


def known(photographs, record, clip="p01/c01:20-29"):
    at = record["sampled"]
    numbers, points = record["frame_numbers"][at].astype(float), record["landmarks"][at]
    return photographs.exact(clip, numbers, points, crop=SIZE - 2 * CORNER, corner=CORNER)


@pytest.mark.slow
def test_the_apex_warped_back_by_the_exact_flow_is_the_onset(made, exact):
    record = made[2]
    frames = record["frames"][record["sampled"]][..., 0]
    left, less, more, zero = (
        residuals(frames, share * exact.flow, corner=CORNER)[0] for share in (1, 0.75, 1.25, 0)
    )
    # What is left is what bilinear sampling blurs of so small a picture.
    assert left < 0.65 * zero and left < less < zero and left < more
    assert 0.02 < exact.moving.mean() < 0.9


@pytest.mark.slow
def test_landmarks_are_moved_as_the_skin_under_them(exact):
    x, y = np.round(exact.first).astype(int).T
    inside = (np.minimum(x, y) >= 0) & (np.maximum(x, y) < SIZE - 2 * CORNER)
    moved = (exact.landmarks[0] - exact.first)[inside]
    assert np.abs(moved - exact.flow[0, y[inside], x[inside]]).max() < 0.15
    assert np.linalg.norm(moved, axis=-1).max() > 0.3


@pytest.mark.slow
def test_the_exact_motion_has_no_error_and_none_has_all_of_it(exact):
    zero = errors.scored(ROW, exact, 0 * exact.flow, exact.landmarks + [3.0, 4.0])
    right = errors.scored(ROW, exact, exact.flow, exact.landmarks)
    length = np.linalg.norm(exact.flow, axis=-1)
    assert zero.values["epe_warp"] == pytest.approx(length.mean(), rel=1e-5)
    assert zero.values["epe_moving"] == pytest.approx(length[exact.moving].mean(), rel=1e-5)
    eyes = exact.landmarks[0][42:48].mean(axis=0) - exact.landmarks[0][36:42].mean(axis=0)
    assert zero.values["nme_warp"] == pytest.approx(500 / np.linalg.norm(eyes), rel=0.02)
    assert all(right.values[name] == 0 for name in ("epe_warp", "epe_moving", "nme_warp"))
    assert errors.scored(ROW, exact, None, None) == ROW


@pytest.mark.slow
def test_other_pictures_clips_and_folders_are_refused(made, tmp_path):
    photographs, (out, photo, detector), record = made
    with pytest.raises(UserError, match="grey levels from how it is drawn now: give --only"):
        known(Photographs(out, [photo // 2], detector), record)
    with pytest.raises(UserError, match="none of the 1 × 1 clips"):
        known(photographs, record, clip="p02/c01")
    shifted = record | {"landmarks": record["landmarks"] + np.arange(68)[:, None] % 2}
    with pytest.raises(UserError, match=r"up to 0\.\d+ px from those of the build"):
        known(photographs, shifted)
    for marker in ("", "{", "[]", '{"generator": "benchmarks.own_photographs"}'):
        (tmp_path / GENERATED_MARKER).write_text(marker)
        with pytest.raises(UserError, match=r"has no GENERATED\.json"):
            Photographs(tmp_path, [photo], detector)
    shutil.copy(out / GENERATED_MARKER, tmp_path)
    with pytest.raises(UserError, match=r"p01/c01 has frames \[\], expected \["):
        known(Photographs(tmp_path, [photo], detector), record)


def test_a_table_has_each_runs_means_and_what_they_differ_from_the_first_by():
    rows = [
        dataclasses.replace(
            ROW, subject=f"p{k}", values={"pairs": 1, "frames": 1, "epe": k, "epe_warp": k + 1}
        )
        for k in range(3)
    ]
    better = [
        dataclasses.replace(row, values=row.values | {"epe_warp": row.values["epe_warp"] - 0.5})
        for row in rows
    ]
    bare = [dataclasses.replace(row, values=row.values | {"epe": None}) for row in rows]
    lines = errors.table({"one": rows, "two": better, "three": bare}).splitlines()
    assert len(lines) == 7 and "| one | – |" in lines[2]
    assert "2.000 [" in lines[2] and "1.500 [" in lines[3]
    assert "-0.500 [-0.500, -0.500]" in lines[5] and "+0.000 [+0.000, +0.000]" in lines[5]
    assert lines[6].startswith("| three, minus the first | – | – | – | +0.000 [")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "the following arguments are required: --source, --runs"),
        (["--source=here", "--runs"], "expected at least one argument"),
        (["--source=here", "--runs", "r", "--only=me"], "invalid choice: 'me'"),
    ],
)
def test_a_slip_in_the_arguments_is_one_sentence(arguments, said, capsys):
    assert __main__.main(arguments) == 2
    sentence = capsys.readouterr().err
    assert said in sentence and sentence.count("\n") == 1
