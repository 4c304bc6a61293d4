"""Does the memory guide say the same of a card, of a network and of both together?"""

import pytest

from envdoctor import networks, rulebook
from envdoctor.chart import ABSENT, UNKNOWN, Chart, absent, known, unknown
from envdoctor.conclusions import derive, memory

TABLES = rulebook.load().tables
GUIDE = TABLES["memory-for-networks"]
SIX = ["YOLOv4", "RetinaNet", "M2Det", "EfficientDet", "Faster R-CNN"]


def concluded(given):
    return derive(Chart({}, given), TABLES)


# ---------------------------------------------------------------- the table


def test_the_table_names_every_network_that_is_recognised_once():
    assert sorted(row["network"] for row in GUIDE) == sorted("has " + network for network in networks.NETWORKS)
    assert len({row["name"] for row in GUIDE}) == len(GUIDE)


def test_the_table_goes_from_small_to_large_and_ends_where_any_network_fits():
    least = [int(row["memory"].lstrip(">=")) for row in GUIDE]
    assert least == sorted(least) and set(least) == {2, 4, 6}
    assert {row["card"] for row in GUIDE} == {"present"}


# ---------------------------------------------------------------- a card alone

#: What drivers report, and the size on the box.
REPORTED = [
    (1998, 2), (2002, 2), (2048, 2), (3017, 3), (3911, 4), (4040, 4), (4096, 4), (4743, 5), (5926, 6), (5944, 6),
    (6144, 6), (7611, 8), (7618, 8), (7973, 8), (8192, 8), (10018, 10), (11019, 11), (11178, 11), (11441, 12),
    (12045, 12), (15109, 16), (16160, 16), (22919, 24), (24564, 24), (40536, 40), (46068, 48), (81559, 80),
]  # fmt: skip


@pytest.mark.parametrize("mib, size", REPORTED)
def test_a_card_is_called_by_the_size_on_its_box(mib, size):
    assert memory.size_as_sold(mib, TABLES) == size


def test_a_card_larger_than_all_and_a_rulebook_without_cards():
    assert memory.size_as_sold(400 * 1024, TABLES) == 400
    assert memory.size_as_sold(5926, {}) == 6 and memory.networks_that_fit(5926, {}) == ([], [])


@pytest.mark.parametrize(
    "mib, fit",
    [
        (1024, []),
        (2002, ["SSD", "YOLOv4-tiny"]),
        (3017, ["SSD", "YOLOv4-tiny"]),
        (3911, ["SSD", "YOLOv4-tiny", "YOLOv3"]),
        (4743, ["SSD", "YOLOv4-tiny", "YOLOv3"]),
        (5926, ["SSD", "YOLOv4-tiny", "YOLOv3", *SIX]),
        (8192, ["SSD", "YOLOv4-tiny", "YOLOv3", *SIX]),
        (81559, ["SSD", "YOLOv4-tiny", "YOLOv3", *SIX]),
    ],
)
def test_networks_that_fit(mib, fit):
    fits, too_large = memory.networks_that_fit(mib, TABLES)
    assert fits == fit and fits + too_large == [row["name"] for row in GUIDE]


# ---------------------------------------------------------------- what is concluded


@pytest.mark.parametrize(
    "cards, mib",
    [
        (["GeForce GTX 1050 Ti"], [4096]),
        (["NVIDIA GeForce GTX 1660 Ti", "geforce gtx 1050 ti"], [6144, 4096]),
        (["GeForce GTX 1060"], None),  # sold with 3 and with 6
        (["GeForce GTX 1050 Ti", "GeForce GTX 1060"], None),  # a list with a hole would not fit the cards
        (["Some Card of 2030"], None),
    ],
)
def test_memory_by_the_name_of_the_card(cards, mib):
    why = unknown("nvml-library-not-found")
    fact = concluded({"gpu": known(cards), "gpu.memory": why}).fact("gpu.memory")
    assert fact == (why if mib is None else known(mib, "the table of cards"))


def test_what_the_driver_says_is_believed():
    chart = concluded({"gpu": known(["GeForce GTX 1050 Ti"]), "gpu.memory": known([3000], "NVML")})
    assert chart.fact("gpu.memory") == known([3000], "NVML") and chart.value("gpu.memory_largest") == 3


def test_the_largest_card():
    assert concluded({"gpu.memory": known([4040, 11178, 8119])}).value("gpu.memory_largest") == 11
    assert concluded({"gpu": absent(), "gpu.memory": absent()}).fact("gpu.memory_largest").state == ABSENT
    assert concluded({"gpu": absent()}).fact("gpu.memory").state == ABSENT
    assert concluded({}).fact("gpu.memory_largest").state == UNKNOWN


def test_the_network_of_the_project():
    chart = concluded({"project.networks": known({"faster-rcnn": ["nets/frcnn.py"]})})
    assert (chart.value("project.network"), chart.value("project.memory")) == ("Faster R-CNN", "6")
    for fact, state in ((absent(), ABSENT), (unknown("project-truncated"), UNKNOWN), (known({"unet": []}), ABSENT)):
        assert concluded({"project.networks": fact}).fact("project.network").state == state
