"""What a command says when it cannot go on: one sentence, and an exit code for scripts."""

import argparse
import contextlib
import os
import re
import signal
import sys
import unicodedata
from collections.abc import Callable
from typing import NoReturn

from mol_jax import interrupts
from mol_jax.terminal.encoding import take_any_sign

REFUSED = 2  # bad input
INTERRUPTED, TERMINATED = 130, 143  # by Ctrl-C, by SIGTERM: 128 + the signal, as shells have it
_HIDDEN = ("Cc", "Cf", "Zl", "Zp")  # control signs, marks of direction, breaks of lines


class UserError(ValueError):
    """Bad input. The message says what it got, what was expected, and what to do.

    A command prints it as one sentence; everything else that escapes is our bug and keeps its
    traceback.
    """


class Parser(argparse.ArgumentParser):
    """Raises UserError where argparse would print its usage and exit."""

    def error(self, message: str) -> NoReturn:
        # What argparse says of --overwrite=yes names no cure.
        given = re.fullmatch(r"argument (.*): ignored explicit argument (.*)", message)
        if given:
            message = f"{given[1]} takes no value, got {given[2]}: leave it out"
        raise UserError(f"{message}; see {self.prog} --help")


def leave(code: int) -> NoReturn:
    """Ends the process of a command; at once if it was stopped or could not go on.

    Devices may then still be at work, and crash when Python is taken down under them; threads of a
    pool may wait for a worker that is dead, or compile what nobody will call.
    """
    interrupts.finish(code)
    if code in (REFUSED, INTERRUPTED, TERMINATED):
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError):  # who read it has gone, as `| head` does
                stream.flush()
        os._exit(code)
    sys.exit(code)


def _printable(text: str) -> str:
    """Returns a sentence in one line: a line break or an invisible sign of a name as Python has it.

    A terminal would take them as commands; what it has no letter for is `take_any_sign`'s.
    """
    hidden = (sign for sign in set(text) if unicodedata.category(sign) in _HIDDEN)
    return text.translate({ord(sign): ascii(sign)[1:-1] for sign in hidden})


def exit_code(run: Callable[[], int], *, stopped: str) -> int:
    """Returns the exit code of a command: `run()`'s own, 2 for bad input, 130 or 143 if stopped.

    stopped: the sentence for a user who pressed Ctrl-C, or whose job was terminated.
    """
    take_any_sign()
    raised = interrupts.Raised(stopped)
    failure: BaseException | None = None
    code = 0
    try:
        with raised:
            code = run()
            sys.stdout.flush()
    except BaseException as error:
        failure = error
    # Whatever failed after the signal failed because of it: a dead worker, a half-made object.
    if raised.stopped_by is not None or isinstance(failure, KeyboardInterrupt):
        failure = None  # with its frames goes what they hold, such as semaphores of a pool
        print(f"\n{stopped}", file=sys.stderr)
        return 128 + (raised.stopped_by or signal.SIGINT)
    if failure is None:
        return code
    if isinstance(failure, UserError):
        print(f"error: {_printable(str(failure))}", file=sys.stderr)
        return REFUSED
    if isinstance(failure, BrokenPipeError):  # as `| head` leaves behind
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    raise failure
