"""Ctrl-C and SIGTERM at any moment: one sentence, exit code 130 or 143, never swallowed."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A command whose work says "begun" when a signal is to come.
PROGRAM = """
import gc, signal, time
from mol_jax import interrupts
from mol_jax.errors import exit_code, leave

interrupts.AGAIN_SECONDS, interrupts.DEAF_SECONDS = 0.1, 0.2
{before}
interrupts.listen()
begun = lambda: print("begun", flush=True)

def work():
{work}
    return 3

leave(exit_code(work, stopped="stopped; go on."))
"""
SWALLOWED_BY_A_CALLBACK = """
    def callback(phase, info):
        gc.callbacks.clear()
        begun()
        time.sleep(60)
    gc.callbacks.append(callback)
    gc.collect()
    time.sleep(60)
"""
SWALLOWED_BY_THE_CODE = """
    try:
        begun()
        time.sleep(60)
    except BaseException:
        pass
    time.sleep(60)
"""
DEAF = """
    import hashlib
    begun()
    hashlib.pbkdf2_hmac("sha256", b"", b"", 10**9)  # minutes of C, without Python's lock
"""
CLEANS_UP = """
    try:
        begun()
        time.sleep(60)
    finally:
        time.sleep(1)
        print("cleaned up", flush=True)
"""
FAILS_WHEN_STOPPED = """
    try:
        begun()
        time.sleep(60)
    except KeyboardInterrupt:
        raise OSError("a worker died")
"""


@pytest.fixture(autouse=True)
def nothing_is_left():
    """Kills what a failed test has started."""
    yield
    while STARTED:
        STARTED.pop().kill()


STARTED: list[subprocess.Popen] = []


def start(argv: list[str], **kwargs) -> subprocess.Popen:
    process = subprocess.Popen(
        [sys.executable, *argv],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        start_new_session=True,  # so that its whole group can be told, as a terminal does
        **kwargs,
    )
    STARTED.append(process)
    return process


def program(work: str, before: str = "") -> subprocess.Popen:
    process = start(["-c", PROGRAM.format(work=work, before=before)])
    assert process.stdout is not None and process.stdout.readline() == "begun\n"
    return process


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "work", [SWALLOWED_BY_A_CALLBACK, SWALLOWED_BY_THE_CODE, DEAF, CLEANS_UP, FAILS_WHEN_STOPPED]
)
def test_a_signal_is_not_swallowed(work, sign):
    process = program(work)
    process.send_signal(sign)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 128 + sign
    assert err == "\nstopped; go on.\n"
    assert ("cleaned up" in out) == (work == CLEANS_UP)


STARTS_A_CHILD = """
    import os
    from multiprocessing import util
    from data_builders.disk.processes import pool

    start = util.spawnv_passfds
    def stopped_meanwhile(*arguments):
        child = start(*arguments)
        if "spawn_main" in str(arguments):  # not the tracker of what processes share
            os.kill(os.getpid(), {sign:d})
            time.sleep(0.2)  # a thread that does not block the signal hears it
        return child
    util.spawnv_passfds = stopped_meanwhile
    begun()
    with pool(1) as processes:
        processes.submit(time.sleep, 60).result()
"""


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_child_that_is_being_started_says_nothing(sign):
    """It was told what to do by a parent that had stopped before: a traceback of its own."""
    process = program(STARTS_A_CHILD.format(sign=sign), before="interrupts.DEAF_SECONDS = 20.0")
    assert process.communicate(timeout=20) == ("", "\nstopped; go on.\n")
    assert process.returncode == 128 + sign


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_in_what_must_be_finished_is_heard_after_it(sign):
    work = """
    import os
    with interrupts.later():
        begun()
        for number in ({sign:d}, signal.SIGALRM):
            os.kill(os.getpid(), number)
        print("finished", flush=True)
    print("never", flush=True)
"""
    process = program(work.format(sign=sign), before="interrupts.DEAF_SECONDS = 20.0")
    assert process.communicate(timeout=20) == ("finished\n", "\nstopped; go on.\n")
    assert process.returncode == 128 + sign


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_a_module_is_imported_is_heard_after_it(sign, tmp_path):
    """One in C++, as jaxlib, aborts the process where an exception comes out of its imports."""
    (tmp_path / "long_import.py").write_text(
        "import time\nprint('begun', flush=True)\ntime.sleep(0.3)\nprint('whole', flush=True)\n"
    )
    work = f"""
    import sys
    sys.path.insert(0, {str(tmp_path)!r})
    import long_import
    time.sleep(60)
    print("never", flush=True)
