import contextlib
import functools
import importlib
import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from data_builders import build as build_module
from data_builders.build import build, main
from data_builders.casme2 import annotation
from data_builders.datasets import BUILDERS, VIEW_MODULES
from data_builders.disk import publishing
from data_builders.records import builder
from data_builders.records.load import built_path, open_dataset
from data_builders.records.record import RecordSettings, make_record
from data_builders.records.summary import summary
from mol_jax.errors import UserError

CONFIG = "t2_s72_clip_dis"


@pytest.fixture
def data_dir(tmp_path):
    return tmp_path / "deep" / "tfds"


@pytest.fixture
def quick(small_tree, data_dir, detector):
    """Builds the small tree with the flow that is found soonest; anything may be overridden."""
    options = {"data_dir": data_dir, "frames": 2, "size": 72, "flow": "dis", "workers": 1}
    return functools.partial(build, "casme2", small_tree.root, **options, make_detector=detector)


def everything_below(folder):
    return sorted(path.relative_to(folder) for path in folder.rglob("*"))


def test_built_records_equal_those_made_directly(quick, small_tree, data_dir, detector):
    built = quick()
    source, metadata = open_dataset("casme2", data_dir, CONFIG)
    clips = annotation.annotate(small_tree.root, "casme2").clips
    assert built.path == data_dir / "casme2" / CONFIG / "1.0.0"
    assert built.metadata == metadata and built.seconds > 0
    assert len(source) == len(clips) == 3
    for index in (2, 0, 1):  # random access
        expected = make_record(clips[index], RecordSettings(2, 72, flow="dis"), detector()).example
        assert source[index].keys() == expected.keys()
        for name, value in expected.items():
            np.testing.assert_array_equal(source[index][name], value)
            assert np.asarray(source[index][name]).dtype == np.asarray(value).dtype
    assert [record["clip"] for record in source] == ["EP02_01f", "EP03_02", "EP02_01f"]
    with pytest.raises(IndexError):
        source[3]


