"""Transport streams: packets of one size; those of one stream are counted modulo 16."""

import numpy as np

from data_builders.containers.layout import Bytes, Layout

SYNC = 0x47  # begins each packet of a transport stream
STRIDES = ((188, 0), (192, 4), (204, 0))  # bytes of a packet, and of them those before its sync
BLOCK = 50_000  # packets read together


def read(data: Bytes) -> Layout:
    """Whether each packet begins where it is to, and none is lost."""
    head = np.frombuffer(data(0, 1000), np.uint8)
    fits = [(size, skip) for size, skip in STRIDES if (head[skip::size] == SYNC).all()]
    if not fits:
        return Layout(broken=0)
    (size, skip), last = fits[0], np.full(1 << 13, -1)
    for begin in range(0, data.size // size, BLOCK):
        rows = np.frombuffer(data(begin * size, BLOCK * size), np.uint8)
        rows = rows[: len(rows) // size * size].reshape(-1, size)[:, skip:]
        wrong = _first_wrong(rows, last)
        if wrong is not None:
            return Layout(broken=(begin + wrong) * size)
    return Layout(cut=data.size % size != 0)


def _first_wrong(rows: np.ndarray, last: np.ndarray) -> int | None:
    """The first packet that does not continue its stream.

    Args:
      rows: uint8 [n, size], from the sync byte on.
      last: int [8192], the count of the last packet of each stream, -1 where there was none; those
        of the rows are put in.
    """
    bad = np.flatnonzero(rows[:, 0] != SYNC)
    first = int(bad[0]) if len(bad) else len(rows)
    streams = (rows[:, 1].astype(int) & 0x1F) << 8 | rows[:, 2]
    payload = (rows[:, 3] & 0x10).astype(bool) & (streams != 0x1FFF)
    # Where an adaptation field says that the count starts anew.
    anew = (rows[:, 3] & 0x20).astype(bool) & (rows[:, 4] > 0) & (rows[:, 5] & 0x80).astype(bool)
    for stream in np.unique(streams[payload]):
        places = np.flatnonzero(payload & (streams == stream))
        counts = rows[places, 3].astype(int) & 0xF
        before = np.concatenate([[last[stream]], counts[:-1]])
        steps = (counts - before) % 16
        gaps = places[(steps > 1) & (before >= 0) & ~anew[places]]  # 0: sent twice
        first = min(first, int(gaps[0]) if len(gaps) else first)
        last[stream] = counts[-1]
    return first if first < len(rows) else None
