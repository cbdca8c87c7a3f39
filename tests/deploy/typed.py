#!/usr/bin/env python3
"""Types at a real interactive shell, with TAB where a completion is wanted, and compares what became of each line.

    tests/deploy/typed.py SCRIPT TABLE COMMAND...    prints a line for each that became something else

COMMAND is the shell. It reads SCRIPT, which makes a function `countersign` that prints its arguments as
<run><-c><a.yaml>. A line of TABLE is TYPED|WANTED: what is typed, "\\t" for the key TAB, and what the function prints
then. A shell says nothing when it is done with a completion, so a line that came out wrong is typed again, slower.
"""
import os
import pty
import re
import select
import sys
import time

PATIENCE = 20  # seconds for an answer
SILENCE = (0.1, 0.5, 2, 5)  # seconds without output after which a shell has done what it does: one try each
script, table, command = sys.argv[1], sys.argv[2], sys.argv[3:]


class Shell:
    def __init__(self):
        self.seen = b""
        child, self.terminal = pty.fork()
        if child == 0:
            os.environ.update(TERM="dumb", PS1="", COLUMNS="400", HISTFILE="")
            os.execvp(command[0], command)

    def type(self, text):
        os.write(self.terminal, text.encode())

    def wait_for(self, pattern, patience):
        """The first match in what was printed since `settle`, or None."""
        end = time.monotonic() + patience
        while not (match := re.search(pattern, self.seen)):
            left = end - time.monotonic()
            if left < 0 or not select.select([self.terminal], [], [], left)[0]:
                return None
            self.seen += os.read(self.terminal, 65536)
        return match

    def settle(self, silence):
        """What is typed ahead of a prompt is no key press to every shell."""
        while select.select([self.terminal], [], [], silence)[0]:
            os.read(self.terminal, 65536)
        self.seen = b""

    def arguments(self, line, silence):
        *parts, last = line.split("\\t")
        for part in parts:
            self.type(part + "\t")
            self.settle(silence)
        self.type(last + "\n")
        match = self.wait_for(rb"\n((?:<[^>\r\n]*>)+)\r?\n", PATIENCE)  # the whole line: it may come in parts
        if not match:
            self.type("\x03")
        self.settle(silence)
        return match.group(1).decode() if match else "nothing"


shell = Shell()
shell.settle(1)
shell.type(f"source {script}; countersign ready\n")
if not shell.wait_for(rb"\n<ready>", PATIENCE):
    sys.exit(f"{command[0]} did not read {script}: {shell.seen!r}")
shell.settle(SILENCE[0])
bad = 0
for row in open(table):
    typed, wanted = row.rstrip("\n").split("|")
    for silence in SILENCE:
        if (got := shell.arguments(typed, silence)) == wanted:
            break
    else:
        print(f"{command[0]}: {typed} became {got}, and {wanted} was wanted")
        bad = 1
shell.type("exit\n")
sys.exit(bad)