def test_nothing_but_the_dataset_is_left(quick, data_dir, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    quick()
    assert everything_below(tmp_path / "temporary") == []  # TFDS would leave one
    assert {str(path) for path in everything_below(data_dir)} == {
        "casme2",
        f"casme2/{CONFIG}",
        f"casme2/{CONFIG}/1.0.0",
        f"casme2/{CONFIG}/1.0.0/casme2-train.array_record-00000-of-00001",
        f"casme2/{CONFIG}/1.0.0/dataset_info.json",
        f"casme2/{CONFIG}/1.0.0/features.json",
        f"casme2/{CONFIG}/1.0.0/metadata.json",
    }


def test_metadata_counts_and_tells_where_it_came_from(quick, small_tree, data_dir):
    small_tree.add("02", "short", onset=3, apex=3, offset=3, emotion="surprise")
    small_tree.add("02", "dark", black=range(10, 20))
    small_tree.add("03", "dim", black=[11])
    small_tree.rows.append(["03", "absent", None, 1, 2, 3, None, "4", "fear"])
    small_tree.write_workbook()
    metadata = quick(max_missed=0.3).metadata
    assert [r["clip"] for r in open_dataset("casme2", data_dir, CONFIG)[0]] == [
        "EP02_01f",
        "EP03_02",
        "EP02_01f",
        "short",
        "dim",
    ]
    counts = {
        "clips": 5,
        "subjects": 3,
        "frames": 46,
        "missed_frames": 11,
        "missed_clips": 1,
        "repeated_clips": 1,
        "absent_frames": 0,
        "emotions": {"disgust": 1, "happiness": 2, "surprise": 2},
    }
    assert {name: metadata[name] for name in counts} == counts
    assert [(s["clip"], s["reason"]) for s in metadata["skipped"]] == [
        ("absent", "no such folder"),
        ("dark", "no face was found in any of its 10 frames"),
    ]
    assert (metadata["t"], metadata["size"], metadata["alignment"]) == (2, 72, "clip")
    assert metadata["generated"] is False and metadata["generator"] is None
    assert metadata["annotation"]["file"] == "CASME2-coding-20140508.xlsx"


def test_generated_clips_say_so_under_either_name(quick, small_tree):
    small_tree.mark_generated()
    for name in ("casme2", "synthetic"):
        built = build(name, small_tree.root, **{**quick.keywords})
        assert built.metadata["dataset"] == name
        assert built.metadata["generated"] is True
        assert built.metadata["generator"]["seed"] == 0
        info = json.loads((built.path / "dataset_info.json").read_text())
        assert info["description"].startswith({"casme2": "# CASME II"}.get(name, "Generated"))
        assert "generated clips" in summary(built.path, built.metadata)


@pytest.mark.slow
def test_worker_processes_report_in_the_order_of_the_clips(tree, data_dir):
    """The real detector, which sees no face in black frames."""
    for clip, offset in (("a", 49), ("b", 11), ("c", 11)):  # the first takes longest
        tree.add("01", clip, offset=offset, black=range(10, offset + 1))
    tree.write_workbook()
    with pytest.raises(UserError, match=r"44 of 44 frames .*sub01/a: no face .*sub01/b: .*sub01/c"):
        build("casme2", tree.root, data_dir=data_dir, frames=2, size=72, workers=2)
    # What the detector found is kept: a higher --max_missed need not search again.
    assert {path.name for path in data_dir.iterdir()} == {"casme2"}
    assert {path.name for path in (data_dir / "casme2").iterdir()} == {"landmarks", "unfinished"}


def test_already_built_is_left_alone_unless_told(quick):
    first = quick()
    stamp = os.stat(first.path / "metadata.json").st_mtime_ns
    again = quick()
    assert again.seconds is None and again.metadata == first.metadata
    assert os.stat(first.path / "metadata.json").st_mtime_ns == stamp
    assert quick(overwrite=True).seconds is not None
    assert os.stat(first.path / "metadata.json").st_mtime_ns != stamp


@pytest.mark.parametrize("name", ["source", "predictor"])
def test_a_missing_file_is_refused_although_it_is_built(quick, tmp_path, small_tree, name):
    quick()
    options = {"source": small_tree.root, name: tmp_path / "absent", **quick.keywords}
    with pytest.raises(UserError, match=r"there is no (folder|landmark model at) .*absent"):
        build("casme2", options.pop("source"), **options)


def test_configs_lie_side_by_side(quick, data_dir):
    """One that the TFDS builder lists, and one that it does not."""
    quick(size=144, flow="tvl1")
    quick(alignment="per_frame", flow="tvl1")
    for config, size in (("t2_s144_clip", 144), ("t2_s72_per_frame", 72)):
        source, metadata = open_dataset("casme2", data_dir, config)
        assert source[0]["flow"].shape == (1, size, size, 2)
        assert config.endswith(metadata["alignment"])


def break_image(tree):
    file = tree.frames / "sub02" / "EP02_01f" / "img15.jpg"
    file.write_bytes(file.read_bytes()[:200])


def break_workbook(tree):
    tree.header[3] = "Start"
    tree.write_workbook()


def darken(tree):
    tree.add("02", "dark", black=range(10, 20))
    tree.write_workbook()


def name_nothing(tree):
    tree.rows = [["01", "absent", None, 1, 2, 3, None, "4", "fear"]]
    tree.write_workbook()


def empty(tree):
    shutil.rmtree(tree.root)
    tree.root.mkdir()


BAD_TREES = {
    break_image: r"img15.jpg is damaged or no image \(200 bytes\)",
    break_workbook: "row 1, the nearest, lacks onsetframe: is this the coding workbook",
    darken: r"no face was found in 10 of 35 frames \(28.6 %\), more than the 5 % allowed",
    name_nothing: r"no clip could be built.*sub01/absent: no such folder",
    empty: "the folder .*CASME2 is empty",
    lambda tree: shutil.rmtree(tree.root): "no folder .*CASME2: --source",
    lambda tree: shutil.rmtree(tree.frames): "holds no frames",
    lambda tree: (tree.root / "GENERATED.json").write_text("{"): "GENERATED.json is damaged",
}


@pytest.mark.parametrize(("spoil", "message"), BAD_TREES.items())
def test_a_failed_build_leaves_nothing(quick, small_tree, data_dir, spoil, message):
    spoil(small_tree)
    with pytest.raises(UserError, match=message):
        quick()
    assert not data_dir.parent.exists()


def test_a_failed_rebuild_leaves_the_earlier_one(quick, small_tree, data_dir):
    quick()
    before = {p: p.read_bytes() for p in data_dir.rglob("*") if p.is_file()}
    break_image(small_tree)
    with pytest.raises(UserError):
        quick(overwrite=True)
    assert {p: p.read_bytes() for p in data_dir.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), OSError(5, "Input/output error")])
