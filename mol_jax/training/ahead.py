"""Programs that threads compile before they are called: XLA needs no Python meanwhile.

JAX keeps what it compiled with the jitted function. So a call whose arguments have the same shapes,
types and shardings as those that were compiled for runs at once; another compiles as if nothing had
been begun.
"""

import functools
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from jax.stages import Lowered, Wrapped

_begun: weakref.WeakKeyDictionary[Wrapped, Future[None]] = weakref.WeakKeyDictionary()


def begin(programs: Sequence[Wrapped], lower: Callable[[], Iterable[Lowered]]) -> None:
    """Begins to compile jitted functions, and returns at once.

    lower: yields each of them lowered, in their order; it runs in a thread, too. What fails there
    is not heard of: who calls the function compiles it then, and meets the error. A function that
    was begun before is not begun again.
    """
    new: dict[Wrapped, Future[None]] = {one: Future() for one in programs if one not in _begun}
    _begun.update(new)
    if new:
        _threads().submit(_compile, programs, lower, new)


def ready(program: Wrapped) -> Wrapped:
    """Returns a jitted function; waits until what was begun of it is done."""
    if program in _begun:
        wait([_begun[program]])
    return program


def _compile(
    programs: Sequence[Wrapped],
    lower: Callable[[], Iterable[Lowered]],
    new: Mapping[Wrapped, Future[None]],
) -> None:
    """Lowers functions one after another, and hands the new ones to threads of their own."""
    left = dict(new)
    try:
        for one, lowered in zip(programs, lower(), strict=True):
            if one in left:
                _threads().submit(_finish, lowered, left.pop(one))
    finally:
        for future in left.values():
            future.set_result(None)


def _finish(lowered: Lowered, future: Future[None]) -> None:
    try:
        lowered.compile()
    finally:
        future.set_result(None)


@functools.cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(thread_name_prefix="compile-ahead")
