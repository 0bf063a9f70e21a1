"""A command writes to a terminal of any encoding."""

import io
import sys

import pytest

from mol_jax.terminal.encoding import take_any_sign

TEXT = "79.17 ± 1.20 – é 被 ┏ \udcff"


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("ascii", r"79.17 +- 1.20 - \xe9 \u88ab \u250f \udcff"),
        ("cp1252", r"79.17 ± 1.20 – é \u88ab \u250f \udcff"),
        ("utf-8", r"79.17 ± 1.20 – é 被 ┏ \udcff"),
    ],
)
def test_a_sign_that_an_encoding_lacks_is_written_in_ascii(monkeypatch, encoding, shown):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
    take_any_sign()
    print(TEXT, flush=True)
    assert raw.getvalue().decode(encoding).strip() == shown


def test_a_stream_without_an_encoding_is_left_alone(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    take_any_sign()
    print(TEXT)
    assert sys.stdout.getvalue().strip() == TEXT
