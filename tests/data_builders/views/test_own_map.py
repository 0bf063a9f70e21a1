import os

import pytest

from data_builders.views.find import get_view
from data_builders.views.own_map import read
from mol_jax.errors import UserError

MAP = "label,class\nHappiness,positive\nfear,Negative\ndisgust,negative\nothers,\n"


@pytest.fixture
def write(tmp_path):
    def write(text, name="map.csv"):
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def record(emotion, apex=-1):
    return {"emotion": emotion, "subject": "sub18", "onset": 1, "apex": apex}


def test_labels_become_classes_in_the_order_of_the_lines(write):
    view = get_view("casme2", str(write(MAP)))
    assert (view.name, view.dataset) == ("map.csv", "casme2")
    assert view.classes == ("positive", "negative")
    labels = [view.label(record(e)) for e in ("happiness", "fear", "disgust", "others")]
    assert labels == ["positive", "negative", "negative", None]
    assert view.expected_clips is None and view.expected_subjects is None
    assert view.rule == (
        "positive is happiness, negative is fear and disgust; others left out; a map of the user's "
        "own"
    )


@pytest.mark.parametrize("dataset", ["casme2", "samm", "smic", "synthetic", "folder"])
def test_any_dataset_takes_a_map(write, dataset):
    assert read(dataset, write(MAP)).settle(["happiness", "fear"]).dataset == dataset


def test_a_map_equal_to_a_published_view_has_its_hash(write):
    published = get_view("casme2", "3class_naive")
    lines = [f"{label};{class_}" for label, class_ in published.mapping.items()]
    own = get_view("casme2", str(write("\n".join(("Class;Label", *map(swap, lines))), "Own.CSV")))
    assert own.classes == published.classes and own.label_map_hash == published.label_map_hash
    other = read("casme2", write(MAP))
    turned = read("casme2", write(MAP.replace("fear,Negative", "fear,positive")))
    assert len({view.label_map_hash for view in (own, other, turned)}) == 3


def swap(line):
    return ";".join(reversed(line.split(";")))


def test_a_label_without_a_line_is_refused_and_a_line_without_a_label_is_not(write):
    view = read("casme2", write(MAP))
    assert view.settle(["others", "disgust"]) is view
    with pytest.raises(UserError, match=r"map.csv has no line for .* 'anger' of casme2: add"):
        view.settle(["others", "disgust", "anger"])
    with pytest.raises(UserError, match=r"label 'anger' of casme2 and 2 more: .*empty class"):
        view.settle(["sad", "surprise", "anger"])


def test_a_path_may_begin_at_home(write, tmp_path, monkeypatch):
    write(MAP)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert get_view("casme2", os.path.join("~", "map.csv")).name == "map.csv"


BAD = {
    "label,class\n": "no line below it",
    "label\nhappy\n": "no column 'class'",
    "emotion,class\nhappy,a\n": "no column 'label'",
    "label,class\nhappy,a\nsad,a\n": "makes 'a' the only class, expected two at least",
    "label,class\nhappy,\nsad,\n": "makes nothing the only class",
    "label,class\nhappy,a\nsad,b\nHappy ,b\n": "line 4: the label 'happy' is there a second time",
    "label,class\nhappy,a\n,b\n": "line 3: the label is empty",
    "label,class\nhappy,a\nsad,b,c\n": "line 3 has 3 cells",
    "label,class\nhappy,a\nsad,b\x07\n": r"line 3: the name 'b\\x07' holds the sign",
    "label,class\nhappy,a\nsad,b\nso sad,nan\n": "line 4: the class is 'nan', expected a name",
    "label,class\nhappy,a b\nsad,a-b\n": "'a b' and 'a-b', which may be one name",
    "label,class\n0,a\n0.0,b\n": "line 3: the label '0' is there a second time",
    "label,class\nhappy,0\nsad,0.0\n": "makes '0' the only class",
    "label,class\nfâché,a\nfa\u0302che\u0301,b\n": "line 3: the label 'fâché' is there a second",
    "label,class\nsad,a\ns\u200bad,b\n": "line 3: the label 'sad' is there a second time",
    f"label,class\nhappy,a\n{'x' * 81},b\n": "line 3: the label is 'xxx",
}


@pytest.mark.parametrize(("text", "message"), BAD.items())
def test_another_map_is_refused(write, text, message):
    with pytest.raises(UserError, match=rf"map\.csv.*{message}") as refused:
        read("casme2", write(text))
    assert "\n" not in str(refused.value)


def test_an_absent_map_and_an_unknown_dataset_are_refused(write, tmp_path):
    for name in ("absent.csv", "folder.csv"):
        (tmp_path / "folder.csv").mkdir(exist_ok=True)
        with pytest.raises(UserError, match=rf"no file .*{name}: data.view names a view, or a CSV"):
            get_view("casme2", str(tmp_path / name))
    with pytest.raises(UserError, match="no dataset named 'casmes'"):
        get_view("casmes", str(write(MAP)))
