"""The whole way of a recording, with a model that has no weights and squares for faces."""

import dataclasses

import numpy as np
import pytest

from data_builders.pixels import faces
from data_builders.pixels.alignment import map_points
from mol_jax.errors import UserError
from mol_jax.predicting import predict as module
from mol_jax.predicting import showing, watch
from mol_jax.predicting.clock import Clock
from mol_jax.predicting.predict import predict
from mol_jax.predicting.reading.detection import smallest
from mol_jax.predicting.reading.image_folder import ImageFolder
from mol_jax.predicting.reading.recording import open_recording
from mol_jax.predicting.rows import table_of
from mol_jax.predicting.spans import windows
from mol_jax.spotting.interval import Interval
from mol_jax.spotting.spotters import Spotted
from tests.mol_jax import tiny
from tests.mol_jax.predicting import filmed
from tests.mol_jax.predicting.stand_in_model import StandInModel

COUNT = 30


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A second of a square that wanders."""
    file = tmp_path_factory.mktemp("film") / "a.mkv"
    return filmed.write(file, filmed.wandering(COUNT), codec="ffv1", pix_fmt="gray")


def predicted(source, model=None, **options):
    model = model or StandInModel()
    return predict(model, source, detector=filmed.Squares(), **{"spotter": None} | options)


def test_windows_are_shown_and_what_is_said_comes_back_in_pixels_of_the_recording(clip):
    model = StandInModel()
    clock = Clock()
    result = predicted(clip, model, clock=clock)
    (face,) = result.faces
    spans = windows(result.recording.times, 0.5, 0.25)
    assert [(w.first, w.last) for w in face.windows] == spans and len(spans) == 3
    assert sum(len(table.label) for table in model.shown) == 3
    assert result.real_time == pytest.approx(clock.total, rel=0.2)  # it lasts a second
    for window in face.windows:
        assert window.sampled.tolist()[0] == window.first
        own = face.landmarks[window.sampled[1:]]
        np.testing.assert_allclose(window.landmarks, own, atol=0.01)
        corner = map_points(window.to_crop[0], face.landmarks[window.first])
        table = model.shown[0].landmarks[spans.index((window.first, window.last)), 0] - 4
        np.testing.assert_allclose(corner, table, atol=0.01)
        assert window.probabilities.shape == (3,) and window.flow.shape == (1, 64, 64, 2)
    assert face.signal is None and face.intervals == ()
    np.testing.assert_allclose(face.landmarks[5], filmed.SHAPE + (45, 48), atol=1)


@pytest.mark.parametrize("alignment", ["clip", "per_frame"])
def test_each_sampled_frame_of_a_moving_head_has_its_own_crop(clip, alignment):
    model = StandInModel(tiny.config(**{"data.frames": 4, "data.alignment": alignment}))
    (face,) = predicted(clip, model).faces
    (table,) = model.shown
    for row, window in enumerate(face.windows):
        for k, frame in enumerate(window.sampled):
            seen = table.landmarks[row, k] - 4  # px of the centre crop
            here = map_points(window.to_crop[k], face.landmarks[frame])
            np.testing.assert_allclose(here, seen, atol=0.01)
        assert (np.ptp(window.to_crop[:, 0, 2]) > 5) == (alignment == "per_frame")


def test_a_window_of_a_huge_recording_lies_where_the_face_is(clip, monkeypatch):
    monkeypatch.setattr("mol_jax.predicting.reading.recording.HELD", 64)
    result = predicted(clip)
    (face,) = result.faces
    np.testing.assert_allclose(face.landmarks[5], filmed.SHAPE + (45, 48), atol=1.5)
    for window in face.windows:
        np.testing.assert_allclose(window.landmarks, face.landmarks[window.sampled[1:]], atol=0.01)


@pytest.mark.parametrize("which", ["frames", "flow_image_28"])
def test_one_window_over_all_of_it_is_the_row_of_its_record(tmp_path, which):
    """`test_clip` shows that this row is the one that is loaded of a built record."""
    folder = tmp_path / "f"
    folder.mkdir()
    for at, image in enumerate(filmed.wandering(6)):
        filmed.cv2.imwrite(str(folder / f"img{at + 1}.png"), image)
    model = StandInModel(tiny.config(**{"data.frames": 4}), needs=(which,), dense=False)
    predicted(folder, model, fps=30, duration=0.5)
    frames = ImageFolder(folder, 30)
    images = list(frames.grey())
    points = faces.fill_missing([filmed.Squares()(image) for image in images], frames.numbers)
    record = showing.clip_of(images, points, frames.numbers, model.config, model.needs).record
    expected = table_of([record], model.config, model.needs)
    (table,) = model.shown
    for found, own in ((table.frames, expected.frames), *_pairs(table.inputs, expected.inputs)):
        assert (found is None) == (own is None)
        if found is not None:
            np.testing.assert_array_equal(found, own)


def _pairs(one, other):
    assert {*one} == {*other}
    return [(one[name], other[name]) for name in one]


def spotted(found):
    """Returns a spotter that finds `found`, and keeps what it was given."""
    given = []

    def spot(method, frames, landmarks, times):
        given.append((method, frames, landmarks, times))
        return Spotted(found, np.arange(len(frames), dtype=np.float32))

    return spot, given


def test_what_is_spotted_is_shown_as_a_clip_of_its_own(clip, monkeypatch):
    spot, given = spotted((Interval(5, 9, 14, 2.0), Interval(20, 22, 25, 1.0)))
    monkeypatch.setattr(watch, "spot", spot)
    model = StandInModel()
    result = predicted(clip, model, spotter="flow")
    (face,) = result.faces
    ((method, frames, landmarks, times),) = given
    assert method == "flow" and frames.shape == (COUNT, 72, 72) and frames.dtype == np.uint8
    assert landmarks.shape == (COUNT, 68, 2)
    np.testing.assert_array_equal(times, result.recording.times)
    assert [(one.onset, one.apex, one.offset) for one in face.intervals] == [
        (5, 9, 14),
        (20, 22, 25),
    ]
    assert [(one.first, one.last) for one in face.of_intervals] == [(5, 14), (20, 25)]
    # Of two frames the network is shown the onset and the apex that was spotted.
    assert [one.sampled.tolist() for one in face.of_intervals] == [[5, 9], [20, 22]]
    np.testing.assert_array_equal(face.signal, np.arange(COUNT))
    assert "false alarms a minute" in result.about.false_alarms


def test_a_spotter_that_there_is_not_is_refused_before_the_work(tmp_path):
    with pytest.raises(UserError, match="spotter is 'luck'; expected one of flow, frequency"):
        predicted(tmp_path / "absent.mp4", spotter="luck")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"faces": "every"}, "faces is 'every', expected one of largest, all"),
        ({"seconds": 3.0}, "--seconds is of a camera, and .* is none"),
        ({"fps": 30.0, "source": 0}, "camera 0 tells the times of its frames itself"),
    ],
)
def test_options_that_do_not_apply_are_refused_before_the_work(clip, options, says):
    with pytest.raises(UserError, match=says):
        predicted(**{"source": clip} | options)
    with pytest.raises(UserError, match="fps and seconds are of `open_recording`"):
        predicted(open_recording(clip), fps=30.0)


def test_a_cut_parts_what_is_spotted_and_no_window_goes_over_it(tmp_path, monkeypatch):
    pictures = [filmed.picture((30, 48))] * 20 + [filmed.picture((95, 48))] * 20
    file = filmed.write(tmp_path / "a.mkv", pictures, codec="ffv1", pix_fmt="gray")
    spot, given = spotted((Interval(1, 2, 3, 1.0),))
    monkeypatch.setattr(watch, "spot", spot)
    (face,) = predicted(file, spotter="flow").faces
    assert [len(frames) for _, frames, _, _ in given] == [20, 20]
    assert [(one.onset, one.offset) for one in face.intervals] == [(1, 3), (21, 23)]
    assert not any(window.first < 20 <= window.last for window in face.windows)
    assert face.stretches == ((0, 19), (20, 39))


def test_several_faces_are_said_and_all_of_them_followed_where_asked(tmp_path):
    pictures = [filmed.picture((30, 48), (100, 48)) for _ in range(12)]
    for image in pictures:
        image[:, 70:] = np.where(filmed.picture((100, 48), half=10) > 100, 200, 60)[:, 70:]
    file = filmed.write(tmp_path / "a.mkv", pictures, codec="ffv1", pix_fmt="gray")
    one = predicted(file)
    assert len(one.faces) == 1
    assert any("other faces are in 12 of 12 frames" in note for note in one.recording.notes)
    both = predicted(file, faces="all")
    assert [face.number for face in both.faces] == [0, 1]
    assert all(len(face.windows) == 1 for face in both.faces)
    assert any("shorter than a window of 0.5 s" in note for note in both.recording.notes)


def test_windows_with_fewer_frames_than_the_network_is_shown_are_said(clip):
    result = predicted(clip, StandInModel(tiny.config(**{"data.frames": 16})), duration=0.2)
    assert any("in 4 windows there are fewer frames" in n for n in result.recording.notes)


def test_grey_levels_by_person_are_those_of_the_whole_face(clip, monkeypatch):
    monkeypatch.setattr(watch, "spot", spotted((Interval(5, 9, 14, 2.0),))[0])
    model = StandInModel(tiny.config(**{"data.normalisation": "subject"}))
    monkeypatch.setattr(showing, "BATCH", 1)
    predicted(clip, model, spotter="flow")
    assert [len(table.label) for table in model.shown] == [1, 1, 1, 1]
    scales = np.concatenate([table.pixels for table in model.shown])
    assert (scales == scales[0]).all()
    shown = np.concatenate([table.frames for table in model.shown[:3]]).astype(np.float64)
    scale = 1 / (shown.max() - shown.mean())
    np.testing.assert_array_equal(scales[0], np.float32([scale, -shown.mean() * scale]))


@pytest.mark.parametrize(
    ("size", "factor", "width"),
    [((640, 480), 1, 40), ((1280, 720), 1, 40), ((1920, 1080), 1, 80), ((2160, 3840), 2, 160)],
)
def test_how_wide_a_face_must_be_to_be_found(size, factor, width):
    assert smallest(size, factor) == width


def test_no_face_is_refused(tmp_path):
    pictures = [np.full((48, 64), k, np.uint8) for k in range(5)]
    file = filmed.write(tmp_path / "a.mkv", pictures, codec="ffv1", pix_fmt="gray")
    with pytest.raises(UserError, match=r"in any of the 5 frames of .*a\.mkv: .* 40 px"):
        predicted(file)


def test_flow_that_would_fill_the_memory_is_not_kept_and_that_is_said(clip, monkeypatch):
    monkeypatch.setattr(showing, "KEPT", 64 * 64 * 2 * 4)
    result = predicted(clip)
    kept = [window.flow is not None for window in result.faces[0].windows]
    assert kept == [True, False, False]
    assert any("flow of 2 windows is not kept" in note for note in result.recording.notes)
    lengths = [window.mean_flow for window in result.faces[0].windows]
    np.testing.assert_allclose(lengths, 2**0.5, rtol=1e-6)


def test_windows_leave_intervals_room_for_their_flow(clip, monkeypatch):
    monkeypatch.setattr(showing, "KEPT", 64 * 64 * 2 * 4)
    monkeypatch.setattr(watch, "spot", spotted((Interval(5, 9, 14, 2.0),))[0])
    (face,) = predicted(clip, spotter="flow").faces
    assert [window.flow is not None for window in face.windows] == [True, False, False]
    assert face.of_intervals[0].flow is not None


def test_windows_with_many_frames_are_shown_before_a_batch_is_full(clip, monkeypatch):
    model = StandInModel()
    monkeypatch.setattr(showing, "LARGEST", 20 * 72 * 72)
    predicted(clip, model)
    assert [len(table.label) for table in model.shown] == [2, 1]


def test_a_recording_that_is_open_is_read_as_it_is(clip):
    frames = open_recording(clip)
    result = predicted(frames)
    notes = dataclasses.replace(result.recording, notes=())
    assert notes == dataclasses.replace(frames.recording, notes=())


def test_the_seconds_that_a_camera_films_are_no_time_of_the_prediction(clip, monkeypatch):
    clock = Clock()
    clock._began -= 1000  # as if it had filmed for so long
    monkeypatch.setattr(module, "open_recording", lambda *_, **__: open_recording(clip))
    assert predicted(0, clock=clock, seconds=1.0).real_time < 500


def test_what_is_spotted_hangs_on_no_window_at_the_end(tmp_path, monkeypatch):
    file = filmed.write(tmp_path / "a.mkv", filmed.wandering(33), codec="ffv1", pix_fmt="gray")
    spot, given = spotted((Interval(28, 30, 32, 1.0),))
    monkeypatch.setattr(watch, "spot", spot)
    (face,) = predicted(file, spotter="flow").faces
    assert face.windows[-1].last < 32 and len(given) == 1
    assert [(one.first, one.last) for one in face.of_intervals] == [(28, 32)]
