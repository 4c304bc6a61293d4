"""Is it told right what the performance counters of Windows say of the GPU?"""

import ctypes
import math
import os
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from envdoctor.gpu import pdh
from envdoctor.gpu.pdh import Counters, EngineUse, Readings, engines, memory

from . import fake_pdh

NVIDIA, INTEL = "luid_0x00000000_0x0000D503_phys_0", "luid_0x00000000_0x0000C1DA_phys_0"
OURS, WORKER, LAUNCHER, DESKTOP, OTHER = 4312, 4388, 4290, 1204, 9184


def engine(pid, number, kind, adapter=NVIDIA):
    return "pid_{}_{}_eng_{}_engtype_{}".format(pid, adapter, number, kind)


def idle(*pids, adapter=NVIDIA, cuda=True):
    """What Windows lists for every process that has opened an adapter: each engine, most of them at 0."""
    kinds = [(0, "3D"), (1, "Copy"), (2, "Copy"), (3, "VideoDecode"), (4, "VideoEncode"), (5, "Compute_0")]
    kinds += [(6, "Cuda")] if cuda else []
    return [(engine(pid, number, kind, adapter), 0.0) for pid in pids for number, kind in kinds]


# ---------------------------------------------------------------- engines


@pytest.mark.parametrize(
    "pairs, use",
    [
        ([], EngineUse()),
        (idle(OURS, DESKTOP), EngineUse(has_cuda_engines=True)),
        # a training process where the driver shows CUDA by itself
        (
            [
                *idle(DESKTOP),
                (engine(DESKTOP, 0, "3D"), 2.5),
                (engine(OURS, 6, "Cuda"), 87.25),
                (engine(OURS, 1, "Copy"), 4.0),
                (engine(OURS, 2, "Copy"), 9.0),
            ],
            EngineUse(87.25, "Cuda", 9.0, True, (DESKTOP, 2.5), 87.25),
        ),
        # where it lands on a compute engine, and where on 3D
        ([(engine(OURS, 5, "Compute_0"), 99.0)], EngineUse(99.0, "Compute_0", device=99.0)),
        ([(engine(OURS, 5, "Compute 1"), 40.0)], EngineUse(40.0, "Compute 1", device=40.0)),
        ([(engine(OURS, 0, "3D"), 64.5), *idle(OURS, cuda=False)], EngineUse(64.5, "3D", device=64.5)),
        ([(engine(OURS, 0, "High Priority 3D"), 3.0)], EngineUse(3.0, "High Priority 3D", device=3.0)),
        ([(engine(OURS, 2, "High Priority Compute"), 3.0)], EngineUse(3.0, "High Priority Compute", device=3.0)),
        # data is moved, nothing is computed
        (
            [(engine(OURS, 1, "Copy"), 31.0), *idle(OURS)],
            EngineUse(copy=31.0, has_cuda_engines=True),
        ),
        # somebody else works
        (
            [(engine(OTHER, 6, "Cuda"), 95.0), (engine(DESKTOP, 0, "3D"), 12.0), *idle(OURS)],
            EngineUse(has_cuda_engines=True, others=(OTHER, 95.0), device=95.0),
        ),
        ([(engine(OTHER, 1, "Copy"), 50.0)], EngineUse()),
        # the other kinds of engine compute nothing
        ([(engine(OURS, 3, kind), 80.0) for kind in ("VideoDecode", "OFA_0", "Graphics_1", "VR")], EngineUse()),
        # a tree of three processes on one engine, and another engine that is busier than each of them
        (
            [
                (engine(LAUNCHER, 6, "Cuda"), 10.0),
                (engine(OURS, 6, "Cuda"), 20.0),
                (engine(WORKER, 6, "Cuda"), 25.0),
                (engine(OURS, 5, "Compute_0"), 30.0),
            ],
            EngineUse(55.0, "Cuda", 0.0, True, None, 55.0),
        ),
        # all processes count for the card, ours for us
        (
            [(engine(OURS, 6, "Cuda"), 30.0), (engine(OTHER, 6, "Cuda"), 45.0), (engine(DESKTOP, 6, "Cuda"), 5.0)],
            EngineUse(30.0, "Cuda", 0.0, True, (OTHER, 45.0), 80.0),
        ),
        # engine 0 of one adapter is not engine 0 of the other, nor is the second card of a linked pair
        (
            [
                (engine(OURS, 0, "3D", INTEL), 40.0),
                (engine(OURS, 0, "3D"), 35.0),
                (engine(OURS, 0, "3D", NVIDIA[:-1] + "1"), 20.0),
                (engine(OURS, 0, "3D", NVIDIA.replace("D503", "d503")), 3.0),
            ],
            EngineUse(40.0, "3D", device=40.0),
        ),
        # two instances of one name, as they stand in a list and as a path tells them apart
        ([(engine(OURS, 6, "Cuda"), 30.0)] * 2, EngineUse(60.0, "Cuda", 0.0, True, None, 60.0)),
        (
            [(engine(OURS, 6, "Cuda"), 30.0), (engine(OURS, 6, "Cuda#1"), 12.0)],
            EngineUse(42.0, "Cuda", 0.0, True, None, 42.0),
        ),
        # PowerShell shows names in small letters
        ([(engine(OURS, 6, "cuda").lower(), 5.0)], EngineUse(5.0, "cuda", 0.0, True, None, 5.0)),
        # parts that an adapter leaves out
        (
            [
                ("pid_4312_eng_6_engtype_Cuda", 5.0),
                ("pid_4312_luid_0x0_engtype_3D", 4.0),
                ("pid_4312_engtype_Copy", 3.0),
            ],
            EngineUse(5.0, "Cuda", 3.0, True, None, 5.0),
        ),
        ([("pid_4312_engtype_Cuda", 5.0), ("pid_4312_engtype_3D", 7.0)], EngineUse(7.0, "3D", 0.0, True, None, 7.0)),
        # noise: a little too much, far too much, nothing that is a share
        ([(engine(OURS, 6, "Cuda"), 100.7)], EngineUse(100.0, "Cuda", 0.0, True, None, 100.0)),
        (
            [(engine(OURS, 6, "Cuda"), 70.0), (engine(OTHER, 6, "Cuda"), 1e300)],
            EngineUse(70.0, "Cuda", 0.0, True, (OTHER, 100.0), 100.0),
        ),
        (
            [(engine(OURS, 6, "Cuda"), value) for value in (math.nan, -3.0, math.inf, -math.inf, 8.0)],
            EngineUse(8.0, "Cuda", 0.0, True, None, 8.0),
        ),
        # junk
        (
            [
                (name, 50.0)
                for name in (
                    "",
                    "_Total",
                    "pid_",
                    "pid_4312",
                    "pid_4312_" + NVIDIA,
                    engine(OURS, 6, ""),
                    engine("", 6, "Cuda"),
                    engine(-1, 6, "Cuda"),
                    engine("4" * 5000, 6, "Cuda"),
                    engine("४३१२", 6, "Cuda"),
                    engine(OURS, "x", "Cuda"),
                    " " + engine(OURS, 6, "Cuda"),
                    engine(OURS, 6, "Cuda\nCuda"),
                    NVIDIA + "_eng_6_engtype_Cuda",
                    "\\GPU Engine(*)\\Utilization Percentage",
                )
            ],
            EngineUse(),
        ),
    ],
)
def test_engines(pairs, use):
    assert engines(pairs, [LAUNCHER, OURS, WORKER]) == use
    assert engines(iter(pairs), {LAUNCHER, OURS, WORKER}) == use


