"""What must stand beside a score stands beside it: leaks, the protocol, the spread of one model."""

import json

import pytest

from mol_jax.protocol.audit import audit
from mol_jax.protocol.folds import make_folds
from mol_jax.reporting import figures
from mol_jax.reporting.page import write_report
from tests.mol_jax.fake_run import make_run
from tests.mol_jax.protocol.test_audit import CLIPS, PERSONS, frames


@pytest.fixture(autouse=True)
def no_pictures(monkeypatch):
    for name in ("confusion", "subjects", "curves", "trials"):
        monkeypatch.setattr(figures, name, lambda *_, **__: None)


def text_of(folder, *, sides=None, **metrics):
    """Returns the report of a made-up run whose protocol and metrics are changed."""
    config = json.loads((folder / "config.json").read_text())
    config["config"]["protocol"] |= sides or {}
    (folder / "config.json").write_text(json.dumps(config))
    found = json.loads((folder / "metrics.json").read_text()) | metrics
    (folder / "metrics.json").write_text(json.dumps(found))
    return write_report(folder).read_text()


def test_a_run_without_an_audit_has_no_section(tmp_path):
    assert "## Leakage audit" not in text_of(make_run(tmp_path / "run"))


def test_a_clean_audit_stands_below_and_not_beside_the_score(tmp_path):
    clean = audit(make_folds("loso", PERSONS), PERSONS, CLIPS, frames(), independent=True)
    text = text_of(make_run(tmp_path / "run"), audit=clean)
    assert "No person is on two sides" in text.split("## Leakage audit\n")[1]
    assert "No person is on two sides" not in text.split("## Task card")[0]


@pytest.mark.parametrize("tasks", [("mer", "flow"), ("flow",)])
def test_the_audit_speaks_of_the_svm_only_where_there_is_a_score(tmp_path, tasks):
    clean = audit(make_folds("loso", PERSONS), PERSONS, CLIPS, frames(), independent=True)
    text = text_of(make_run(tmp_path / "run", tasks=tasks), audit=clean)
    assert "No person is on two sides" in text
    assert ("The linear SVM beside the score" in text) == ("mer" in tasks)


def test_lovo_is_marked_at_the_score(tmp_path):
    folds = make_folds("lovo", PERSONS, clips=CLIPS)
    found = audit(folds, PERSONS, CLIPS, frames(), independent=False)
    words = "leave one video out, NOT SUBJECT-INDEPENDENT"
    text = text_of(make_run(tmp_path / "run"), sides={"name": "lovo"}, audit=found, protocol=words)
    assert "**NOT SUBJECT-INDEPENDENT: in 6 of 6 folds" in text.split("**UF1")[0]
    assert f"| protocol | {words} |" in text


@pytest.mark.parametrize(
    ("seeds", "says"),
    [((0,), "One model was trained and tested"), ((0, 1, 2), "(sd over 3 seeds, from ")],
)
def test_one_model_says_how_far_its_score_moves(tmp_path, seeds, says):
    sides = {"name": "cross", "train": ["samm"], "test": ["smic"]}
    text = text_of(make_run(tmp_path / "run", seeds=seeds, skill=0.4), sides=sides)
    assert says in text
    assert "trained on samm, tested on smic" in text
    assert "The majority class here is that of the tested clips" in text
    assert "The paper prints no figure for casme2 5class, protocol.name = cross" in text
