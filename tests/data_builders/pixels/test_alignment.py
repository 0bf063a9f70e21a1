import cv2
import numpy as np
import pytest

from data_builders.pixels import alignment

SIZE = 144


@pytest.fixture
def landmarks():
    """A face about 80 px between the eyes, tilted, with noise."""
    rng = np.random.default_rng(0)
    points = np.stack([60 + 90 * rng.random(68), 90 + 120 * rng.random(68)], axis=1)
    points[36:42] = rng.normal([70, 120], 3, (6, 2))
    points[42:48] = rng.normal([150, 128], 3, (6, 2))
    points[[30, 48, 54]] = [[112, 160], [85, 195], [140, 200]]
    return points


def similar(points, angle, scale, shift):
    cosine, sine = np.cos(angle), np.sin(angle)
    return scale * points @ np.array([[cosine, sine], [-sine, cosine]]) + shift


@pytest.mark.parametrize("angle", [0, 0.3, -1.2, 3.0])
@pytest.mark.parametrize("scale", [0.4, 1, 2.7])
def test_aligned_landmarks_forget_the_pose(landmarks, angle, scale):
    straight = alignment.map_points(alignment.similarity(landmarks, SIZE), landmarks)
    moved = similar(landmarks, angle, scale, [31, -17])
    np.testing.assert_allclose(
        alignment.map_points(alignment.similarity(moved, SIZE), moved), straight, atol=1e-9
    )


def test_eye_line_is_level_and_the_enlarged_box_spans_the_pixel_centres(landmarks):
    matrix = alignment.similarity(landmarks, SIZE)
    anchors = alignment.map_points(matrix, alignment.anchors(landmarks))
    assert anchors[0, 1] == pytest.approx(anchors[1, 1])
    assert anchors[0, 0] < anchors[1, 0]
    low, high = anchors.min(axis=0), anchors.max(axis=0)
    assert (high - low).max() * 2.5 == pytest.approx(SIZE - 1)
    np.testing.assert_allclose((low + high) / 2, (SIZE - 1) / 2)


def test_transform_is_a_similarity_without_reflection(landmarks):
    linear = alignment.similarity(landmarks, SIZE)[:, :2]
    assert np.linalg.det(linear) > 0
    np.testing.assert_allclose(linear @ linear.T, np.linalg.det(linear) * np.eye(2), atol=1e-12)


def test_per_frame_aligns_each_frame_and_clip_all_alike(landmarks):
    clip = np.stack([similar(landmarks, 0.02 * k, 1, [k, 0]) for k in range(5)])
    single = alignment.transforms(clip, "per_frame", SIZE)
    for matrix, points in zip(single, clip, strict=True):
        np.testing.assert_array_equal(matrix, alignment.similarity(points, SIZE))
    common = alignment.transforms(clip, "clip", SIZE)
    assert np.all(common == common[0])
    np.testing.assert_array_equal(common[0], alignment.similarity(np.median(clip, 0), SIZE))


def test_smoothed_follows_the_head_without_its_jitter(landmarks):
    """A head that drifts steadily, seen with noise: the middle of the clip, away from its ends."""
    rng = np.random.default_rng(1)
    steady = np.stack([similar(landmarks, 0.002 * k, 1 + 0.001 * k, [k, 0]) for k in range(40)])
    noisy = steady + rng.normal(0, 1, steady.shape)
    point, middle = landmarks.mean(axis=0), slice(12, -12)
    places = {}
    for name in ("per_frame", "smoothed"):
        exact = alignment.transforms(steady, "per_frame", SIZE)
        found = alignment.transforms(noisy, name, SIZE)
        moved = [
            alignment.map_points(f, point) - alignment.map_points(e, point)
            for f, e in zip(found, exact, strict=True)
        ]
        places[name] = np.diff(moved, axis=0)[middle].std()
        linear = found[:, :, :2]
        np.testing.assert_allclose(linear[:, 0, 0], linear[:, 1, 1])
        np.testing.assert_allclose(linear[:, 0, 1], -linear[:, 1, 0])
    assert places["smoothed"] < places["per_frame"] / 8
    still = np.repeat(landmarks[None], 5, axis=0)
    np.testing.assert_allclose(
        alignment.transforms(still, "smoothed", SIZE), alignment.transforms(still, "clip", SIZE)
    )
    single = alignment.transforms(landmarks[None], "smoothed", SIZE)
    np.testing.assert_allclose(single[0], alignment.similarity(landmarks, SIZE))


def test_one_wild_frame_does_not_move_the_clip(landmarks):
    clip = np.repeat(landmarks[None], 5, axis=0)
    wild = clip.copy()
    wild[2] += 40
    np.testing.assert_array_equal(
        alignment.transforms(wild, "clip", SIZE), alignment.transforms(clip, "clip", SIZE)
    )


@pytest.mark.parametrize(("scale", "tilt"), [(0.35, 0.15), (0.72, 0.15), (1, 0), (1.5, -0.15)])
def test_a_dot_lands_on_its_mapped_landmark(scale, tilt):
    height, width = 340, 281
    matrix = np.array([[1.0, tilt, 0], [-tilt, 1.0, 0]])
    matrix *= scale / np.hypot(*matrix[:, 0])
    matrix[:, 2] = SIZE / 2 - 0.25 - matrix[:, :2] @ [width / 2, height / 2]
    y, x = np.mgrid[:height, :width]
    for dot in ([140.3, 170.8], [121.0, 150.5], [160.7, 195.1]):
        image = np.uint8(250 * np.exp(-((x - dot[0]) ** 2 + (y - dot[1]) ** 2) / 18) + 0.5)
        aligned = alignment.warp(image, matrix, SIZE).astype(float)
        v, u = np.mgrid[:SIZE, :SIZE]
        found = [(aligned * u).sum() / aligned.sum(), (aligned * v).sum() / aligned.sum()]
        np.testing.assert_allclose(found, alignment.map_points(matrix, np.array(dot)), atol=0.1)


def test_shrinking_does_not_alias():
    """Stripes finer than the aligned grid turn grey instead of into coarse false ones."""
    stripes = np.uint8(255 * (np.arange(400) % 2)) * np.ones((400, 1), np.uint8)
    matrix = np.array([[0.36, 0, 0], [0, 0.36, 0]])
    aligned = alignment.warp(stripes, matrix, SIZE)
    plain = cv2.warpAffine(stripes, matrix, (SIZE, SIZE))
    assert aligned[:, 5:-5].std() < 3 < plain[:, 5:-5].std()


def test_enlarging_leaves_the_pixels_alone():
    image = np.random.default_rng(0).integers(0, 255, (72, 72), np.uint8)
    matrix = np.array([[2.0, 0, 0], [0, 2.0, 0]])
    np.testing.assert_array_equal(alignment.warp(image, matrix, SIZE)[::2, ::2], image)
