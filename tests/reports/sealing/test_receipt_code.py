"""The receipt code: 30 digits that people write down, dictate and mistype."""

from __future__ import annotations

import unicodedata

from hypothesis import assume, example, given
from hypothesis import strategies as st

from reports.sealing import receipt_code
from tests.factories import form_key

SECRET, SALT = bytes(range(32)), bytes(range(32, 64))
codes = st.binary(min_size=32, max_size=32).map(lambda key: receipt_code.from_form_key(key, SECRET))
SCRIPTS = [chr(sign) for sign in range(0x110000) if unicodedata.digit(chr(sign), None) == 0]


@given(codes)
def test_a_code_is_30_digits_with_check_digits(code: str) -> None:
    assert len(code) == 30
    assert code.isdecimal()
    assert int(code) % 97 == 1


@given(codes)
def test_a_code_is_read_as_it_is_shown(code: str) -> None:
    shown = receipt_code.show(code)

    assert [len(group) for group in shown.split(" ")] == [5] * 6
    assert receipt_code.parse(shown) == receipt_code.parse(code) == code


@given(codes, st.integers(0, 29), st.integers(1, 9))
def test_any_single_wrong_digit_is_noticed(code: str, at: int, by: int) -> None:
    wrong = str((int(code[at]) + by) % 10)

    assert receipt_code.parse(code[:at] + wrong + code[at + 1 :]) is None


@given(codes, st.integers(0, 28))
def test_any_two_swapped_neighbours_are_noticed(code: str, at: int) -> None:
    assume(code[at] != code[at + 1])

    assert receipt_code.parse(code[:at] + code[at + 1] + code[at] + code[at + 2 :]) is None


@given(codes, st.integers(0, 30), st.sampled_from("0123456789"))
def test_a_missing_or_extra_digit_is_noticed(code: str, at: int, extra: str) -> None:
    assert receipt_code.parse(code[:at] + extra + code[at:]) is None
    assert receipt_code.parse(code[: max(at - 1, 0)] + code[max(at, 1) :]) is None


@given(codes, st.sampled_from(SCRIPTS))
def test_digits_of_every_script_are_read(code: str, zero: str) -> None:
    assume(all(unicodedata.digit(chr(ord(zero) + step), None) == step for step in range(10)))

    assert receipt_code.parse("".join(chr(ord(zero) + int(digit)) for digit in code)) == code


@given(
    codes, st.lists(st.sampled_from([" ", "-", "–", "—", ".", "\t", "\n", "\u00a0", "\u2009"]), min_size=31)
)
def test_blanks_and_dashes_do_not_matter(code: str, between: list[str]) -> None:
    typed = "".join(sign + digit for sign, digit in zip(between, code, strict=False)) + between[-1]

    assert receipt_code.parse(typed) == code


@given(st.text(max_size=60))
@example("")
@example("1" * 5000)
@example("½" * 30)
@example("a" * 30)
@example("-1" * 15)
def test_anything_else_is_no_code_and_no_error(typed: str) -> None:
    code = receipt_code.parse(typed)

    assert code is None or (len(code) == 30 and int(code) % 97 == 1)


def test_the_code_depends_on_the_form_and_on_the_secret() -> None:
    code = receipt_code.from_form_key(form_key(1), SECRET)

    assert code == receipt_code.from_form_key(form_key(1), SECRET)
    assert code != receipt_code.from_form_key(form_key(2), SECRET)
    assert code != receipt_code.from_form_key(form_key(1), SALT)


def test_what_a_code_opens_depends_on_the_salt_and_does_not_hold_the_code() -> None:
    code = receipt_code.from_form_key(form_key(1), SECRET)

    one, two = receipt_code.identity(code, SALT), receipt_code.identity(code, SECRET)

    assert one.lookup != two.lookup
    assert one.pair.kid != two.pair.kid
    assert code not in repr(one)
    assert one.lookup != one.pair.seed
