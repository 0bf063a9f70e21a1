"""F1 of action units against a count by hand, beside that of telling every clip yes."""

import pytest

from mol_jax.networks.au_head.network import MEASURES
from mol_jax.reporting import dense_sections, unit_sections
from mol_jax.reporting.finished_run import read_run
from tests.mol_jax.fake_run import make_run

NONE = {one.name: 0 for one in MEASURES} | {"videos": 1}


def told(subject, clip):
    """Of 5 × 10 clips: the last two of each person are not coded, unit 4 is in four of the rest."""
    if clip > 7:
        return NONE
    four = "hit" if clip < 3 else "miss" if clip == 3 else "false" if clip == 4 else ""
    mine = {f"au4_{four}": 1} if four else {}
    return NONE | {"au_coded": 1, "au12_false": int(clip == 0)} | mine


def sections(folder, own, measures=MEASURES):
    run = read_run(make_run(folder, tasks=("mer",), measures=measures, own=own))
    return unit_sections.units(run), dense_sections.others(run)


def test_a_unit_that_some_clip_shows_has_a_line(tmp_path):
    text, others = sections(tmp_path / "run", told)
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text[1].splitlines()]
    f1, always = 100 * 6 / (6 + 1 + 1), 100 * 2 * 4 / (4 + 8)
    assert lines[2][:2] == ["4", "20"] and lines[2][3] == f"{always:.1f}"
    assert lines[2][2].startswith(f"{f1:.1f} [")
    assert [line[0] for line in lines[2:]] == ["4", "mean"]
    assert "Of 40 clips" in text[2] and others == []


@pytest.mark.parametrize(("measures", "words"), [(MEASURES, "None of the clips"), ((), None)])
def test_where_there_is_nothing_to_tell_it_says_so_or_is_left_out(tmp_path, measures, words):
    text, _ = sections(tmp_path / "run", lambda *_: NONE if measures else {}, measures)
    assert (words in text[1]) if words else text == []
