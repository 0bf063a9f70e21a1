"""The command writes a whole look-alike or nothing, and says what it wrote."""

import errno
import json
import subprocess
import sys
import time

import cv2
import pytest

from data_builders.affwild2 import annotation as affwild2
from data_builders.casme2 import annotation as casme2
from data_builders.samm import annotation as samm
from data_builders.smic import annotation as smic
from data_builders.smic import long_clips
from data_builders.synthetic import __main__ as command
from data_builders.synthetic import writing

BLANK = ("--blank", "--frames=4,4", "--workers=1")
TRUE_SCALE = {"casme2": (255, 26), "samm": (159, 29), "smic": (164, 16)}
READERS = {"casme2": casme2, "samm": samm, "smic": smic}


def run(*arguments):
    return command.main([str(argument) for argument in arguments])


def marker(root):
    return json.loads((root / "GENERATED.json").read_text())


@pytest.mark.parametrize("name", TRUE_SCALE)
def test_all_clips_of_all_subjects_are_written_unless_asked_otherwise(tmp_path, capsys, name):
    out = tmp_path / "new" / name
    assert run(f"--like={name}", f"--out={out}", *BLANK) == 0
    clips, subjects = TRUE_SCALE[name]
    found = READERS[name].annotate(out, name).clips
    assert (len(found), len({clip.subject for clip in found})) == (clips, subjects)
    said = capsys.readouterr().out
    assert f"a look-alike of {name}, {clips} clips of {subjects} subjects, in {out}" in said
    assert f"python -m data_builders.doctor {name} --source={out}" in said
    assert f"python -m data_builders.build {name} --source={out}" in said
    planted = marker(out)["quirks"]
    assert len(planted) >= 8 and f"{len(planted)} quirks planted" in said
    for quirk, places in planted.items():
        assert f"\n  {quirk}: {places[0]}" in said
    assert [file.name for file in out.parent.iterdir()] == [name]


@pytest.mark.parametrize("name", TRUE_SCALE)
def test_without_quirks_only_the_apexes_that_counts_rest_on_are_odd(tmp_path, name):
    assert run(f"--like={name}", f"--out={tmp_path / 'x'}", *BLANK, "--no_quirks") == 0
    source = READERS[name].annotate(tmp_path / "x", name)
    assert len(source.clips) == TRUE_SCALE[name][0]
    assert not source.skipped and not source.unannotated
    kept = {"apex '/'", "apex at the onset"} if name == "casme2" else set()
    assert set(marker(tmp_path / "x")["quirks"]) == kept
    if name != "smic":  # which has no apex at all
        odd = [clip.subject for clip in source.clips if clip.apex in (-1, clip.onset)]
        assert odd == (["sub04", "sub05"] if name == "casme2" else [])


def test_the_videos_of_affwild2_and_their_quirks_are_said(tmp_path, capsys):
    out = tmp_path / "x"
    assert run("--like=affwild2", f"--out={out}", "--blank", "--workers=1") == 0
    clips = affwild2.annotate(out, "affwild2").clips
    said, planted = capsys.readouterr().out, marker(out)["quirks"]
    assert f"{len(clips)} clips of {len({clip.subject for clip in clips})} subjects, in" in said
    assert len(planted) == 16 and "16 quirks planted" in said
    for quirk, places in planted.items():
        assert f"\n  {quirk}: {places[0]}" in said


def test_affwild2_without_quirks(tmp_path):
    out = tmp_path / "x"
    options = ("--no_quirks", "--train=15", "--validation=3", "--release=abaw2", "--doubled=yes")
    assert run("--like=affwild2", f"--out={out}", "--blank", "--workers=1", *options) == 0
    source = affwild2.annotate(out, "affwild2")
    assert not source.skipped and not source.unannotated and not marker(out)["quirks"]
    assert len({clip.person for clip in source.clips}) == 18
    assert not list(out.rglob("__MACOSX")) and not list(out.rglob("Thumbs.db"))


def test_forms_of_casme2(tmp_path):
    out = tmp_path / "x"
    options = ("--subjects=2", "--clips=1", "--trees=cropped,raw", "--doubled=no", "--numeric")
    assert run("--like=casme2", f"--out={out}", *BLANK, *options, "--workbook=20190701") == 0
    assert {file.name for file in out.iterdir() if file.is_dir()} == {"Cropped", "CASME2_RAW"}
    assert (out / casme2.WORKBOOKS[1]).is_file()
    assert [clip.subject for clip in casme2.annotate(out, "casme2").clips] == ["sub01", "sub02"]


def test_forms_of_samm(tmp_path):
    out = tmp_path / "x"
    options = ("--subjects=1", "--clips=3", "--doubled=yes", "--workbook=trimmed")
    assert run("--like=samm", f"--out={out}", *BLANK, *options) == 0
    (folder,) = {clip.folder.parents[1] for clip in samm.annotate(out, "samm").clips}
    assert folder == out / "SAMM" / "SAMM"


