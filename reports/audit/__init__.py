"""The audit chain: `record` is the only way in, reports/audit/verify.py reads it from its start."""

from reports.audit.entries import CONSOLE, FACTS, PROCESSES, Head, NotAllowed, head, record

__all__ = ["CONSOLE", "FACTS", "PROCESSES", "Head", "NotAllowed", "head", "record"]