def test_of_others_the_first_pid_is_named_when_several_are_as_busy():
    pairs = [(engine(pid, 6, "Cuda"), 20.0) for pid in (OTHER, DESKTOP, 7000)]
    assert engines(pairs, [OURS]).others == (DESKTOP, 20.0)


values = st.floats(allow_nan=True, allow_infinity=True) | st.floats(0, 110)
kinds = st.sampled_from(["Cuda", "3D", "Copy", "Compute_0", "Compute 1", "VideoDecode", "High Priority 3D"])
adapters = st.sampled_from([NVIDIA, INTEL])


def names(pids):
    return st.builds(engine, st.sampled_from(pids), st.integers(0, 3), kinds, adapters)


junk = st.text() | st.from_regex(r"pid_[0-9]*_luid_0x.*_phys_.*_eng_.*_engtype_.*") | names([OURS, OTHER])


@given(st.lists(st.tuples(junk, values)), st.sets(st.integers()))
def test_nothing_that_is_listed_is_an_error(pairs, pids):
    use = engines(pairs, pids | {OURS})
    for share in (use.compute, use.copy, use.device, *([use.others[1]] if use.others else [])):
        assert 0 <= share <= 100
    assert use.compute <= use.device + 1e-9
    assert bool(use.engine) == (use.compute > 0)
    held = memory(pairs, pids | {OURS})
    assert held is None or held >= 0


