"""The plan on the command line: counts from the views, bad input answered with one sentence."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from launch import plan
from mol_jax.data.known import Sizes
from mol_jax.settings.trials import plain
from mol_jax.study import command, hours
from mol_jax.study.hours import Hours
from mol_jax.study.plan import make_plan
from mol_jax.study.plan_text import render
from mol_jax.training import footprint
from mol_jax.training.calibration import Choice

ROOT = Path(__file__).parents[2]
CASME2 = f"--config={ROOT}/configs/casme2.py"
SYNTHETIC = f"--config={ROOT}/configs/synthetic.py"
TRACED = footprint.Footprint(weights=1, optimiser=2, best=0, update=3, update_in_group=3, table=4)


@pytest.fixture
def run(monkeypatch, capsys):
    """Returns a function from arguments to the exit code and what was printed."""
    monkeypatch.setattr(command, "prepare_jax", lambda *_: None)  # it would change other tests' JAX
    monkeypatch.setattr(footprint, "estimate", lambda config, **_: TRACED)
    monkeypatch.setattr(footprint, "work", lambda *_, **__: footprint.Work(9000, 2 * 10**9, 3))

    def main(*arguments):
        return plan.main(["plan", *arguments]), *capsys.readouterr()

    stop = signal.getsignal(signal.SIGTERM)
    yield main
    signal.signal(signal.SIGTERM, stop)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "no --config=FILE was given; start with --config=configs/casme2.py"),
        (["--config=configs/nothing.py"], "there is no config file 'configs/nothing.py'"),
        ([CASME2, "--devices=0"], "--devices has '0'; it must be whole numbers from 1 on"),
        ([CASME2, "--devices=1,-4"], "--devices has '-4'"),
        ([CASME2, "--devices=four"], "--devices has 'four'"),
        ([CASME2, "--devices=1,,8"], "--devices has ''"),
        ([CASME2, "--devices="], "--devices is empty"),
        ([CASME2, "--devices=1.5"], "--devices has '1.5'"),
        ([CASME2, "--devices=²"], "--devices has '²'"),
        ([CASME2, "--devices=99999999999"], "--devices has '99999999999'"),
        ([CASME2, "--memory_gib=-80"], "--memory_gib is -80; it must be the memory of a device"),
        ([CASME2, "--memory_gib=0"], "--memory_gib is 0"),
        ([CASME2, "--memory_gib=nan"], "--memory_gib is nan"),
        ([CASME2, "--memory_gib=inf"], "--memory_gib is inf"),
        ([CASME2, "--memory_gib=80GB"], "could not convert string to float"),
        ([CASME2, "--folds=1"], "--folds"),
        ([CASME2, "--folds=many"], "--folds"),
        ([CASME2, "--clips=-3"], "--clips"),
        ([CASME2, "--fold=3"], "Unknown command line flag 'fold'"),
        ([CASME2, "4"], "unexpected argument '4'"),
        ([CASME2, "--config.data.view=7class"], "there is no view of casme2 named '7class'"),
        ([CASME2, "--config.data.name=casme22"], "did you mean casme2?"),
        ([CASME2, "--config.data.name=casme3"], "docs/recipes.md#casme3"),
        ([CASME2, "--config.runtime.group=0"], "runtime.group is 0; it must be"),
        ([CASME2, "--config.runtime.group=automatic"], "or auto."),
        ([CASME2, "--measure=maybe"], "--measure"),
        ([CASME2, "--measures"], "Unknown command line flag 'measures'"),
        ([CASME2, "--measure", "yes"], "unexpected argument 'yes'"),
        ([CASME2, "--measure", "--devices=9"], "--devices has 9, but --measure times the program"),
        ([CASME2, "--measure", "--devices=1,64"], "--devices has 64, but --measure"),
        ([CASME2, "--measure", "--devices=0"], "--devices has '0'"),
        ([CASME2, "--measure", "--devices="], "--devices is empty"),
        ([CASME2, "--measure", "--memory_gib=-1"], "--memory_gib is -1"),
        ([CASME2, "--measure", "--folds=1"], "--folds"),
        ([CASME2, "--measure", "--config.runtime.devices=64"], "runtime.devices is 64, but there"),
        ([CASME2, "--measure", "--config.runtime.group=0"], "runtime.group is 0; it must be"),
        ([CASME2, "--measure", "--config.data.name=casme3"], "docs/recipes.md#casme3"),
        ([CASME2, "--config.runtime.groups=4"], "did you mean 'runtime.group'?"),
        (
            [CASME2, "--config.protocol.name=kfold", "--config.protocol.folds=27"],
            "protocol.folds is 27, but casme2 5class has 26 subjects; choose 2 to 26 folds",
        ),
        (
            [SYNTHETIC, "--folds=2", "--config.protocol.only=('sub01','sub02','sub03')"],
            "protocol.only names 3 folds, but there are 2",
        ),
    ],
)
def test_bad_input_gets_one_sentence(run, arguments, words):
    code, out, err = run(*arguments)
    assert code == 2 and not out
    assert words in err
    assert err.startswith("error: ") and err.count("\n") == 1


@pytest.mark.parametrize(
    ("config", "first"),
    [
        ("casme2", "casme2 5class: 246 clips in 5 classes, 26 folds (loso)"),
        ("samm", "samm 5class: 136 clips in 5 classes, 28 folds (loso)"),
        ("smic", "smic 3class: 164 clips in 3 classes, 16 folds (loso)"),
        ("synthetic", "synthetic 3class_naive: 48 clips in 3 classes, 8 folds (loso)"),
        ("synthetic_full", "synthetic 3class_naive: 144 clips in 3 classes, 24 folds (loso)"),
    ],
)
def test_clips_and_folds_are_those_of_the_view(run, config, first):
    code, out, _ = run(f"--config={ROOT}/configs/{config}.py", "--devices=2")
    assert code == 0
    assert out.splitlines()[0] == first


def test_the_plan_of_each_number_of_devices_is_printed(run):
    given = ["--config.data.view=3class_megc2019", "--config.seeds=(0,1)"]
    _, out, _ = run(CASME2, *given, "--devices=1,8", "--memory_gib=80")
    config = command.parse(["plan", CASME2, *given], plan.PROGRAM).config
    known = {"seeds": 2, "folds": 24, "clips": 145, "classes": 3, "memory": 60 * 2**30}
    plans = [render(make_plan(plain(config), devices=count, **known)) for count in (1, 8)]
    assert "JAX takes 75% of a GPU's memory by default: 60.0 GiB are planned with." in out
    assert out.split("\n\n", 1)[1] == "\n\n".join(plans) + "\n"


def test_what_the_network_has_to_compute_is_said(run):
    _, out, _ = run(SYNTHETIC, "--devices=1")
    said = "9,000 parameters; 2 GFLOP an update of 12 clips, 3e-09 a prediction of one (products"
    assert out.splitlines()[1].startswith(f"mol: {said}")
    trials = [*plain(command.parse(["plan", SYNTHETIC], plan.PROGRAM).config)] * 2
    assert plan._network(trials, Sizes(3, 48, 8)).startswith("mol of the first trial: 9,000 param")


@pytest.mark.parametrize(
    ("flops", "words"),
    [(2_349_400_000_000, "2,349"), (765_400_000_000, "765"), (99_949_999_999, "99.9")],
)
def test_many_flops_are_written_without_an_exponent(flops, words):
    assert plan.giga(flops) == words


@pytest.mark.slow
def test_frl_dgt_is_planned_at_full_size_without_its_data(run, monkeypatch):
    monkeypatch.undo()  # what it computes is counted
    monkeypatch.setattr(command, "prepare_jax", lambda *_: None)
    given = [f"--config={ROOT}/configs/networks/frl_dgt.py", "--memory_gib=80", "--devices=1"]
    _, out, _ = run(*given, "--config.data.dir=nowhere")
    assert out.startswith("composite megc2019: 442 clips in 3 classes, 68 folds (loso)\n")
    assert "25,082,119 parameters; 765 GFLOP an update of 32 clips, 5.48 a prediction" in out
    # 587 MB of key frames and 293 MB of flow; 0.30 GB of weights and moments; XLA takes 2.9 GiB
    # for an update on an H100
    assert (
        "Memory: 0.8 GiB for the clips and, for each replica, 0.3 GiB for its state and 3." in out
    )
    assert "102,000 updates one after another" in out


def test_devices_are_those_of_the_config_or_one_four_and_eight(run):
    small = [SYNTHETIC, "--folds=20"]
    _, out, _ = run(*small)
    assert [f"on {n}:" in out for n in ("1 device", "4 devices", "8 devices")] == [True] * 3
    _, out, _ = run(*small, "--config.runtime.devices=2")
    assert "on 2 devices:" in out and out.count("replicas (") == 1


def test_folds_and_clips_may_be_given(run):
    _, out, _ = run(CASME2, "--folds=7", "--clips=50", "--devices=7")
    assert out.startswith("casme2 5class: 50 clips in 5 classes, 7 folds (loso)\n")
    assert "7 replicas (1 trial × 1 seed × 7 folds) in 1 wave on 7 devices" in out


def test_kfold_and_chosen_folds_are_counted(run):
    _, out, _ = run(SYNTHETIC, "--config.protocol.name=kfold", "--config.protocol.folds=4")
    assert "4 folds (kfold)" in out
    _, out, _ = run(SYNTHETIC, "--config.protocol.only=('sub01','sub03')", "--devices=1")
    assert "8 folds (loso), of which 2 now" in out and "2 replicas (" in out


def test_clips_of_emotions_outside_the_view_are_not_counted(run):
    emotions = "--config.data.generate.emotions=('happiness','surprise','disgust','fear')"
    _, out, _ = run(SYNTHETIC, emotions, "--devices=1")
    assert out.startswith("synthetic 3class_naive: 40 clips")  # 8 subjects, 5 of 6 clips each


def test_a_sweep_is_planned_with_all_its_trials(run):
    _, out, _ = run(f"--config={ROOT}/configs/sweeps/lr_lambda.py", "--devices=8")
    assert "32 replicas (4 trials × 1 seed × 8 folds)" in out


@pytest.fixture
def timed(monkeypatch):
    """The groups of trials that were to be timed; each update takes a second."""
    asked = []

    def measure(group, **sizes):
        asked.append((group.devices, group.group, sizes))
        return Hours(group, compile=40.0, start=2.0, update=1.0, predict=3.0)

    monkeypatch.setattr(hours, "measure", measure)
    return asked


def test_hours_of_this_machine_are_printed_below_its_plan(run, timed):
    code, out, _ = run(SYNTHETIC, "--measure", "--config.runtime.devices=2")
    assert code == 0 and timed == [(2, 1, {"clips": 48, "classes": 3, "folds": 8})]
    plan_text, said = out.split("Timed here (cpu: ")
    assert "in 4 waves on 2 devices: 2,000 updates one after another" in plan_text
    # 40 s of compiling, 4 waves × (2 + 500 × 1 + 3) s
    assert "4 waves × 500 updates: 34 min, of which training 33 min." in said
    assert "(2 updates of a replica a second)" in said and "Left out: drawing, building" in said


def test_one_fold_of_eight_is_timed_with_an_eighth_held_out(run, timed):
    only = "--config.protocol.only=('s01',)"
    assert run(SYNTHETIC, "--measure", "--devices=1", only)[0] == 0
    ((_, _, sizes),) = timed
    assert sizes["folds"] == 8


def test_each_compiled_program_of_a_sweep_has_its_hours(run, timed):
    _, out, _ = run(f"--config={ROOT}/configs/sweeps/fcc.py", "--measure", "--devices=1")
    assert len(timed) == out.count(" waves × ") > 1
    assert "Trials 0: compiling 40 s" in out and "In all " in out


def test_a_group_is_timed_where_it_is_auto_and_said_where_nothing_is_timed(
    run, timed, monkeypatch, tmp_path
):
    asked = []
    monkeypatch.setattr(hours, "choose", lambda work, say: asked.append(work) or Choice(3))
    auto = [SYNTHETIC, "--config.runtime.group=auto", f"--config.runtime.cache_dir={tmp_path}/xla"]
    _, out, _ = run(*auto, "--devices=1")
    assert "runtime.group=auto: 1 (nothing was timed yet" in out and not asked
    _, out, _ = run(*auto, "--devices=2", "--measure")
    (work,) = asked
    assert (work.replicas, work.devices, work.clips) == (8, 2, 48)
    assert timed[-1][:2] == (2, 3) and "runtime.group=auto: 3." in out


@pytest.mark.slow
def test_it_runs_from_the_shell_and_starts_no_accelerator():
    done = subprocess.run(
        [sys.executable, "-m", "launch.plan", SYNTHETIC, "--workdir=runs/x", "--mode=train"],
        cwd=ROOT,
        env={**os.environ, "JAX_PLATFORMS": "cuda", "XLA_FLAGS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "8 replicas (1 trial × 1 seed × 8 folds)" in done.stdout
    assert not (ROOT / "runs" / "x").exists()


def test_help_lists_the_flags(run):
    code, out, err = run("--help")
    assert code == 0 and not err
    assert all(flag in out for flag in ("--devices", "--memory_gib", "--folds", "--clips"))
