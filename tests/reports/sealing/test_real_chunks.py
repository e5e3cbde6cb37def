"""The sealed format at its real chunk size, around the edges of a chunk."""

from __future__ import annotations

import pytest

from reports.sealing import core

KEY, CONTEXT = bytes(32), b"file"


@pytest.mark.parametrize("size", [0, 1, core.CHUNK - 1, core.CHUNK, core.CHUNK + 1, 2 * core.CHUNK])
def test_a_body_of_this_size_opens_and_costs_16_bytes_a_chunk(size: int) -> None:
    data = bytes(size)

    blob = core.seal(KEY, CONTEXT, data)

    chunks = max(1, -(-size // core.CHUNK))
    assert len(blob) == core.HEAD + size + core.TAG * chunks
    assert core.open_sealed(KEY, CONTEXT, blob) == data


@pytest.mark.parametrize("size", [core.CHUNK, core.CHUNK + 1, 2 * core.CHUNK])
def test_an_end_cut_off_at_the_edge_of_a_chunk_is_noticed(size: int) -> None:
    blob = core.seal(KEY, CONTEXT, bytes(size))
    edge = core.HEAD + (len(blob) - core.HEAD - 1) // (core.CHUNK + core.TAG) * (core.CHUNK + core.TAG)

    with pytest.raises(core.Broken):
        core.open_sealed(KEY, CONTEXT, blob[:edge])


def test_the_sealer_holds_back_one_chunk_at_most() -> None:
    sealer = core.Sealer(KEY, CONTEXT)
    written = held = 0

    for _ in range(100):
        written += len(sealer.feed(bytes(10_000)))
        held = max(held, len(sealer._held))

    assert held <= core.CHUNK
    assert written >= 1_000_000 - core.CHUNK
