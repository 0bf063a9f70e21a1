"""How a command ends: the exit code, and at once where devices may still be at work."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mol_jax import errors

PROGRAM = """
import atexit, os, signal
from mol_jax import interrupts
from mol_jax.errors import UserError, exit_code, leave

interrupts.listen()
atexit.register(print, "taken down")

def work():
    {work}
    return 0

leave(exit_code(work, stopped="stopped; go on."))
"""


@pytest.mark.parametrize(
    ("work", "code", "taken_down"),
    [
        ("pass", 0, True),
        ("raise UserError('what it got')", 2, False),
        ("raise KeyboardInterrupt", 130, False),
        ("os.kill(os.getpid(), signal.SIGTERM)", 143, False),
    ],
)
def test_a_stopped_command_ends_at_once(work, code, taken_down):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(work=work)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code
    assert ("taken down" in done.stdout) == taken_down
    if code in (130, 143):
        assert done.stderr == "\nstopped; go on.\n"
    assert done.stderr.startswith("error: what it got") == (code == 2)


def test_a_refused_command_keeps_its_code_where_nobody_reads_it(monkeypatch):
    class Gone:
        def flush(self):
            raise BrokenPipeError

    class Ended(Exception):  # noqa: N818  it is none
        pass

    def end(code):
        raise Ended(code)

    monkeypatch.setattr(os, "_exit", end)
    monkeypatch.setattr(sys, "stdout", Gone())
    with pytest.raises(Ended, match="2"):
        errors.leave(2)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb", r"a\nb"),
        ("a\u2028b", r"a\u2028b"),
        ("a\x1b[31m", r"a\x1b[31m"),
        ("被 é λ", "被 é λ"),
    ],
)
def test_a_name_never_breaks_or_hides_a_sentence(capsys, name, shown):
    def refuse():
        raise errors.UserError(f"there is no folder {name}")

    assert errors.exit_code(refuse, stopped="stopped") == 2
    assert capsys.readouterr().err == f"error: there is no folder {shown}\n"
