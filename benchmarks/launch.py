"""Starts a program from a process that is small, and says what it took: what forks it counts as its memory, too.

    python -I -S benchmarks/launch.py LIMIT PROGRAM [ARGUMENTS ...]

Prints CPU seconds, wall seconds, KiB of the largest process (bytes on macOS) and whether the limit stopped it.
"""

import os
import signal
import sys
import time
from resource import RUSAGE_CHILDREN, getrusage

os.setsid()  # what is stopped is stopped with its children
null = os.open(os.devnull, os.O_RDWR)
start = time.perf_counter()
child = os.posix_spawn(
    sys.argv[2],
    sys.argv[2:],
    os.environ,
    file_actions=[(os.POSIX_SPAWN_DUP2, null, stream) for stream in range(3)],
    setpgroup=0,
)
signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
signal.setitimer(signal.ITIMER_REAL, float(sys.argv[1]))
_, status = os.waitpid(child, 0)
wall = time.perf_counter() - start
usage = getrusage(RUSAGE_CHILDREN)
print(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss, int(os.WIFSIGNALED(status)))
