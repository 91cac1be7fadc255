"""Runs one command and prints what it cost, as JSON: exit code, processor seconds, peak KiB, seconds by the clock.

A small process of its own, since a process begins with the peak of the one that it was forked from.
"""

import json
import resource
import subprocess
import sys
import time

begun = time.perf_counter()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
elapsed = time.perf_counter() - begun
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, elapsed]))
