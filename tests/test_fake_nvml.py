"""Does the fake NVML answer as its scenario says, and as a driver would?  Asked with the real pynvml."""

import importlib.util
import json
import subprocess
import sys

import pytest

from . import fake_nvml
from .fake_nvml import card, machine

CHILD = """
import ctypes, json, os, sys, time
import pynvml

scenario, expressions = json.loads(sys.argv[1])

def at(seconds):
    moment = time.time() - seconds
    write("clock.txt", "")
    os.utime(scenario + "/clock.txt", (moment, moment))

def write(name, text):
    with open(scenario + "/" + name, "w") as file:
        file.write(text)

class Old(ctypes.Structure):
    _fields_ = [("pid", ctypes.c_uint), ("usedGpuMemory", ctypes.c_ulonglong)]

def processes(name, room, kind=None):
    "What the function of the library itself answers: status, count, [PID, memory of each]"
    kind = kind or pynvml.c_nvmlProcessInfo_v2_t
    count = ctypes.c_uint(room)
    infos = (kind * room)() if room else []
    status = getattr(pynvml.nvmlLib, name)(gpu, ctypes.byref(count), infos or None)
    return status, count.value, [] if status else [[info.pid, info.usedGpuMemory] for info in infos[:count.value]]

def samples(room):
    "The same for nvmlDeviceGetProcessUtilization"
    count = ctypes.c_uint(room)
    infos = (pynvml.c_nvmlProcessUtilizationSample_t * room)() if room else []
    ask = pynvml.nvmlLib.nvmlDeviceGetProcessUtilization
    status = ask(gpu, infos or None, ctypes.byref(count), ctypes.c_ulonglong(0))
    return status, count.value, [] if status else [[info.pid, info.smUtil] for info in infos[:count.value]]

def metrics(first, second, *ids):
    "The status and the value of GPM metrics between two moments"
    request = pynvml.c_nvmlGpmMetricsGet_t()
    request.version, request.numMetrics = pynvml.NVML_GPM_METRICS_GET_VERSION, len(ids)
    for metric, number in zip(request.metrics, ids):
        metric.metricId = number
    request.sample1, request.sample2 = pynvml.nvmlGpmSampleAlloc(), pynvml.nvmlGpmSampleAlloc()
    at(first)
    pynvml.nvmlGpmSampleGet(gpu, request.sample1)
    at(second)
    pynvml.nvmlGpmSampleGet(gpu, request.sample2)
    pynvml.nvmlGpmMetricsGet(request)
    pynvml.nvmlGpmSampleFree(request.sample1)
    pynvml.nvmlGpmSampleFree(request.sample2)
    return [[metric.nvmlReturn, metric.value] for metric in request.metrics[:len(ids)]]

def answer(expression):
    try:
        return eval(expression, names)
    except (pynvml.NVMLError, pynvml.NVMLLibraryMismatchError) as error:
        return [type(error).__name__, getattr(error, "value", None)]

def plain(thing):
    fields = getattr(thing, "_fields_", None)
    return {name: getattr(thing, name) for name, kind in fields} if fields else vars(thing)

names = dict(vars(pynvml), **globals())
pynvml.nvmlInit()
gpu = names["gpu"] = pynvml.nvmlDeviceGetHandleByIndex(0)
print(json.dumps([answer(expression) for expression in expressions], default=plain))
pynvml.nvmlShutdown()
"""

UTILIZATION = "nvmlDeviceGetUtilizationRates(gpu).gpu"
USED = "nvmlDeviceGetMemoryInfo(gpu).used >> 20"
CONTEXTS = "[[p.pid, p.usedGpuMemory and p.usedGpuMemory >> 20] for p in nvmlDeviceGetComputeRunningProcesses(gpu)]"
SAMPLES = "[[s.pid, s.smUtil] for s in nvmlDeviceGetProcessUtilization(gpu, 0)]"
NOT_SUPPORTED = ["NVMLError_NotSupported", 3]
NOT_FOUND = ["NVMLError_NotFound", 6]
NO_FUNCTION = ["NVMLError_FunctionNotFound", 13]
LOST = ["NVMLError_GpuIsLost", 15]
MIB = 2**20


def then(moment, *expressions):
    """An expression: what the others are worth so many seconds after the beginning.  (Nobody waits: time is moved.)"""
    return "(at(%d), [answer(expression) for expression in %r])[1]" % (moment, list(expressions))


