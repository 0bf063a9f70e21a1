"""A network of a user's own, in a file outside the package: the one that docs/extend.md prints."""

import re
import tempfile
from pathlib import Path

_FOLDER = tempfile.TemporaryDirectory(prefix="own_network")  # as long as the tests run


def printed() -> str:
    """Returns the first listing of the page, which is the whole file."""
    page = (Path(__file__).parents[3] / "docs" / "extend.md").read_text()
    return re.search(r"```python\n(.*?)```", page, re.DOTALL)[1]


FILE = Path(_FOLDER.name, "mine.py")
FILE.write_text(printed())
NAME = f"{FILE}:KIND"
