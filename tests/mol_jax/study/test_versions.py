"""What a run was made with is told apart where it differs."""

from mol_jax.study import versions


def test_another_line_or_name_of_a_source_is_another_code(tmp_path):
    def code(name, text):
        folder = tmp_path / f"{name}{text}"
        for room in versions.ROOMS:
            (folder / room / "inner").mkdir(parents=True)
        (folder / versions.ROOMS[0] / "inner" / f"{name}.py").write_text(text)
        return versions.code(folder)

    found = [code("a", "x = 1"), code("a", "x = 2"), code("b", "x = 1")]
    assert len(set(found)) == 3
    assert versions.code() not in found and versions.code() == versions.code()
