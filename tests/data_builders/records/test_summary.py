import re
from pathlib import Path

from data_builders.pixels import alignment, flow
from data_builders.records import summary

PAGE = Path(summary.__file__).with_name("README.md").read_text(encoding="utf-8")


def test_the_errors_are_those_of_the_page():
    """Of its table the rows of t = 8, and of these the last two columns."""
    rows = re.search(r"\| t = 8, consecutive .*?(?=\| t = 2)", PAGE, re.S)[0].splitlines()
    for row, name in zip(rows, alignment.ALIGNMENTS, strict=True):
        cells = [cell.strip() for cell in row.strip("| ").split("|")]
        assert f"`{name}`" in cells
        found = dict(zip(flow.METHODS, map(float, cells[-2:]), strict=True))
        assert summary.ERRORS[name] == found


def meta(**changes):
    return {
        **dict.fromkeys(("filled_frames", "repeated_clips", "absent_frames"), 0),
        **{"dataset": "folder", "clips": 2, "subjects": 1, "frames": 9, "emotions": {"x": 2}},
        **{"t": 8, "size": 144, "sampling": "even", "alignment": "clip", "flow_method": "tvl1"},
        **{"skipped": [], "unannotated": [], "notes": [], "generated": False},
        **{"several_faces": {}, "leaps": {}, "deep_images": [], **changes},
    }


def test_the_flow_is_said_to_be_off_only_where_that_was_measured(tmp_path):
    measured = "off by 0.16 px between samples"
    assert measured in summary.summary(tmp_path, meta())
    for changed in ({"t": 2}, {"size": 72}, {"sampling": "tim"}, {"magnify": 8}):
        assert measured not in summary.summary(tmp_path, meta(**changed))
    assert "flow tvl1, motions magnified by 8, see" in summary.summary(tmp_path, meta(magnify=8))


def test_other_faces_leaps_and_bits_are_said(tmp_path):
    plain = summary.summary(tmp_path, meta())
    assert "another face" not in plain and "bits" not in plain
    kind = {"values": "integer", "images": 6, "clips": 2, "largest": 4080.0, "white": 4095}
    kind |= {"dark": ["s/c"], "mixed": ["s/d"]}
    said = summary.summary(
        tmp_path, meta(several_faces={"s/a": 8}, leaps={"s/b": 1}, deep_images=[kind])
    )
    assert "s/a shows another face in 8 frames" in said
    assert "the face of s/b leaps 1 time:" in said
    assert "1 clip far darker than white (4095)" in said and "data_dir: s/c" in said
    assert "1 clip of which some images have 8 bits" in said and "alike: s/d" in said
    assert "the largest value is 4080, so 12 bits are used and 4095 is white" in said


def test_a_dataset_of_an_earlier_version_says_what_it_lacks(tmp_path):
    earlier = meta()
    del earlier["several_faces"]
    assert "before one person was followed" in summary.summary(tmp_path, earlier)
