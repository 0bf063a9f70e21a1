import cv2
import numpy as np
import pytest

from data_builders.records import gallery, lettering

S = 72
BIG = 144  # px: four faces of 72 px are drawn twice as large


def pictures(image: np.ndarray) -> np.ndarray:
    """A drawn clip without the lines above it."""
    return image[-3 * BIG :]


def record(t=4, clip="EP01", speed=1.0):
    flow = np.zeros((t - 1, S, S, 2), np.float16)
    flow[..., 0] = speed
    return {
        "subject": "sub01",
        "clip": clip,
        "emotion": "fear",
        "frames": np.full((t + 2, S, S, 1), 100, np.uint8),
        "frame_numbers": np.arange(10, t + 12),
        "landmarks": np.full((t + 2, 68, 2), 20.4, np.float32),
        "sampled": np.arange(t),
        "flow": flow,
    }


def test_a_clip_shows_each_sampled_frame_and_the_flow_to_the_next():
    image = gallery.draw_clip(record())
    assert image.shape[1:] == (4 * BIG, 3) and image.dtype == np.uint8
    faces, flows, strain = np.split(pictures(image), 3)
    for k in range(4):
        assert tuple(faces[41, 41 + k * BIG]) == gallery.DOT
        assert tuple(faces[44, 41 + k * BIG]) == (100, 100, 100)
    assert np.all(flows[:, : 3 * BIG] == (0, 0, 255))  # to the right: red
    assert not strain.any()
    assert image[: lettering.LINE].any()


def test_colours_tell_directions_and_lengths():
    flow = np.array([[[0, 0], [1, 0], [0, 1], [-1, 0], [0.5, 0], [9, 0]]], np.float32)
    still, right, down, left, half, far = map(tuple, gallery.flow_colours(flow, 1.0)[0])
    assert still == (255, 255, 255) and right == far == (0, 0, 255)
    assert left == (255, 255, 0) and down == (0, 255, 127)
    assert half == (128, 128, 255)
    wheel = gallery.flow_wheel(S)
    assert np.abs(wheel[S // 2, int(0.88 * S)].astype(int) - (0, 0, 255)).max() < 30
    assert not wheel[0, 0].any()


def test_a_still_clip_is_nearly_white():
    image = pictures(gallery.draw_clip(record(speed=0.01)))[BIG : 2 * BIG, :BIG]
    assert image.min() > 240


def test_strain_is_bright_where_the_skin_stretches():
    stretched = record()
    stretched["flow"][..., 0] = np.minimum(np.arange(S), S // 2) / 10
    image = pictures(gallery.draw_clip(stretched))[2 * BIG :, : 3 * BIG]
    assert image[:, 10 : BIG // 2 - 10].min() > 240
    assert image[:, BIG // 2 + 10 : BIG - 10].max() == 0


def test_landmarks_outside_and_names_in_any_script_are_no_error():
    odd = record(clip="клип ü" * 100)
    odd["landmarks"][:] = -1e4
    assert gallery.draw_clip(odd).shape[1] == 4 * BIG


@pytest.mark.parametrize(("generated", "marked"), [(True, False), (False, True)])
def test_sheets_of_people_are_marked(tmp_path, generated, marked):
    records = [record(clip=f"EP{k}") for k in range(9)]
    folder = tmp_path / "deep" / "preview"
    sheets = gallery.write_gallery(records, folder, generated=generated, clips=6)
    assert [cv2.imread(str(s)).shape[0] // (3 * BIG) for s in sheets] == [4, 2]
    assert (folder / "LICENSED_FACES.txt").exists() is marked
    sheets = gallery.write_gallery(records[:1], folder, generated=generated)
    assert sorted(folder.glob("*.png")) == sheets and len(sheets) == 1


@pytest.mark.parametrize(
    ("t", "size", "times"), [(2, 72, 4), (2, 144, 2), (4, 72, 2), (8, 72, 2), (8, 144, 1)]
)
def test_small_pictures_are_enlarged_until_they_can_be_read(t, size, times):
    assert gallery.enlargement(t, size) == times
    assert times * size >= gallery.SMALLEST and times * size * t >= gallery.NARROWEST


def test_landmarks_stay_where_they_are_when_a_picture_is_enlarged():
    one = record(t=2)
    one["frames"][:, 30, 50] = 255  # a bright pixel, and a landmark on it
    one["landmarks"][:] = (50, 30)
    drawn = gallery.draw_clip(one)[-3 * 4 * S :][: 4 * S, : 4 * S]
    rows, columns = np.nonzero(np.all(drawn == gallery.DOT, axis=-1))
    assert abs(rows.mean() - (4 * 30.5 - 0.5)) <= 1 and abs(columns.mean() - (4 * 50.5 - 0.5)) <= 1
