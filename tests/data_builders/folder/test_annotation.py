import re
import unicodedata
from pathlib import Path

import pytest

from data_builders.annotations.annotation import NO_APEX
from data_builders.folder import annotation
from mol_jax.errors import UserError
from tests.data_builders import made_videos
from tests.data_builders.conftest import HEIGHT, WIDTH
from tests.data_builders.folder.conftest import write_frames, write_video

FIELDS = "subject,path,label,onset,apex,offset,clip"


def annotate(recordings):
    return annotation.annotate(recordings.root, "folder", recordings.labels)


def test_a_video_and_a_folder_of_frames(recordings):
    source = annotate(recordings)
    first, second = source.clips
    assert source.file == recordings.labels
    assert (source.skipped, source.unannotated) == ((), ())
    assert first.folder == recordings.root / "s1" / "a.avi"
    assert (first.onset, first.apex, first.offset) == (1, NO_APEX, 12)  # the whole of it
    assert (first.subject, first.person, first.clip) == ("1", "folder/1", "s1/a")
    assert (first.dataset, first.emotion, first.action_units) == ("folder", "happy", "")
    assert (second.onset, second.apex, second.offset) == (6, 8, 10)
    assert (second.clip, second.folder) == ("s2/b:6-10", recordings.root / "s2" / "b")


def test_one_end_of_a_clip_may_be_left_out(recordings):
    recordings.write("1,s1/a.avi,happy,4,,", "2,s2/b,sad,,,9")
    spans = [(clip.onset, clip.offset) for clip in annotate(recordings).clips]
    assert spans == [(4, 12), (5, 9)]


def test_numbers_as_pandas_writes_them_beside_empty_cells(recordings):
    recordings.write("1,s1/a.avi,happy,2.0,3.0,4.0")
    (clip,) = annotate(recordings).clips
    assert (clip.onset, clip.apex, clip.offset) == (2, 3, 4)
    assert clip.clip == "s1/a:2-4"  # one name, however its numbers are written


def test_own_clip_names_and_action_units(recordings):
    header = f"{FIELDS},action_units,notes"
    recordings.write('1,s1/a.avi,happy,,,,first one,"6+12, L4",blurred', header=header)
    (clip,) = annotate(recordings).clips
    assert (clip.clip, clip.action_units) == ("first one", "6+12, L4")


def test_several_clips_of_one_recording(recordings):
    recordings.write("1,s1/a.avi,happy,1,,4", "1,s1/a.avi,sad,5,,9")
    assert [clip.key for clip in annotate(recordings).clips] == ["1/s1/a:1-4", "1/s1/a:5-9"]


def test_labels_and_subjects_are_text_without_case_or_stray_spaces(recordings):
    recordings.write(" 01 ,s1/a.avi, Very   Happy ,,,")
    (clip,) = annotate(recordings).clips
    assert (clip.subject, clip.emotion) == ("01", "very happy")


def test_a_path_may_be_absolute_or_of_windows(recordings):
    recordings.write(f"1,{recordings.root}/s1/a.avi,happy,,,", "2,s2\\.\\b,sad,,,")
    places = [clip.folder.relative_to(recordings.root) for clip in annotate(recordings).clips]
    assert places == [Path("s1/a.avi"), Path("s2/b")]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_that_are_not_ascii(recordings, form):
    """The table spells é as one character or two, the files as they please."""
    write_video(recordings.root / unicodedata.normalize(form, "Zoé 慶/vidéo.avi"))
    recordings.write("Zoé,Zoé 慶/vidéo.avi,fröhlich,,,")
    (clip,) = annotate(recordings).clips
    assert (clip.subject, clip.emotion, clip.offset) == ("Zoé", "fröhlich", 12)


def test_one_name_spelt_in_two_unicode_forms_is_one(recordings):
    recordings.write("Zoé,s1/a.avi,fâché,,,", unicodedata.normalize("NFD", "Zoé,s2/b,fâché,,,"))
    clips = annotate(recordings).clips
    assert len({(clip.subject, clip.emotion) for clip in clips}) == 1


def test_a_source_from_here_on(recordings, monkeypatch):
    monkeypatch.chdir(recordings.root.parent)
    write_video(recordings.root / "forgotten.avi")
    for source in (Path("recordings"), Path("recordings/../recordings/")):
        found = annotation.annotate(source, "folder", recordings.labels)
        assert [clip.folder.is_absolute() for clip in found.clips] == [True, True]
        assert found.unannotated == ("forgotten.avi",)


@pytest.mark.parametrize("codec", [("mp4", "mp4v"), ("mkv", "MJPG"), ("MP4", "mp4v")])
def test_other_formats(recordings, codec):
    write_video(recordings.root / f"c.{codec[0]}", codec=codec[1])
    recordings.write(f"1,c.{codec[0]},happy,,,")
    assert annotate(recordings).clips[0].offset == 12