def test_a_rebuild_that_cannot_be_published_leaves_the_earlier_one(
    quick, data_dir, monkeypatch, stop
):
    place = quick().path
    before = {p: p.read_bytes() for p in data_dir.rglob("*") if p.is_file()}
    rename = Path.rename

    def failing(path, target):
        if target == place and not path.name.startswith(".earlier"):
            raise stop
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", failing)
        with pytest.raises((KeyboardInterrupt, UserError)):
            quick(overwrite=True)
    assert {p: p.read_bytes() for p in data_dir.rglob("*") if p.is_file()} == before


@pytest.mark.parametrize("renamed", [1, 2])
def test_a_kill_while_publishing_loses_no_dataset(quick, data_dir, monkeypatch, renamed):
    """Killed after the first or the second rename, before anything could be put right."""
    before = quick().metadata["clips"]
    mend, rename, calls = publishing.mend, Path.rename, []

    def killed(path, target):
        if len(calls) == renamed:
            return path
        calls.append(target)
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "mend", lambda _: None)
        patch.setattr(Path, "rename", killed)
        with contextlib.suppress(UserError):
            quick(overwrite=True)
    assert publishing.mend is mend and len(calls) == renamed
    again = quick()
    assert again.metadata["clips"] == before
    assert again.seconds is None  # it was there, and not built anew
    (config,) = (data_dir / "casme2").glob("t*")
    assert [folder.name for folder in config.iterdir()] == ["1.0.0"]


def test_another_source_is_not_taken_for_the_one_that_was_built(
    small_tree, data_dir, detector, tmp_path
):
    def quick(source):
        options = {"data_dir": data_dir, "frames": 2, "size": 72, "workers": 1}
        return build("casme2", source, **options, make_detector=detector)

    quick(small_tree.root)
    moved = shutil.copytree(small_tree.root, tmp_path / "moved")
    (moved / "Thumbs.db").write_bytes(b"")
    assert quick(moved).seconds is None
    renamed = moved.rename(tmp_path / "another name")
    assert quick(renamed).seconds is None
    moved = renamed.rename(moved)
    image = next(moved.rglob("img1?.jpg"))
    data = image.read_bytes()
    for change in (image.unlink, lambda: image.write_bytes(data + b" ")):
        change()
        with pytest.raises(UserError, match="--overwrite builds it again"):
            quick(moved)
    image.write_bytes(data)
    assert quick(moved).seconds is None
    (moved / "CASME2_RAW_selected").rename(moved / "Cropped")
    with pytest.raises(UserError, match=r"was built from another .* --overwrite builds it again"):
        quick(moved)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, MemoryError])
def test_a_stopped_build_leaves_nothing(quick, data_dir, monkeypatch, stop):
    def interrupted(*_):
        raise stop

    monkeypatch.setattr(builder.workers.record, "make_record", interrupted)
    with pytest.raises(stop):
        quick()
    assert not data_dir.parent.exists()


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        RuntimeError("write() failed: No space left on device"),
    ],
)
def test_a_full_disk_is_one_sentence(quick, data_dir, monkeypatch, error):
    """As Python reports it, and as the record writer does."""

    def full(*_):
        raise error

    monkeypatch.setattr(builder.workers.record, "make_record", full)
    with pytest.raises(UserError, match=r"the disk of .* is full"):
        quick()
    assert not data_dir.parent.exists()


def test_an_unwritable_place_is_refused(quick, tmp_path):
    (tmp_path / "file").write_text("in the way")
    for place in (tmp_path / "file", tmp_path / "file" / "tfds"):
        with pytest.raises(UserError, match=r"file is no folder, .*: give another --data_dir"):
            quick(data_dir=place)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"frames": 1}, "one of 2, 4, 8, 10, 16"),
        ({"size": 100}, "a multiple of 72"),
        ({"alignment": "none"}, "one of clip, per_frame"),
        ({"workers": 0}, "workers is 0"),
        ({"max_missed": 5}, "a fraction from 0 to 1"),
        ({"predictor": "absent.dat", "make_detector": None}, "no landmark model at absent.dat"),
    ],
)
def test_bad_options_are_refused(quick, data_dir, options, message):
    with pytest.raises(UserError, match=message):
        quick(**options)
    assert not data_dir.exists()


