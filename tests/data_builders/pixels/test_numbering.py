import pytest

from data_builders.pixels import frames
from mol_jax.errors import UserError


def touch(folder, *names):
    for name in names:
        (folder / name).write_bytes(b"")


def test_number_is_the_last_run_of_digits_in_the_stem(tmp_path):
    touch(tmp_path, "006_04100.jpg", "reg_img46.bmp", "s3_ne_01_image090001.PNG", "3577.jpeg")
    index = frames.index_frames(tmp_path)
    assert {n: f.name for n, f in index.items()} == {
        46: "reg_img46.bmp",
        3577: "3577.jpeg",
        4100: "006_04100.jpg",
        90001: "s3_ne_01_image090001.PNG",
    }


def test_frames_come_in_numeric_order(tmp_path):
    touch(tmp_path, "img9.jpg", "img10.jpg", "img100.jpg", "img2.jpg")
    assert list(frames.index_frames(tmp_path)) == [2, 9, 10, 100]


def test_other_files_are_ignored(tmp_path):
    touch(tmp_path, "Thumbs.db", ".DS_Store", "Desktop - Shortcut.lnk", "img1.txt", "cover.jpg")
    touch(tmp_path, "._img1.jpg", "img1.jpg")
    assert list(frames.index_frames(tmp_path)) == [1]


def test_two_images_of_one_number_are_refused(tmp_path):
    touch(tmp_path, "img46.jpg", "img046.png")
    with pytest.raises(UserError, match=r"two images for frame 46, img046.png and img46.jpg"):
        frames.index_frames(tmp_path)


def test_a_number_beyond_any_frame_is_refused(tmp_path):
    touch(tmp_path, f"img{10**18 - 1}.jpg")
    assert list(frames.index_frames(tmp_path)) == [10**18 - 1]
    touch(tmp_path, f"img{10**18}.jpg")
    with pytest.raises(UserError, match=r"is numbered 1000000000000000000: .* 18 digits at most"):
        frames.index_frames(tmp_path)


@pytest.mark.parametrize(
    "copy", ["img46 (1).jpg", "img46(2).jpg", "img46 - Copy (2).jpg", "img46 2.jpg"]
)
def test_a_copy_of_an_image_is_no_frame_of_its_own(tmp_path, copy):
    touch(tmp_path, "img46.jpg", copy)
    with pytest.raises(UserError, match=r"seems to be a copy of img46\.jpg: move it"):
        frames.index_frames(tmp_path)


def test_images_numbered_as_copies_are_frames_where_there_is_no_original(tmp_path):
    touch(tmp_path, "frame (1).jpg", "frame (2).jpg")
    assert list(frames.index_frames(tmp_path)) == [1, 2]


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (["frame_000001_face_0.png", "frame_000002_face_0.png"], [1, 2]),
        (["001_112x112.png", "002_112x112.png", "010_112x112.png"], [1, 2, 10]),
        (["img1(1).png", "img2(1).png", "img3(1).png"], [1, 2, 3]),
        (["cam2_f0001_v3.png", "cam2_f0007_v3.png"], [1, 7]),
        (["2024-01-05_0003_cropped2.jpg", "2024-01-05_0004_cropped2.jpg"], [3, 4]),
        (["img_1_640x480.PNG", "img_10_640x480.png", "img_009_640x480.Png"], [1, 9, 10]),
        (["img1.png", "img2.png", "img3_64x64.png"], [1, 2, 3]),  # a fellow with a tail
        (["f1_t33.png", "f2_t67.png", "f3_t100.png"], [1, 2, 3]),  # one of them counts
        (["frame4_t33.png", "frame9_t67.png", "frame11_t71.png"], [4, 9, 11]),  # named so
        (["img7_frame7.png", "img9_frame9.png"], [7, 9]),
        (["006_04100.jpg", "006_04105.jpg", "006_04107.jpg"], [4100, 4105, 4107]),
        (["s1_1.tif", "s1_2.webp", "s1_3.BMP"], [1, 2, 3]),
        (["a5_1.png", "a5_2.png", "b7_3.png", "b7_4.png"], [1, 2, 3, 4]),
        (["only_12_345.png"], [345]),
        (["s1_001.png", "s1_002.png", "s2_003.png", "s2_004.png"], [1, 2, 3, 4]),
        (["0.98_1.png", "0.91_2.png", "0.95_3.png"], [1, 2, 3]),  # a score before it
        (["cam2_frame1.png", "cam1_frame2.png", "cam2_frame3.png"], [1, 2, 3]),
    ],
)
def test_the_number_that_tells_the_images_apart_is_the_frames(tmp_path, names, numbers):
    touch(tmp_path, *names)
    assert list(frames.index_frames(tmp_path)) == numbers


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["a1_b5.png", "a2_b6.png"], r"a1_b5\.png may be frame 1 or 5, .* a2_b6\.png; rename"),
        (
            ["img1_frame101.png", "img2_frame102.png", "img3_frame103.png"],
            r"img1_frame101\.png may be frame 1 or 101, .* img3_frame103\.png; rename",
        ),
        # The frames have a number twice, and the time is none.
        (
            ["img1_t0.png", "img2_t33.png", "img2_t66.png"],
            r"img1_t0\.png may be frame 1 or 0, .* img2_t66\.png; rename",
        ),
        (
            ["frame_1_face_0.png", "frame_1_face_1.png", "frame_2_face_0.png"],
            r"two images for frame 1, frame_1_face_0\.png and .*face_1\.png: where they .* move",
        ),
        # Seconds and milliseconds: in the order of the latter, the second begins the clip.
        (
            ["t0.000.png", "t0.033.png", "t0.967.png", "t1.001.png", "t1.034.png"],
            r"t0\.967\.png would be frame 967 and t1\.001\.png, which follows, frame 1; .* rename",
        ),
        (
            ["20240105_101112_917.png", "20240105_101112_951.png", "20240105_101113_018.png"],
            r"101112_951\.png would be frame 951 and .*101113_018\.png, which follows, frame 18;",
        ),
        (["s1_1.png", "s1_2.png", "s2_1.png", "s2_2.png"], r"s2_1\.png, which .* a folder of its"),
        (["img1.jpg", "img1.tif"], r"two images for frame 1, .*: move the \.tif images, or"),
        (["img01.png", "img1.png"], r"two images for frame 1, .*: move one of them to another"),
    ],
)
def test_where_two_numbers_could_be_the_frames_the_names_are_to_be_mended(tmp_path, names, said):
    touch(tmp_path, *names)
    with pytest.raises(UserError, match=said) as refused:
        frames.index_frames(tmp_path)
    assert "remove" not in str(refused.value) and "delete" not in str(refused.value)
