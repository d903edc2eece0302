"""Places are held against each other in many threads at once."""

from __future__ import annotations

import subprocess
import sys

# In a process of its own, as GEOS ends it. All threads ask for the same area at the same time.
RELATING = """
import json, math, threading
import shapely
from shapely.affinity import translate
from catalog.filtering.places import relate

def around(east):
    turns = (i / 500 for i in range(3142))
    return [(east + 9 * math.cos(t), -75 + 5 * math.sin(t)) for t in turns]

document = json.dumps({"geometry": {"type": "LineString", "coordinates": around(0.5)}})
areas = [shapely.to_wkb(shapely.Polygon(around(n / 100))) for n in range(40)]
together = threading.Barrier(8)
answers = set()

def ask():
    for area in areas:
        together.wait()
        answers.add(relate("s_intersects", area, document))

threads = [threading.Thread(target=ask) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(answers)
"""


def test_threads_that_ask_for_the_same_place_at_once_do_not_end_the_process() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", RELATING], capture_output=True, text=True, check=False, timeout=60
    )
    assert (ended.returncode, ended.stdout) == (0, "{True}\n"), ended.stderr
