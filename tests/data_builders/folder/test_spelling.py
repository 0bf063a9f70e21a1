"""One spelling of subjects, labels and numbers in labels.csv, and the columns that are not read."""

import pytest

from data_builders.folder import annotation
from mol_jax.errors import UserError
from tests.data_builders.folder.test_annotation import annotate


def write(recordings, *pairs, header="subject,path,label"):
    """A line for each subject and label, and each its own frames."""
    lines = [
        f"{subject},s1/a.avi,{label},{2 * k + 1},,{2 * k + 2}"
        for k, (subject, label) in enumerate(pairs)
    ]
    recordings.write(*lines, header=f"{header},onset,apex,offset")


REFUSED = [
    (("S1", "s1"), "differ only in upper and lower case"),
    (("s-1", "s_1"), "may be one name in two spellings"),
    (("s01", "s1"), "may be one name in two spellings"),
    (("s\u2000 1", "s1"), "may be one name in two spellings"),
    (("1", "sub01"), "may be one name in two spellings"),
    (("ａnna", "anna"), "may be one name in two spellings"),
    (("Zoé", "zoe\u0301"), "differ only in upper and lower case"),
    (("аnna", "anna"), "may be one name in two spellings"),  # a Cyrillic letter
]


@pytest.mark.parametrize(("pair", "words"), REFUSED)
def test_one_person_in_two_spellings_is_refused(recordings, pair, words):
    write(recordings, *[(subject, "happy") for subject in pair])
    with pytest.raises(UserError, match=rf"labels\.csv has the subjects .*{words}: spell each"):
        annotate(recordings)


@pytest.mark.parametrize(
    "pair", [("very happy", "very-happy"), ("happy!", "happy！"), ("micro 1", "micro 01")]
)
def test_one_label_in_two_spellings_is_refused(recordings, pair):
    write(recordings, *[("1", label) for label in pair])
    with pytest.raises(UserError, match=r"labels\.csv has the labels .*: spell each label in one"):
        annotate(recordings)


@pytest.mark.parametrize(
    "pair",
    [
        ("Zoé", "Zoe\u0301"),
        ("an\u200bna", "anna"),
        ("anna\ufeff", "an\u00adna"),
        ("1", "1.0"),
        ("01", "1"),
        ("0", "0.0"),
        ("a\u00a0 b", "a b"),
    ],
)
def test_what_is_certainly_one_name_is_one(recordings, pair):
    write(recordings, *[(name, name) for name in pair])
    first, second = annotate(recordings).clips
    assert (first.subject, first.emotion, first.person) == (
        second.subject,
        second.emotion,
        second.person,
    )
    assert first.subject.isprintable()


def table_notes(source) -> tuple[str, ...]:
    """What is said of the table; of the videos it is said what a frame's number is."""
    return tuple(note for note in source.notes if note.startswith("labels.csv: "))


def test_numbers_that_were_joined_are_named(recordings):
    write(recordings, ("01", "0"), ("1", "0.0"), ("1", "1"))
    source = annotate(recordings)
    assert [clip.subject for clip in source.clips] == ["1"] * 3
    assert [clip.emotion for clip in source.clips] == ["0", "0", "1"]
    assert table_notes(source) == (
        "labels.csv: subjects read as one: 1 (01, 1)",
        "labels.csv: labels read as one: 0 (0, 0.0)",
    )
    write(recordings, ("006", "01"), ("006", "02"))
    source = annotate(recordings)
    assert [(clip.subject, clip.emotion) for clip in source.clips] == [("006", "01"), ("006", "02")]
    assert table_notes(source) == ()


@pytest.mark.parametrize("nothing", ["nan", "NaN", "<NA>", "#N/A", "None", "null"])
@pytest.mark.parametrize("column", ["subject", "label", "clip"])
def test_what_programs_write_for_nothing_is_no_name(recordings, nothing, column):
    cells = {"subject": "1", "label": "happy", "clip": "a"} | {column: nothing}
    recordings.write(
        ",".join([cells["subject"], "s1/a.avi", cells["label"], cells["clip"]]),
        header="subject,path,label,clip",
    )
    with pytest.raises(UserError, match=rf"line 2: the {column} is '{nothing}', which programs"):
        annotate(recordings)


@pytest.mark.parametrize(("text", "onset"), [("3.0", 3), ("３", 3), ("nan", 1), ("3.0e+00", 3)])
def test_frame_numbers_may_be_written_in_many_ways(recordings, text, onset):
    recordings.write(f"1,s1/a.avi,happy,{text},,9")
    assert annotate(recordings).clips[0].onset == onset


@pytest.mark.parametrize("text", ["3.000", "1e1", "3 4", "0x3", "#REF!", "#N/A"])
def test_what_may_be_another_number_is_refused(recordings, text):
    recordings.write(f"1,s1/a.avi,happy,{text},,9")
    with pytest.raises(UserError, match=f"the onset is '{text}', expected a frame's number"):
        annotate(recordings)


MEANT = {"start": "onset", "Start_Frame": "onset", "begin": "onset", "first frame": "onset"}
MEANT |= {"peak": "apex", "PeakFrame": "apex", "end": "offset", "stop": "offset", "last": "offset"}
MEANT |= {"StartF": "onset", "begin_f": "onset", "start idx": "onset", "fin": "offset"}


@pytest.mark.parametrize("name", MEANT)
def test_a_column_that_means_frames_does_not_vanish(recordings, name):
    recordings.write("1,s1/a.avi,happy,3", header=f"subject,path,label,{name}")
    with pytest.raises(UserError, match=f"a column '{name.lower()}': name it '{MEANT[name]}' if"):
        annotate(recordings)


@pytest.mark.parametrize("name", ["duration", "Length", "frames"])
def test_a_length_without_an_end_does_not_vanish(recordings, name):
    recordings.write("1,s1/a.avi,happy,3,2", header=f"subject,path,label,onset,{name}")
    with pytest.raises(UserError, match=f"column '{name.lower()}' and no 'offset', without which"):
        annotate(recordings)
    recordings.write("1,s1/a.avi,happy,9", header=f"subject,path,label,{name}")  # the video's
    assert f"not read: {name.lower()}" in table_notes(annotate(recordings))[0]


def test_columns_that_are_not_read_are_named(recordings):
    names = ["start", "age", "camera", *(f"x{k}" for k in range(8))]
    recordings.write(
        "1,s1/a.avi,happy,3" + "," * 11, header=f"subject,path,label,onset,{','.join(names)}"
    )
    (note,) = table_notes(annotate(recordings))
    assert note == (
        "labels.csv: columns that are not read: start, age, camera, x0, x1, x2, x3, x4 and 3 more"
    )


def test_a_workbook_instead_of_a_table_is_to_be_saved_as_csv(recordings):
    recordings.labels.rename(recordings.root / "labels.xlsx")
    with pytest.raises(
        UserError, match=r"no table of labels .*; save the sheet of labels\.xlsx as"
    ):
        annotation.find_labels(recordings.root, None)
