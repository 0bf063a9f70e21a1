"""Runs a case's command, in this process or in one of its own, and sees what it leaves."""

import contextlib
import importlib
import io
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from benchmarks.bad_inputs.case import Case, Ending

ROOT = Path(__file__).parents[2]
WITH_PROGRAM = ("mol_jax.main", "mol_jax.floor", "launch.plan", "launch.sweep", "launch.tables")
PACKAGES = ("mol_jax.dense", "mol_jax.floor", "data_builders.synthetic")
LONGEST = 180  # seconds of a command


def run(case: Case, folder: Path) -> Ending:
    """Makes a case's input in an empty folder and runs its command there."""
    arguments = [str(word) for word in case.make(folder)]
    before = listing(folder)
    end = _here if case.variables is None else _apart
    code, out, err = end(case, arguments)
    after = listing(folder)
    changed = sorted(p for p in before.keys() | after.keys() if before.get(p) != after.get(p))
    return Ending(code, out, err, tuple(changed))


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """The files and folders below a folder, with the sizes and times of change of the files."""
    places: dict[str, tuple[int, int]] = {}
    for place, folders, files in os.walk(folder):
        for name in folders:
            places[os.path.relpath(os.path.join(place, name), folder)] = (0, 0)
        for name in files:
            stat = os.lstat(os.path.join(place, name))
            path = os.path.relpath(os.path.join(place, name), folder)
            places[path] = (stat.st_size, stat.st_mtime_ns)
    return places


def _is_config_file(module: object) -> bool:
    """Whether a module was made of a config file; scikit-learn has a get_config of its own."""
    if not isinstance(module, types.ModuleType) or not hasattr(module, "get_config"):
        return False
    return "site-packages" not in str(getattr(module, "__file__", ""))


def _here(case: Case, arguments: Sequence[str]) -> tuple[int, str, str]:
    """Calls the command's main."""
    command = case.command
    module = importlib.import_module(command + (".__main__" if command in PACKAGES else ""))
    argv = [command, *arguments] if command in WITH_PROGRAM else list(arguments)
    code = -1
    for name, loaded in list(sys.modules.items()):
        # A config file is read into the module of the one before, whose functions it would have.
        if _is_config_file(loaded):
            del sys.modules[name]
    with _streams() as read:
        try:
            with _limit():
                code = module.main(argv)
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else 1
        except BaseException:
            traceback.print_exc()
        out, err = read()
    return code, out, err


@contextlib.contextmanager
def _limit() -> Iterator[None]:
    """Raises TimeoutError in a command that does not come to an end."""

    def stop(signum: int, frame: object) -> NoReturn:
        raise TimeoutError(f"no end after {LONGEST} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def _streams() -> Iterator:
    """Both streams go to files, with what libraries of C print; yields what reads them."""
    with contextlib.ExitStack() as undo:
        files = [undo.enter_context(tempfile.TemporaryFile()) for _ in range(2)]
        texts = []
        for number, (name, file) in enumerate(zip(("stdout", "stderr"), files, strict=True), 1):
            old, kept = getattr(sys, name), os.dup(number)
            old.flush()
            undo.callback(os.close, kept)
            undo.callback(os.dup2, kept, number)
            undo.callback(setattr, sys, name, old)
            os.dup2(file.fileno(), number)
            texts.append(io.TextIOWrapper(io.FileIO(number, "w", closefd=False), "utf-8"))
            setattr(sys, name, texts[-1])

        def read() -> list[str]:
            for text, file in zip(texts, files, strict=True):
                text.flush()
                file.seek(0)
            return [file.read().decode(errors="replace") for file in files]

        yield read


def _apart(case: Case, arguments: Sequence[str]) -> tuple[int, str, str]:
    """Runs the command in a process of its own, whose environment the case changes."""
    done = subprocess.run(
        [sys.executable, "-m", case.command, *arguments],
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | dict(case.variables or {}),
        capture_output=True,
        timeout=LONGEST,
    )
    out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
    return done.returncode, out, err
