"""Are the data tables of rules/matrix whole, in order, and in agreement with each other?"""

import datetime
import os
import re

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

try:
    import tomllib
except ImportError:
    import tomli as tomllib

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rules", "matrix")

#: Every data table (a table without a title) -> the columns that tell its rows apart.
KEYS = {
    "conda-names": ("distribution", "conda"),
    "cuda-toolkits": ("cuda",),
    "cudnn": ("version", "cuda"),
    "driver-branches": ("branch",),
    "extensions": ("package", "version", "versions", "cuda"),
    "gpus": ("name",),
    "import-names": ("module",),
    "jax": ("jax", "variant"),
    "keras-pairs": ("package", "versions", "tensorflow"),
    "package-indexes": ("since",),
    "providers": ("module",),
    "pulled-in": ("package", "versions", "for_python", "wants"),
    "tensorflow-releases": ("tensorflow",),
    "torch-builds": ("torch", "tag"),
    "torch-releases": ("torch",),
    "wheels": ("package", "releases"),
}

#: What the cells of a column look like, whatever the table; several are separated by a space.
VERSIONS = (
    "cuda_min cuda_built cuda_wheels cuda_build_min nvcc_min cudnn_min cudnn_below numpy_min jax torch_in torch_wheels"
)
CAPABILITIES = "sm sm_linux sm_windows ptx ptx_linux ptx_windows sm_min sm_max cc cc_min cc_max cc_min_int8 also_cc"
PYTHONS = "python python_min python_linux python_windows python_mac python_mac_arm python_aarch64"
DRIVERS = "driver_linux driver_windows minor_linux minor_windows"
SHAPES = {
    r"\d+(\.\d+)*(\.post\d+)?": VERSIONS,
    r"\d{1,2}\.\d[af]?": CAPABILITIES,
    r"[23]\.\d{1,2}t?": PYTHONS,
    r"\d{3}(\.\d{2,3}(\.\d{2})?)?": DRIVERS,
    r"linux|windows": "os default tensorflow_gpu",
    r"yes|no": "gpu_linux gpu_windows",
    r"[12]": "numpy_abi_linux numpy_abi_windows",
    r"\d{4}-\d\d-\d\d": "date",
    r"\d+(\.\d)?": "memory",
    r"[a-z0-9]+([.-][a-z0-9]+)*": "distribution distributions also trap package",
    r"[a-z0-9.-]+\+[a-z0-9.-]+": "beside wheels_linux wheels_windows",
}
SPECIFIERS = "numpy scipy protobuf h5py keras keras-nightly gast wrapt typing-extensions ml-dtypes triton versions asks"

#: CUDA versions that builds were made with and that cuda-toolkits leaves out: its driver table begins with 9.0.
OLDER_THAN_THE_TABLE = {"8.0"}


def read(name):
    with open(os.path.join(FOLDER, name + ".toml"), "rb") as file:
        return tomllib.load(file)


def text(name):
    with open(os.path.join(FOLDER, name + ".toml"), encoding="utf-8") as file:
        return file.read()


TABLES = {name: read(name) for name in KEYS}
ROWS = {name: table["rows"] for name, table in TABLES.items()}


def the_row(table, **cells):
    """The one row of a table that has these cells."""
    found = [row for row in ROWS[table] if all(row.get(column) == cell for column, cell in cells.items())]
    assert len(found) == 1, (table, cells, len(found))
    return found[0]


