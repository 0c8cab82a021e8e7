"""One thread of this process is enough for one piece of work, however often the sweep hands it over."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_running: set[tuple[str, int]] = set()
_lock = threading.Lock()


@contextmanager
def only_once_here(kind: str, key: int) -> Iterator[bool]:
    """Whether the caller is the one to do it; True for nobody else until they are done."""
    with _lock:
        is_the_one = (kind, key) not in _running
        _running.add((kind, key))
    try:
        yield is_the_one
    finally:
        if is_the_one:
            with _lock:
                _running.discard((kind, key))
