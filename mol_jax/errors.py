"""What a command says when it cannot go on: one sentence, and an exit code for scripts."""

import os
import signal
import sys
from collections.abc import Callable
from typing import NoReturn

INTERRUPTED, TERMINATED = 130, 143  # by Ctrl-C, by SIGTERM: 128 + the signal, as shells have it


class UserError(ValueError):
    """Bad input. The message says what it got, what was expected, and what to do.

    A command prints it as one sentence; everything else that escapes is our bug and keeps its
    traceback.
    """


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which Slurm sends before it kills: cleaned up after like Ctrl-C."""


def leave(code: int) -> NoReturn:
    """Ends a process that trains or builds; at once if it was stopped.

    Devices may then still be at work, and crash when Python is taken down under them; threads of a
    pool may wait for a worker that is dead.
    """
    if code in (INTERRUPTED, TERMINATED):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def exit_code(run: Callable[[], int], *, stopped: str) -> int:
    """Returns the exit code of a command: `run()`'s own, 2 for bad input, 130 or 143 if stopped.

    stopped: the sentence for a user who pressed Ctrl-C, or whose job was terminated.
    """

    def terminate(*_: object) -> None:
        raise _Terminated

    signal.signal(signal.SIGTERM, terminate)
    try:
        code = run()
        sys.stdout.flush()
        return code
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # as `| head` leaves behind
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt as interrupt:
        print(f"\n{stopped}", file=sys.stderr)
        return TERMINATED if isinstance(interrupt, _Terminated) else INTERRUPTED
