"""The loop over the clips, and the notes about quirks."""

import pytest

from data_builders.synthetic.look_alikes import samm
from data_builders.synthetic.writing import BATCH, Quirks, takes, write_clips


def note(number, quirks):
    """What a writer does, without a file."""
    if number % 10 == 3:
        quirks.plant("ends in 3", str(number))
    return number


def test_clips_come_in_order_with_their_quirks():
    subjects, quirks = [range(BATCH + 3), [], range(40, 43), range(43, 50)], Quirks()
    assert write_clips(note, subjects, quirks) == [n for own in subjects for n in own]
    assert quirks.planted == {"ends in 3": ["3", "43"]}


def test_quirks_that_are_not_wanted_are_not_planted_unless_they_must():
    quirks = Quirks(wanted=False)
    assert not quirks.plant("a", "here") and quirks.plant("b", "there", always=True)
    assert quirks.planted == {"b": ["there"]}


def test_takes_are_counted_by_subject_and_in_all():
    made = takes({"a": ["x", "y", "z"], "b": ["x"]}, ("a", "b"), 2)
    found = [[(t.subject, t.number, t.index, t.emotion) for t in own] for own in made]
    assert found == [[("a", 0, 0, "x"), ("a", 1, 1, "y")], [("b", 0, 2, "x")]]


@pytest.mark.slow
def test_processes_write_the_same_files(tmp_path):
    few = {"faces": False, "frames": (3, 3), "subjects": ("006", "007")}
    one, two = (samm.write_tree(tmp_path / str(n), **few, workers=n) for n in (1, 2))
    files = sorted(file.relative_to(one) for file in one.rglob("*") if file.is_file())
    assert files == sorted(file.relative_to(two) for file in two.rglob("*") if file.is_file())
    for file in (file for file in files if file.suffix != ".xlsx"):  # it holds the time
        assert (one / file).read_bytes() == (two / file).read_bytes(), file
