"""Runs a handful of processes side by side: shows their lines, stops all in order when one ends.

One thread, one loop: it waits for output or for a signal.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence

from config.trial.child import Child
from config.trial.console import Screen

_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Supervisor:
    """Runs `children`, listed in the order to start them; they stop in the reverse order."""

    def __init__(self, children: Sequence[Child], screen: Screen) -> None:
        self.children = children
        self.screen = screen
        self._selector = selectors.DefaultSelector()
        self._asked_to_stop = 0

    def run(self, each_round: Callable[[], None] = lambda: None) -> Child | None:
        """Returns when every child has ended: None after Ctrl-C, SIGTERM or a closed terminal,
        or else the child that ended by itself, which stops the others.

        `each_round` is called about five times a second while all is running.
        A second Ctrl-C kills what has not ended yet. Call it from the main thread.
        """
        woken, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        before = {number: signal.signal(number, self._ask_to_stop) for number in _STOPPING}
        before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
        old_wake = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        self._selector.register(woken, selectors.EVENT_READ)
        try:
            for child in self.children:
                self._start(child)
            while not self._asked_to_stop:
                for child in self.children:
                    if child.ended():
                        self._show_rest(child)
                        self.screen.line(child.name, f"ended ({child.how_it_ended()}); the others stop now")
                        return child
                each_round()
                self._wait(0.2)
        except BrokenPipeError:
            pass  # nobody reads our lines any more: stop, as when the terminal is closed
        finally:
            try:
                self._stop_all()
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)
                signal.set_wakeup_fd(old_wake)
                self._selector.close()
                os.close(woken)
                os.close(wake)
        return None

    def _ask_to_stop(self, *_: object) -> None:
        self._asked_to_stop += 1

    def _start(self, child: Child) -> None:
        if self._asked_to_stop:
            return
        child.start()
        if child.output is not None:
            self._selector.register(child.output, selectors.EVENT_READ, child)

    def _wait(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if isinstance(key.data, Child):
                self._show(key.data)
            else:
                os.read(key.fd, 4096)

    def _show(self, child: Child) -> None:
        if not child.read_output(self.screen):
            self._forget_output(child)

    def _show_rest(self, child: Child) -> None:
        """What a child said last. Its own children may keep the pipe open: do not wait for its end."""
        if child.output is None:
            return
        os.set_blocking(child.output.fileno(), False)
        try:
            child.read_output(self.screen)
        except BrokenPipeError:
            self.screen.mute()
        self._forget_output(child)

    def _forget_output(self, child: Child) -> None:
        if child.output is not None:
            self._selector.unregister(child.output)
            child.output.close()
            child.output = None

    def _stop_all(self) -> None:
        """Stops the children one after the other, the last started first (Redis ends after the worker)."""
        for child in reversed(self.children):
            if child.running():
                child.ask_to_stop()
                deadline = time.monotonic() + child.grace
                asked_before = self._asked_to_stop
                while child.running() and time.monotonic() < deadline and self._asked_to_stop == asked_before:
                    self._wait_quietly()
            self._show_rest(child)
            child.kill_group()

    def _wait_quietly(self) -> None:
        try:
            self._wait(0.05)
        except BrokenPipeError:
            self.screen.mute()
