"""The sheets of datasets without a builder, as two public programs or more read them.

docs/recipes.md names the programs.
"""

import dataclasses
import re
from collections.abc import Callable

from data_builders.annotations.frame_numbers import frame_number


@dataclasses.dataclass(frozen=True)
class Sheet:
    """How a dataset's sheet is headed, and which folder a row means.

    Attributes:
      headers: the columns of `coding.Columns`.
      unread: other columns that the sheet has.
      clip: the folder's name that a row means, from its cells by field.
      subject: the subject's name from the cell of the subject.
      folder: subject and clip of a folder, from its parent's and its own name; None for others.
      sheet: the sheet's name where several hold such a table.
    """

    headers: dict[str, str]
    unread: tuple[str, ...]
    clip: Callable[[dict[str, str]], str]
    subject: Callable[[str], str]
    folder: Callable[[str, str], tuple[str, str] | None]
    sheet: str | None = None


def _numbered(text: str) -> str:
    """1, 01 and sub01 are sub01."""
    number = frame_number(re.sub(r"^sub(?=\d)", "", text.lower()))
    return text if number is None else f"sub{number:02d}"


def _casme_folder(above: str, name: str) -> tuple[str, str] | None:
    """sub01/EP01_12."""
    return (_numbered(above), name) if re.fullmatch(r"sub\d+", above.lower()) else None


def _casme3_subject(text: str) -> str:
    """SpNo.7 and spNO.7 are spNO.7."""
    match = re.fullmatch(r"spno\.?\s*0*(\d+)", text.lower())
    return f"spNO.{match[1]}" if match else text


def _casme3_folder(above: str, name: str) -> tuple[str, str] | None:
    """spNO.1_a_355: the subject, the film and the first frame."""
    match = re.fullmatch(r"(spno\.?\d+)_([a-z]+_\d+)", name.lower())
    return (_casme3_subject(match[1]), match[2]) if match else None


def _mmew_folder(above: str, name: str) -> tuple[str, str] | None:
    """S03-01-002: the subject, the emotion and the sample."""
    match = re.fullmatch(r"(s\d+)-\d+-\d+", name.lower())
    return (match[1].upper(), name) if match else None


SHEETS = {
    "casme": Sheet(
        headers={
            "subject": "Subject",
            "clip": "Filename",
            "onset": "OnsetF",
            "apex": "ApexF1",
            "offset": "OffsetF",
            "action_units": "AU",
            "emotion": "Emotion",
        },
        unread=("ApexF2", "Onset", "Total"),
        clip=lambda cells: cells["clip"],
        subject=_numbered,
        folder=_casme_folder,
    ),
    "casme3": Sheet(
        headers={
            "subject": "Subject",
            "clip": "Filename",
            "onset": "Onset",
            "apex": "Apex",
            "offset": "Offset",
            "action_units": "AU",
            "emotion": "emotion",
        },
        unread=("Objective class",),
        # A film holds several: the first frame tells them apart, as in the folders' names.
        clip=lambda cells: f"{cells['clip']}_{frame_number(cells['onset'])}",
        subject=_casme3_subject,
        folder=_casme3_folder,
        sheet="label",
    ),
    "mmew": Sheet(
        headers={
            "subject": "Filename",  # S03-01-002: whose it is stands before the dash
            "clip": "Filename",
            "onset": "OnsetFrame",
            "apex": "ApexFrame",
            "offset": "OffsetFrame",
            "action_units": "Action Units",
            "emotion": "Estimated Emotion",
        },
        unread=("Subject", "remarks"),
        clip=lambda cells: cells["clip"],
        subject=lambda text: text.partition("-")[0].upper(),
        folder=_mmew_folder,
    ),
}
