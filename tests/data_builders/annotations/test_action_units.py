"""Action units from the text of annotations: the forms of CASME II, SAMM and others."""

import pytest

from data_builders.annotations.action_units import action_units
from data_builders.synthetic.drawing.action_units import UNITS

WRITTEN = [
    # CASME II: joined by +, a side before the number, a single one as a numeric cell
    ("4", (4,)),
    ("4.0", (4,)),
    ("4+12", (4, 12)),
    ("R4", (4,)),
    ("R12+25", (12, 25)),
    ("4+L10", (4, 10)),
    ("L12 + R14", (12, 14)),
    ("12+4", (4, 12)),
    ("1+2+1", (1, 2)),
    ("15?", (15,)),
    ("4+?", (4,)),
    # SAMM: strength behind the number, asymmetry before it, alternatives
    ("L12A", (12,)),
    ("A4B", (4,)),
    ("B1?", (1,)),
    ("A1B+A2C", (1, 2)),
    ("R14A or 17A", (14,)),
    ("AU12A or AU14", (12,)),
    ("R12 or R15", (12,)),
    ("14AorL17A", (14,)),
    ("12 OR 15", (12,)),
    ("4B+R14A or 17A", (4, 14)),
    ("12 or 15 + 17", (12, 17)),
    ("12/15", (12,)),
    ("T23B+25A", (23, 25)),
    # other sheets: commas, full-width ones too, AU before the number, a word between
    ("4,7", (4, 7)),
    ("4，7", (4, 7)),
    ("４＋７", (4, 7)),
    ("AU4, AU 7", (4, 7)),
    ("AU6+AD19", (6, 19)),
    ("6 and 12", (6, 12)),
    ("1 2 25", (1, 2, 25)),
    ("4(L)+7", (4, 7)),
    ("corner 12", (12,)),
    ("1, 2.", (1, 2)),
    # nothing that is a code
    ("", ()),
    ("/", ()),
    ("?", ()),
    ("none", ()),
    ("0", ()),
    ("100", ()),
    (5000 * "9", ()),
    ("AU04+AU12", (4, 12)),
    ("20140508", ()),
    ("2020-04-12 00:00:00", ()),
    ("04:12:00", ()),
    ("04/12/2020", ()),
    ("4-Dec", ()),
    ("Apr-12", ()),
    ("12/14/15", (12,)),
    ("-1", ()),
    ("4-12", (4, 12)),
    ("1.5", ()),
    ("４.５", ()),
    ("²", (2,)),
]


@pytest.mark.parametrize(("text", "units"), WRITTEN)
def test_units_are_the_numbers_that_were_coded(text, units):
    assert action_units(text) == units


def test_each_unit_that_is_drawn_is_read_as_the_look_alikes_write_it():
    for unit in UNITS:
        assert action_units(f"L{unit}") == action_units(f"A{unit}C") == (unit,)
