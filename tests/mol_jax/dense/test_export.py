"""Pairs for somebody else's network: the run's own pixels, and never among files to be shared."""

import csv
import dataclasses

import cv2
import numpy as np
import pytest

from data_builders.records.gallery import MARKER
from mol_jax.dense import __main__ as program
from mol_jax.dense import export, flo, scoring, videos
from tests.mol_jax import tiny
from tests.mol_jax.dense import made


@pytest.fixture
def exported(served, made_runs, tmp_path, capsys):
    assert program.main(["export", str(made_runs / "full"), f"--out={tmp_path / 'pairs'}"]) == 0
    assert "36 pairs of 12 videos" in capsys.readouterr().out
    return tmp_path / "pairs"


def test_every_pair_is_there_as_the_network_sees_it(exported, dataset):
    with (exported / "index.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert len(lines) == 36
    for n, line in enumerate(lines):
        row, k = divmod(n, 3)
        assert (line["subject"], line["clip"]) == (f"sub{row // 4}", f"clip{row}")
        assert int(line["pair"]) == k + 1
        numbers = [float(line["first_frame"]), float(line["second_frame"])]
        assert numbers == list(dataset.frame_numbers[row, k : k + 2]) and numbers[0] < numbers[1]
        for which, at in (("first", k), ("second", k + 1)):
            picture = cv2.imread(str(exported / line[which]), cv2.IMREAD_UNCHANGED)
            np.testing.assert_array_equal(picture, dataset.table.frames[row, at, 4:68, 4:68])


def test_flow_that_is_named_as_the_index_says_can_be_scored(exported, made_runs, dataset):
    """The targets themselves, written where index.csv tells, have no error."""
    with (exported / "index.csv").open() as file:
        for n, line in enumerate(csv.DictReader(file)):
            row, k = divmod(n, 3)
            target = dataset.table.flow[row, k, 4:68, 4:68].astype(np.float32)
            flo.write_flo(exported / line["flow"], target)
    _, rows = scoring.page(made_runs / "full", flow=exported, landmarks=None, name="itself")
    assert {row.values["epe"] for row in rows} == {0.0}
    assert min(row.values["epe_zero"] for row in rows) > 1


def test_generated_faces_are_nobodys_and_others_are_marked(exported, dataset, tmp_path, capsys):
    assert not (exported / MARKER).exists()
    assert "people" not in (exported / "README.md").read_text()
    folder = made.make(tmp_path / "real", dataset, generated=False)
    assert program.main(["export", str(folder), f"--out={tmp_path / 'people'}"]) == 0
    assert "keep them on this disk" in capsys.readouterr().out
    assert (tmp_path / "people" / MARKER).exists()
    assert "The pictures show people." in (tmp_path / "people" / "README.md").read_text()


def test_pictures_stay_out_of_runs_and_of_other_files(made_runs, served, tmp_path, capsys):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    (tmp_path / "file").touch()
    link = tmp_path / "link"
    link.symlink_to(made_runs / "no_mer")
    for out, sentence in (
        (made_runs / "full" / "pairs", "a run's folder, whose files are made to be shared"),
        (made_runs / "full", "a run's folder"),
        (made_runs / "no_mer" / "a" / "b", "a run's folder"),
        (link / "pairs", "a run's folder"),
        (tmp_path / "full", "is not empty"),
        (tmp_path / "file", "file is a file; name a folder, a new or an empty one"),
        (tmp_path / "file" / "a" / "b", "file, which is a file; name a folder"),
    ):
        assert program.main(["export", str(made_runs / "full"), f"--out={out}"]) == 2
        assert sentence in capsys.readouterr().err
    assert not list(made_runs.rglob("*.png"))
    assert program.main(["export", str(made_runs / "full")]) == 2
    assert "--out" in capsys.readouterr().err


def test_names_that_are_no_file_names_stay_below_the_folder(tmp_path):
    data = tiny.dataset(clips=3, per_subject=1, frames=2)
    name = dataclasses.replace(data.names[0], subject="..", clip="a/b c")
    odd = dataclasses.replace(data, names=(name, *data.names[1:]))
    shown = [videos.video(odd, row, 64) for row in range(3)]
    export.write(tmp_path / "pairs", tmp_path / "run", shown, generated=True, flow="tvl1")
    assert (tmp_path / "pairs/tiny/%2E%2E/a%2Fb c/frame0.png").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["pairs"]
