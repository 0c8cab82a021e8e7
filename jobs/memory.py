"""Memory goes back to the machine: a letter needs much of it for a moment, and several threads make letters in turn.

The C library keeps a store for each thread, and what was used once stays in all of them: three threads hold three
times what one letter needs. With one store for all, and large pieces taken from the machine itself, a worker that has
made a hundred letters is a third smaller. Where the C library is another one, nothing is changed.
"""

import ctypes

# As in malloc.h of glibc.
MMAP_THRESHOLD, ARENA_MAX = -3, -8
LARGE = 1024 * 1024


def keep_little() -> bool:
    """To be called before the first thread begins; whether the C library has followed."""
    change = getattr(ctypes.CDLL(None), "mallopt", None)
    return change is not None and bool(change(ARENA_MAX, 1) and change(MMAP_THRESHOLD, LARGE))