def test_long_clips_of_the_slow_cameras(tmp_path, capsys):
    out = tmp_path / "x"
    assert run("--like=smic", f"--out={out}", *BLANK, "--trees=vis_long,nir_long") == 0
    for dataset in ("smic_vis_e", "smic_nir_e"):
        assert len(long_clips.annotate(out, dataset).clips) == 71
    said = capsys.readouterr().out
    assert "71 clips of 8 subjects" in said and "doctor smic_vis_e" in said
    assert "the same for smic_nir_e" in said


def test_small_images_of_faces(tmp_path):
    out = tmp_path / "x"
    options = ("--subjects=1", "--clips=1", "--frames=3,3", "--image_size=68", "--workers=1")
    assert run("--like=samm", f"--out={out}", *options) == 0
    images = [cv2.imread(str(file)) for file in sorted(out.rglob("*.jpg"))]
    assert [image.shape for image in images] == [(68, 56, 3)] * 3 and images[0].std() > 20


BAD = {
    "--like=sam": "did you mean samm",
    "--like=mnist": "expected one of casme2",
    "--like=": "like is empty",
    "--out=": "out is empty",
    "--out=full": "exists already",
    "--out=empty": "exists already",
    "--out=full/thesis.tex/x": "thesis.tex is a file",
    "--out=/proc/x/y": "cannot write /proc/x/y",
    f"--out={'x' * 300}": "has a name of 300 bytes",
    "--subjects=0": "from 1 to 29",
    "--subjects=30": "samm has 29",
    "--subjects=all": "invalid int value",
    "--clips=0": "clips is 0",
    "--workers=0": "workers is 0",
    "--seed=-1": "seed is -1",
    "--image_size=4": "from 16 to 340",
    "--image_size=10000": "from 16 to 340",
    "--frames=9,4": "frames is 9,4",
    "--frames=2,4": "from 3 to 200",
    "--frames=5": "--frames",
    "--trees=raw": "--trees does not apply to --like=samm",
    "--emotions=joy": "--emotions does not apply",
    "--workbook=2020": "samm has v2, 20181215, trimmed",
    "--doubled=perhaps": "--doubled",
    "--colour=red": "--colour",
}


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with another that holds something, and an empty one."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.tex").write_text("precious")
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(desk, capsys, *arguments):
    """The sentence; nothing may be left behind."""
    before = sorted(desk.rglob("*"))
    assert run("--out=x", "--blank", "--workers=1", *arguments) == 2
    said = capsys.readouterr()
    assert said.err.startswith("error: ") and said.err.count("\n") == 1 and not said.out
    assert sorted(desk.rglob("*")) == before
    return said.err


@pytest.mark.parametrize("option", BAD)
def test_bad_input_is_one_sentence_and_leaves_nothing(desk, capsys, option):
    assert BAD[option] in refused(desk, capsys, "--like=samm", option)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--like=casme2", "--trees=raw,raw"), "each once"),
        (("--like=casme2", "--trees=vis"), "casme2 has raw_selected, raw, cropped"),
        (("--like=samm", "--workbook=v2,trimmed"), "samm has v2, 20181215, trimmed"),
        (("--like=smic", "--frames=3,5"), "a clip of smic has from 4 to 200"),
        (("--like=smic", "--trees=vis", "--subjects=3"), "filmed those from 11 on"),
        (("--like=affwild2", "--seed=-1"), "seed is -1"),
        (("--like=affwild2", "--train=0"), "train is 0; it must be from 1 to 999"),
        (("--like=affwild2", "--validation=1000"), "validation is 1000"),
        (("--like=affwild2", "--release=abaw9"), "affwild2 has abaw2, abaw3"),
        (("--like=affwild2", "--subjects=2"), "--subjects does not apply to --like=affwild2"),
        ((), "--blank applies only with --like"),
    ],
)
def test_options_that_do_not_go_together(desk, capsys, arguments, words):
    assert words in refused(desk, capsys, *arguments)


@pytest.mark.parametrize("failure", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_a_full_disk_and_ctrl_c_leave_nothing(desk, capsys, monkeypatch, failure):
    def fail(*_, **__):
        raise failure

    before = sorted(desk.rglob("*"))
    monkeypatch.setattr(writing, "_write_batch", fail)
    assert run("--like=smic", "--out=new/x", *BLANK) in (2, 130)
    said = capsys.readouterr().err
    assert "No space left" in said or "stopped; nothing was written" in said
    assert sorted(desk.rglob("*")) == before


@pytest.mark.slow
def test_a_job_that_is_ended_leaves_nothing(desk):
    words = [sys.executable, "-m", "data_builders.synthetic", "--like=samm", "--out=deep/x"]
    with subprocess.Popen(words, cwd=desk, stderr=subprocess.PIPE, text=True) as process:
        while not list(desk.glob("deep/.building-*/tree/SAMM/*/*/*.jpg")):
            assert process.poll() is None
            time.sleep(0.02)
        process.terminate()
        message = process.communicate()[1]
    assert process.returncode == 143 and message.strip() == "stopped; nothing was written"
    assert not (desk / "deep").exists()
