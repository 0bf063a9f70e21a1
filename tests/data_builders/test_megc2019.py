"""The organisers' list: it is read, compared, and what is not that list is refused."""

import pytest

from data_builders import megc2019
from data_builders.megc2019 import name_of
from data_builders.views.find import get_view
from mol_jax.errors import UserError
from tests.data_builders import true_scale


@pytest.fixture(scope="module")
def labelled(tmp_path_factory):
    """The composite of the look-alikes: records and their classes."""
    view = get_view("composite", "megc2019")
    records = true_scale.records(tmp_path_factory.mktemp("megc2019"))
    found = [(record, view.label(record)) for record in records]
    return [(record, label) for record, label in found if label is not None]


@pytest.fixture
def lines(labelled):
    return true_scale.megc_lines(labelled)


@pytest.fixture
def save(tmp_path):
    """Writes lines as the organisers do, CRLF between them, or bytes as they are."""

    def write(content, name="combined_3class_gt.csv"):
        file = tmp_path / name
        if not isinstance(content, bytes):
            content = "".join(f"{line}\r\n" for line in content).encode()
        file.write_bytes(content)
        return file

    return write


def check(file, labelled):
    names = [(r["dataset"], r["subject"], r["clip"]) for r, _ in labelled]
    megc2019.check_file(file, names, [label for _, label in labelled])


def test_the_list_of_the_composite_checks_out(save, lines, labelled):
    file = save(lines)
    assert b"\r\nsmic,s01,s01_ne_01,0\r\n" in file.read_bytes()
    assert b"\r\nsamm,6,006_1_1,0\r\n" in file.read_bytes()
    check(file, labelled)
    assert len(megc2019.read(file)) == 442


def test_one_dataset_is_checked_against_its_own_entries(save, lines, labelled):
    check(save(lines), [pair for pair in labelled if pair[0]["dataset"] == "smic"])


@pytest.mark.parametrize("turn", [reversed, lambda lines: [line.upper() for line in lines]])
def test_neither_order_nor_case_matters(save, lines, labelled, turn):
    check(save(turn(lines)), labelled)


def test_a_byte_order_mark_and_a_lacking_last_line_end(save, lines, labelled):
    check(save(b"\xef\xbb\xbf" + "\n".join(lines).encode()), labelled)


@pytest.mark.parametrize(
    ("dataset", "theirs", "ours"),
    [
        ("casme2", ("sub01", "EP02_01f"), ("sub01", "ep02_01f")),
        ("smic", ("s01", "s01_ne_01"), ("s1", "s1_ne_01")),
        ("smic", ("s1", "s1_ne_01"), ("s1", "s1_ne_01")),
        ("samm", ("6", "006_1_2"), ("006", "006_1_2")),
    ],
)
def test_each_database_spells_in_its_own_way(dataset, theirs, ours):
    assert name_of(dataset, *theirs) == megc2019.Clip(dataset, *ours)


def test_a_missing_clip_is_named(save, lines, labelled):
    at = next(i for i, (r, _) in enumerate(labelled) if r["dataset"] == "samm")
    name = name_of(*(labelled[at][0][key] for key in ("dataset", "subject", "clip")))
    with pytest.raises(UserError, match=rf"441 clips.* has 442 .*1 not in the data: {name}\)"):
        check(save(lines), labelled[:at] + labelled[at + 1 :])


def test_another_clip_is_named(save, lines, labelled):
    other = ({"dataset": "casme2", "subject": "sub18", "clip": "EP99_01"}, "negative")
    with pytest.raises(UserError, match=r"\(1 not in the list: casme2/sub18/ep99_01\): check"):
        check(save(lines), [*labelled, other])


def test_another_class_is_named(save, lines, labelled):
    changed = [line[:-1] + "2" if line.startswith("smic,s01,s01_ne_01") else line for line in lines]
    words = r"1 of another class: smic/s1/s1_ne_01 \(negative, listed as surprise\)"
    with pytest.raises(UserError, match=words):
        check(save(changed), labelled)


def test_numbers_of_another_order_are_noticed(save, lines, labelled):
    turned = [line[:-1] + str((int(line[-1]) + 1) % 3) for line in lines]
    with pytest.raises(UserError, match=r"442 of another class: casme2/.* and 438 more"):
        check(save(turned), labelled)


def test_a_dataset_that_the_list_has_not_is_refused(save, lines):
    other = [({"dataset": "synthetic", "subject": "sub01", "clip": "EP01_01f"}, "negative")]
    with pytest.raises(UserError, match=r"casme2, smic, samm, not of synthetic: leave it empty"):
        check(save(lines), other)


def test_the_other_file_of_the_site_is_recognised(save, lines):
    """A line of commas between entries, and one clip less."""
    faulty = [text for line in lines[:-1] for text in (line, ",,,")]
    with pytest.raises(UserError, match=r"441 entries and 441 .*combined_3class_gt-2\.csv has"):
        megc2019.read(save(faulty))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda lines: lines[1:], "has 441 entries, expected 442"),
        (lambda lines: [], "has 0 entries, expected 442"),
        (lambda lines: ["database,subject,clip,class", *lines], "line 1 is 'database,subject"),
        (lambda lines: [*lines[:-1], lines[0]], "line 442: casme2/sub01.* there a second time"),
        (lambda lines: [lines[0].replace("casme2", "casme3"), *lines[1:]], "line 1 is 'casme3"),
        (lambda lines: [f"{lines[0][:-1]}3", *lines[1:]], "expected database, subject, clip and"),
        (lambda lines: [f"{lines[0][:-1]}negative", *lines[1:]], "class 0, 1 or 2"),
        (lambda lines: [f"{lines[0]},", *lines[1:]], "line 1 is"),
        (lambda lines: [line.replace(",", ";") for line in lines], "line 1 is 'casme2;sub01"),
        (lambda lines: [f'{lines[0]}"x', *lines[1:]], "line 1"),
        (lambda lines: ['"casme2,sub01', *lines[1:]], "line 1 cannot be read"),
        (lambda lines: ["casme2,sub01,,0", *lines[1:]], "line 1 is 'casme2,sub01,,0'"),
        (lambda lines: ["<!DOCTYPE html>", *lines], "line 1 is '<!DOCTYPE html>'"),
        (lambda lines: b"PK\x03\x04\xff\xfe\x00", "is not a text file but a workbook"),
        (lambda lines: b"\x00" * 99, "line 1 holds a zero byte"),
    ],
)
def test_what_is_not_the_list_is_refused(save, lines, change, words):
    with pytest.raises(UserError, match=words):
        megc2019.read(save(change(lines)))


@pytest.mark.parametrize("name", ["absent.csv", ".", "x" * 300])
def test_no_file(tmp_path, name):
    with pytest.raises(UserError, match=r"there is no file .*data\.check_csv names MEGC2019's"):
        megc2019.read(tmp_path / name)