def test_every_dataset_with_views_has_a_builder():
    for name in VIEW_MODULES:
        module = importlib.import_module(BUILDERS[name])
        assert issubclass(module.Builder, builder.ClipBuilder) and module.Builder.name == name


def test_unknown_dataset_names_the_nearest(small_tree):
    with pytest.raises(UserError, match=r"no dataset 'casmes2': did you mean casme2\?"):
        build("casmes2", small_tree.root)


def test_real_clips_are_not_built_as_synthetic(quick, small_tree):
    with pytest.raises(UserError, match=r"holds no GENERATED\.json.*casme2"):
        build("synthetic", small_tree.root, **quick.keywords)


def test_opening_what_is_not_built_names_the_command(data_dir):
    with pytest.raises(UserError) as refused:
        open_dataset("casme2", data_dir, "t16_s72_per_frame")
    assert (
        f"python -m data_builders.build casme2 --source=DIR --data_dir={data_dir} --frames=16 "
        "--size=72 --alignment=per_frame"
    ) in str(refused.value)


def test_the_newest_finished_version_is_opened(tmp_path):
    for folder in ("2.0.0", "10.0.0", "incomplete.AB12CD_11.0.0"):
        (tmp_path / "casme2" / CONFIG / folder).mkdir(parents=True)
        (tmp_path / "casme2" / CONFIG / folder / "dataset_info.json").touch()
    assert built_path("casme2", tmp_path, CONFIG).name == "10.0.0"


def test_opening_what_is_damaged_says_so(quick, data_dir):
    (record_file,) = quick().path.glob("*array_record*")
    record_file.write_bytes(record_file.read_bytes()[:100])
    with pytest.raises(UserError, match=r"is damaged .*--overwrite"):
        open_dataset("casme2", data_dir, CONFIG)
    record_file.unlink()
    with pytest.raises(UserError, match=r"is damaged .*--overwrite"):
        open_dataset("casme2", data_dir, CONFIG)


def test_damage_behind_the_first_record_is_told_when_it_is_read(quick, data_dir):
    (record_file,) = quick().path.glob("*array_record*")
    data = bytearray(record_file.read_bytes())
    data[len(data) // 2] ^= 0xFF  # in the second of three records
    record_file.write_bytes(data)
    source, _ = open_dataset("casme2", data_dir, CONFIG)
    with pytest.raises(UserError, match=r"is damaged \(.*--overwrite"):
        list(source)


def test_a_dataset_without_metadata_is_damaged(quick, data_dir):
    (quick().path / "metadata.json").unlink()
    with pytest.raises(UserError, match=r"is damaged .*--overwrite"):
        open_dataset("casme2", data_dir, CONFIG)


def test_what_is_no_damage_is_not_called_damage(quick, data_dir, monkeypatch):
    import tensorflow_datasets as tfds

    def forbidden(_):
        raise PermissionError(13, "Permission denied")

    quick()
    monkeypatch.setattr(tfds, "builder_from_directory", forbidden)
    with pytest.raises(PermissionError):
        open_dataset("casme2", data_dir, CONFIG)


def test_command_line(small_tree, data_dir, detector, monkeypatch, capsys):
    monkeypatch.setattr(
        build_module, "build", functools.partial(build, make_detector=detector, workers=1)
    )
    (small_tree.frames / "sub02" / "EP09").mkdir()
    command = ["casme2", f"--source={small_tree.root}", f"--data_dir={data_dir}", "--size=72"]
    assert main([*command, "--frames=2", "--workers=1"]) == 0
    out = capsys.readouterr().out
    assert "casme2: 3 clips of 2 subjects, 25 frames" in out and "built in" in out
    assert "not on disk" not in out and "without a face" not in out
    assert "no annotation for sub02/EP09: left out" in out
    assert main([*command, "--frames=2", "--workers=1"]) == 0
    assert "already built" in capsys.readouterr().out
    assert main([*command, "--preview=sheets"]) == 2
    assert "--preview takes no value, got 'sheets': leave it out" in capsys.readouterr().err
    assert main([*command, "--frames=1", "--workers=1"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1 and captured.err.startswith("error: frames is 1")
    assert main(["casme2"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1 and "--source" in captured.err