@given(
    st.lists(st.tuples(names([OURS, WORKER]), values)),
    st.lists(st.tuples(names([OTHER, DESKTOP]), values)),
    st.randoms(use_true_random=False),
)
def test_what_others_do_does_not_change_what_we_do(ours, others, random):
    alone = engines(ours, [OURS, WORKER])
    mixed, rest = [], list(others)
    for pair in ours:  # ours stay in their order: sums of floats depend on it
        while rest and random.random() < 0.5:
            mixed.append(rest.pop())
        mixed.append(pair)
    together = engines(mixed + rest, [OURS, WORKER])
    assert (together.compute, together.engine, together.copy) == (alone.compute, alone.engine, alone.copy)
    assert alone.others is None
    assert together.device >= alone.device


# ---------------------------------------------------------------- memory

GIB = 2.0**30


@pytest.mark.parametrize(
    "pairs, mib",
    [
        ([], None),
        ([("pid_9184_" + NVIDIA, GIB)], None),
        ([("pid_4312_" + NVIDIA, 0.0)], 0.0),
        ([("pid_4312_" + NVIDIA, 3 * GIB), ("pid_4388_" + NVIDIA, GIB / 2), ("pid_9184_" + NVIDIA, GIB)], 3584.0),
        ([("pid_4312_" + NVIDIA, GIB), ("pid_4312_" + INTEL, GIB / 4)], 1280.0),
        ([("PID_4312_" + NVIDIA.upper() + "#1", GIB), ("pid_4312_" + NVIDIA + "_part_0", GIB)], 2048.0),
        ([("pid_4312", GIB)], 1024.0),
        ([("pid_4312_" + NVIDIA, value) for value in (math.nan, math.inf, -GIB, 2.0**60)], None),
        ([(NVIDIA, GIB), ("_Total", GIB), ("", GIB), ("pid_43120_" + NVIDIA, GIB)], None),
        ([(engine(OURS, 6, "Cuda"), GIB)], None),  # of another counter
    ],
)
def test_memory(pairs, mib):
    assert memory(pairs, [OURS, WORKER]) == mib


# ---------------------------------------------------------------- the counters, played


@pytest.fixture(scope="session")
def library(tmp_path_factory):
    return ctypes.CDLL(fake_pdh.build(str(tmp_path_factory.mktemp("fake_pdh"))))


@pytest.fixture
def play(library, tmp_path, monkeypatch):
    """A function that sets the scenario and returns counters that play it; `play.calls()` tells what was called."""
    scenario, trace = tmp_path / "scenario", tmp_path / "trace"
    monkeypatch.setenv("FAKE_PDH", str(scenario))
    monkeypatch.setenv("FAKE_PDH_TRACE", str(trace))

    def play(*lines):
        scenario.write_text("\n".join(lines) + "\n", encoding="ascii")
        return Counters(library)

    play.calls = lambda: trace.read_text(encoding="ascii").split() if trace.exists() else []
    return play


