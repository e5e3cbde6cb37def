"""Codes and recovery sheets that people hold stay valid, whatever computes their check digits.

The answers here were printed before python-stdnum computed them (ISO 7064 mod 97-10).
"""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reports.sealing import core, receipt_code, recovery_sheet

SECRET = bytes(range(32))
CODES = {  # the form's key: its code
    bytes(32): "327532392541390791572268320525",
    b"\xff" * 32: "210355740418058575933241325666",
    (3).to_bytes(32, "big"): "850287948825410556411975352203",
    (57).to_bytes(32, "big"): "102569023353090356058805127598",  # the highest check digits
    (58).to_bytes(32, "big"): "108914646185442890432077957302",  # the lowest
    (201).to_bytes(32, "big"): "000348768889133243494138176049",
}
SHEET = """\
1   00000 66051   66
2   00674 38087   92
3   01348 10123   21
4   02021 82159   47
5   02695 54195   73
6   03369 26231   02
7   04042 98267   28
8   04716 70303   54"""


@pytest.mark.parametrize("form_key", CODES)
def test_a_form_gives_the_code_that_it_always_gave(form_key: bytes) -> None:
    assert receipt_code.from_form_key(form_key, SECRET) == CODES[form_key]
    assert receipt_code.parse(CODES[form_key]) == CODES[form_key]


def test_a_recovery_sheet_in_a_safe_is_still_read() -> None:
    pair = core.KeyPair(bytes(range(32)))

    assert recovery_sheet.write(pair) == SHEET
    assert recovery_sheet.parse(SHEET).seed == pair.seed


@given(st.text(st.characters(categories=["Nd", "No", "Nl", "Lu", "Pd", "Cs"]), max_size=40))
@example("1" * 5_000)  # Python refuses to read so long a number
@example("z" * 30)  # ISO 7064 knows letters, we do not
@example("²" * 30)
@example("\ud800" * 30)
def test_whatever_is_typed_is_refused_without_another_error(typed: str) -> None:
    assert receipt_code.parse(typed) in {None, *CODES.values()}
    with pytest.raises(recovery_sheet.Mistyped):
        recovery_sheet.read_line(1, typed + "x")


@pytest.mark.parametrize("check", ["00", "01", "99"])
def test_check_digits_that_only_add_up_are_refused_on_a_sheet(check: str) -> None:
    """97, 98 and 2 have a second way to be written; a sheet has one."""
    for value in range(300):
        line = f"{value:010d}"
        with pytest.raises(recovery_sheet.Mistyped):
            recovery_sheet.read_line(1, line + check)
