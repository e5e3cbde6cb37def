"""Where a reporter finds help: each number or address by what it is for.

A text that names one is no selector (triage/selectors/find.py): reporters quote them.
"""

from __future__ import annotations

CONTACTS = {
    "emergency": "112",
    "police": "0900-8844",
    "police_from_abroad": "+31 34 357 8844",
    "anonymous_tips": "0800-7000",
    "despair": "113",
    "despair_free": "0800-0113",
    "victims": "0900-0101",
    "foreign_ministry": "+31 247 247 247",
    "legal_advice": "juridischloket.nl",
    "refugee_council": "vluchtelingenwerk.nl",
}
