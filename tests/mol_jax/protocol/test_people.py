"""One human has one key, and people of different studies never share one."""

import pytest

from data_builders.smic.annotation import annotation_of
from data_builders.smic.layout import ClipName
from mol_jax.protocol.people import person_of, study, subject_name


@pytest.mark.parametrize(
    ("dataset", "subject", "person"),
    [
        ("smic", "s3", ("smic", "s3")),
        ("smic", "s03", ("smic", "s3")),
        ("smic_vis", "s11", ("smic", "s11")),
        ("SMIC-HS", "11", ("smic", "s11")),
        ("smic_hs_e", "S20", ("smic", "s20")),
        ("samm", "006", ("samm", "006")),
        ("samm", "6", ("samm", "006")),
        ("samm_lv", "006", ("samm", "006")),
        ("casme2", "sub01", ("casme2", "sub01")),
        ("CASME II", "1", ("casme2", "sub01")),
        ("mine", "s03", ("mine", "s03")),
        ("", "s03", ("", "s03")),
        ("samm", "s1", ("samm", "s1")),
    ],
)
def test_a_person_is_found_behind_every_spelling(dataset, subject, person):
    assert person_of(dataset, subject) == person


def test_people_of_other_studies_are_other_people():
    names = [("casme2", "1"), ("samm", "1"), ("smic", "1"), ("mine", "1"), ("cas(me)2", "1")]
    assert len({person_of(*name) for name in names}) == len(names)
    assert study("casme") == "casme"
    assert study("cas_me_2") != "casme2"


def test_what_the_table_calls_a_person_decides():
    assert person_of("a", "1", named="Ann") == person_of("b", "7", named="Ann")
    assert person_of("a", "Ann") != person_of("a", "1", named="Ann")


@pytest.mark.parametrize("dataset", ["smic", "smic_vis", "smic_nir", "smic_hs_e"])
def test_the_key_is_as_good_as_the_builders(dataset, tmp_path):
    def built(number):
        name = ClipName(number, "ne", 1)
        return annotation_of(name, dataset, tmp_path, span=(1, 2))

    clips = [built(number) for number in (1, 3, 11, 20)]
    ours = [person_of(dataset, clip.subject) for clip in clips]
    assert ["/".join(who).replace("/s", "/") for who in ours] == [clip.person for clip in clips]
    assert [subject_name(dataset, clip.subject) for clip in clips] == [c.subject for c in clips]
