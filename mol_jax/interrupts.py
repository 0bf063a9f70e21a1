"""Ctrl-C and SIGTERM at any moment of a command: one sentence and an exit code, never lost.

Python turns Ctrl-C into an exception in whatever runs at that moment. That fails in five ways: in
the imports before the command has begun it is a traceback; in C++ that is being imported, and while
Python is taken down, it is an abort; in a callback of the garbage collector or of a library it is
swallowed; and while C++ compiles it waits. So here: before the command works, and after it, the
process ends at once; in between the exception waits for an import or for what must be finished
(`later`), and is raised again until somebody sees it; and a main thread that does not answer for
`DEAF_SECONDS` is not waited for.
"""

import atexit
import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType, TracebackType
from typing import Any, NoReturn

DEAF_SECONDS = 5.0  # C++ that compiles does not hear; nothing that matters is lost by a kill
AGAIN_SECONDS = 0.5  # after this time an exception that nobody handles was swallowed
PATIENCE_SECONDS = 10.0  # for cleaning up, before another Ctrl-C ends the process

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stopped(KeyboardInterrupt):
    """The command was stopped by a signal, whose number this carries."""

    def __init__(self, number: int):
        super().__init__(signal.Signals(number).name)
        self.number = number


class _Listener:
    """What this process does about a signal: it ends (`exit_code` None: with the signal's own
    code), or raises Stopped in the main thread while `raising`.
    """

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        self.raising = False
        self.held = False
        self.waiting: int | None = None  # a signal that is not handled yet
        self.exit_code: int | None = None
        self.stopped_by: int | None = None
        self.since = 0.0
        self.heard = threading.Event()

    def on_signal(self, number: int, frame: FrameType | None) -> None:
        if self.held:
            self.waiting = number
            return
        if self.stopped_by is None and not self.raising:
            self.end(number)
        if _importing(frame):
            self.waiting = number
            signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS, AGAIN_SECONDS)
            return
        self.heard.set()
        if self.stopped_by is None:
            self.stopped_by, self.since = number, time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS, AGAIN_SECONDS)
            raise Stopped(number)
        if time.monotonic() - self.since > PATIENCE_SECONDS:
            self.end(self.stopped_by)

    def on_alarm(self, number: int, frame: FrameType | None) -> None:
        """Handles what waited for an import; raises Stopped again if a callback has swallowed it.

        It is left alone where somebody handles it.
        """
        del number
        if self.held or not self.raising or _importing(frame):
            return
        self.catch_up()
        if self.stopped_by is not None and not _cleaning_up():
            raise Stopped(self.stopped_by)

    def catch_up(self) -> None:
        """Handles a signal that had to wait."""
        number, self.waiting = self.waiting, None
        if number is not None:
            self.on_signal(number, None)

    def watch(self, pipe: int) -> None:
        """Ends the process if its main thread does not hear a signal."""
        while True:
            number = os.read(pipe, 1)[0]
            if number in _SIGNALS and not self.heard.wait(DEAF_SECONDS):
                self.end(number)

    def end(self, number: int) -> NoReturn:
        """Ends the process where it stands. Only system calls: a print may be under way."""
        if self.exit_code is not None:
            os._exit(self.exit_code)
        os.write(2, f"\n{self.sentence}\n".encode())
        os._exit(128 + number)


_listener: _Listener | None = None  # of this process, since signal handlers are


def listen() -> None:
    """From now until its end, this process handles the two signals as this module says.

    Handlers that ignore a signal (nohup, a shell's background jobs) stay. Only in a main thread.
    """
    global _listener  # noqa: PLW0603 - signal handlers belong to the process as well
    if _listener is not None or threading.current_thread() is not threading.main_thread():
        return
    _listener = _Listener("stopped before it began.")
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    threading.Thread(target=_listener.watch, args=(reading,), daemon=True).start()
    signal.signal(signal.SIGALRM, _listener.on_alarm)
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _listener.on_signal)
    atexit.register(_ignore)  # the first that is registered is the last that runs


def _ignore() -> None:
    """Python gives up its handlers before it is down; a signal would then change the exit code."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def listen_if_command(package: str) -> None:
    """Listens if this process is `python -m PACKAGE...`: from the package's import on."""
    if sys.argv[:1] != ["-m"] or "-m" not in sys.orig_argv:
        return  # "-m": so Python names it while it looks for the module
    module = sys.orig_argv[sys.orig_argv.index("-m") + 1]
    if module.partition(".")[0] == package:
        listen()
        # A command draws into memory; matplotlib would stop over a backend that is not there.
        os.environ["MPLBACKEND"] = "agg"


@contextlib.contextmanager
def later() -> Iterator[None]:
    """A context whose signals are handled at its end, where this process listens.

    Blocking them is not enough: one that reaches another thread is handled in the main one.
    """
    if _listener is None or threading.current_thread() is not threading.main_thread():
        yield  # no handler runs in another thread
        return
    _listener.held = True
    try:
        yield
    finally:
        _listener.held = False
        _listener.catch_up()


class Raised:
    """A context in which the two signals raise Stopped; `stopped_by` is then the signal's number.

    sentence: what the user is told if the process ends without cleaning up.
    """

    def __init__(self, sentence: str):
        self.sentence = sentence

    def __enter__(self) -> "Raised":
        self._hook = sys.unraisablehook
        sys.unraisablehook = self._unraisable
        if _listener is not None:
            _listener.sentence = self.sentence
            _listener.raising = True
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: TracebackType | object) -> None:
        if _listener is not None:
            _listener.raising = False
            signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = self._hook

    @property
    def stopped_by(self) -> int | None:
        return None if _listener is None else _listener.stopped_by

    def _unraisable(self, unraisable: Any) -> None:
        if not isinstance(unraisable.exc_value, Stopped):  # that one is raised again
            self._hook(unraisable)


def finish(exit_code: int) -> None:
    """A signal now ends the process with the exit code of its work, which is done."""
    if _listener is not None:
        _listener.exit_code = exit_code


def _importing(frame: FrameType | None) -> bool:
    """Whether a module is being imported: one in C++ ends the process at an exception."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _cleaning_up() -> bool:
    """Whether the main thread is in a block that handles the exception, or unwinds from it."""
    error = sys.exception()
    while error is not None:
        if isinstance(error, Stopped | GeneratorExit):
            return True
        error = error.__context__
    return False
