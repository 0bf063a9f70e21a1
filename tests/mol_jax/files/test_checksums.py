"""A changed, lost or foreign file is noticed; what was written is not."""

import json

import pytest

from mol_jax.files import checksums
from mol_jax.files.checksums import DamagedError

MINE = {"of": "trial0/seed0/sub01", "run": "0a1b2c3d"}


@pytest.fixture
def folder(tmp_path):
    """A saved folder of two files."""
    folder = tmp_path / "final"
    (folder / "d").mkdir(parents=True)
    (folder / "manifest").write_bytes(b"manifest")
    (folder / "d" / "weights").write_bytes(bytes(1000))
    checksums.write(folder, **MINE)
    return folder


def test_what_was_written_is_whole_wherever_it_is_moved(folder, tmp_path):
    checksums.check(folder, **MINE)
    checksums.check(folder.rename(tmp_path / "moved"), **MINE)


@pytest.mark.parametrize("place", [0, 499, 999])
def test_one_bit_is_noticed_and_its_file_named(folder, place):
    content = bytearray((folder / "d" / "weights").read_bytes())
    content[place] ^= 1
    (folder / "d" / "weights").write_bytes(content)
    with pytest.raises(DamagedError, match="file d/weights is not as it was saved"):
        checksums.check(folder, **MINE)


@pytest.mark.parametrize("content", [b"", bytes(999), bytes(1001)])
def test_a_shorter_or_longer_file_is_noticed(folder, content):
    (folder / "d" / "weights").write_bytes(content)
    with pytest.raises(DamagedError, match="d/weights"):
        checksums.check(folder, **MINE)


def test_a_lost_file_is_named(folder):
    (folder / "manifest").unlink()
    with pytest.raises(DamagedError, match="file manifest is missing"):
        checksums.check(folder, **MINE)


@pytest.mark.parametrize(
    "content",
    [None, "", "[]", "3", "{", '{"of": 1}', '{"of": "x", "files": {}}', '{"of": "x", "files": 3}'],
)
def test_without_its_checksums_nothing_counts_as_whole(folder, content):
    (folder / checksums.NAME).unlink()
    if content is not None:
        (folder / checksums.NAME).write_text(content)
    with pytest.raises(DamagedError, match=r"checksums\.json is (missing|damaged)"):
        checksums.check(folder, **MINE)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"of": "trial0/seed0/sub02"}, "is of trial0/seed0/sub01, not of trial0/seed0/sub02"),
        ({"run": "ffffffff"}, "a run with other settings or other data"),
    ],
)
def test_whole_files_of_another_replica_or_run_are_noticed(folder, changed, words):
    with pytest.raises(DamagedError, match=words):
        checksums.check(folder, **MINE | changed)


def test_a_published_file_is_whole_and_so_is_the_one_before_it(tmp_path):
    path, partial = tmp_path / "by_step.csv", tmp_path / "by_step.csv.partial"
    for text in ("one", "two"):
        partial.write_text(text)
        checksums.publish(partial, path, of="a")
        checksums.check_file(path, of="a")
    path.write_text("one")  # as if killed before it was renamed
    checksums.check_file(path, of="a")
    path.write_text("on")
    with pytest.raises(DamagedError, match="the checksums differ"):
        checksums.check_file(path, of="a")
    path.write_text("two")
    with pytest.raises(DamagedError, match="is of a, not of b"):
        checksums.check_file(path, of="b")
    (tmp_path / "by_step.csv.sha256").write_text(json.dumps({"of": "a"}))
    with pytest.raises(DamagedError, match=r"by_step\.csv\.sha256 is damaged"):
        checksums.check_file(path, of="a")
