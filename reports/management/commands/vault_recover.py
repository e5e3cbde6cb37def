"""Admits an officer to a queue that lost all its members, with the recovery sheet that vault_init printed.

It is vault_admit without the file. It keeps its own name, because the sheets on paper name it.
"""

from __future__ import annotations

from reports.management.commands import vault_admit


class Command(vault_admit.Command):
    help = "Makes an officer a member of a queue with the printed recovery sheet, typed or piped in."
    always_the_sheet = True
