import itertools
import shutil

import numpy as np
import pytest

from data_builders.casme2 import annotation
from data_builders.pixels import alignment, flow, frames, interpolation
from data_builders.pixels.magnification import magnified, to_bytes
from data_builders.records.load import build_command
from data_builders.records.record import RecordSettings, make_record
from mol_jax.errors import UserError
from tests.data_builders.conftest import mean_landmarks

SETTINGS = RecordSettings(frames=4, size=72)
QUICK = RecordSettings(frames=4, size=72, flow="dis")  # where a test is of anything but flow


@pytest.fixture
def clip(tree):
    tree.add("01", "EP02_01f", onset=10, apex=14, offset=19, black=(10, 13))
    tree.write_workbook()
    return annotation.annotate(tree.root, "casme2").clips[0]


def test_record_holds_the_clip(clip, detector):
    result = make_record(clip, SETTINGS, detector())
    example = result.example
    assert (result.frames, result.missed, result.absent, result.skipped) == (10, 2, 0, None)
    assert {k: example[k] for k in ("subject", "clip", "emotion", "onset", "apex", "offset")} == {
        "subject": "sub01",
        "clip": "EP02_01f",
        "emotion": "happiness",
        "onset": 10,
        "apex": 14,
        "offset": 19,
    }
    assert (example["missed"], example["repeated"]) == (2, 0)
    np.testing.assert_array_equal(example["frame_numbers"], np.arange(10, 20))
    np.testing.assert_array_equal(example["sampled"], [0, 3, 6, 9])
    assert example["frames"].shape == (10, 72, 72, 1) and example["frames"].dtype == np.uint8
    assert example["flow"].shape == (3, 72, 72, 2) and example["flow"].dtype == np.float16
    assert example["landmarks"].shape == (10, 68, 2)
    assert example["landmarks"].dtype == np.float32


def test_landmarks_are_those_of_the_aligned_image(clip, detector):
    """Eye centres level, the anchor box centred: the landmarks went through the same transform."""
    landmarks = make_record(clip, QUICK, detector()).example["landmarks"]
    for frame in landmarks:
        anchors = alignment.anchors(frame)
        assert anchors[0, 1] == pytest.approx(anchors[1, 1], abs=1e-4)
        middle = (anchors.min(axis=0) + anchors.max(axis=0)) / 2
        np.testing.assert_allclose(middle, 35.5, atol=1e-3)


@pytest.mark.parametrize("name", alignment.ALIGNMENTS)
def test_each_frame_and_its_landmarks_are_aligned_by_its_own_transform(clip, name):
    """The face wanders across the images, and is not found in the fifth: it lies between."""
    faces = mean_landmarks() + np.arange(10)[:, None, None] * np.float32([1.5, -1])
    found = iter([*faces[:4], None, *faces[5:]])
    settings = RecordSettings(2, 72, name, "dis")
    example = make_record(clip, settings, lambda image: next(found)).example
    matrices = alignment.transforms(faces, name, 72)
    assert (np.ptp(matrices, axis=0).max() > 1) == (name != "clip")
    images = frames.read_clip(list(frames.index_frames(clip.folder).values()))
    for k in range(10):
        pixels = alignment.warp(images[k], matrices[k], 72)
        np.testing.assert_array_equal(example["frames"][k, ..., 0], pixels)
        points = alignment.map_points(matrices[k], faces[k])
        np.testing.assert_allclose(example["landmarks"][k], points, atol=1e-4)


