"""All pictures of runs that are trained here: the files, the report, and what they must not do."""

import json
import shutil

import numpy as np
import pytest

from mol_jax.pictures.__main__ import main
from tests.mol_jax import tiny
from tests.mol_jax.moved import built

pytestmark = pytest.mark.slow  # for the runs that are trained

EVERYWHERE = {"pictures.json", "pictures.md", "pictures.html", "report.md", "report.html"}


@pytest.fixture
def run(ststnet, tmp_path, monkeypatch):
    """A copy of the run of STSTNet, to write in."""
    built.serve(monkeypatch)
    return shutil.copytree(ststnet, tmp_path / "run")


def test_what_there_is_is_drawn_and_said_in_the_report(run, ststnet, capsys):
    assert main([f"--workdir={run}"]) == 0
    text = capsys.readouterr().out
    assert "- Predicted optical flow: model.network=ststnet predicts none." in text
    assert "- Attention: model.network=ststnet has no layer of attention that is drawn." in text
    assert "They give each held-out clip the probabilities that predictions.csv has." in text
    entries = json.loads((run / "pictures.json").read_text())["pictures"]
    assert [one["name"] for one in entries] == ["embedding", "saliency", "occlusion"]
    report = (run / "report.md").read_text()
    page = (run / "report.html").read_text()
    for entry in entries:
        for file in entry["files"].values():
            assert (run / "figures" / file).stat().st_size > 5000
            assert (run / "figures" / file).with_suffix(".svg").stat().st_size > 5000
            assert f"](figures/{file})" in report and f'src="figures/{file}"' not in page
    numbers = entries[0]["numbers"]
    assert list(numbers["held_out"]) == ["class_of_others"]  # one person is left out at a time
    assert "Who cannot be told here" in text and "It tells **who" not in text
    assert {one["people"] for one in list(entries[1]["numbers"]["flow_image_28"].values())} == {2}
    for path in (path for path in ststnet.rglob("*") if path.is_file()):
        name = str(path.relative_to(ststnet))
        if name not in EVERYWHERE:
            assert (run / name).read_bytes() == path.read_bytes(), name


def test_a_later_call_keeps_the_pictures_of_an_earlier_one(run, capsys):
    assert main([f"--workdir={run}", "--only=embedding", "--fold=sub1"]) == 0
    assert main([f"--workdir={run}", "--only=saliency", "--most=1"]) == 0
    entries = json.loads((run / "pictures.json").read_text())["pictures"]
    assert [one["name"] for one in entries] == ["embedding", "saliency"]
    assert "(sub1)" in " ".join(entries[0]["said"])
    assert {of["clips"] for of in entries[1]["numbers"]["flow_image_28"].values()} == {1}
    capsys.readouterr()
    bad = {
        "--only=flow": "--only asks for flow, of which this run has nothing to show",
        "--only=attention": "has no layer of attention that is drawn",
        "--fold=sub9": "'sub9', which is no fold with weights: did you mean 'sub",
    }
    for flag, words in bad.items():
        assert main([f"--workdir={run}", flag]) == 2
        said = capsys.readouterr().err.splitlines()[-1]
        assert said.startswith("error: ") and words in said
    table = (run / "predictions.csv").read_text().splitlines()
    swapped = [line.split(",") for line in table]
    swapped = [[*cells[:-3], *cells[:-4:-1]] if k else cells for k, cells in enumerate(swapped)]
    (run / "predictions.csv").write_text("\n".join(map(",".join, swapped)) + "\n")
    assert main([f"--workdir={run}", "--only=saliency", "--most=1"]) == 0
    assert "**NOTE: they give held-out clips other probabilities" in capsys.readouterr().out
    shutil.rmtree(run / "checkpoints/trial0/seed0/sub1/final")
    assert main([f"--workdir={run}"]) == 2
    assert "and not its weights" in capsys.readouterr().err


def test_of_people_no_face_is_drawn_unless_it_is_asked_for(run, tmp_path, monkeypatch):
    """Else the same pictures, over an outline."""
    for name in ("config.json", "predictions.csv"):
        text = (run / name).read_text()
        (run / name).write_text(text.replace('"generated": true', '"generated": false'))
    drawn = []
    monkeypatch.setattr(
        "mol_jax.pictures.maps.backdrop.draw_picture", lambda ax, picture: drawn.append(picture)
    )
    monkeypatch.setattr("mol_jax.reporting.finished_run.Run.people", True)
    assert main([f"--workdir={run}", "--only=saliency"]) == 0
    assert drawn == []
    out = tmp_path / "shown"
    flags = [f"--workdir={run}", "--only=saliency", "--faces", "--subjects=sub1", f"--out={out}"]
    assert main(flags) == 0
    mean = np.mean([one["frames"][0, ..., 0] for one in built.records()[2:4]], axis=0)
    assert len(drawn) == 4
    np.testing.assert_allclose(drawn[0], mean)
    assert (out / "LICENSED_FACES.txt").exists() and not (run / "LICENSED_FACES.txt").exists()
    assert "This page shows people" in (out / "pictures.html").read_text()


FLOW = tiny.STAND_IN | tiny.MOL


def test_flow_and_landmarks_of_a_network_of_frames(tmp_path, monkeypatch, capsys):
    built.serve(monkeypatch)
    built.train(tmp_path / "run", **FLOW)
    run = f"--workdir={tmp_path / 'run'}"
    assert main([run, "--only=flow,landmarks"]) == 0
    entries = json.loads((tmp_path / "run/pictures.json").read_text())["pictures"]
    errors = list(entries[0]["numbers"]["epe"].values())
    assert len(errors) == 3 and all(of["zero to target"] > 0 for of in errors)
    assert "The exact flow is known only of clips that the run drew" in entries[0]["said"][-1]
    capsys.readouterr()
    assert main([run, "--clips=synthetic/sub0/EP99"]) == 2
    assert (
        "no held-out clip of this run: did you mean 'synthetic/sub0/EP0" in capsys.readouterr().err
    )


def test_of_a_model_of_all_people_the_embedding_is_left(tmp_path, monkeypatch, capsys):
    """Nobody is held out, so that nothing is said of unseen people."""
    built.serve(monkeypatch)
    built.train(tmp_path / "run", **built.STSTNET, **{"protocol.name": "all"})
    assert main([f"--workdir={tmp_path / 'run'}"]) == 0
    (entry,) = json.loads((tmp_path / "run/pictures.json").read_text())["pictures"]
    assert entry["name"] == "embedding" and list(entry["numbers"]) == ["trained_on"]
    text = capsys.readouterr().out
    assert "- Saliency: no clip is held out in this run." in text
    assert "It tells" not in text
