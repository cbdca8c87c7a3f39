#!/usr/bin/env python3
"""Prints the tests that a results.xml of CTest counts as failed, each with the end of its output.

    tests/failures.py RESULTS.XML [LINES]
"""

import sys
import xml.etree.ElementTree as xml

BAD = {"fail", "notrun", "disabled"}


def main() -> None:
    lines = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    for case in xml.parse(sys.argv[1]).getroot().iter("testcase"):
        if case.get("status") not in BAD:
            continue
        print(f"-- {case.get('name')} ({case.get('status')}, {case.get('time')} s)")
        for line in (case.findtext("system-out") or "").strip().splitlines()[-lines:]:
            print(f"   {line}")


if __name__ == "__main__":
    main()
