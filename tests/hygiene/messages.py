#!/usr/bin/env python3
"""Every text of the configuration's problems stands in a test, word for word.

Prints a line for each part of a message that no test has. A part is a string in the source, with those that it is
joined to by the compiler; the tests' tables have whole messages with file, line and column.
"""
import pathlib
import re
import sys

TOP = pathlib.Path(sys.argv[1])
TOKEN = re.compile(r'"((?:[^"\\\n]|\\.)*)"|//[^\n]*|^\s*#[^\n]*', re.MULTILINE)
# Where problems are told, and where the tests for them are.
SOURCES = [*(TOP / "profiles/yaml").glob("*.[ch]pp"), TOP / "profiles/yaml_reader.cpp",
           TOP / "proxy/generation/generation.cpp", TOP / "proxy/generation/client_directory.cpp"]
TESTS = [*(TOP / "tests/profiles").rglob("*.cpp"), *(TOP / "tests/proxy/generation").glob("*.cpp")]
# Not of a message; or one that no configuration can bring about, as far as is known.
EXCEPT = {
    "= \\t\\r\\n",  # characters
    ":= \\t\\r\\n",
    " [{,",
    "._-/, ",
    ", \\t",
    "end of map not found",  # yaml-cpp's words, which are put otherwise
    "end of sequence not found",
    "illegal map value",
    "illegal block entry",
    "illegal tab",
    "flow not found",
    "document indicator in scalar",  # yaml-cpp's words, which are put otherwise
    "' both fit ",  # the reader has told it before, with its place
    "unmatched: tls",
    "basic ",
    "expired on ",  # of an identity, when it is used
    "is not valid before ",
}


def parts(path):
    text = path.read_text()
    found, between = [], "x"
    end = 0
    for match in TOKEN.finditer(text):
        between += text[end:match.start()].strip()
        end = match.end()
        if match.group(1) is None:
            continue
        if between:
            found.append("")
        found[-1] += match.group(1)
        between = ""
    return found


tested = "\n".join(part for path in TESTS for part in parts(path))
for source in sorted(SOURCES):
    for part in parts(source):
        if " " in part and part not in EXCEPT and part not in tested:
            print(f"{source.relative_to(TOP)}: no test has the words '{part}'")
