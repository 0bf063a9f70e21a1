"""What is built already under the dataset's name, and whether a build may stand beside it."""

from pathlib import Path
from typing import TYPE_CHECKING

from data_builders.common import builder, origin
from data_builders.common.annotation import AnnotatedSource
from data_builders.common.load import built_path
from data_builders.diagnosis.findings import Findings
from mol_jax.errors import UserError

if TYPE_CHECKING:
    from data_builders.doctor import Checkup


def report(checkup: "Checkup", annotated: AnnotatedSource, findings: Findings) -> bool:
    """The section on what is there; nothing is said where there is nothing.

    Returns:
      Whether a build has to be told to build over what is there.
    """
    name, data_dir, config = checkup.name, checkup.data_dir, checkup.settings.config_name
    configs = origin.built_configs(data_dir, name)
    if not configs:
        return False
    findings.section("Built before")
    model = None if checkup.make_detector else origin.predictor_of(checkup.predictor)
    try:
        marker = builder.read_marker(checkup.source)
        asked = origin.Origin.of_source(
            annotated, checkup.source, generator=marker, predictor=model
        )
        origin.refuse_mixed(data_dir, name, config, asked)
    except UserError as error:
        findings.bad(str(error))
        return False
    return _report_same(built_path(name, data_dir, config), asked, findings)


def _report_same(path: Path | None, asked: origin.Origin, findings: Findings) -> bool:
    """What is there with the very settings that are asked about; whether to build over it."""
    if path is None:
        findings.ok("others of the same clips and landmark model: this one may stand beside them")
        return False
    try:
        done = origin.of_built(path)
    except (OSError, ValueError, KeyError, TypeError):
        findings.odd(f"{path} is damaged: --overwrite builds it again")
        return True
    if done == asked:
        findings.note(f"{path} is there: the build does nothing, --overwrite builds it again")
        return False
    findings.odd(f"{path} {done.unlike(asked)}: --overwrite builds it again")
    return True
