"""A clip that was built, given as a recording: the very row that is loaded of its record."""

import cv2
import numpy as np
import pytest

from data_builders.annotations.annotation import ClipAnnotation
from data_builders.pixels import faces
from data_builders.records.record import make_record
from mol_jax.data import load as loading
from mol_jax.predicting.clip import after, clip_of, cropped, settings_of, undone
from mol_jax.predicting.reading.image_folder import ImageFolder
from mol_jax.predicting.rows import table_of
from mol_jax.settings.find import find
from tests.mol_jax import tiny

FRAMES, SIZE = 9, (150, 130)  # of each clip; H and W
NAME = "ststnet"
MADE = {  # networks and what else of a config they are asked for
    "mol": {"data.frames": 4},
    "mol, onset and apex": {"data.frames": 2},
    "mol, frame by frame": {"data.frames": 4, "data.alignment": "per_frame"},
    "ststnet": {"model.network": NAME},
    "ststnet, apex spotted": {"model.network": NAME, "data.apex_source": "spotted_flow"},
    "off_apexnet": {"model.network": "off_apexnet", "data.frames": 4},
}


def landmarks_of(image: np.ndarray) -> np.ndarray:
    """Finds a face where a picture is brightest: a tenth of a pixel tells pictures apart."""
    y, x = np.unravel_index(cv2.GaussianBlur(image, (0, 0), 3).argmax(), image.shape)
    grid = np.stack(np.meshgrid(np.linspace(-20, 20, 4), np.linspace(-24, 24, 17)), -1)
    points = np.float32(grid.reshape(68, 2) + (x, y))
    points[36:42] += (-9, -12)
    points[42:48] += (11, -11)
    return points


def write_clip(folder, shift: float) -> None:
    """Writes a texture with a bright spot that wanders."""
    folder.mkdir(parents=True)
    y, x = np.mgrid[: SIZE[0], : SIZE[1]].astype(np.float32)
    for number in range(FRAMES):
        by = shift + 2 * np.sin(number / 2)
        image = 90 + 40 * np.sin((x - by) / 5) * np.sin((y + by) / 6)
        image += 120 * np.exp(-((x - 65 - by) ** 2 + (y - 75) ** 2) / 200)
        # 4, 5, 6 are absent: a builder and a recording know when that was
        if number not in (4, 5):
            cv2.imwrite(str(folder / f"img{30 + number}.png"), np.uint8(image.clip(0, 255)))


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    """Two clips as a builder is told of them."""
    root = tmp_path_factory.mktemp("own")
    found = []
    for k, emotion in ((1, "joy"), (2, "fear")):
        write_clip(root / f"p{k}", 3 * k)
        who = {"dataset": "folder", "subject": f"p{k}", "person": f"folder/p{k}", "clip": "c1"}
        span = {"onset": 30, "apex": 33, "offset": 38}
        found.append(
            ClipAnnotation(**who, **span, emotion=emotion, action_units="", folder=root / f"p{k}")
        )
    return found


@pytest.mark.parametrize("name", MADE)
def test_a_built_clip_given_as_a_recording_is_the_row_that_is_loaded(
    clips, tmp_path, monkeypatch, name
):
    config = tiny.config(**{"data.name": "folder", "data.view": "all"} | MADE[name])
    with config.unlocked():
        config.data.allow_count_mismatch = True
    built = [make_record(clip, settings_of(config), landmarks_of).example for clip in clips]
    metadata = {"generated": False, "emotions": {"joy", "fear"}}
    monkeypatch.setattr(loading, "open_dataset", lambda *_: (built, metadata))
    table, row = loading.load(config, tmp_path).table, 0  # p1, as rows go by their names
    reads = find(config.model.network).reads(config)
    frames = ImageFolder(clips[0].folder, fps=30)
    images = list(frames.grey())
    points = faces.fill_missing([landmarks_of(image) for image in images], frames.numbers)
    clip = clip_of(images, points, frames.numbers, config, reads, apex=33)
    made = table_of([clip.record], config, reads)
    assert reads
    for leaf in ("frames", "flow", "landmarks"):
        found, expected = getattr(made, leaf), getattr(table, leaf)
        assert (found is None) == (expected is None) == (leaf not in reads)
        if found is not None:
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found[0], expected[row])
    assert {*made.inputs} == {*table.inputs}
    for recipe, found in made.inputs.items():
        assert found.dtype == table.inputs[recipe].dtype
        np.testing.assert_array_equal(found[0], table.inputs[recipe][row])


def test_flow_that_nothing_looks_at_is_not_computed(monkeypatch):
    config = tiny.config(**{"data.frames": 4})
    rng = np.random.default_rng(0)
    images = list(rng.integers(0, 256, (5, *SIZE), dtype=np.uint8))
    points = np.stack([landmarks_of(images[0])] * 5)
    monkeypatch.setattr("mol_jax.predicting.clip.sample_flow", None)
    clip = clip_of(images, points, np.arange(5), config, ("frames",))
    table = table_of([clip.record], config, ("frames",))
    assert table.flow is None and table.landmarks is None
    assert table.frames.shape == (1, 4, 72, 72)


def test_points_go_to_the_crop_and_back():
    config = tiny.config(**{"data.frames": 4, "data.alignment": "per_frame"})
    rng = np.random.default_rng(0)
    images = [np.zeros(SIZE, np.uint8)] * 5
    points = landmarks_of(images[0]) + rng.normal(0, 2, (5, 68, 2)).astype(np.float32)
    clip = clip_of(images, points, np.arange(5), config, ())
    corner = (72 - 64) // 2
    for matrix, own, seen in zip(clip.matrices, points, clip.record["landmarks"], strict=True):
        to_crop = cropped(matrix, config)
        np.testing.assert_allclose(own @ to_crop[:, :2].T + to_crop[:, 2], seen - corner, atol=1e-3)
        np.testing.assert_allclose(undone(to_crop, seen - corner), own, atol=1e-3)
        half = np.array([[0.5, 0, -0.25], [0, 0.5, -0.25]])  # of a recording twice as large
        there = (2 * own + 0.5) @ after(to_crop, half)[:, :2].T + after(to_crop, half)[:, 2]
        np.testing.assert_allclose(there, seen - corner, atol=1e-3)