def test_what_no_line_names_is_reported(recordings):
    write_video(recordings.root / "s1" / "forgotten.avi")
    write_frames(recordings.root / "s3" / "c", 1, 2)
    write_frames(recordings.root / ".trash" / "d", 1, 2)
    (recordings.root / "s1" / "notes.txt").write_text("nothing")
    assert annotate(recordings).unannotated == ("s1/forgotten.avi", "s3/c")


BAD_LINES = {
    # the paths
    "1,,happy,,,": "line 2: the path is empty",
    "1,s1/absent.avi,happy,,,": "line 2: there is no 's1/absent.avi' in",
    "1,../outside.avi,happy,,,": r"the path '../outside.avi' leads out of .*inside it",
    "1,s1\\..\\..\\outside.avi,happy,,,": "leads out of",
    "1,/etc/passwd,happy,,,": "the path '/etc/passwd' leads out of",
    "1,../../../../etc,happy,,,": "leads out of",
    "1,../recordings-2/x.avi,happy,,,": "leads out of",
    "1,labels.csv,happy,,,": r"labels.csv is no video \(.avi .*no folder of frames",
    "1,s2/b/img005.png,happy,,,": "img005.png is no video",
    "1,text.avi,happy,,,": r"text.avi is damaged or no video .*\(5 bytes\)",
    "1,playlist.avi,happy,,,": "playlist.avi is damaged or no video",
    "1,cut.avi,happy,,,": "cut.avi is cut short, it ends in or after frame 1?[0-9]",
    "1,s1,happy,,,": r"s1 holds no numbered images \(.jpg",
    "1,s1/a.avi/b,happy,,,": "there is no 's1/a.avi/b'",
    "1,http://localhost/a.avi,happy,,,": "there is no 'http:",
    # the frames
    "1,s1/a.avi,happy,8,,4": "onset 8 and offset 4 do not fit .*a.avi.* 1 to 12",
    "1,s1/a.avi,happy,0,,4": "onset 0 and offset 4 do not fit",  # the first is number 1
    "1,s1/a.avi,happy,3,,13": "onset 3 and offset 13 do not fit",
    "1,s2/b,happy,4,,": "onset 4 and offset 14 do not fit .* 5 to 14",
    "1,s1/a.avi,happy,3,9,8": "the apex is 9, expected 3 to 8, or nothing",
    "1,s1/a.avi,happy,early,,": "the onset is 'early', expected a frame's number",
    "1,s1/a.avi,happy,2.5,,": "the onset is '2.5'",
    "1,s1/a.avi,happy,-2,,": "the onset is '-2'",
    "1,s1/a.avi,happy,,,1e3": "the offset is '1e3'",
    f"1,s1/a.avi,happy,,,{'9' * 40}": "the offset is '999",
    "1,s1/a.avi,happy,2,4": None,  # a short line is filled up
    # the names
    ",s1/a.avi,happy,,,": "the subject is empty",
    "1,s1/a.avi, ,,,": "the label is empty",
    "a/b,s1/a.avi,happy,,,": "the subject is 'a/b', expected a name without a slash",
    "a\x07b,s1/a.avi,happy,,,": r"line 2: the name 'a\\x07b' holds the sign '\\x07'",
    f"{'é' * 60},s1/a.avi,happy,,,": "expected at most 80 bytes of printable text",
    f"1,s1/a.avi,{'x' * 100},,,": "the label is 'xxx",
    "1,s1/a.avi,happy,,,,extra": 'line 2 has 7 cells, the header 6: .*"quotes"',
    '1,s1/a.avi,"happy,,,': r"line 2 cannot be read \(unexpected end of data\): mend its quotes",
}


@pytest.mark.parametrize(("line", "message"), BAD_LINES.items())
def test_a_wrong_line_is_refused_by_its_number(recordings, line, message):
    (recordings.root / "text.avi").write_text("hello")
    (recordings.root / "playlist.avi").write_text(
        f"#EXTM3U\n#EXTINF:1,\n{recordings.root}/s1/a.avi\n"
    )
    cut = write_video(recordings.root / "cut.avi", 30)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    write_video(recordings.root.parent / "outside.avi")
    recordings.write(line)
    if message is None:
        assert len(annotate(recordings).clips) == 1
        return
    with pytest.raises(UserError, match=message) as refused:
        annotate(recordings)
    assert str(recordings.labels) in str(refused.value) and "\n" not in str(refused.value)


BAD_PAIRS = {
    ("1,s1/a.avi,happy,,,", "1,s1/a.avi,sad,,,"): "line 3: .*s1/a' is .*second time, after line 2",
    ("1,s1/a.avi,happy,1,,4", "1,s1/a.avi,sad,,,4"): "frames 1 to 4 of .* is there a second time",
    ("1,s1/a.avi,happy,1,,4", "2,s1/a.avi,sad,5,,9"): "a.avi shows subject '2' here and '1' above",
}


@pytest.mark.parametrize(("lines", "message"), BAD_PAIRS.items())
def test_lines_that_contradict_each_other_are_refused(recordings, lines, message):
    recordings.write(*lines)
    with pytest.raises(UserError, match=message):
        annotate(recordings)