ENGINE_LINE = "engine = 61.5 " + engine(OURS, 6, "Cuda")
MEMORY_LINE = "memory = 1073741824 pid_4312_" + NVIDIA
ENGINE_PAIRS = ((engine(OURS, 6, "Cuda"), 61.5),)
MEMORY_PAIRS = (("pid_4312_" + NVIDIA, GIB),)
ADD, COLLECT, LIST = "PdhAddEnglishCounterW", "PdhCollectQueryData", "PdhGetFormattedCounterArrayW"
NO_OBJECT = "no-object"


def test_the_first_look_has_no_rates_and_the_second_has(play):
    with play(ENGINE_LINE, "engine = 108.25 " + engine(OTHER, 5, "Compute 0"), MEMORY_LINE) as counters:
        assert counters.collect() == Readings((), MEMORY_PAIRS, "first", "")
        second = counters.collect()
        assert second == Readings((*ENGINE_PAIRS, (engine(OTHER, 5, "Compute 0"), 108.25)), MEMORY_PAIRS)
        assert counters.collect() == second
    assert engines(second.engines, [OURS]) == EngineUse(61.5, "Cuda", 0.0, True, (OTHER, 100.0), 100.0)
    assert memory(second.memory, [OURS]) == 1024.0
    assert play.calls() == (
        ["PdhOpenQueryW", ADD, ADD, COLLECT, LIST, LIST] + 2 * [COLLECT, LIST, LIST, LIST, LIST] + ["PdhCloseQuery"]
    )


def test_what_runs_may_change_from_look_to_look(play):
    with play(MEMORY_LINE) as counters:
        assert counters.collect() == Readings((), MEMORY_PAIRS, "first", "")
        assert counters.collect() == Readings((), MEMORY_PAIRS, "no-instance", "")  # nobody uses a GPU
        play(ENGINE_LINE)
        assert counters.collect() == Readings(ENGINE_PAIRS, (), "", "no-instance")


def test_counters_are_closed_before_and_after(play):
    counters = play(ENGINE_LINE)
    closed = Readings(trouble="closed", memory_trouble="closed")
    assert counters.collect() == closed
    with counters:
        assert counters.collect().trouble == "first"
    assert counters.collect() == closed
    with counters:  # a new query, which knows nothing of the old one
        assert counters.collect().trouble == "first"
        assert counters.collect().engines == ENGINE_PAIRS
    assert play.calls().count("PdhOpenQueryW") == play.calls().count("PdhCloseQuery") == 2


def test_counters_are_closed_when_something_else_goes_wrong(play):
    with pytest.raises(KeyError), play(ENGINE_LINE) as counters:
        raise KeyError(counters.collect().trouble)
    assert play.calls()[-1] == "PdhCloseQuery"


@pytest.mark.parametrize(
    "status, trouble",
    [
        ("0xC0000BB8", "no-object"),
        ("0xC0000BB9", "no-counter"),
        ("0xC0000BBA", "invalid-data"),
        ("0xC0000BC6", "invalid-data"),
        ("0xC0000BDB", "denied"),
        ("0x800007D1", "no-instance"),
        ("0x800007D2", "more-data"),
        ("0x800007D5", "no-data"),
        ("0x800007D6", "negative"),
        ("0x800007D7", "negative"),
        ("0x800007D8", "negative"),
        ("0xC0000BFE", "pdh-c0000bfe"),  # one that has no name here
        ("5", "pdh-00000005"),  # a system error code is allowed, too
    ],
)
def test_a_status_is_a_trouble(play, status, trouble):
    nothing = Readings(trouble=trouble, memory_trouble=trouble)
    with play("status.PdhOpenQueryW = " + status, ENGINE_LINE) as counters:
        assert counters.collect() == nothing
    assert play.calls() == ["PdhOpenQueryW"]  # what never opened is not closed
    with play("status.{} = {}".format(ADD, status), ENGINE_LINE, MEMORY_LINE) as counters:
        assert [counters.collect(), counters.collect()] == [nothing, nothing]
    assert COLLECT not in play.calls()
    with play("status.{} = {}".format(COLLECT, status), ENGINE_LINE, MEMORY_LINE) as counters:
        assert [counters.collect(), counters.collect()] == [nothing, nothing]
    lines = ["status.{}.{} = {}".format(LIST, kind, status) for kind in ("engine", "memory")]
    with play(lines[0], ENGINE_LINE, MEMORY_LINE) as counters:
        counters.collect()
        assert counters.collect() == Readings((), MEMORY_PAIRS, trouble, "")
    with play(lines[1], ENGINE_LINE, MEMORY_LINE) as counters:
        assert counters.collect() == Readings((), (), "first", trouble)
        assert counters.collect() == Readings(ENGINE_PAIRS, (), "", trouble)


