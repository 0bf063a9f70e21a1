"""What `python -m mol_jax.pictures` has drawn stands in the report; else nothing does."""

import json

import pytest

from mol_jax.errors import UserError
from mol_jax.reporting.picture_sections import of_run, pictures, read_entries
from mol_jax.text.tables import escaped

ENTRY = {
    "name": "flow",
    "title": "Predicted optical flow",
    "files": {"Flow [of] it": "flow.png"},
    "said": ["One pair.", "| EPE |"],
}


def test_pictures_are_shown_below_their_titles(tmp_path):
    content = {"run": of_run(tmp_path), "pictures": [ENTRY]}
    (tmp_path / "pictures.json").write_text(json.dumps(content))
    assert pictures(read_entries(tmp_path)) == [
        "## What the network sees",
        "### Predicted optical flow",
        f"![{escaped('Flow [of] it')}](figures/flow.png)",
        "One pair.",
        "| EPE |",
    ]


def test_pictures_of_a_run_that_was_there_before_are_left_out(tmp_path):
    config, results = tmp_path / "config.json", tmp_path / "predictions.csv"
    config.write_text('{"config": {"seeds": [0]}, "sessions": []}')
    results.write_text("clip,pred\na,b\n")
    content = json.dumps({"run": of_run(tmp_path), "pictures": [ENTRY]})
    (tmp_path / "pictures.json").write_text(content)
    config.write_text('{"config": {"seeds": [0]}, "sessions": [1]}')  # evaluated again
    assert read_entries(tmp_path) == [ENTRY]
    results.write_text("clip,pred\na,a\n")
    assert read_entries(tmp_path) == []
    results.write_text("clip,pred\na,b\n")
    config.write_text('{"config": {"seeds": [1]}}')
    assert read_entries(tmp_path) == []


def test_without_pictures_there_is_no_section(tmp_path):
    assert read_entries(tmp_path) == [] and pictures([]) == []


@pytest.mark.parametrize(
    "content",
    ["{", "[]", "{}", '{"pictures": 1}', '{"pictures": [{}]}',
     json.dumps({"pictures": [ENTRY | {"said": [1]}]}),
     json.dumps({"pictures": [ENTRY | {"files": {"a": 1}}]})],
)  # fmt: skip
def test_a_damaged_list_is_refused(tmp_path, content):
    (tmp_path / "pictures.json").write_text(content)
    with pytest.raises(UserError, match="is damaged: remove it"):
        read_entries(tmp_path)
