"""Files, folders, archives and tables of paths become files, or refused ones with a reason."""

import io
import struct
import zipfile

import pytest

from tcexplore.batch import archives
from tcexplore.batch.path_tables import table_lines
from tcexplore.batch.sources import path_sources, upload_sources
from tcexplore.crystal.structure import StructureError

MISSING = "was not given; give it beside the table"


def zipped(members, method=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def contents(sources):
    """Return the content of each file by its name, or the reason why it is refused."""
    found = []
    for source in sources:
        try:
            found.append((source.name, source.read()))
        except StructureError as error:
            found.append((source.name, str(error)))
    return found


def test_an_archive_gives_its_files_nested_ones_too_and_no_junk():
    junk = {"__MACOSX/a/._x.cif": b"1", "a/.DS_Store": b"1", "Thumbs.db": b"1", ".git/x": b"1"}
    archive = zipped({"a/b/x.cif": b"X", "y.cif": b"Y", "empty/": b"", **junk})
    found = contents(upload_sources([("all.zip", archive), ("z.cif", b"Z")]))
    assert found == [("all.zip/a/b/x.cif", b"X"), ("all.zip/y.cif", b"Y"), ("z.cif", b"Z")]


def test_a_folder_gives_the_files_below_it_and_those_of_its_archives(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "deep").mkdir(parents=True)
    (tmp_path / "in" / "deep" / "x.cif").write_bytes(b"X")
    (tmp_path / "in" / ".hidden").write_bytes(b"H")
    (tmp_path / "in" / "a.zip").write_bytes(zipped({"y.cif": b"Y"}))
    (tmp_path / "none").mkdir()
    assert contents(path_sources(["in", "none"])) == [
        ("in/a.zip/y.cif", b"Y"),
        ("in/deep/x.cif", b"X"),
        ("none", "is a folder without files; put structure files in it"),
    ]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("inner.zip", "is an archive inside an archive"),
        ("a.tar.gz", "is an archive of a kind that is not read; give a zip archive"),
        ("table.XLSX", "is a spreadsheet of a kind that is not read; save it as CSV"),
        ("big.cif", "is larger than 5 MB"),
        ("empty.cif", "is empty"),
    ],
)
def test_a_member_that_cannot_be_used_says_why_and_keeps_back_no_other(name, reason):
    content = {"big.cif": b"0" * 5_000_001, "empty.cif": b" "}.get(name, b"PK")
    [(_, message), other] = contents(
        upload_sources([("a.zip", zipped({name: content, "x.cif": b"X"}))])
    )
    assert message.startswith(reason)
    assert other == ("a.zip/x.cif", b"X")


def test_an_archive_that_is_none_or_holds_nothing_is_one_refused_file(tmp_path):
    (tmp_path / "bad.zip").write_bytes(b"PK\x03\x04 cut")
    [(_, bad)] = contents(path_sources([tmp_path / "bad.zip"]))
    assert bad.startswith("is a damaged zip archive")
    [(_, none)] = contents(upload_sources([("none.zip", zipped({".x": b"1"}))]))
    assert none == "is an archive without files; put structure files in it"


def test_a_member_of_a_million_zeros_is_never_read_whole(monkeypatch):
    monkeypatch.setattr(archives, "MAX_BYTES", 1000)
    sizes = []
    monkeypatch.setattr(archives, "read_content", lambda content: sizes.append(len(content)))
    contents(upload_sources([("bomb.zip", zipped({"x.cif": b"0" * 1_000_000}))]))
    assert sizes == [1001]