@pytest.fixture(scope="module")
def libraries(tmp_path_factory):
    """The fake library as a driver of today and as one of the 450 branch."""
    if not sys.platform.startswith("linux"):
        pytest.skip("the fake NVML is a library for Linux")
    if importlib.util.find_spec("pynvml") is None:
        pytest.skip("pynvml (nvidia-ml-py) is not installed")
    root = tmp_path_factory.mktemp("fake")
    return {
        "driver": fake_nvml.build(str(root / "driver")),
        "old": fake_nvml.build(str(root / "old"), options=["-DFAKE_NVML_OLD"]),
    }


@pytest.fixture
def scenario(tmp_path):
    return fake_nvml.Scenario(tmp_path)


@pytest.fixture
def ask(libraries, scenario):
    """Play a scenario in a new process and evaluate expressions there, one after the other."""

    def ask(text, *expressions, library="driver"):
        scenario.play(text)
        done = subprocess.run(
            [sys.executable, "-c", CHILD, json.dumps([scenario.folder, expressions])],
            stdout=subprocess.PIPE,
            check=True,
            env=scenario.environ(libraries[library]),
        )
        return json.loads(done.stdout.decode("utf-8"))

    return ask


# ---------------------------------------------------------------- how a device is used


def test_how_busy_a_card_is(ask):
    text = machine(card(0, utilization=87, memory_utilization=40), card(1, utilization=5))
    second = "nvmlDeviceGetUtilizationRates(nvmlDeviceGetHandleByIndex(1))"
    assert ask(text, "nvmlDeviceGetUtilizationRates(gpu)", second) == [
        {"gpu": 87, "memory": 40},
        {"gpu": 5, "memory": 0},
    ]


def test_a_card_on_which_nothing_runs(ask):
    graphics = "nvmlDeviceGetGraphicsRunningProcesses(gpu)"
    assert ask(machine(card()), UTILIZATION, USED, CONTEXTS, graphics, SAMPLES) == [0, 0, [], [], NOT_FOUND]


@pytest.mark.parametrize("mode", ["", "device.0.mig = 1\n"])
def test_a_card_that_tells_nothing(ask, mode):
    *refused, supported = ask(
        machine(mode),
        UTILIZATION,
        CONTEXTS,
        "nvmlDeviceGetGraphicsRunningProcesses(gpu)",
        SAMPLES,
        "nvmlDeviceGetCurrentClocksEventReasons(gpu)",
        "nvmlDeviceGetPowerUsage(gpu)",
        "nvmlDeviceGetMaxMigDeviceCount(gpu)",
        "nvmlDeviceGetMigDeviceHandleByIndex(gpu, 0)",
        "metrics(0, 0, NVML_GPM_METRIC_SM_UTIL)",
        "nvmlGpmQueryDeviceSupport(gpu).isSupportedDevice",
    )
    assert refused == [NOT_SUPPORTED] * 9
    assert supported == 0


def test_clocks_power_and_lanes(ask):
    text = machine(card(clocks="0x40", power=220000, pcie_width=8, pcie_max_width=16))
    assert ask(
        text,
        "nvmlDeviceGetCurrentClocksEventReasons(gpu)",
        "nvmlDeviceGetCurrentClocksThrottleReasons(gpu)",
        "nvmlDeviceGetPowerUsage(gpu)",
        "nvmlDeviceGetCurrPcieLinkWidth(gpu)",
        "nvmlDeviceGetMaxPcieLinkWidth(gpu)",
    ) == [0x40, 0x40, 220000, 8, 16]


# ---------------------------------------------------------------- processes


def test_who_holds_a_context(ask, scenario):
    text = machine(card(processes="1234:2048 5678:na", graphics="42:300"))
    assert ask(text, "nvmlDeviceGetComputeRunningProcesses(gpu)", "nvmlDeviceGetGraphicsRunningProcesses(gpu)") == [
        [
            {"pid": 1234, "usedGpuMemory": 2048 * MIB, "gpuInstanceId": 2**32 - 1, "computeInstanceId": 2**32 - 1},
            {"pid": 5678, "usedGpuMemory": None, "gpuInstanceId": 2**32 - 1, "computeInstanceId": 2**32 - 1},
        ],
        [{"pid": 42, "usedGpuMemory": 300 * MIB, "gpuInstanceId": 2**32 - 1, "computeInstanceId": 2**32 - 1}],
    ]
    assert scenario.calls().count("nvmlDeviceGetComputeRunningProcesses_v3") == 2