"""
    process = program(work, before="interrupts.DEAF_SECONDS = 20.0")
    process.send_signal(sign)
    assert process.communicate(timeout=20) == ("whole\n", "\nstopped; go on.\n")
    assert process.returncode == 128 + sign


def test_people_press_until_something_happens():
    process = program(CLEANS_UP)
    for _ in range(5):
        process.send_signal(signal.SIGINT)
        time.sleep(0.05)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, "cleaned up\n", "\nstopped; go on.\n")


def test_a_cleaning_up_without_end_is_left_by_another_press():
    work = CLEANS_UP.replace("sleep(1)", "sleep(60)")
    process = program(work, before="interrupts.PATIENCE_SECONDS = 0.2")
    for _ in range(2):
        process.send_signal(signal.SIGINT)
        time.sleep(0.4)
    assert process.communicate(timeout=20) == ("", "\nstopped; go on.\n")
    assert process.returncode == 130


def test_after_the_work_a_signal_ends_the_process_with_the_code_of_its_work():
    process = program("    import atexit; atexit.register(lambda: (begun(), time.sleep(60)))")
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 3


def test_while_python_is_taken_down_a_signal_changes_nothing():
    """Objects of the main module are finalized after Python has given up its signal handlers."""
    before = """
import os, sys
class Last:
    def __del__(self, write=os.write, sleep=time.sleep):
        write(1, b"begun" + bytes([10]))
        sleep(0.5)
sys.last = Last()
"""
    process = program("    pass", before=before)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 3


def test_a_background_job_stays_deaf_to_ctrl_c():
    """As nohup, and a shell without job control, start it."""
    before = "signal.signal(signal.SIGINT, signal.SIG_IGN)"
    process = program("    begun(); time.sleep(0.5)", before=before)
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 3


def test_a_program_that_imports_the_package_keeps_its_own_handling():
    code = """
import signal, mol_jax, data_builders, launch
from mol_jax.errors import exit_code
assert exit_code(lambda: 4, stopped="") == 4
assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
"""
    process = start(["-c", code])
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 0


def listens(process: subprocess.Popen) -> bool:
    """Whether its handlers are set: SIGALRM has one, which Python itself leaves alone."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("SigCgt"):
            return bool(int(line.split()[1], 16) >> (signal.SIGALRM - 1) & 1)
    return process.poll() is not None  # a zombie has none


COMMANDS = {
    "mol_jax.main": 12.0,
    "mol_jax.score": 1.0,
    "mol_jax.report": 1.0,
    "mol_jax.dense": 1.0,
    "mol_jax.floor": 1.0,
    "launch.sweep": 2.0,
    "launch.tables": 1.0,
    "launch.plan": 2.0,
    "data_builders.build": 1.0,
    "data_builders.doctor": 1.0,
    "data_builders.synthetic": 2.0,
}


@pytest.mark.slow
@pytest.mark.parametrize("module", [*COMMANDS, *["mol_jax.main"] * 3])
def test_a_command_that_starts_stops_with_one_sentence(module, tmp_path):
    """At a random time in its first seconds: in imports, while clips are drawn and built."""
    arguments = {
        "mol_jax.main": [
            "--config=configs/synthetic.py",
            f"--workdir={tmp_path / 'run'}",
            f"--config.data.dir={tmp_path / 'data'}",
        ],
        "data_builders.synthetic": [f"--out={tmp_path / 'clips'}", "--subjects=3", "--clips=6"],
    }.get(module, [])
    if module.startswith("launch."):
        arguments = ["--config=configs/synthetic.py"]
    process = start(["-m", module, *arguments], cwd=ROOT)
    while not listens(process):
        time.sleep(0.002)
    time.sleep(random.uniform(0, COMMANDS[module]))
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    if module != "mol_jax.main" and process.returncode in (0, 1, 2):
        assert "Traceback" not in err  # the signal came after the work, which is short
        return
    assert process.returncode == 130, err
    assert err.strip().lower().startswith("stopped"), err
    assert len(err.strip().splitlines()) == 1, err
