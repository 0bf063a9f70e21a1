import pytest

from data_builders.views.find import get_view
from mol_jax.errors import UserError


def record(emotion):
    return {"emotion": emotion, "subject": "1", "onset": 1, "apex": -1}


def test_every_label_is_a_class_in_the_order_of_the_alphabet():
    view = get_view("folder", "all").settle({"sad": 2, "ängstlich": 1, "happy": 4})
    assert view.classes == ("happy", "sad", "ängstlich")
    assert [view.label(record(e)) for e in view.classes] == list(view.classes)
    assert view.name == "all" and view.expected_clips is None


def test_the_hash_depends_on_the_labels_and_not_on_their_order():
    view = get_view("folder", "all")
    one, same, other = (view.settle(e) for e in (["a", "b"], ["b", "a"], ["a", "c"]))
    assert one.label_map_hash == same.label_map_hash != other.label_map_hash
    assert one.settle(["a", "b"]) == one


def test_one_label_is_refused():
    with pytest.raises(UserError, match=r"folder has the label happy and no other: .*at least two"):
        get_view("folder", "all").settle(["happy"])


def test_other_views_fit_any_labels():
    view = get_view("casme2", "5class")
    assert view.settle(["happiness"]) is view
