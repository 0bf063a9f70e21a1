"""A run's JSON files that lack something are refused by name, wherever the report asks for it."""

import json

import pytest

from mol_jax.errors import UserError
from mol_jax.reporting import figures, html_page
from mol_jax.reporting.page import write_report
from tests.mol_jax.fake_run import make_run


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_run(tmp_path_factory.mktemp("runs") / "run")


@pytest.fixture(autouse=True)
def text_only(monkeypatch):
    for name in ("confusion", "subjects", "curves", "trials"):
        monkeypatch.setattr(figures, name, lambda *_, **__: None)
    monkeypatch.setattr(html_page, "write_page", lambda *_: None)


def keys(tree, above=()):
    """Yields the path of every key of a JSON object and those below it."""
    for key, value in tree.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from keys(value, (*above, key))


def without(text, path):
    """Returns a JSON object that lacks one key."""
    content = json.loads(text)
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return json.dumps(content)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("config.json", ("config", "train")),
        ("config.json", ("dataset", "class_counts")),
        ("config.json", ("sessions",)),
        ("metrics.json", ("ci95", "uf1")),
    ],
)
def test_the_key_and_its_file_are_named(folder, name, path):
    whole = (folder / name).read_text()
    (folder / name).write_text(without(whole, path))
    try:
        with pytest.raises(UserError, match=rf"{name} (lacks '{path[-1]}'|is no run's)") as error:
            write_report(folder)
        assert "\n" not in str(error.value)
    finally:
        (folder / name).write_text(whole)


@pytest.mark.parametrize(
    ("name", "key", "value"),
    [
        ("config.json", "versions", []),
        ("metrics.json", "n_clips", "12"),
        ("metrics.json", "per_trial", {}),
        ("metrics.json", "flow", "x"),
        ("metrics.json", "floor", None),
        ("metrics.json", "audit", None),
    ],
)
def test_a_value_of_another_kind_is_named_with_its_file(folder, name, key, value):
    whole = (folder / name).read_text()
    (folder / name).write_text(json.dumps(json.loads(whole) | {key: value}))
    try:
        with pytest.raises(UserError, match=rf"{name} has .* as '{key}', which no run writes"):
            write_report(folder)
    finally:
        (folder / name).write_text(whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["config.json", "metrics.json"])
def test_no_missing_key_is_a_traceback(folder, name):
    whole, said = (folder / name).read_text(), 0
    for path in keys(json.loads(whole)):
        (folder / name).write_text(without(whole, path))
        try:
            write_report(folder)
        except UserError:
            said += 1
    (folder / name).write_text(whole)
    assert said > 10
    write_report(folder)