def test_one_counter_may_be_missing(play):
    with play("status.{}.memory = 0xC0000BB8".format(ADD), ENGINE_LINE, MEMORY_LINE) as counters:
        assert counters.collect() == Readings((), (), "first", NO_OBJECT)
        assert counters.collect() == Readings(ENGINE_PAIRS, (), "", NO_OBJECT)
    with play("status.{}.engine = 0xC0000BB8".format(ADD), ENGINE_LINE, MEMORY_LINE) as counters:
        assert counters.collect() == Readings((), MEMORY_PAIRS, NO_OBJECT, "")
        assert counters.collect() == Readings((), MEMORY_PAIRS, NO_OBJECT, "")


def test_a_counter_without_instances_is_added_all_the_same(play):
    with play("status.{} = 0x800007D1".format(ADD), "added = 1", ENGINE_LINE, MEMORY_LINE) as counters:
        assert counters.collect().trouble == "first"
        assert counters.collect() == Readings(ENGINE_PAIRS, MEMORY_PAIRS)


def test_a_look_that_failed_is_not_the_first(play):
    with play("status.{}.1 = 0x800007D5".format(COLLECT), ENGINE_LINE, MEMORY_LINE) as counters:
        assert [counters.collect().trouble for _ in range(3)] == ["no-data", "first", ""]
    with play("status.{}.2 = 0x800007D5".format(COLLECT), ENGINE_LINE, MEMORY_LINE) as counters:
        assert [counters.collect().trouble for _ in range(3)] == ["first", "no-data", ""]


@pytest.mark.parametrize("grown", ["0x800007D2", "0xC0000BBD"])
def test_room_is_made_again_for_a_list_that_grew(play, grown):
    with play("grow = 2", "grown = " + grown, ENGINE_LINE, MEMORY_LINE) as counters:
        assert counters.collect() == Readings((), MEMORY_PAIRS, "first", "")
        assert counters.collect() == Readings(ENGINE_PAIRS, MEMORY_PAIRS)


def test_a_list_that_always_grows_is_given_up(play):
    with play("grow = 1000000", ENGINE_LINE, MEMORY_LINE) as counters:
        assert counters.collect() == Readings((), (), "first", "more-data")
        assert counters.collect() == Readings((), (), "more-data", "more-data")
    assert play.calls().count(LIST) < 50


def test_a_size_without_measure_is_not_allocated(play):
    with play("size = 4000000000", ENGINE_LINE, MEMORY_LINE) as counters:
        assert counters.collect().memory_trouble == "more-data"


def test_a_count_that_does_not_fit_is_not_believed(play):
    with play("count = 9000", MEMORY_LINE) as counters:
        assert counters.collect().memory_trouble == "invalid-data"
    with play("count = 0", MEMORY_LINE) as counters:
        assert counters.collect().memory_trouble == "no-instance"


