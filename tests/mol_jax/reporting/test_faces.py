"""Faces in a report: only of those who may be shown, and beside what was predicted of them."""

import json

import numpy as np
import pytest

from mol_jax.errors import UserError
from mol_jax.reporting import faces
from mol_jax.reporting.finished_run import read_run
from tests.mol_jax.fake_run import make_run


def record(row):
    rng = np.random.default_rng(0)
    return {
        "subject": row.subject,
        "clip": row.clip,
        "emotion": "happiness",
        "frames": rng.integers(0, 256, (5, 72, 72, 1), dtype=np.uint8),
        "frame_numbers": np.arange(5),
        "landmarks": rng.uniform(0, 72, (5, 68, 2)).astype(np.float32),
        "sampled": np.array([0, 4]),
        "flow": rng.normal(size=(1, 72, 72, 2)).astype(np.float16),
    }


@pytest.fixture
def run(tmp_path, monkeypatch):
    run = read_run(make_run(tmp_path / "run"))
    records = [record(row) for row in run.predictions.rows]
    monkeypatch.setattr(faces, "open_dataset", lambda *_: (records, {"sampling": "even"}))
    monkeypatch.setattr(faces.load, "build_name", lambda config: "t2_s72_clip")
    return run


def test_only_allowed_subjects_are_shown(run):
    rows = run.predictions.rows
    allowed, other = sorted({row.subject for row in rows})[:2]
    shown = faces.section(run, [allowed])
    mine = [row for row in rows if row.subject == allowed][: faces.CLIPS]
    assert shown.count("<figure>") == len(mine)
    for row in mine:
        right = "right" if row.pred == row.true else "wrong"
        said = f"{allowed}/{row.clip}: {row.true}, predicted {row.pred} ({right})"
        assert f"<figcaption>{said}</figcaption>" in shown
    assert f"{other}/" not in shown


def test_nobody_is_shown_without_a_list(run):
    with pytest.raises(UserError, match="--faces needs --subjects"):
        faces.section(run, [])


def test_a_composite_names_people_by_dataset_and_name(tmp_path, monkeypatch):
    run = read_run(make_run(tmp_path / "run", name="composite", parts=("casme2", "samm")))
    records = {
        name: [record(row) for row in run.predictions.rows if row.dataset == name]
        for name in ("casme2", "samm")
    }
    monkeypatch.setattr(faces, "open_dataset", lambda n, *_: (records[n], {"sampling": "even"}))
    monkeypatch.setattr(faces.load, "build_name", lambda config: "t2_s72_clip")
    by_both, by_name = (faces.section(run, [name]) for name in ("casme2/sub01", "sub01"))
    assert by_both == by_name and by_both.count("<figure>") == faces.CLIPS
    assert faces.section(run, ["samm/sub02"]) != by_both
    with pytest.raises(UserError, match="'samm/sub01', whom this run has not tested; it has casme"):
        faces.section(run, ["samm/sub01"])


def test_a_name_of_two_datasets_is_no_permission():
    tested = [("casme2", "sub01"), ("samm", "sub01")]
    with pytest.raises(UserError, match="several datasets: write casme2/sub01 or samm/sub01"):
        faces.allowed(["sub01"], tested, generated=False)
    assert faces.allowed(["samm/sub01"], tested, generated=False) == [("samm", "sub01")]


def test_one_generated_part_allows_no_face_of_the_other(tmp_path):
    """Nobody is shown without a list while there are people in any part."""
    folder = make_run(tmp_path / "run", name="composite", parts=("casme2", "samm"), generated=True)
    config = json.loads((folder / "config.json").read_text())
    for drawn in (("casme2",), ("casme2", "samm")):
        config["dataset"]["parts"] = [
            {"name": name, "built": {"generated": name in drawn}} for name in ("casme2", "samm")
        ]
        (folder / "config.json").write_text(json.dumps(config))
        run = read_run(folder)
        assert run.people == (len(drawn) == 1)
    config["dataset"]["parts"][0]["built"]["generated"] = False
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(UserError, match="--faces needs --subjects"):
        faces.section(read_run(folder), [])
