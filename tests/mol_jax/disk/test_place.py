"""Any folder that can hold a run may be named; what cannot is refused in one sentence."""

from pathlib import Path

import pytest

from mol_jax.disk import place
from mol_jax.errors import UserError


@pytest.mark.parametrize(
    "text", ["[mer] study/run", "a*b?", "{x}", 'it\'s "q"', "-dash", "ü/被试", "x/", "a,b@4", "."]
)
def test_a_folder_may_have_any_printable_name(text):
    assert place.checked(text) == Path(text)


def test_home_is_found():
    assert place.checked("~/runs") == Path.home() / "runs"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("two\nlines", r"'two\\nlines', with a line break"),
        ("a\tb", "a sign that cannot be printed"),
        ("a\u2028b", "line break"),
        ("a\x1b[31mb", "a sign"),
        ("a\udcffb", r"'a\\udcffb', which is not UTF-8"),
        ("gs://bucket/run", "a folder of this machine"),
        ("~no-such-user-here/x", "there is no home folder"),
        ("x" * 256, "a name of 256 bytes"),
        ("被" * 86, "a name of 258 bytes"),
        ("/".join(["x" * 200] * 20), "bytes long, and at most 3584"),
    ],
)
def test_what_cannot_hold_a_run_is_refused_in_one_line(text, words):
    with pytest.raises(UserError, match=words) as error:
        place.checked(text)
    assert "\n" not in str(error.value) and str(error.value).isprintable()
