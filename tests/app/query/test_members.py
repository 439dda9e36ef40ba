"""Lists of ids: reading them, who of them is known, writing them so that they can be read again."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.query import members
from app.query.members import Listed, check_groups, listed, read_list, write_list

IDS = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(str.strip))


def test_one_id_a_line_and_only_the_first_column() -> None:
    text = 'ada,x,y\r\n\r\n  bob \nada\n"eve, the first",z\n'
    assert listed(text) == Listed(("ada", "bob", "eve, the first"))
    assert listed("") == Listed(())


@pytest.mark.parametrize(
    ("head", "line"),
    [
        ("user_id", "ada"),
        ("amplitude_id,user_id,device_ids", "1,ada,d-1"),
        ("Name,User ID", "x,ada"),
    ],
)
def test_a_first_line_that_names_the_column(head: str, line: str) -> None:
    found = listed(f"{head}\n{line}\n1\n")
    assert found.ids[0] == "ada"
    assert found.head.casefold().startswith("user")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_of_any_editor(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "ids.txt"
    path.write_bytes("ä-1\r\nb-2\r\n".encode(encoding))
    assert read_list(path).ids == ("ä-1", "b-2")


def test_files_that_are_no_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.csv"
    path.write_bytes(b"\x89PNG\xff\xd8")
    with pytest.raises(BadInput, match="is no text in UTF-8"):
        read_list(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_list(tmp_path / "none.csv")
    monkeypatch.setattr(members, "LONGEST_LIST", 3)
    with pytest.raises(BadInput, match="no longer than 100 MB"):
        read_list(path)
    with pytest.raises(BadInput, match="no longer than 100 MB"):
        listed("abcd")


@given(IDS)
def test_what_was_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, ids: list[str]
) -> None:
    wanted = tuple(dict.fromkeys(one for one in ids if one and not one.startswith("'")))
    # A list that begins with the name of a column is one with a header.
    wanted = tuple(one for one in wanted if one.casefold() not in sum(members.HEADS.values(), ()))
    path = tmp_path_factory.getbasetemp() / "written.csv"
    assert write_list(wanted, path) == len(wanted)
    assert read_list(path).ids == wanted


def test_groups_are_known_by_name() -> None:
    found = check_groups(("Acme", "acme", "Umbrella"), ["Acme", "Umbrella", "Other"])
    assert (found.count, found.known, found.unknown) == (2, 2, ("acme",))


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written"):
        write_list(("a",), tmp_path)
