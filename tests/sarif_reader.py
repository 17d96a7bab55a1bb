"""Loads SARIF reports in a reader of another maker (sarif-tools, from PyPI).

The schema says that a report is well formed; this says that somebody else's
program finds the same results in it as we wrote. Run it so:

    python3 -m venv target/sarif-reader
    target/sarif-reader/bin/pip install --quiet sarif-tools==3.0.5
    mkdir -p target/sarif-samples
    TIGHTLIP_SAMPLES=$PWD/target/sarif-samples \
        cargo test --lib samples_for_readers -- --ignored
    target/sarif-reader/bin/python tests/sarif_reader.py target/sarif-samples/*.sarif

Any SARIF report of the program itself may be given too.
"""

import json
import sys
from urllib.parse import unquote_to_bytes

from sarif import loader


def check(path):
    """Compares what the reader sees with what the file holds."""
    report = loader.load_sarif_file(path)
    assert report.get_distinct_tool_names() == ["tightlip"], "tool name"
    with open(path, encoding="utf-8") as file:
        results = json.load(file)["runs"][0]["results"]
    records = report.get_records()
    assert len(records) == len(results), "number of results"
    levels = {"error": 0, "warning": 0, "note": 0}
    for result in results:
        levels[result["level"]] += 1
    seen = report.get_report().get_issue_type_histogram_for_severity
    for level, count in levels.items():
        assert sum(seen(level).values()) == count, f"number of {level}s"
    for record in records:
        assert record["Code"], "rule id"
        assert record["Line"], "line"
        assert unquote_to_bytes(record["Location"]), "path"
    print(f"{path}: {len(records)} results, {levels}")


def main(paths):
    if not paths:
        sys.exit("usage: sarif_reader.py REPORT.sarif ...")
    for path in paths:
        check(path)


if __name__ == "__main__":
    main(sys.argv[1:])
