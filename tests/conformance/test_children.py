"""One piece of work that crashes or hangs does not lose the others."""

from __future__ import annotations

from pathlib import Path

import children

SCRIPT = """
import argparse, json, os, sys, time
from pathlib import Path
sys.path.insert(0, {here!r})
import children
parser = argparse.ArgumentParser()
for option in ("--world", "--names", "--lines"):
    parser.add_argument(option)
options = parser.parse_args()
def do(name):
    if name == "crashes":
        os.abort()
    if name == "hangs":
        time.sleep(60)
    return name.upper()
children.work(json.loads(Path(options.names).read_text()), Path(options.lines), do, 1)
"""


def test_what_crashes_or_hangs_is_named_and_the_rest_is_done(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(here=str(children.HERE)))
    report = children.play(str(script), [], ["a", "crashes", "b", "hangs", "c"], "cuda", "hardware")
    assert report.results == {"a": "A", "b": "B", "c": "C"}
    assert report.lost == ["crashes", "hangs"]
    assert len(report.statuses) == 3
    assert report.statuses[-1] == 0
    assert 0 not in report.statuses[:-1]