def numbers(text):
    """450.80.02 -> (450, 80, 2), to compare versions of drivers, toolkits and capabilities."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


# ---------------------------------------------------------------- each table on its own


def test_every_data_table_is_listed_here():
    names = sorted(name[: -len(".toml")] for name in os.listdir(FOLDER) if name.endswith(".toml"))
    assert [name for name in names if "title" not in read(name)] == sorted(KEYS)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_table_says_what_it_answers_when_it_was_checked_and_from_what(name):
    table = TABLES[name]
    assert sorted(table) == ["checked", "rows", "source"]
    assert isinstance(table["checked"], datetime.date)
    assert table["source"] and all(isinstance(source, str) for source in table["source"])
    assert text(name).splitlines()[0].endswith("?")
    assert len(table["rows"]) >= (5 if name == "package-indexes" else 20)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_every_column_is_explained_and_in_use(name):
    explained = set()
    for line in text(name).splitlines():
        match = re.match(r"# ([a-z][a-z0-9_-]*(?:, [a-z][a-z0-9_-]*)*): ", line)
        if match:
            explained.update(match.group(1).split(", "))
    used = {column for row in ROWS[name] for column in row}
    assert used - {"source", "note"} == explained


@pytest.mark.parametrize("name", sorted(KEYS))
def test_no_two_rows_have_the_same_key(name):
    keys = [tuple(row.get(column, "").lower() for column in KEYS[name]) for row in ROWS[name]]
    if name == "import-names":  # case tells Cython from cython
        keys = [row["module"] for row in ROWS[name]]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("name", sorted(KEYS))
def test_a_row_is_one_line_of_texts(name):
    lines = [line for line in text(name).splitlines() if line.startswith("  {")]
    assert len(lines) == len(ROWS[name])
    for row in ROWS[name]:
        for column, cell in row.items():
            assert isinstance(cell, bool if column == "seen" else str), (name, row, column)
            assert cell or column.startswith("ptx"), (name, row, column)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_cells_have_the_shape_of_their_column(name):
    shapes = {column: shape for shape, columns in SHAPES.items() for column in columns.split()}
    for row in ROWS[name]:
        for column, cell in row.items():
            if column in shapes:
                for part in cell.split():
                    assert re.match("(?:" + shapes[column] + ")$", part), (name, row, column, part)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_lists_in_a_cell_are_in_order_and_without_repetition(name):
    for row in ROWS[name]:
        for column in (CAPABILITIES + " " + PYTHONS).split():
            parts = [(numbers(part), part) for part in row.get(column, "").split()]
            assert parts == sorted(set(parts)), (name, row, column)


def test_versions_and_specifiers_can_be_read():
    for name, key in (("torch-releases", "torch"), ("tensorflow-releases", "tensorflow"), ("jax", "jax")):
        versions = [Version(row[key]) for row in ROWS[name]]
        assert versions == sorted(versions), name
    for name in ("cudnn", "extensions"):
        assert all(Version(row["version"]) for row in ROWS[name] if "version" in row)
    for name in KEYS:
        for row in ROWS[name]:
            for column in SPECIFIERS.split():
                if row.get(column, "any") != "any":
                    SpecifierSet(row[column])
    for row in ROWS["extensions"]:
        assert ("version" in row) != ("versions" in row)
        SpecifierSet(row.get("torch", ""))
    for row in ROWS["keras-pairs"]:
        SpecifierSet(row["tensorflow"])


# ---------------------------------------------------------------- drivers and toolkits


def test_newer_toolkits_need_newer_drivers():
    for column in ("driver_linux", "driver_windows"):
        drivers = [numbers(row[column]) for row in ROWS["cuda-toolkits"] if column in row]
        assert drivers == sorted(set(drivers)), column
    toolkits = [numbers(row["cuda"]) for row in ROWS["cuda-toolkits"]]
    assert toolkits == sorted(toolkits)


def test_a_major_has_one_floor_for_minor_versions():
    floors = {}
    for row in ROWS["cuda-toolkits"]:
        major = numbers(row["cuda"])[0]
        assert ("minor_linux" in row) == ("minor_windows" in row) == (major >= 11)
        floors.setdefault(major, set()).add((row.get("minor_linux"), row.get("minor_windows")))
    assert floors[11] == {("450.80.02", "452.39")}
    assert all(len(floor) == 1 for floor in floors.values())


def test_a_floor_is_no_newer_than_the_toolkit_s_own_driver():
    for row in ROWS["cuda-toolkits"]:
        for system in ("linux", "windows"):
            floor, driver = row.get("minor_" + system), row.get("driver_" + system)
            if floor and driver and row["cuda"] != "11.0":  # 11.0 came out before the driver that became the floor
                assert numbers(floor) <= numbers(driver), row


def test_branches_of_the_driver_only_grow():
    for column in ("branch", "cuda_max", "cc_min"):
        cells = [numbers(row[column]) for row in ROWS["driver-branches"]]
        assert cells == sorted(cells), column


def test_the_driver_of_a_toolkit_belongs_to_a_branch_that_supports_it():
    for toolkit in ROWS["cuda-toolkits"]:
        if "driver_linux" in toolkit:
            branch = the_row("driver-branches", branch=toolkit["driver_linux"].split(".")[0])
            assert branch["cuda_max"] == toolkit["cuda"]


def test_a_toolkit_s_oldest_and_newest_capability_are_the_ends_of_its_list():
    for row in ROWS["cuda-toolkits"]:
        assert (row["sm"].split()[0], row["sm"].split()[-1]) == (row["sm_min"], row["sm_max"])


@pytest.mark.parametrize("name, columns", [
    ("torch-builds", ("sm_linux", "sm_windows", "ptx_linux", "ptx_windows")),
    ("tensorflow-releases", ("sm", "ptx")),
])  # fmt: skip
def test_a_build_holds_only_what_its_toolkit_can_make(name, columns):
    toolkits = {row["cuda"]: row["sm"].split() for row in ROWS["cuda-toolkits"]}
    assert {row["cuda"] for row in ROWS[name]} - set(toolkits) == OLDER_THAN_THE_TABLE
    for row in ROWS[name]:
        if row["cuda"] in toolkits:
            for column in columns:
                assert set(row.get(column, "").split()) <= set(toolkits[row["cuda"]]), (row, column)


# ---------------------------------------------------------------- torch, TensorFlow, Keras


def test_builds_and_releases_of_torch_name_the_same_releases_and_defaults():
    assert {row["torch"] for row in ROWS["torch-builds"]} == {row["torch"] for row in ROWS["torch-releases"]}
    defaults = [(row["torch"], row["tag"]) for row in ROWS["torch-builds"] if row.get("default") == "linux"]
    assert defaults == [(row["torch"], row["default_tag"]) for row in ROWS["torch-releases"]]
    assert {row.get("default_windows") for row in ROWS["torch-releases"]} == {None, "cpu"}


def test_the_tag_of_a_build_is_its_cuda():
    for row in ROWS["torch-builds"]:
        assert row["tag"] == "cu" + row["cuda"].replace(".", "")
        assert "windows" in row["os"].split() or "sm_windows" not in row


def test_torchvision_and_triton_agree_with_the_releases_of_torch():
    for release in ROWS["torch-releases"]:
        for version in release["torchvision"].split():
            asked = [e for e in ROWS["extensions"] if (e["package"], e.get("version")) == ("torchvision", version)]
            assert all(SpecifierSet(e["torch"]).contains(release["torch"]) for e in asked), release
        for extension in ROWS["extensions"]:
            if extension["package"] == "triton" and release["torch"] in extension["torch_in"].split():
                assert SpecifierSet(release["triton"]).contains(extension["version"])


def test_windows_files_of_tensorflow_carry_their_cuda_and_cudnn():
    for row in ROWS["tensorflow-releases"]:
        if "cudart_dll" in row:
            assert row["cudart_dll"] == "cudart64_%s.dll" % row["cuda"].replace(".", "")
            assert row["cudnn_dll"] == "cudnn64_%s.dll" % row["cudnn"].split(".")[0]


def test_no_cuda_build_of_tensorflow_for_windows_from_2_11_on():
    for row in ROWS["tensorflow-releases"]:
        if Version(row["tensorflow"]) >= Version("2.11"):
            assert row.get("gpu_windows", "no") == "no" and "windows" not in row.get("tensorflow_gpu", "")
            assert row["gpu_linux"] == "yes"


def test_every_tensorflow_has_its_keras():
    for release in ROWS["tensorflow-releases"]:
        pairs = [
            pair
            for pair in ROWS["keras-pairs"]
            if pair["family"] in ("multi-backend", "tensorflow-only", "keras-3")
            and SpecifierSet(pair["tensorflow"]).contains(release["tensorflow"], prereleases=True)
        ]
        if Version("2.3") <= Version(release["tensorflow"]) < Version("2.5"):
            assert pairs == []  # only the redirect fits
            continue
        assert len(pairs) == 1, release["tensorflow"]
        asked = release.get("keras") or release.get("keras-nightly")
        assert pairs[0].get("asks") == asked, release["tensorflow"]


# ---------------------------------------------------------------- cards


def test_names_of_cards_stay_apart_without_the_words_that_people_leave_out():
    short = [re.sub(r"^(nvidia )?(geforce |tesla )?", "", row["name"].lower()) for row in ROWS["gpus"]]
    short += [row["alias"].lower() for row in ROWS["gpus"] if "alias" in row]
    assert sorted(short) == sorted(set(short))


def test_an_architecture_has_one_major_capability_or_is_known_to_have_more():
    majors = {}
    for row in ROWS["gpus"]:
        majors.setdefault(row["architecture"], set()).add(row["cc"].split(".")[0])
        assert row["cc"] not in row.get("also_cc", "").split()
        assert row["form"] in ("desktop", "laptop", "workstation", "datacenter", "embedded")
    assert majors.pop("Blackwell") == {"10", "11", "12"}
    assert majors == {
        "Kepler": {"3"},
        "Maxwell": {"5"},
        "Pascal": {"6"},
        "Volta": {"7"},
        "Turing": {"7"},
        "Ampere": {"8"},
        "Ada Lovelace": {"8"},
        "Hopper": {"9"},
    }


# ---------------------------------------------------------------- modules


def test_a_module_has_a_distribution_or_a_warning():
    for row in ROWS["import-names"]:
        assert "distribution" in row or "warn" in row, row
        assert re.match(r"[A-Za-z_]\w*(\.\w+)*$", row["module"]), row
        assert row.get("trap", "-") not in [row.get("distribution")] + row.get("also", "").split(), row
        assert row.get("seen", True) is True


def test_import_names_and_providers_tell_the_same():
    for family in ROWS["providers"]:
        names = family["distributions"].split()
        assert len(names) == len(set(names)) >= 2
        module = the_row("import-names", module=family["module"])
        assert [module["distribution"]] + module["also"].split() == names
        for pair in family.get("beside", "").split():
            assert set(pair.split("+")) <= set(names)


# ---------------------------------------------------------------- values that everybody knows


@pytest.mark.parametrize("table, key, cells", [
    ("torch-builds", {"torch": "1.2.0", "tag": "cu100"}, {"default": "linux", "cuda": "10.0", "basis": "measured"}),
    ("torch-builds", {"torch": "1.8.1", "tag": "cu111"}, {"sm_linux": "3.7 5.0 6.0 7.0 7.5 8.0 8.6"}),
    ("torch-releases", {"torch": "1.2.0"}, {"python_linux": "2.7 3.5 3.6 3.7", "torchvision": "0.4.0"}),
    ("torch-releases", {"torch": "2.2.2"}, {"numpy_abi_linux": "1", "triton": "==2.2.0"}),
    ("tensorflow-releases", {"tensorflow": "1.13.2"},
     {"python_linux": "2.7 3.3 3.4 3.5 3.6 3.7", "python_windows": "3.5 3.6 3.7", "gpu_linux": "no", "cuda": "10.0"}),
    ("tensorflow-releases", {"tensorflow": "1.15.0"}, {"gpu_linux": "yes", "gpu_windows": "yes"}),
    ("tensorflow-releases", {"tensorflow": "2.4.0"},
     {"cuda": "11.0", "cudnn": "8.0", "ptx": "8.0", "cudart_dll": "cudart64_110.dll", "h5py": "~=2.10.0"}),
    ("tensorflow-releases", {"tensorflow": "2.10.1"}, {"gpu_windows": "yes", "cuda": "11.2", "cudnn": "8.1"}),
    ("cuda-toolkits", {"cuda": "10.0"}, {"driver_linux": "410.48", "driver_windows": "411.31", "sm_max": "7.5"}),
    ("cuda-toolkits", {"cuda": "12.8"}, {"sm_max": "12.0", "minor_linux": "525.60.13"}),
    ("driver-branches", {"branch": "470"}, {"cuda_max": "11.4", "cc_min": "3.0"}),
    ("gpus", {"name": "GeForce RTX 3080"}, {"cc": "8.6", "memory": "10 12"}),
    ("gpus", {"name": "GeForce RTX 5090"}, {"cc": "12.0", "memory": "32"}),
    ("gpus", {"name": "GeForce GTX 1080 Ti"}, {"cc": "6.1", "memory": "11"}),
    ("import-names", {"module": "cv2"}, {"distribution": "opencv-python"}),
    ("import-names", {"module": "PIL"}, {"distribution": "pillow", "seen": True}),
    ("import-names", {"module": "win32api"}, {"distribution": "pywin32"}),
    ("import-names", {"module": "google.protobuf"}, {"distribution": "protobuf"}),
    ("import-names", {"module": "apex"}, {"warn": "registry-name-is-another-project", "distribution": None}),
    ("import-names", {"module": "detectron2"}, {"warn": "not-on-the-registry"}),
    ("import-names", {"module": "utils"}, {"warn": "folder-of-the-project", "distribution": None}),
])  # fmt: skip
def test_known_values(table, key, cells):
    found = the_row(table, **key)
    assert {column: found.get(column) for column in cells} == cells


def test_torch_1_7_for_cuda_11_has_code_for_the_a100_and_none_of_its_own_for_the_rtx_30():
    sm = the_row("torch-builds", torch="1.7.1", tag="cu110")["sm_linux"].split()
    assert "8.0" in sm and "8.6" not in sm


def test_tensorflow_2_4_is_the_first_with_code_for_ampere():
    first = next(row for row in ROWS["tensorflow-releases"] if "8.0" in row.get("sm", "").split())
    assert first["tensorflow"] == "2.4.0"


def test_cudnn_7_ends_with_turing_and_8_0_5_reaches_the_rtx_30():
    assert {r["cc_max"] for r in ROWS["cudnn"] if r["version"].startswith("7.")} == {"7.0", "7.5"}
    assert the_row("cudnn", version="8.0.5", cuda="11.0 11.1")["cc_max"] == "8.6"
