"""What a compiled program calls, counted in its text.

XLA rewrites a convolution into a call of cuDNN, of the kind that it sees in it. The gradient of a
kernel that it does not know for one becomes a forward convolution whose filter is a whole map, for
which cuDNN has no fast algorithm. All gradients of grouped convolutions are of that sort.
"""

import re
from collections import Counter
from collections.abc import Iterator

CUDNN = {
    "__cudnn$convForward": "forward",
    "__cudnn$convForwardGraph": "forward",
    "__cudnn$convBiasActivationForward": "forward_fused",  # with its bias and activation
    "__cudnn$convBackwardInput": "backward_input",
    "__cudnn$convBackwardFilter": "backward_filter",
}
COLLECTIVES = (
    "all-reduce",
    "all-gather",
    "all-to-all",
    "collective-broadcast",
    "collective-permute",
    "reduce-scatter",
)
KINDS = (
    *dict.fromkeys(CUDNN.values()),
    "map_as_filter",
    "left",
    "grouped",
    "products",
    "collectives",
)
LARGEST = 6  # px, of the kernels of all networks: a larger filter is a map
_OPCODE = re.compile(r" = .*? ?([a-z][a-z0-9-]*)\(")
_TARGET = re.compile(r'custom_call_target="([^"]+)"')
_WINDOW = re.compile(r"window={size=([\dx]+)")
_GROUPS = re.compile(r"(?:feature|batch)_group_count=(\d+)")


def count(text: str) -> dict[str, int]:
    """Returns how many instructions of a compiled program, as text, are of each of KINDS.

    map_as_filter: convolutions with a filter larger than LARGEST. left: those that are not cuDNN's.
    grouped: those of more than one group. products: of matrices, by cuBLAS, by Triton or by XLA
    itself. collectives: of the start and the end of one its start.
    """
    kinds = Counter(kind for line in text.splitlines() for kind in _kinds(line))
    return {kind: kinds[kind] for kind in KINDS}


def _kinds(line: str) -> Iterator[str]:
    """Yields the kinds of one instruction."""
    opcode = _opcode(line)
    target = _TARGET.search(line)
    called = CUDNN.get(target[1], "") if target else ""
    if called:
        yield called
    if opcode == "convolution":
        yield "left"
    if called or opcode == "convolution":
        yield from _sorts(line)
    if opcode == "dot" or (target and target[1].startswith("__cublas")):
        yield "products"
    if opcode.removesuffix("-start") in COLLECTIVES:
        yield "collectives"


def _sorts(line: str) -> Iterator[str]:
    """Yields what is slow about a convolution."""
    if any(int(groups) > 1 for groups in _GROUPS.findall(line)):
        yield "grouped"
    window = _WINDOW.search(line)
    if window and max(map(int, window[1].split("x"))) > LARGEST:
        yield "map_as_filter"


def _opcode(line: str) -> str:
    found = _OPCODE.search(line)
    return found[1] if found else ""