def test_flow_is_between_the_sampled_frames(tree, detector):
    """The pattern moves 0.5 px a frame, samples are 3 frames apart, the face is enlarged."""
    tree.add("01", "EP02_01f")
    tree.write_workbook()
    (clip,) = annotation.annotate(tree.root, "casme2").clips
    example = make_record(clip, SETTINGS, detector()).example
    pictures = example["frames"][example["sampled"], ..., 0]
    np.testing.assert_array_equal(example["flow"][1], flow.tvl1(*pictures[1:3]).astype(np.float16))
    source = alignment.anchors(detector()(np.ones((1, 1))))
    aligned = alignment.anchors(example["landmarks"][0])
    scale = (aligned[1, 0] - aligned[0, 0]) / (source[1, 0] - source[0, 0])
    inner = example["flow"][:, 12:-12, 12:-12].astype(np.float32)
    np.testing.assert_allclose(inner.mean(axis=(0, 1, 2)), [1.5 * scale, 0], atol=0.1)


def test_a_clip_without_a_face_is_skipped(tree, detector):
    tree.add("01", "EP02_01f", black=range(10, 20))
    tree.write_workbook()
    (clip,) = annotation.annotate(tree.root, "casme2").clips
    result = make_record(clip, SETTINGS, detector())
    assert result.example is None and (result.frames, result.missed) == (10, 10)
    assert result.skipped.reason == "no face was found in any of its 10 frames"


def test_a_clip_without_its_frames_is_skipped(clip, detector):
    for file in clip.folder.iterdir():
        shutil.move(file, file.with_name(f"img{int(file.stem[3:]) + 100}.jpg"))
    result = make_record(clip, SETTINGS, detector())
    assert result.example is None and result.absent == 10
    assert result.skipped.reason == "none of the frames 10–19 is on disk"


def test_absent_frames_are_counted(clip, detector):
    (clip.folder / "img12.jpg").unlink()
    (clip.folder / "img19.jpg").unlink()
    result = make_record(clip, QUICK, detector())
    assert (result.frames, result.absent) == (8, 2)
    assert 12 not in result.example["frame_numbers"]


def test_config_name_and_back():
    assert RecordSettings().config_name == "t8_s144_clip"
    names = set()
    for align, method in itertools.product(alignment.ALIGNMENTS, flow.METHODS):
        settings = RecordSettings(frames=16, size=72, alignment=align, flow=method)
        assert RecordSettings.from_config_name(settings.config_name) == settings
        names.add(settings.config_name)
    assert {"t16_s72_per_frame", "t16_s72_clip_dis", "t16_s72_smoothed_dis"} < names
    assert len(names) == 6


@pytest.mark.parametrize(
    "name",
    ["default", "", "t8_s144", "t8_s144_", "t8_s144_clip_", "t8_s144_dis", "t8_s144_clip_tvl1"]
    + [
        "t8_s144_clip_farneback",
        "t8_s144_clip\n",
        "t3_s144_clip",
        "t٨_s144_clip",
        "../t8_s144_clip",
    ]
    + [f"t{'8' * 5000}_s144_clip"],
)
def test_a_config_name_that_no_build_has_is_refused(name):
    with pytest.raises(UserError, match="expected"):
        RecordSettings.from_config_name(name)


def test_the_command_that_builds_names_the_flow_where_it_is_no_default(tmp_path):
    command = build_command("casme2", tmp_path, RecordSettings())
    assert command.endswith("--frames=8 --size=144 --alignment=clip")
    command = build_command("casme2", tmp_path, RecordSettings(flow="dis"))
    assert command.endswith("--frames=8 --size=144 --alignment=clip --flow=dis")


@pytest.mark.parametrize("method", flow.METHODS)
def test_flow_is_found_by_the_method_of_the_settings(clip, detector, method):
    example = make_record(clip, RecordSettings(2, 72, flow=method), detector()).example
    pictures = example["frames"][example["sampled"], ..., 0]
    expected = flow.METHODS[method].find(*pictures).astype(np.float16)
    np.testing.assert_array_equal(example["flow"][0], expected)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"frames": 1}, "one of 2, 4, 8, 10, 16"),
        ({"frames": 3}, "one of 2, 4, 8, 10, 16"),
        ({"frames": 9}, "one of 2, 4, 8, 10, 16"),
        ({"frames": 10**9}, "one of 2, 4, 8, 10, 16"),
        ({"size": 128}, "a multiple of 72"),
        ({"size": 0}, "a multiple of 72"),
        ({"alignment": "none"}, "one of clip, per_frame, smoothed"),
        ({"flow": "farneback"}, "one of tvl1, dis"),
        ({"flow": ""}, "one of tvl1, dis"),
    ],
)
def test_bad_settings_are_refused(settings, message):
    with pytest.raises(UserError, match=message):
        RecordSettings(**settings)