def test_subjects_that_only_look_alike_are_different(recordings):
    recordings.write("1,s1/a.avi,happy,,,", "10,s2/b,sad,,,")
    assert {clip.subject for clip in annotate(recordings).clips} == {"1", "10"}


def test_two_clips_of_one_name_are_refused_though_of_two_recordings(recordings):
    recordings.write("1,s1/a.avi,happy,,,,x", "1,s2/b,sad,,,,X", header=FIELDS)
    with pytest.raises(UserError, match=r"line 3: clip '1/x' is there a second time, after line 2"):
        annotate(recordings)


def test_an_unreadable_video_in_no_line_does_no_harm(recordings):
    (recordings.root / "s1" / "noise.avi").write_bytes(bytes(range(256)))
    assert annotate(recordings).unannotated == ("s1/noise.avi",)


def test_one_subject_may_be_built(recordings):
    """Only folds need two, and they say so."""
    recordings.write("1,s1/a.avi,happy,,,")
    assert len(annotate(recordings).clips) == 1


def test_labels_are_found_here_or_in_the_folder(recordings, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert annotation.find_labels(recordings.root, None) == recordings.labels
    assert annotation.find_labels(recordings.root, Path("labels.csv")) == recordings.labels
    here = tmp_path / "mine.csv"
    here.write_text("")
    assert annotation.find_labels(recordings.root, Path("mine.csv")).samefile(here)
    (recordings.root / "mine.csv").write_text("")
    with pytest.raises(UserError, match=r"there are .*mine.csv and .*mine.csv: .*whole path"):
        annotation.find_labels(recordings.root, Path("mine.csv"))
    with pytest.raises(UserError, match=r"no table of labels absent.csv"):
        annotation.find_labels(recordings.root, Path("absent.csv"))
    recordings.labels.unlink()
    with pytest.raises(UserError, match=re.escape(str(recordings.labels))):
        annotation.find_labels(recordings.root, None)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("3,link,sad,11,12,13", "shows subject '3' here and '2' above"),
        ("2,link,sad,6,8,10", "frames 6 to 10 of .* is there a second time"),
    ],
)
def test_a_link_to_a_recording_is_that_recording(recordings, line, words):
    (recordings.root / "link").symlink_to(recordings.root / "s2" / "b")
    recordings.write("1,s1/a.avi,happy,,,", "2,s2/b,sad,6,8,10", line)
    with pytest.raises(UserError, match=words):
        annotate(recordings)


def test_notes_say_what_the_numbers_of_videos_mean(recordings):
    made_videos.write_avi(recordings.root / "s1" / "lost.avi", [1, 2, None, 4])
    recordings.write("1,s1/a.avi,happy,,,", "1,s1/lost.avi,sad,1,2,4", "2,s2/b,sad,,,")
    source = annotate(recordings)
    assert [clip.offset for clip in source.clips] == [12, 4, 14]
    meaning, empty = source.notes
    assert "frame n of a video is the n-th picture" in meaning
    assert "such as s1/lost.avi, 1 of them" in empty


def test_folders_of_images_need_no_note(recordings):
    recordings.write("2,s2/b,sad,,,")
    assert annotate(recordings).notes == ()


def test_files_of_kinds_that_are_not_read_are_named(recordings):
    for name in ("s1/x.ogv", "s1/y.OGV", "s2/b/img1.xcf", "raw", "s1/.hidden.ogv", "notes.txt"):
        (recordings.root / name).write_bytes(b"")
    recordings.write("2,s2/b,sad,,,")
    (note,) = annotate(recordings).notes
    assert "not read: 1 without an ending, such as raw; 2 .ogv, such as s1/x.ogv; 1 .xcf" in note
    assert "videos are .avi .mp4" in note and "notes.txt" not in note


@pytest.mark.parametrize("ending", [".ts", ".MTS", ".3gp", ".flv", ".wmv", ".webm"])
def test_videos_of_cameras_and_telephones(recordings, ending):
    made_videos.write(recordings.root / f"c{ending}", 6)
    recordings.write(f"1,c{ending},happy,,,")
    (clip,) = annotate(recordings).clips
    assert (clip.offset, clip.clip) == (6, "c")


def test_a_video_of_another_kind_is_refused_with_a_way_out(recordings):
    (recordings.root / "c.ogv").write_bytes(b"OggS")
    recordings.write("1,c.ogv,happy,,,")
    with pytest.raises(UserError, match=r"c.ogv is no video .*images \(ffmpeg -i c.ogv -fps_mode"):
        annotate(recordings)


def test_a_clip_too_large_for_the_memory_is_refused_before_a_build(recordings, monkeypatch):
    monkeypatch.setattr(annotation, "MAX_CLIP", 6 * WIDTH * HEIGHT)
    recordings.write("1,s1/a.avi,happy,1,,7")
    with pytest.raises(UserError, match=r"line 2: 7 frames of .*a.avi, 100x120 px, are 0.0 GB"):
        annotate(recordings)
    recordings.write("1,s1/a.avi,happy,1,,6")
    assert len(annotate(recordings).clips) == 1