def test_damaged_encrypted_and_oddly_zipped_members_are_refused():
    content = bytearray(zipped({"x.cif": b"X" * 100}, zipfile.ZIP_STORED))
    content[content.index(b"XXX")] = 0
    [(_, damaged)] = contents(upload_sources([("a.zip", bytes(content))]))
    assert "Bad CRC-32" in damaged
    locked = bytearray(zipped({"x.cif": b"X"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        struct.pack_into("<H", locked, locked.index(mark) + place, 1)
    [(_, encrypted)] = contents(upload_sources([("a.zip", bytes(locked))]))
    assert encrypted == "is encrypted in its archive; zip it without a password"
    [(_, odd)] = contents(upload_sources([("a.zip", zipped({"x": b"X"}, zipfile.ZIP_LZMA))]))
    assert odd == "is zipped by a method that is not read; zip it by the usual one"


# --- tables of paths ----------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_lists_paths_and_their_pressures(mark):
    text = "\ufeffName,FILE,Pressure (GPa)\r\nfirst,a.cif,150\r\nsecond,b.cif,\r\n,,\r\n"
    lines = table_lines(text.replace(",", mark).encode())
    assert [(line.path, line.pressure, line.note) for line in lines] == [
        ("a.cif", 150.0, ""),
        ("b.cif", None, ""),
    ]


@pytest.mark.parametrize("text", ["-1", "1001", "high", "nan", "1e9", "12 GPa"])
def test_a_pressure_that_is_none_counts_as_unknown_and_says_so(text):
    [line] = table_lines(f"path,pressure\na.cif,{text}\n".encode())
    assert line.pressure is None
    assert line.note.startswith(f"Line 2 of the table states a pressure of '{text}'; expected 0 to")


def test_an_estimate_in_a_table_of_results_is_not_taken_for_stated():
    table = b"file,pressure_gpa,pressure_source\na,1,estimated\nb,2,stated\nc,,unknown\n"
    assert [line.pressure for line in table_lines(table)] == [None, 2.0, None]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name,tc\nx,1\n", "is a table without a column 'file' or 'path', but 'name,tc'"),
        (b"file,tc\n", "is a table without lines"),
        (b"file\n" + b"x" * 200_000, "cannot be read as a table in line"),
        (b"file\n\0\n", "is binary, no text"),
    ],
)
def test_a_table_that_lists_nothing_is_refused(content, reason):
    [(name, message)] = contents(upload_sources([("t.csv", content)]))
    assert name == "t.csv"
    assert message.startswith(reason)


def test_on_disk_a_table_leads_to_files_from_its_own_folder(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.cif").write_bytes(b"X")
    (tmp_path / "in" / "t.csv").write_text("file,pressure\nx.cif,5\nnone.cif,6\n")
    monkeypatch.chdir(tmp_path)
    sources = list(path_sources(["in/t.csv", "in/x.cif", "in/t.csv"]))
    assert [(s.name, s.pressure) for s in sources] == 2 * [("in/x.cif", 5.0), ("in/none.cif", 6.0)]
    assert contents(sources)[:2] == [
        ("in/x.cif", b"X"),
        ("in/none.cif", "does not exist; check the path"),
    ]


def test_uploads_are_found_by_their_names_or_the_ends_of_paths_and_count_once():
    archive = zipped({"run/a.cif": b"A", "other/b.cif": b"B", "more/b.cif": b"C"})
    table = (
        b"path,pressure\n/data/run/a.cif,1\nother\\b.cif,2\nb.cif,3\nx.cif,4\n./far/away/x.cif,5\n"
        b"gone.cif,6\n"
    )
    sources = list(upload_sources([("t.csv", table), ("x.cif", b"X"), ("all.zip", archive)]))
    assert [source.pressure for source in sources] == [1, 2, 3, 4, 5, 6, None]
    assert contents(sources) == [
        ("all.zip/run/a.cif", b"A"),
        ("all.zip/other/b.cif", b"B"),
        ("b.cif", "is the name of 2 files given; give each another name"),
        ("x.cif", b"X"),
        ("x.cif", b"X"),
        ("gone.cif", f"is listed by t.csv but {MISSING}"),
        ("all.zip/more/b.cif", b"C"),
    ]


def test_a_table_inside_an_archive_names_its_members(tmp_path):
    archive = zipped({"t.csv": b"file,pressure\na.cif,9\n", "in/a.cif": b"A"})
    (tmp_path / "a.zip").write_bytes(archive)
    for sources in (upload_sources([("a.zip", archive)]), path_sources([tmp_path / "a.zip"])):
        [source] = sources
        assert source.name.endswith("a.zip/in/a.cif")
        assert (source.pressure, source.read()) == (9.0, b"A")


def test_a_file_of_the_very_name_counts_before_those_that_end_alike():
    archive = zipped({"in/x.cif": b"A", "more/in/x.cif": b"B"})
    sources = upload_sources([("t.csv", b"path\nin/x.cif\n"), ("a.zip", archive)])
    assert contents(sources) == [("a.zip/in/x.cif", b"A"), ("a.zip/more/in/x.cif", b"B")]
