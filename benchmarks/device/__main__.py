"""Measures training on this machine's card: one command, some minutes, a JSON file as it goes.

    python -m benchmarks.device                      # nine minutes on a card
    python -m benchmarks.device --parts study pytorch --minutes=4
    python -m benchmarks.device --tiny               # every part at sizes that say nothing
    python -m benchmarks.device --page               # writes docs/gpu.md from benchmarks/results

Random clips; no network, no dataset, no dlib and no TV-L1. What is measured, in which order, and
what has to be installed is in docs/gpu.md. A part that fails is recorded with its sentence, and the
next goes on; one whose estimate the time left cannot hold is skipped with a line. When the time is
up the command ends where it stands, and the file has what was measured.
"""

import time
from collections.abc import Sequence

from benchmarks.device.arguments import Given, parse
from mol_jax.errors import exit_code, leave
from mol_jax.training import backend


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    began = time.monotonic()
    stopped = "stopped; what was measured until then is in the file named above."
    return exit_code(lambda: _run(parse(arguments, __doc__ or ""), began), stopped=stopped)


def _run(given: Given, began: float) -> int:
    # Imported here: a wrong flag is answered before JAX starts, and its memory is set before too.
    from benchmarks.device import machine, page  # noqa: PLC0415

    if given.page:
        page.write(given.out)
        return 0
    machine.leave_room()
    backend.start()
    if given.tiny:
        _compile_quickly()
    from benchmarks.device.bench import Bench, Clock  # noqa: PLC0415
    from benchmarks.device.parts import PARTS  # noqa: PLC0415
    from benchmarks.device.running import run  # noqa: PLC0415

    bench = Bench(given.tiny, given.whole, Clock(began + 60 * given.minutes))
    return run([part for part in PARTS if part.name in given.parts], bench, given)


def _compile_quickly() -> None:
    """Leaves out most of what XLA does for speed: the figures of tiny sizes say nothing."""
    import jax  # noqa: PLC0415

    jax.config.update("jax_disable_most_optimizations", True)


if __name__ == "__main__":
    leave(main())