def test_phases_come_with_the_flow_of_each(clip, detector):
    plain, example = (
        make_record(clip, RecordSettings(4, 72, flow="dis", phases=phases), detector()).example
        for phases in (0, 3)
    )
    np.testing.assert_array_equal(example["flow"], plain["flow"])
    np.testing.assert_array_equal(example["phase_sampled"], [[0, 2, 4, 6], [1, 3, 5, 7]])
    assert example["phase_flow"].shape == (2, 3, 72, 72, 2)  # 10 frames, t = 4
    for row, flows in zip(example["phase_sampled"], example["phase_flow"], strict=True):
        np.testing.assert_array_equal(flows, flow.pair_flows(example["frames"][..., 0], row, "dis"))


@pytest.mark.parametrize(("t", "method"), [(4, "tvl1"), (10, "dis")])
def test_interpolated_flow_is_between_the_interpolated_frames(clip, detector, t, method):
    settings = RecordSettings(t, 72, flow=method, sampling="tim")
    example = make_record(clip, settings, detector()).example
    made = interpolation.interpolate(example["frames"][..., 0], example["frame_numbers"], t)
    np.testing.assert_array_equal(example["flow"], flow.pair_flows(made, np.arange(t), method))


def test_a_magnified_record_has_magnified_frames_and_their_flow(clip, detector):
    plain, other = (
        make_record(clip, RecordSettings(2, 72, flow="dis", magnify=alpha), detector()).example
        for alpha in (0, 20)
    )
    expected = to_bytes(magnified(plain["frames"][..., 0], 20))
    np.testing.assert_array_equal(other["frames"][..., 0], expected)
    pair = flow.pair_flows(expected, other["sampled"], "dis")
    np.testing.assert_array_equal(other["flow"], pair)
    changed = {key for key in plain if not np.array_equal(plain[key], other[key])}
    assert changed == {"frames", "flow"}


@pytest.mark.parametrize(
    "settings",
    [
        RecordSettings(),
        RecordSettings(phases=12),
        RecordSettings(flow="dis", sampling="tim"),
        RecordSettings(10, 288, sampling="tim"),
        RecordSettings(alignment="per_frame", flow="dis", phases=1),
        RecordSettings(magnify=8),
        RecordSettings(4, 72, "smoothed", "dis", "tim", magnify=100),
        RecordSettings(phases=3, magnify=20),
    ],
)
def test_config_names_can_be_read_back(settings):
    assert RecordSettings.from_config_name(settings.config_name) == settings


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"phases": -1}, "phases is -1, expected 0 to 99"),
        ({"phases": 100}, "phases is 100"),
        ({"size": 7_200_000}, "a multiple of 72 up to 1152"),
        ({"sampling": "cubic"}, "sampling is 'cubic', expected one of even, tim"),
        ({"frames": 2, "phases": 1}, "onset and apex"),
        ({"frames": 2, "sampling": "tim"}, "onset and apex"),
        ({"phases": 2, "sampling": "tim"}, "choose one of the two"),
        ({"magnify": -1}, "magnify is -1, expected 1 to 100, or 0 for none"),
        ({"magnify": 101}, "magnify is 101, expected 1 to 100"),
        ({"magnify": 8, "alignment": "per_frame"}, "jitter would be magnified with the face"),
    ],
)
def test_settings_that_cannot_be_are_refused(fields, message):
    with pytest.raises(UserError, match=message):
        RecordSettings(**fields)
