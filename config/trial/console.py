"""Lines on the terminal, each with the name of the process that said it."""

from __future__ import annotations

import os
import sys
from typing import TextIO

_COLOURS = (36, 33, 35, 32, 34, 31)  # ANSI foreground colours


class Screen:
    """Writes whole lines, so that those of two processes never mix. Colours only on a terminal."""

    def __init__(self, names: list[str], out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._width = max(len(name) for name in names)
        coloured = self._out.isatty() and "NO_COLOR" not in os.environ
        self._colours = (
            {name: _COLOURS[i % len(_COLOURS)] for i, name in enumerate(names)} if coloured else {}
        )
        self._muted = False

    def line(self, name: str, text: str) -> None:
        """One line of the process `name`; raises BrokenPipeError when nobody reads any more."""
        label = name.ljust(self._width)
        if name in self._colours:
            label = f"\x1b[{self._colours[name]}m{label}\x1b[0m"
        self.plain(f"{label} | {text}")

    def plain(self, text: str) -> None:
        """A line of our own, without a name."""
        if self._muted:
            return
        self._out.write(f"{text}\n")
        self._out.flush()

    def mute(self) -> None:
        """Writes nothing from now on: nobody reads any more."""
        self._muted = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._out.fileno())  # what is still buffered goes there at exit
        os.close(nowhere)