@pytest.mark.parametrize("key", ["processes", "graphics"])
def test_room_for_seventy_processes(ask, key):
    name = "nvmlDeviceGet%sRunningProcesses" % {"processes": "Compute", "graphics": "Graphics"}[key]
    everybody = [[1000000 + number, (100 + number) * MIB] for number in range(70)]
    text = machine(card(**{key: " ".join("%d:%d" % (pid, memory // MIB) for pid, memory in everybody)}))
    for version, kind in (("", "Old"), ("_v2", "None"), ("_v3", "None")):
        question = "processes('%s', %%d, %s)" % (name + version, kind)
        assert ask(text, question % 0, question % 69, question % 70, question % 200) == [
            [7, 70, []],
            [7, 70, []],
            [0, 70, everybody],
            [0, 70, everybody],
        ]
    assert ask(text, "[[p.pid, p.usedGpuMemory] for p in %s(gpu)]" % name) == [everybody]


def test_an_empty_list_needs_no_room(ask):
    assert ask(machine(card()), "processes('nvmlDeviceGetComputeRunningProcesses_v3', 0)") == [[0, 0, []]]


def test_a_process_that_is_still_to_be_started(ask, scenario):
    child, workers = scenario.pids("child.pid"), scenario.pids("workers.pid", 31, 32)
    text = machine(card(processes="7:10 %s:2048 %s:na" % (child, workers), sm=child + ":62"))
    assert ask(text, CONTEXTS, SAMPLES, "write('child.pid', '4711')", CONTEXTS, SAMPLES) == [
        [[7, 10], [31, None], [32, None]],
        NOT_FOUND,
        None,
        [[7, 10], [4711, 2048], [31, None], [32, None]],
        [[4711, 62]],
    ]
    scenario.pids("child.pid", 8, 9)
    assert ask(text, SAMPLES) == [[[8, 62], [9, 62]]]


# ---------------------------------------------------------------- samples of processes


def test_samples(ask):
    text = machine(card(sm="1234:62 5678:30"))
    ages = "[0 <= time.time() * 1e6 - s.timeStamp < 60e6 for s in nvmlDeviceGetProcessUtilization(gpu, 0)]"
    rest = "[[s.memUtil, s.encUtil, s.decUtil] for s in nvmlDeviceGetProcessUtilization(gpu, 0)]"
    assert ask(text, SAMPLES, "samples(0)", "samples(1)", "samples(2)", "samples(9)", ages, rest) == [
        [[1234, 62], [5678, 30]],
        [7, 2, []],
        [7, 2, []],
        [0, 2, [[1234, 62], [5678, 30]]],
        [0, 2, [[1234, 62], [5678, 30]]],
        [True, True],
        [[0, 0, 0]] * 2,
    ]


def test_old_samples(ask):
    since = "[s.pid for s in nvmlDeviceGetProcessUtilization(gpu, int((time.time() - %d) * 1e6))]"
    text = machine(card(sm="1234:62", sm_age=2500000))
    assert ask(text, since % 3000, since % 2000, since % 0, SAMPLES) == [
        [1234],
        NOT_FOUND,
        NOT_FOUND,
        [[1234, 62]],
    ]
    seen = "nvmlDeviceGetProcessUtilization(gpu, nvmlDeviceGetProcessUtilization(gpu, 0)[0].timeStamp + 3600000000)"
    assert ask(machine(card(sm="1234:62")), seen) == [NOT_FOUND]


def test_two_ways_to_say_that_there_is_no_sample(ask):
    assert ask(machine(card(sm="")), SAMPLES, "samples(5)") == [NOT_FOUND, [6, 0, []]]
    # The binding takes the missing INSUFFICIENT_SIZE for an error, and a success becomes an exception with 0.
    assert ask(machine(card(sm="", sm_empty=0)), SAMPLES, "samples(5)") == [["NVMLError", 0], [0, 0, []]]


# ---------------------------------------------------------------- time


def test_use_over_time(ask):
    text = machine(
        card(
            utilization={0: 5, 200: 90, 400.5: 0},
            used={0: 300, 200: 5300},
            processes={0: "", 200: "1234:5000", 600: "1234:5000 99:10"},
            sm={200: "1234:80", 400: ""},
        )
    )
    questions = (UTILIZATION, USED, CONTEXTS, SAMPLES)
    assert ask(text, *[then(moment, *questions) for moment in (100, 300, 500, 700, 100)]) == [
        [5, 300, [], NOT_SUPPORTED],
        [90, 5300, [[1234, 5000]], [[1234, 80]]],
        [0, 5300, [[1234, 5000]], NOT_FOUND],
        [0, 5300, [[1234, 5000], [99, 10]], NOT_FOUND],
        [5, 300, [], NOT_SUPPORTED],
    ]


def test_the_latest_line_whose_time_has_come(ask):
    text = "u@200 = 20\nu@100 = 10\nu = 1\nu@200=21\nu@900 = 90\nux = 7\n#u = 8\nu@soon = 9\n"
    text = machine(text.replace("u", "device.0.utilization"))
    assert ask(text, *[then(moment, UTILIZATION) for moment in (0, 150, 250)]) == [[1], [10], [21]]
    text += "device.0.utilization = 2\n"
    assert ask(text, then(50, UTILIZATION), then(150, UTILIZATION)) == [[2], [10]]


def test_a_pattern_that_is_played_again_and_again(ask):
    text = machine(card(utilization={0: 90, 200: 5}), period=400)
    moments = (100, 300, 500, 700, 100 + 400 * 1000, 300 + 400 * 1000)
    assert ask(text, *[then(moment, UTILIZATION) for moment in moments]) == [[90], [5]] * 3


def test_time_that_begins_with_the_library(ask, scenario):
    text = machine(card(utilization={0: 1, 1e-9: 2, 3600: 3}))
    assert ask(text, UTILIZATION, "nvmlShutdown()", "nvmlInit()", UTILIZATION) == [2, None, None, 2]
    scenario.at(7200)
    assert ask(text, UTILIZATION) == [3]
    scenario.at(-7200)  # time that has not begun
    assert ask(text, UTILIZATION) == [1]


def test_a_card_that_is_lost_in_the_middle(ask):
    text = machine(card(utilization=50, error={200: 15, 400: 0}))
    answers = ask(text, *[then(moment, UTILIZATION, CONTEXTS) for moment in (100, 300, 500)])
    assert answers == [[50, []], [LOST, LOST], [50, []]]


def test_a_call_that_fails_for_a_while(ask):
    key = "error.nvmlDeviceGetProcessUtilization"
    for text in (machine(card(**{key: {200: 4}})), machine(card(), **{key: {200: 4}})):
        before, during = ask(text, then(100, SAMPLES, UTILIZATION), then(300, SAMPLES, UTILIZATION))
        assert (before, during) == ([NOT_FOUND, 0], [["NVMLError_NoPermission", 4], 0])


def test_a_scenario_that_is_changed_while_it_is_played(ask, scenario):
    change = "write('scenario.txt', %r)" % machine(card(utilization=66))
    assert ask(machine(card(utilization=33)), UTILIZATION, change, UTILIZATION) == [33, None, 66]


# ---------------------------------------------------------------- GPM


def test_how_much_of_the_chip_is_busy(ask):
    text = machine(card(gpm_sm={0: 41.5, 200: 82.5}))
    ids = "NVML_GPM_METRIC_SM_UTIL, NVML_GPM_METRIC_DRAM_BW_UTIL"
    supported, steady, risen = ask(
        text,
        "nvmlGpmQueryDeviceSupport(gpu).isSupportedDevice",
        "metrics(100, 101, %s)" % ids,
        "metrics(100, 300, %s)" % ids,
    )
    assert supported == 1
    assert (steady, risen) == ([[0, 41.5], [3, 0]], [[0, 62.0], [3, 0]])


def test_metrics_need_two_samples_and_a_version(ask):
    assert ask(
        machine(card(gpm_sm=41.5)),
        "nvmlGpmMetricsGet(c_nvmlGpmMetricsGet_t())",
        "nvmlGpmMetricsGet(c_nvmlGpmMetricsGet_t(version=NVML_GPM_METRICS_GET_VERSION))",
    ) == [["NVMLError_ArgumentVersionMismatch", 25], ["NVMLError_InvalidArgument", 2]]


# ---------------------------------------------------------------- a driver of the 450 branch


@pytest.mark.parametrize("kind", ["Compute", "Graphics"])
def test_an_old_driver_lists_processes_in_the_second_way(ask, kind):
    name = "nvmlDeviceGet%sRunningProcesses" % kind
    text = machine(card(processes="1234:2048 5678:na", graphics="1234:2048 5678:na"), driver="450.80.02")
    pids = "[[p.pid, p.usedGpuMemory] for p in %s(gpu)]"
    assert ask(text, pids % name, pids % (name + "_v3"), pids % (name + "_v2"), library="old") == [
        ["NVMLLibraryMismatchError", None],
        NO_FUNCTION,
        [[1234, 2048 * MIB], [5678, None]],
    ]
    assert ask(text, "issubclass(NVMLLibraryMismatchError, NVMLError)", library="old") == [False]


def test_what_else_an_old_driver_knows(ask):
    text = machine(card(utilization=87, sm="1234:62", clocks=1, gpm_sm=41.5))
    assert ask(
        text,
        UTILIZATION,
        SAMPLES,
        "nvmlDeviceGetCurrentClocksThrottleReasons(gpu)",
        "nvmlDeviceGetCurrentClocksEventReasons(gpu)",
        "nvmlGpmQueryDeviceSupport(gpu)",
        "nvmlGpmSampleAlloc()",
        library="old",
    ) == [87, [[1234, 62]], 1, NO_FUNCTION, NO_FUNCTION, NO_FUNCTION]
