"""The benchmark for a card: what it records whatever happens, and the page of it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from benchmarks.derived import derived_gradients
from benchmarks.device import __main__ as command
from benchmarks.device import machine, page, running
from benchmarks.device.arguments import MINUTES, NAMES, RESULTS, USUAL, parse
from benchmarks.device.bench import Bench, Clock
from benchmarks.device.part import Part, Unavailable
from benchmarks.device.parts import PARTS, built
from benchmarks.device.result_file import said
from mol_jax.networks import convolutions

ROOT = Path(__file__).parents[2]


def bench(*, seconds: float = 3600.0, tiny: bool = True) -> Bench:
    return Bench(tiny, False, Clock(time.monotonic() + seconds))


def run(folder, *parts: Part, tiny: bool = True, seconds: float = 3600.0) -> tuple[int, dict]:
    """Measures parts; returns the exit code and what the file has."""
    given = parse(["--tiny", f"--out={folder}"], "a benchmark")
    code = running.run(parts, bench(seconds=seconds, tiny=tiny), given)
    (file,) = folder.glob("*.json")
    return code, json.loads(file.read_text())


def part(name: str, *rows: dict, error: BaseException | None = None, seconds: float = 1.0) -> Part:
    def measure(_):
        yield from rows
        if error is not None:
            raise error

    return Part(name, f"Part {name}", seconds, measure)


def test_the_names_of_the_command_line_are_the_parts_in_their_order():
    assert tuple(one.name for one in PARTS) == NAMES


def test_all_parts_but_a_whole_study_are_to_fit_into_the_usual_time():
    assert sum(one.seconds for one in PARTS if one.name in USUAL) <= 60 * MINUTES
    assert {*NAMES} - {*USUAL} == {"frl_dgt", "zoo", "built"}
    assert parse([], "a benchmark").parts == USUAL


def test_a_part_that_fails_is_recorded_with_its_sentence_and_the_next_goes_on(tmp_path, capsys):
    row = {"what": "a thing", "ms": 2.0, "lost": float("nan")}
    code, found = run(
        tmp_path,
        part("a", row, error=MemoryError("RESOURCE_EXHAUSTED: at /srv/some/where\nmore")),
        part("b", error=Unavailable("there is no PyTorch here")),
        part("c", row),
    )
    a, b, c = found["parts"]
    assert (a["status"], b["status"], c["status"]) == ("partly", "skipped", "measured")
    assert a["why"] == "MemoryError: RESOURCE_EXHAUSTED: at …" and len(a["rows"]) == 1
    assert b["why"] == "there is no PyTorch here" and c["rows"] == [row | {"lost": None}]
    assert code == 1 and found["finished"]
    assert "these parts failed: a;" in capsys.readouterr().err


def test_the_file_is_whole_after_every_measurement(tmp_path):
    seen = []

    def measure(_):
        for number in range(3):
            seen.append(json.loads(next(tmp_path.glob("*.json")).read_text()))
            yield {"what": "a thing", "ms": number}

    run(tmp_path, part("before", {"what": "done"}), Part("b", "B", 1.0, measure))
    assert [len(found["parts"][-1]["rows"]) for found in seen] == [0, 1, 2]
    assert {found["parts"][-1]["status"] for found in seen} == {"running"}
    assert {found["parts"][0]["status"] for found in seen} == {"measured"}
    assert not any(found["finished"] for found in seen)


def test_a_part_that_the_time_left_does_not_hold_is_skipped_with_a_line(tmp_path, capsys):
    parts = part("long", {"what": "x"}, seconds=50), part("short", {"what": "x"}, seconds=20)
    code, found = run(tmp_path, *parts, tiny=False, seconds=30)
    assert [one["status"] for one in found["parts"]] == ["left out", "measured"]
    assert found["parts"][0]["why"] == "it may take 50 s, and 30 s are left"
    said_of = capsys.readouterr().out
    assert "long: left out: it may take 50 s" in said_of and code == 0
    assert "left for lack of time: long. python -m benchmarks.device --parts long\n" in said_of


def test_a_part_still_at_work_when_the_time_is_up_is_cut_off_and_what_it_has_is_kept(
    tmp_path, monkeypatch, capsys
):
    left = []
    monkeypatch.setattr(running.os, "_exit", left.append)

    def measure(_):
        yield {"what": "the first"}
        while not left:
            time.sleep(0.01)

    before, after = (part(name, {"what": "x"}, seconds=0.0) for name in "ac")
    run(tmp_path, before, Part("b", "B", 0.0, measure), after, tiny=False, seconds=2.5)
    # The process would have ended at that moment: what the file had then is what counts.
    assert left == [0]
    (file,) = tmp_path.glob("*.json")
    found = json.loads(file.read_text())
    _, cut, never = found["parts"]
    assert cut["status"] == "partly" and cut["why"] == "the time was up before it ended"
    assert never["name"] == "c" and never["status"] == "left out" and not found["finished"]
    assert "left for lack of time: b c." in capsys.readouterr().out


def test_a_second_run_of_a_day_does_not_touch_the_first_ones_file(tmp_path):
    given = parse(["--tiny", f"--out={tmp_path}"], "a benchmark")
    for _ in range(2):
        running.run([part("a", {"what": "x"})], bench(), given)
    names = sorted(path.stem for path in tmp_path.glob("*.json"))
    assert len(names) == 2 and names[1] == f"{names[0]}_2"


def test_nothing_of_a_machines_folders_is_recorded(monkeypatch):
    assert said("no /home/me/x.py here, nor ~/y: a/b is no folder") == (
        "no … here, nor …: a/b is no folder"
    )
    assert len(said("x" * 1000)) == 300


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--parts", "nothing"], "--parts has 'nothing'; expected some of study,"),
        (["--parts"], "argument --parts: expected at least one argument"),
        (["--minutes=-1"], "--minutes is '-1'; expected a number above 0"),
        (["--minutes=0"], "--minutes is '0'; expected"),
        (["--minutes=nan"], "--minutes is 'nan'; expected"),
        (["--minutes=nine"], "--minutes is 'nine'; expected"),
        (["--minutes=inf"], "--minutes is 'inf'; expected"),
        (["--out="], "--out is empty; give a path"),
        (["--out=a\nb"], "--out is 'a\\nb', with a line break"),
        (["--out=~nobody_of_that_name/x"], "there is no home folder for"),
        (["--tiny=yes"], "--tiny takes no value, got 'yes'"),
        (["--quick"], "unrecognized arguments: --quick"),
        (["study"], "unrecognized arguments: study"),
        (["--whole", "--parts", "bits"], "--whole trains the folds of study, which --parts does"),
        (["--minutes=5", "--out={file}"], "which is a file; give a folder"),
        (["--out={file}/below"], "could not be written"),
        (["--page", "--out={bad}"], "is no result of python -m benchmarks.device"),
        (["--page", "--out={missing}"], "is no folder"),
    ],
)
def test_a_bad_command_line_is_one_sentence(words, sentence, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(running, "_measured", lambda *_: pytest.fail("something was measured"))
    (tmp_path / "file").write_text("x")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "device_x.json").write_text('{"date": "2026-01-01"}')
    places = {name: str(tmp_path / name) for name in ("file", "bad", "missing")}
    assert command.main([word.format(**places) for word in words]) == 2
    err = capsys.readouterr().err
    assert err.startswith("error: ") and sentence in err and err.count("\n") == 1
    assert not (tmp_path / "page.md").exists()


def card(**changes) -> dict:
    machine = {"device": "A Card", "platform": "gpu", "versions": {"jax": "1.2"}, "driver": "550.1"}
    row = {"what": "an update", "ms": 12.345, "compile_s": 30.0, "same_bits": True}
    parts = [
        {"name": "study", "title": "The study", "status": "measured", "why": "", "rows": [row]}
    ]
    return {"date": "2026-01-02", "tiny": False, "machine": machine, "parts": parts} | changes


def written(folder: Path, **runs: dict) -> str:
    for name, content in runs.items():
        (folder / f"device_{name}.json").write_text(json.dumps(content))
    return page.text(folder)


def test_the_page_has_a_cards_newest_figures_of_each_part(tmp_path):
    failed = [{"name": "study", "title": "The study", "status": "failed", "why": "no", "rows": []}]
    text = written(tmp_path, a=card(), b=card(date="2026-01-03", parts=failed))
    assert "| an update | 12.3 | 30 | yes |" in text and "| ms | compile, s | same bits |" in text
    assert "### A Card" in text and "driver 550.1" in text and "device_a.json" in text
    assert "No card has been measured" not in text


def test_the_page_says_so_where_no_card_was_measured(tmp_path):
    of_cpu = card(machine=card()["machine"] | {"platform": "cpu"})
    text = written(tmp_path, a=card(tiny=True), b=of_cpu)
    assert "No card has been measured" in text and "| an update | 12.3" not in text


def test_the_page_in_docs_is_the_one_that_the_command_makes():
    assert page.PAGE.read_text(encoding="utf-8") == page.text(RESULTS)


def test_a_study_of_built_clips_is_trained_by_the_users_command(monkeypatch):
    asked = []

    def train(words, **how):
        asked.append((words[2:4], how["env"][machine.FRACTION], how["timeout"]))
        workdir = Path(next(word for word in words if word.startswith("--workdir=")).split("=")[1])
        workdir.mkdir()
        (workdir / "metrics.json").write_text('{"pooled": {"uf1": 0.5, "acc": 0.25}}')
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr(built, "_need_records", lambda path, config: None)
    monkeypatch.setattr(built.subprocess, "run", train)
    (row,) = built.measure(bench(tiny=False))
    assert (row["uf1"], row["acc"]) == (0.5, 0.25) and row["s"] >= 0
    ((words, share, limit),) = asked
    assert words == ["mol_jax.main", "--config=configs/synthetic_full.py"]
    assert share == machine.CHILDS_SHARE and 3500 < limit < 3600


def test_clips_that_are_not_built_are_told_of_with_the_command(tmp_path, monkeypatch):
    monkeypatch.setattr(built, "ROOT", tmp_path)
    code, found = run(tmp_path, built.PART)
    (one,) = found["parts"]
    assert code == 0 and one["status"] == "skipped"
    assert "python -m mol_jax.main --config=configs/synthetic.py draws" in one["why"]


def test_derived_gradients_are_jaxs_and_only_meanwhile():
    x, kernel = jnp.ones((1, 4, 4, 2)), jnp.ones((4, 4, 2, 2))

    def program() -> str:
        def loss(kernel):
            return convolutions.conv_transpose(x, kernel, lowering="lax").sum()

        return jax.jit(jax.grad(loss)).lower(kernel).as_text()

    ours = program()
    with derived_gradients():
        assert program() != ours
    assert program() == ours


WITHOUT = ("dlib", "av", "tensorflow_datasets", "array_record", "sklearn", "openpyxl", "torch")


@pytest.mark.slow
def test_it_needs_nothing_that_a_rented_machine_lacks():
    hidden = f"import sys; sys.modules.update(dict.fromkeys({WITHOUT}))"
    run = "import benchmarks.device.parts, benchmarks.device.running, mol_jax.study.checkpoints"
    done = subprocess.run(
        [sys.executable, "-c", f"{hidden}; {run}"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.slow
def test_the_whole_command_runs_tiny_and_every_part_leaves_a_record(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv(machine.FRACTION, ".5")
    assert command.main(["--tiny", "--minutes=60", f"--out={tmp_path}"]) == 0
    (file,) = tmp_path.glob("device_cpu_tiny_*.json")
    found = json.loads(file.read_text())
    assert [one["name"] for one in found["parts"]] == list(USUAL) and found["finished"]
    rows = {one["name"]: one["rows"] for one in found["parts"]}
    ends = {one["name"]: one["status"] for one in found["parts"]}
    assert {name for name, end in ends.items() if end != "measured"} <= {"pytorch"}
    assert all(rows[name] for name, end in ends.items() if end == "measured")
    assert rows["study"][0]["ms"] > 0 and rows["study"][0]["gflop"] > 0
    assert [row["same_bits"] for row in rows["bits"]] == [True, True]
    assert 0 < rows["agreement"][0]["gradient"] < 1e-4, "two lowerings, which agree and differ"
    assert str(ROOT) not in file.read_text() and "tiny" in found["command"]
    assert "study: The paper's study" in capsys.readouterr().out
