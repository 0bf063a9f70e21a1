"""FLV: tags of a kind, a length and a time, each followed by how long it was."""

from data_builders.video.containers.layout import Bytes, Layout

KINDS = (8, 9, 18)  # sound, pictures, text
BEFORE_DATA = 11  # bytes


def read(data: Bytes) -> Layout:
    """Whether each tag is followed by its own length."""
    at = data.number(5, 4) + 4  # the header says how long it is itself
    while at + BEFORE_DATA <= data.size:
        kind, length = data.number(at, 1) & 0x1F, BEFORE_DATA + data.number(at + 1, 3)
        end = at + length + 4
        if kind not in KINDS:
            return Layout(broken=at)
        if end > data.size:
            return Layout(cut=True)
        if data.number(end - 4, 4) != length:
            return Layout(broken=at)
        at = end
    return Layout()
