"""The sealed format: whatever is done to a blob, it opens as it was or is refused as Broken. Nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.sealing import core

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
CONTEXT, OTHER_CONTEXT = b"item" + bytes(16), b"item" + bytes(15) + b"\1"
SMALL = 16  # bytes a chunk here, so that every example has several
SEALED_CHUNK = SMALL + core.TAG

several_chunks = st.binary(min_size=0, max_size=5 * SMALL)


@pytest.fixture(scope="module", autouse=True)
def _small_chunks() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(core, "CHUNK", SMALL)
        yield


def seal(data: bytes) -> bytes:
    return core.seal(KEY, CONTEXT, data)


def opened(blob: bytes) -> bytes:
    return core.open_sealed(KEY, CONTEXT, blob)


def chunks_of(blob: bytes) -> list[bytes]:
    body = blob[core.HEAD :]
    return [body[at : at + SEALED_CHUNK] for at in range(0, len(body), SEALED_CHUNK)]


@given(several_chunks)
def test_what_was_sealed_opens_and_is_not_in_the_blob(data: bytes) -> None:
    blob = seal(data)

    assert opened(blob) == data
    assert len(data) < 4 or data not in blob


@given(several_chunks, st.lists(st.integers(0, 8 * SMALL)), st.lists(st.integers(0, 16 * SMALL)))
def test_it_does_not_matter_in_which_pieces_it_is_fed(
    data: bytes, cuts_in: list[int], cuts_out: list[int]
) -> None:
    sealer = core.Sealer(KEY, CONTEXT)
    body = b"".join(sealer.feed(piece) for piece in pieces(data, cuts_in)) + sealer.finish()
    opener = core.Opener(KEY, CONTEXT, sealer.head)
    back = b"".join(opener.feed(piece) for piece in pieces(body, cuts_out)) + opener.finish()

    assert back == data
    assert opened(sealer.head + body) == data


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[start:end] for start, end in zip(places, places[1:], strict=False)]


@given(several_chunks, st.data())
def test_any_flipped_bit_is_refused(data: bytes, draw: st.DataObject) -> None:
    blob = bytearray(seal(data))
    blob[draw.draw(st.integers(0, len(blob) - 1))] ^= 1 << draw.draw(st.integers(0, 7))

    with pytest.raises(core.Broken):
        opened(bytes(blob))


@given(several_chunks, st.data())
def test_a_blob_cut_short_anywhere_is_refused(data: bytes, draw: st.DataObject) -> None:
    blob = seal(data)

    with pytest.raises(core.Broken):
        opened(blob[: draw.draw(st.integers(0, len(blob) - 1))])


@given(several_chunks, st.binary(min_size=1, max_size=3 * SEALED_CHUNK))
def test_anything_added_at_the_end_is_refused(data: bytes, more: bytes) -> None:
    with pytest.raises(core.Broken):
        opened(seal(data) + more)


@given(st.binary(min_size=SMALL + 1, max_size=5 * SMALL), st.data())
def test_chunks_in_another_order_are_refused(data: bytes, draw: st.DataObject) -> None:
    blob = seal(data)
    order = chunks_of(blob)
    shuffled = draw.draw(st.permutations(order).filter(lambda new: new != order))

    with pytest.raises(core.Broken):
        opened(blob[: core.HEAD] + b"".join(shuffled))


@given(st.binary(min_size=SMALL + 1, max_size=5 * SMALL), st.data())
def test_a_chunk_left_out_or_told_twice_is_refused(data: bytes, draw: st.DataObject) -> None:
    blob = seal(data)
    chunks = chunks_of(blob)
    at = draw.draw(st.integers(0, len(chunks) - 1))
    again = draw.draw(st.booleans())

    altered = [*chunks[:at], *([chunks[at]] * 2 if again else []), *chunks[at + 1 :]]

    with pytest.raises(core.Broken):
        opened(blob[: core.HEAD] + b"".join(altered))


@given(st.binary(min_size=3 * SMALL, max_size=3 * SMALL), st.binary(min_size=3 * SMALL, max_size=3 * SMALL))
def test_chunks_of_another_blob_under_the_same_key_are_refused(one: bytes, two: bytes) -> None:
    first, second = seal(one), seal(two)

    for at in range(3):
        mixed = chunks_of(first)
        mixed[at] = chunks_of(second)[at]
        with pytest.raises(core.Broken):
            opened(first[: core.HEAD] + b"".join(mixed))


@given(several_chunks)
def test_another_key_or_another_row_is_refused(data: bytes) -> None:
    blob = seal(data)

    for key, context in [(OTHER_KEY, CONTEXT), (KEY, OTHER_CONTEXT), (KEY, b""), (KEY, CONTEXT + b"\0")]:
        with pytest.raises(core.Broken):
            core.open_sealed(key, context, blob)


@given(st.binary(max_size=core.HEAD + 3 * SEALED_CHUNK))
def test_arbitrary_bytes_are_refused(junk: bytes) -> None:
    for padded in (False, True):
        with pytest.raises(core.Broken):
            core.open_sealed(KEY, CONTEXT, junk, padded=padded)


@given(several_chunks)
def test_another_suite_is_refused(data: bytes) -> None:
    with pytest.raises(core.Broken):
        opened(b"\2" + seal(data)[1:])


@given(several_chunks)
def test_a_blob_belongs_to_one_key_even_for_who_knows_two(data: bytes) -> None:
    """Key-committing: AES-GCM alone lets one ciphertext open under two keys; the head does not."""
    blob = seal(data)
    salt = blob[1:33]
    commitment = core._Stream(OTHER_KEY, salt, CONTEXT, SMALL)._commitment

    assert commitment != blob[33 : core.HEAD]
    with pytest.raises(core.Broken):  # the other key's commitment put in: refused by the first key
        opened(blob[:33] + commitment + blob[core.HEAD :])
    with pytest.raises(core.Broken, match="key"):  # refused before a single chunk is decrypted
        core.Opener(OTHER_KEY, CONTEXT, blob[: core.HEAD])


@given(several_chunks, several_chunks)
def test_sealed_twice_it_never_looks_the_same(one: bytes, two: bytes) -> None:
    assert seal(one)[1:33] != seal(two)[1:33]
    assert seal(one) != seal(one)


@given(st.binary(max_size=100) | st.binary(max_size=40).map(lambda start: start + b"\x80\0\0"))
def test_padding_hides_the_length_and_comes_off_again(data: bytes) -> None:
    blob = core.seal(KEY, CONTEXT, data, step=64)

    padded = opened(blob)
    assert len(padded) % 64 == 0
    assert 0 < len(padded) - len(data) <= 64
    assert core.open_sealed(KEY, CONTEXT, blob, padded=True) == data


def test_a_text_without_padding_is_refused_where_padding_belongs() -> None:
    with pytest.raises(core.Broken):
        core.open_sealed(KEY, CONTEXT, seal(b"no mark in here"), padded=True)
