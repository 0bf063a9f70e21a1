"""What is counted in a compiled program, what is said of it, and where nothing can be compiled."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import jax
import pytest

from benchmarks.compiled import __main__ as command
from benchmarks.compiled import calls, page, programs
from benchmarks.compiled.cards import CARDS, description
from benchmarks.compiled.programs import CASES, faults, peak_bytes
from mol_jax.training import devices, footprint

CONVOLVED = "window={size=3x3 pad=1_1x1_1}, dim_labels=b01f_o01i->b01f, "
# Lines as jax 0.10.2 has them; ends, fusions and constants that must not count stand between.
TEXT = f"""
  %a.1 = (f32[8,28,28,16]{{3,2,1,0}}, u8[0]{{0}}) custom-call(%x, %k, %b), {CONVOLVED}custom_call_target="__cudnn$convBiasActivationForward"
  %a.2 = f32[8,28,28,16]{{3,2,1,0}} get-tuple-element(%a.1), index=0, metadata={{op_name="conv(x)"}}
  %b.1 = (f32[8,9,9,2]{{3,2,1,0}}, u8[0]{{0}}) custom-call(%x, %k), {CONVOLVED}custom_call_target="__cudnn$convForward"
  %b.2 = (f32[8,9,9,2]{{3,2,1,0}}, u8[0]{{0}}) custom-call(%x, %k), window={{size=64x64 pad=1_1x1_1 rhs_dilate=2x2}}, custom_call_target="__cudnn$convForward"
  %b.3 = (f32[8,9,9,2]{{3,2,1,0}}, u8[0]{{0}}) custom-call(%x, %k), {CONVOLVED}feature_group_count=4, custom_call_target="__cudnn$convForward"
  %b.4 = (f32[8,9,9,2]{{3,2,1,0}}, u8[0]{{0}}) custom-call(%x, %k), {CONVOLVED}feature_group_count=1, custom_call_target="__cudnn$convForward"
  %c.1 = (f32[8,9,9,2]{{3,2,1,0}}, u8[0]{{0}}) custom-call(%x, %k), window={{size=5x2x2}}, custom_call_target="__cudnn$convBackwardInput"
  %d.1 = (f32[2,3,3,2]{{3,2,1,0}}, u8[0]{{0}}) custom-call(%x, %g), {CONVOLVED}custom_call_target="__cudnn$convBackwardFilter"
  %e.1 = f32[2,3,3,2]{{3,2,1,0}} convolution(%x, %g), window={{size=28x28}}, batch_group_count=2
  %f.1 = (f32[9]{{0}}, /*index=1*/s8[0]{{0}}) custom-call(%x, %w), custom_call_target="__cublas$gemm"
  ROOT %f.2 = f32[4,3]{{1,0}} dot(%x, %w), lhs_contracting_dims={{1}}, rhs_contracting_dims={{0}}
  %g.1 = (f32[9]{{0}}, f32[9]{{0}}) all-reduce-start(%x, %y), replica_groups={{}}
  %g.2 = (f32[9]{{0}}, f32[9]{{0}}) all-reduce-done(%g.1)
  %h.1 = f32[9]{{0}} fusion(%x), kind=kLoop, calls=%fused_dot
