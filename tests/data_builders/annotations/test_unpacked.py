import pytest

from data_builders.annotations import unpacked
from data_builders.casme2 import annotation as casme2
from data_builders.samm import annotation as samm
from data_builders.smic import annotation as smic
from data_builders.smic import long_clips
from data_builders.synthetic.look_alikes import casme2_tree
from data_builders.synthetic.look_alikes import samm as samm_tree
from data_builders.synthetic.look_alikes import smic as smic_tree
from mol_jax.errors import UserError


def is_subject(folder):
    return folder.name.startswith("sub")


def names(level, root):
    return [folder.relative_to(root).as_posix() for folder in level]


def test_levels_do_not_enter_subjects_hidden_folders_or_a_macs_leftovers(tmp_path):
    for folder in ("b/c/d", "a/sub01/EP1", "sub99/x", ".git/x", "__MACOSX/a"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "file").write_bytes(b"")
    found = [names(level, tmp_path) for level in unpacked.levels(tmp_path, 3, is_subject)]
    assert found == [["."], ["a", "b"], ["b/c"], ["b/c/d"]]


def test_a_source_that_is_not_there_has_no_workbook(tmp_path):
    places = unpacked.levels(tmp_path / "gone", 2, is_subject)
    with pytest.raises(UserError, match=r"gone holds no coding workbook, expected A\.xlsx or B"):
        unpacked.find_workbook(places, ("A.xlsx", "B.xlsx"), "A*.xlsx")


def test_a_known_workbook_goes_before_another_beside_it(tmp_path):
    for name in ("A.xlsx", "A-mine.xlsx"):
        (tmp_path / name).write_bytes(b"")
    assert unpacked.find_workbook([[tmp_path]], ("A.xlsx",), "A*.xlsx") == tmp_path / "A.xlsx"
    (tmp_path / "A.xlsx").unlink()
    (tmp_path / "A-yours.xlsx").write_bytes(b"")
    with pytest.raises(UserError, match=r"holds A-mine.xlsx and A-yours.xlsx, expected one coding"):
        unpacked.find_workbook([[tmp_path]], ("A.xlsx",), "A*.xlsx")


@pytest.mark.parametrize(("held", "read"), [(4, "few many"), (2, "few many"), (1, "many")])
def test_a_folder_with_less_than_half_the_clips_does_not_count(tmp_path, held, read):
    annotated = {("sub1", f"ep{number}") for number in range(4)}
    for root, count in (("few", held), ("many", 4), ("none", 0)):
        for number in range(count):
            (tmp_path / root / "sub1" / f"EP{number}").mkdir(parents=True)
        (tmp_path / root / "sub1" / "other").mkdir(parents=True)
    roots = [tmp_path / name for name in ("few", "many", "none")]
    found = unpacked.with_clips(roots, annotated, lambda root: sorted(root.glob("sub*")), str)
    assert found == [tmp_path / name for name in read.split()]
    # Where nothing fits, all are as good.
    assert unpacked.with_clips(roots, set(), lambda root: sorted(root.glob("sub*")), str) == roots


LOOK_ALIKES = {
    "casme2": (casme2_tree.write_tree, casme2.annotate, {"subjects": ("sub01",), "clips": 1}),
    "samm": (samm_tree.write_tree, samm.annotate, {"subjects": ("006",), "clips": 1}),
    "smic": (smic_tree.write_tree, smic.annotate, {"subjects": (15,), "clips": 1}),
    "smic_hs_e": (smic_tree.write_tree, long_clips.annotate, {"subjects": (15,), "clips": 1}),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_is_not_read_from_above_its_marker(tmp_path, name):
    write, annotate, few = LOOK_ALIKES[name]
    root = write(tmp_path / "SAMM", faces=False, frames=(4, 4), **few)
    assert annotate(root, name).clips
    with pytest.raises(UserError, match=r"SAMM holds generated clips: give it as --source, so"):
        annotate(tmp_path, name)