def test_a_value_with_another_status_is_left_out(play):
    lines = [
        "engine! = {} 77 {}".format(status, engine(OURS, number, "Cuda"))
        for number, status in enumerate(["0", "1", "0xC0000BBA", "0x800007D8", "0x800007D1"])
    ]
    with play(*lines, "memory! = 0xC0000BBA 5 pid_4312_" + NVIDIA) as counters:
        assert counters.collect().memory_trouble == "invalid-data"  # and no empty list, which would mean: nobody
        assert counters.collect().engines == tuple((engine(OURS, number, "Cuda"), 77.0) for number in (0, 1))


def test_a_value_that_is_no_number_comes_as_it_is(play):
    with play("engine = nan " + engine(OURS, 6, "Cuda"), ENGINE_LINE) as counters:
        counters.collect()
        first, second = counters.collect().engines
    assert math.isnan(first[1]) and second == ENGINE_PAIRS[0]


def test_a_long_list(play):
    lines = ["engine = 0.125 " + engine(pid, 6, "Cuda") for pid in range(5000)]
    with play(*lines) as counters:
        counters.collect()
        found = counters.collect().engines
    assert len(found) == 5000 and found[-1] == (engine(4999, 6, "Cuda"), 0.125)
    assert engines(found, range(8)).compute == 1.0


# ---------------------------------------------------------------- libraries that are not what they should be

NO_PDH = Readings(trouble="no-pdh", memory_trouble="no-pdh")


@pytest.mark.skipif(os.name == "nt", reason="Windows has pdh.dll")
def test_elsewhere_there_is_no_pdh():
    with Counters() as counters:
        assert counters.collect() == NO_PDH


def test_pdh_is_loaded_from_the_folder_of_windows_only(monkeypatch):
    asked = []

    def load(path):
        asked.append(path.replace("/", "\\"))
        raise OSError("not found")

    monkeypatch.setattr(ctypes, "WinDLL", load, raising=False)
    monkeypatch.setenv("SystemRoot", "D:\\Windows")
    with Counters() as counters:
        assert counters.collect() == NO_PDH
    assert asked == ["D:\\Windows\\System32\\pdh.dll"]


class Function:
    """A function of a library: ctypes would let us set argtypes and restype."""

    def __init__(self, answer):
        self.answer = answer

    def __call__(self, *arguments):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def imitation(**answers):
    names = ["PdhOpenQueryW", ADD, COLLECT, LIST, "PdhCloseQuery"]
    return types.SimpleNamespace(**{name: Function(answers.get(name, 0)) for name in names})


def test_a_library_that_lacks_a_function():
    old = imitation()
    del old.PdhAddEnglishCounterW  # as before Windows Vista
    with Counters(old) as counters:
        assert counters.collect() == NO_PDH


@pytest.mark.parametrize("call", ["PdhOpenQueryW", ADD, COLLECT])
def test_a_call_that_breaks_off(call):
    crash = OSError("exception: access violation reading 0x0000000000000010")
    with Counters(imitation(**{call: crash, "PdhCloseQuery": crash})) as counters:
        assert counters.collect() == Readings(trouble="crashed", memory_trouble="crashed")


def test_the_structures_have_the_layout_of_windows():
    assert ctypes.sizeof(pdh.Value) == 16 and pdh.Value.status.offset == 0 and pdh.Value.number.offset == 8
    assert ctypes.sizeof(pdh.Item) == 24 and pdh.Item.name.offset == 0 and pdh.Item.value.offset == 8


@pytest.mark.skipif(os.name != "nt", reason="asks the counters of this Windows, whatever they say")
def test_the_counters_of_this_windows():
    with Counters() as counters:
        for readings in (counters.collect(), counters.collect()):
            print(readings.trouble, readings.memory_trouble, readings.engines[:5], readings.memory[:5])
            assert bool(readings.engines) == (not readings.trouble)
            assert bool(readings.memory) == (not readings.memory_trouble)
            engines(readings.engines, [os.getpid()]), memory(readings.memory, [os.getpid()])
