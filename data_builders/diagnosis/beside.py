"""Whether a build may stand beside the others of its name: all are to be made of the same."""

from data_builders.annotations.annotation import AnnotatedSource
from data_builders.diagnosis.checkup import Checkup
from data_builders.diagnosis.findings import Findings
from data_builders.records import origin
from data_builders.records.load import built_path
from data_builders.records.origin import Origin
from mol_jax.errors import UserError


def report(checkup: Checkup, annotated: AnnotatedSource, findings: Findings) -> None:
    """The section on other builds of the name; nothing is said where there are none."""
    name, data_dir, config = checkup.name, checkup.data_dir, checkup.settings.config_name
    configs = origin.built_configs(data_dir, name)
    if not configs:
        return
    findings.section("Built before")
    try:
        model = None if checkup.make_detector else origin.predictor_of(checkup.predictor)
        asked = Origin.of_source(annotated, checkup.source, predictor=model)
        origin.refuse_another(built_path(name, data_dir, config), asked)
        origin.refuse_mixed(data_dir, name, config, asked)
    except UserError as error:
        findings.bad(str(error))
    else:
        findings.ok(f"{', '.join(configs)}: of the same clips and landmark model")
