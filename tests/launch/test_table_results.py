"""What runs found, from their files: figures, intervals, parts of a composite, damage."""

import json

import numpy as np
import pytest

from launch import table_results
from mol_jax.errors import UserError
from mol_jax.protocol import audit
from mol_jax.protocol.folds import Fold
from mol_jax.scoring.confusion import SCORES
from tests.mol_jax.fake_run import make_run


@pytest.fixture
def folder(tmp_path):
    return make_run(tmp_path / "run")


def change(folder, **content):
    path = folder / "metrics.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | content))


def test_figures_are_percent_and_px(folder):
    metrics = json.loads((folder / "metrics.json").read_text())
    found = table_results.read(folder)
    for name in SCORES:
        assert found.figures[name].value == 100 * metrics["pooled"][name]
        assert found.figures[name].baseline == 100 * metrics["baselines"]["flow_svm"][name]
        assert found.figures[name].interval == tuple(100 * x for x in metrics["ci95"][name])
    assert found.figures["epe"].value == metrics["flow"]["epe"]
    assert found.figures["epe"].baseline == metrics["flow"]["epe_zero"]
    assert found.figures["nme"].baseline == metrics["landmarks"]["nme_mean_face"]
    low, high = found.figures["failure_rate"].interval
    assert low <= found.figures["failure_rate"].value <= high
    assert (found.clips, found.subjects, found.seeds, found.seconds) == (50, 5, 1, 12.5)


def test_what_is_off_is_not_there(tmp_path):
    figures = table_results.read(make_run(tmp_path / "run", tasks=("flow",))).figures
    assert set(figures) == {"epe"}
    figures = table_results.read(make_run(tmp_path / "other", tasks=("mer",))).figures
    assert set(figures) == set(SCORES)


def test_one_subject_has_no_interval(tmp_path):
    failed = ("sub01", "sub02", "sub03", "sub04")
    found = table_results.read(make_run(tmp_path / "run", failed=failed))
    assert {figure.interval for figure in found.figures.values()} == {None}
    assert list(found.diverged) == list(failed) == list(found.unscored)


def test_a_part_of_a_composite_has_its_own_clips(folder):
    part = {"n_clips": 20, "n_subjects": 2, "pooled": dict.fromkeys(SCORES, 0.5)}
    part["ci95"] = {name: [0.25, 0.75] for name in SCORES}
    part["flow_svm"] = dict.fromkeys(SCORES, 0.625)
    change(folder, per_dataset={"smic": part})
    found = table_results.read(folder, part="smic")
    assert found.figures["uf1"].baseline == 62.5
    assert (found.clips, found.subjects) == (20, 2)
    assert found.figures["uf1"].value == 50 and found.figures["uf1"].interval == (25, 75)
    assert table_results.read(folder, part="samm") is None


def leaking():
    """Returns what the audit finds where a person is on both sides, scaled by all its videos."""
    fold = Fold("EP01", np.array([0]), np.array([1]))
    return audit.audit(
        [fold], ["d/a", "d/a"], ["d/a/0", "d/a/1"], np.arange(2, dtype=np.uint8)[:, None],
        independent=False, scaled_by_subject=True,
    )  # fmt: skip


def test_what_the_audit_found_comes_along(folder):
    change(folder, audit=leaking())
    said = list(table_results.read(folder).leaks)
    assert said == audit.leaks(leaking()) and len(said) == 2
    assert "a person is tested whose other videos were trained on" in said[0]


@pytest.mark.parametrize("kept", [{}, None])
def test_a_run_without_an_audit_has_no_leaks(folder, kept):
    assert not table_results.read(folder).leaks
    change(folder, audit=kept)
    assert not table_results.read(folder).leaks


@pytest.mark.parametrize(
    "content",
    [
        {"audit": {"folds": 3}},
        {"audit": "clean"},
        {"pooled": {}},
        {"ci95": None},
        {"per_trial": []},
        {"flow": {"epe": "x"}},
        {"failed_folds": None},
        {"n_clips": None},
        {"runtime": {"seconds": "long"}},
    ],
)
def test_a_damaged_metrics_json_is_one_sentence(folder, content):
    change(folder, **content)
    with pytest.raises(UserError, match="is not what a run writes"):
        table_results.read(folder)


@pytest.mark.parametrize("name", ["config.json", "metrics.json", "dense.csv"])
def test_a_missing_or_unreadable_file_is_one_sentence(folder, name):
    (folder / name).write_bytes(b"\xff\xfe{")
    with pytest.raises(UserError, match=name):
        table_results.read(folder)
    (folder / name).unlink()
    with pytest.raises(UserError, match=name):
        table_results.read(folder)
