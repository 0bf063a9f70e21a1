import os

from tests.data_builders.diagnosis.conftest import Report


def test_every_oddity_says_what_the_build_does(tree):
    tree.add("01", "short", onset=5, apex=5, offset=9, emotion="surprise")
    tree.add("01", "gap", apex="/")
    tree.add("02", "beyond", emotion="disgust")
    tree.add("02", "empty", emotion="happyness")
    tree.add("03", "long", apex=60)
    tree.rows[2][5] = 40
    tree.rows[4][3:6] = [12, 14, 19]
    tree.rows.append(["03", "absent", None, 1, 2, 3, None, "4", "fear"])
    (tree.frames / "sub01" / "gap" / "img13.jpg").unlink()
    (tree.frames / "sub03" / "long" / "poster.jpg").write_bytes(b"")
    (tree.frames / "sub03" / "nobody").mkdir()
    for file in (tree.frames / "sub02" / "empty").iterdir():
        file.rename(file.with_suffix(".exr"))
    tree.write_workbook()
    report = Report("casme2", tree.root)
    assert report.code == 1
    assert report.below("1 annotated clip that cannot") == ["sub03/absent: no such folder"]
    assert report.below("1 clip folder without annotation") == ["sub03/nobody"]
    assert report.below("without an apex between") == ["sub01/gap, frames 10 to 19"]
    assert report.below("whose apex is the onset") == ["sub01/short, frame 5"]
    assert report.below("without any frame") == [
        "sub02/empty, frames 10 to 19, the folder holds 10 .exr"
    ]
    assert report.below("offset lies beyond") == [
        "sub02/beyond, frames 10 to 40, the last on disk is 19"
    ]
    assert report.below("frames missing within") == ["sub01/gap, frames 10 to 19, missing 1"]
    assert report.below("fewer than t = 8") == ["sub01/short: 5 frames"]
    assert report.below("names hold no number") == ["sub03/long: poster.jpg"]
    assert report.below("labels that no view knows") == ["happyness: sub02/empty"]
    assert "1 clip in folders that hold more frames than the clip's: those are" in report.text
    assert "jp2 .avif .gif: 10 .exr; ignored" in report.text
    assert "32 of 64 frames from onset to offset are on disk" in report.of("note")


def test_frames_that_are_not_numbered_by_the_last_number_are_shown(whole):
    assert "not numbered by the last" not in Report("synthetic", whole.root).text
    clip = whole.frames / "sub01" / "EP_others"
    for file in list(clip.iterdir()):
        file.rename(file.with_name(f"{file.stem}_100x120.jpg"))
    report = Report("synthetic", whole.root)
    assert report.code == 0
    assert report.below("1 clip whose frames are not numbered by the last number") == [
        "sub01/EP_others: img10_100x120.jpg is frame 10"
    ]
    (clip / "img11_100x120.jpg").rename(clip / "img11_111x120.jpg")
    assert Report("synthetic", whole.root).code == 0  # the frame is the one called img


def test_views_are_counted_with_the_clips_that_will_be_built(tree):
    tree.add("01", "a", emotion="disgust", apex=10)
    tree.add("11", "b", emotion="surprise")
    tree.add("02", "c", emotion="happiness")
    tree.add("02", "d", emotion="happiness", onset=3, offset=3)
    (tree.frames / "sub02" / "d" / "img3.jpg").unlink()
    tree.write_workbook()
    report = Report("casme2", tree.root)
    naive = report.below("3class_naive: 3 of 147 clips, 3 of 24 subjects")
    assert naive[1:3] == [
        "by class: negative 1, positive 1, surprise 1",
        "by subject: sub01 1, sub02 1, sub11 1",
    ]
    assert naive[3] == "left out for want of frames: sub02/d"
    assert naive[4].startswith("unlike the published: sub01 negative 1 instead of 2, ")
    assert naive[4].endswith(" more") and len(naive) == 5
    megc = report.below("3class_megc2019: 2 of 145 clips, 2 of 24 subjects: no clip of negative")
    assert "left out for want of an apex: sub01/a" in [line.split(",")[0] for line in megc]
    assert report.code == 1


def test_training_refuses_a_view_with_an_empty_class(tree):
    tree.add("01", "a")
    tree.add("02", "b", emotion="disgust")
    tree.write_workbook()
    tree.mark_generated()
    (odd, *_) = Report("synthetic", tree.root).of("odd")
    assert odd == (
        "5class: 2 clips, 2 subjects: no clip of repression, surprise, others, training refuses "
        "the view"
    )


def test_long_lists_are_cut_and_say_so(whole):
    for number in range(11):
        (whole.frames / "sub01" / f"x{number:02d}").mkdir()
    listed = Report("synthetic", whole.root, most=8).below("11 clip folders")
    assert len(listed) == 9 and listed[-1] == "and 3 more: --all lists them"


def test_names_cannot_steer_the_terminal(whole):
    (whole.frames / "sub01" / "a\n  ok\x1b[2J").mkdir()
    (whole.frames / "sub01" / os.fsdecode(b"caf\xe9")).mkdir()
    report = Report("synthetic", whole.root)
    assert report.code == 1 and "\x1b" not in report.text
    assert len(report.below("2 clip folders without annotation")) == 2
    report.text.encode()