"""  # noqa: E501
COUNTS = {
    "forward": 4,
    "forward_fused": 1,
    "backward_input": 1,
    "backward_filter": 1,
    "map_as_filter": 2,
    "left": 1,
    "grouped": 2,
    "products": 2,
    "collectives": 1,
}
RIGHT = dict.fromkeys(COUNTS, 0) | {"forward": 42, "backward_filter": 27}


def made(**counts):
    return {
        "calls": RIGHT | counts,
        "peak_bytes": 3 * 2**30,
        "planned_bytes": 2**32,
        "compile_cpu_seconds": 35.2,
        "jax": "0.10.2",
    }


def test_every_kind_of_instruction_is_counted():
    assert calls.count(TEXT) == COUNTS
    assert calls.count("") == dict.fromkeys(COUNTS, 0)


def test_what_a_study_would_run_must_have_no_slow_convolution_and_no_collective():
    studied, compared = CASES[0], next(case for case in CASES if not case.studied)
    assert list(faults(studied, made())) == []
    (few,) = faults(studied, made(backward_filter=19))
    assert "mol-float32-1 has 19 calls" in few and "expected 27 or more" in few
    for kind in ("grouped", "map_as_filter", "left", "collectives"):
        assert len(list(faults(studied, made(**{kind: 2})))) == 1
        assert list(faults(compared, made(**{kind: 2}))) == []


@pytest.mark.parametrize("group", sorted({case.group for case in CASES}))
def test_programs_are_lowered_and_looped_as_a_study_on_a_gpu_has_it(group, monkeypatch):
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    chosen = devices.resolve_lowering(group, loop="auto")
    of_lax = {"auto": "lax"}  # what a convolution takes for it where there is a GPU
    assert footprint.lowered_as_on_accelerators(group) == of_lax.get(chosen, chosen)
    assert devices.resolve_loop("auto") == "scan"


def test_what_is_given_to_write_over_counts_once():
    class Memory:
        argument_size_in_bytes, output_size_in_bytes = 100, 30
        temp_size_in_bytes, alias_size_in_bytes = 1000, 20

    assert peak_bytes(Memory) == 1110


def test_names_tell_programs_apart_and_a_card_has_its_own_numbers():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names) and "mol-bfloat16-4-lax" in names
    assert len({description(card) for card in CARDS.values()}) == len(CARDS)
    assert "major: 8 minor: 9" in description(CARDS["rtx4090"])


def test_the_page_is_the_one_of_the_results():
    results = json.loads(Path(command.RESULTS).read_text(encoding="utf-8"))
    assert page.render(results) == command.PAGE.read_text(encoding="utf-8")
    row = page.row("mol-float32-1", made(forward_fused=12))
    assert row.startswith("| mol-float32-1 | 54 (12) | 0 | 27 | 0 |")
    assert row.endswith("| 3.00 (4.00) | 35 |")
    pair = {"mol-bfloat16-1": made(), "mol-bfloat16-1-derived": made(backward_filter=19)}
    assert "| 19 → 27 | 0 → 0 | 0 → 0 |" in page.render({"h100": pair})
    assert "→" not in page.render({"h100": {"mol-bfloat16-1": made()}})


def test_kept_results_are_those_of_the_networks_as_they_are():
    results = json.loads(Path(command.RESULTS).read_text(encoding="utf-8"))
    for of_card in results.values():
        assert set(of_card) <= {case.name for case in CASES}
    kept = {case: results["h100"][case.name] for case in CASES if case.name in results["h100"]}
    assert any(case.filters for case in kept)
    assert [case.name for case, made in kept.items() if list(faults(case, made))] == []


def test_without_the_plugin_a_sentence_says_what_to_install(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: None)
    assert command.main([f"--out={tmp_path / 'none.json'}"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("skipped: ") and said.count("\n") == 1 and 'pip install "jax' in said
    assert not (tmp_path / "none.json").exists()


def test_a_plugin_that_jax_cannot_use_is_told_of_in_one_sentence(monkeypatch, capsys):
    def refuse(**_):
        raise NotImplementedError("topology not implemented for cuda")

    monkeypatch.setattr(command, "_without_a_card", lambda: None)
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: object())
    monkeypatch.setattr(programs.topologies, "get_topology_desc", refuse)
    assert command.main(["--tiny", "--programs", "ststnet-float32-1"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "can use: pip install" in error


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--card=v100"], "--card"),
        (["--programs", "mol"], "--programs"),
        (["--programs"], "--programs"),
        (["--groups=2"], "--groups=2"),
        (["--tiny=1"], "leave it out"),
        (["--out="], "--out is empty"),
        (["--hlo="], "--hlo is empty"),
        (["--page", "--out=tests"], "tests"),
        (["--page", "--out=tests/none.json"], "tests/none.json"),
        (["--page", "--out=README.md"], "README.md has no results"),
    ],
)
def test_what_is_typed_wrong_is_said_in_one_sentence(flags, said, capsys):
    page_before = command.PAGE.read_bytes()
    assert command.main(flags) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1 and said in error
    assert command.PAGE.read_bytes() == page_before


@pytest.mark.slow
@pytest.mark.skipif(
    not any(importlib.util.find_spec(name) for name in command.PLUGINS),
    reason='jax has no CUDA plugin here: pip install "jax[cuda12]"',
)
def test_a_small_program_is_compiled_and_kept(tmp_path):
    out = tmp_path / "small.json"
    line = [sys.executable, "-m", "benchmarks.compiled", "--tiny", f"--out={out}"]
    line += ["--programs", "ststnet-float32-1", "ststnet-float32-4-lax"]
    environment = {**os.environ, "PYTHONPATH": "."}
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    kept = json.loads(out.read_text(encoding="utf-8"))["h100"]
    assert kept["ststnet-float32-1"]["calls"]["backward_filter"] == 1
    assert kept["ststnet-float32-4-lax"]["calls"]["grouped"] > 0
    assert all(each["peak_bytes"] > 0 for each in kept.values())
