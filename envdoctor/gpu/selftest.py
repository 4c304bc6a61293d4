"""Does this framework compute on the GPU, does it compute rightly, and how fast?

Runs inside the patient's own interpreter, one framework a process: `python -c TEXT torch|tensorflow|jax`, with the text
of this file (its folder holds modules that are called like modules of the standard library).  Python 3.6 and newer, the
standard library and the framework, nothing else.  trial.py is the other half.

What the framework prints, from Python or from C, goes to stderr.  The pipe that was stdout carries one JSON object a
line, in ASCII:

    {"stage": NAME}                                                       a stage begins
    {"done": NAME, "seconds": S, "found": {...}}                          it has ended
    {"failed": NAME, "seconds": S, "error": "Type: line", "found": {...}} it has raised; the traceback is on stderr
    {"outcome": "gpu"|"cpu"|"wrong-values"|"failed"|"full"|"not-imported"}  the end

What is found:

    import   version, build_cuda, build_cudnn, build_hip (null: not told), is_cuda_build (null: built for ROCm); jaxlib;
             cudnn_error (the cuDNN that is loaded is not the one that torch was built for)
    devices  count, names, capabilities ("8.6"), architectures (what the binaries hold), platform ("cuda", "rocm",
             "mps", "xpu", "metal", "directml", "other"), backend (JAX: the default one), why (the framework's own
             words for why there is none; TensorFlow's stand on stderr)
    context  free_mib, total_mib (MiB, where the framework tells)
    first    op, device (where the result lies), value (2.0 when it is right)
    warm     warm: [{op, dtype, ms}]; `unsupported` in place of ms where the framework has no such kernel
    check    check: [{op, dtype, error, limit}]; error is max|gpu - cpu| / max|cpu|, null when a value is not finite
    speed    size, gpu_ms, cpu_ms, ratio (cpu / gpu); or skipped: "memory"

Without a GPU that the framework can use it ends after `devices`.
"""

import sys

# `-c` puts the current folder first; a json.py or numpy.py of the user's must not be imported from there.
if __name__ == "__main__" and sys.path[:1] == [""]:
    del sys.path[0]

import importlib
import json
import os
import pkgutil
import re
import time
import traceback
from typing import Any, Callable, Dict, List, Optional

#: Relative errors up to which two results count as equal (our choice; TF32 is allowed, and bfloat16 has 8 bits).
LIMITS = {"float32": 1e-3, "bfloat16": 2e-2}
#: The side of the matrices that are checked; of those that are timed against the CPU, and where that would take the CPU
#: longer than so many milliseconds (our choices).
SIDE, LARGE_SIDE, SMALLER_SIDE, PATIENCE_MS = 1024, 4096, 2048, 10000.0
#: MiB that must be free for the timing; it takes less than 300.
SPEED_MIB = 700
#: For tests: treat this device ("cpu") as the GPU, so that all that is done to a GPU can run without one.
STAND_IN = "ENVDOCTOR_SELFTEST_DEVICE"
#: How the frameworks say that the card's memory is used up (compared in lower case, with the name of the exception).
FULL = ("out of memory", "out_of_memory", "outofmemory", "resource_exhausted", "resourceexhausted",
        "failed to allocate", "status_alloc_failed")  # fmt: skip
#: So much of a framework's own words is passed on, in characters.
LINE, WORDS = 500, 2000

#: One operation, ready to run: its inputs lie where it will be done.  What it returns depends on the framework.
Work = Callable[[], Any]


class Framework:
    """The stages.  Every stage fills `found` and returns the outcome when that ends the test, else ""."""

    def __init__(self) -> None:
        self.stand_in = os.environ.get(STAND_IN, "")
        self.capability = ""

    # ------------------------------------------------------------ what each framework does in its own way

    def load(self, found: Dict[str, Any]) -> str:
        raise NotImplementedError

    def devices(self, found: Dict[str, Any]) -> str:
        raise NotImplementedError

    def context(self, found: Dict[str, Any]) -> str:
        raise NotImplementedError

    def first(self, found: Dict[str, Any]) -> str:
        raise NotImplementedError

    def matmul(self, where: str, side: int, dtype: str) -> Work:
        """The product of two square matrices on "gpu" or "cpu"."""
        raise NotImplementedError

    def conv2d(self, where: str) -> Work:
        """A 3x3 convolution, 64 channels to 64, over 8 images of 56x56: cuDNN's work on an NVIDIA card."""
        raise NotImplementedError

    def wait(self, result: Any) -> None:
        """Return when the result is there."""
        raise NotImplementedError

    def difference(self, work: Work, reference: Work) -> Optional[float]:
        """max|a - b| / max|b| of two results; None when one of them is not finite throughout."""
        raise NotImplementedError

    def has_bfloat16(self) -> bool:
        raise NotImplementedError

    def lacks_kernel(self, error: Exception) -> bool:
        """Whether the framework says that it has no such operation for this device."""
        return False

    def free_mib(self) -> Optional[int]:
        """MiB that are free on the GPU; None where the framework does not tell."""
        return None

    # ------------------------------------------------------------ what all do in the same way

    def warm(self, found: Dict[str, Any]) -> str:
        timings: List[Dict[str, Any]] = []
        found["warm"] = timings
        self._ready: List[Any] = []
        for op, dtype in self._operations():
            timing: Dict[str, Any] = {"op": op, "dtype": dtype}
            try:
                work = self._prepare("gpu", op, dtype)
                for _ in range(3):  # libraries are loaded, kernels compiled and algorithms chosen on the first runs
                    self.wait(work())
                timing["ms"] = round(self.mean_ms("gpu", work, 10), 4)
            except Exception as error:
                if dtype == "float32" or not self.lacks_kernel(error):
                    raise
                timing["unsupported"] = line_of(error)
            else:
                self._ready.append((op, dtype, work))
            timings.append(timing)
        return ""

    def check(self, found: Dict[str, Any]) -> str:
        checks: List[Dict[str, Any]] = []
        found["check"] = checks
        for op, dtype, work in self._ready:
            # float32 is the reference for bfloat16, too: the inputs are the same numbers in both.
            error = self.difference(work, self._prepare("cpu", op, "float32"))
            checks.append({"op": op, "dtype": dtype, "error": error, "limit": LIMITS[dtype]})
        wrong = [check for check in checks if check["error"] is None or check["error"] > check["limit"]]
        return "wrong-values" if wrong else ""

    def speed(self, found: Dict[str, Any]) -> str:
        self._ready = []  # their memory can be taken again
        free = self.free_mib()
        if free is not None and free < SPEED_MIB:
            found["skipped"] = "memory"
            return ""
        work = self.matmul("cpu", SIDE, "float32")
        self.wait(work())  # starts the threads
        estimate = self.mean_ms("cpu", work, 1) * (LARGE_SIDE / SIDE) ** 3
        side = found["size"] = LARGE_SIDE if estimate <= PATIENCE_MS else SMALLER_SIDE
        work = self.matmul("gpu", side, "float32")
        self.wait(work())
        gpu = min(self.mean_ms("gpu", work, 1) for _ in range(3))
        found["gpu_ms"] = round(gpu, 3)
        del work
        cpu = self.mean_ms("cpu", self.matmul("cpu", side, "float32"), 1)
        found["cpu_ms"] = round(cpu, 3)
        found["ratio"] = round(cpu / gpu, 2) if gpu else None
        return ""

    def mean_ms(self, where: str, work: Work, times: int) -> float:
        """Milliseconds for one run."""
        begin = time.perf_counter()
        for _ in range(times):
            result = work()
        self.wait(result)
        return (time.perf_counter() - begin) * 1000 / times

    def _operations(self) -> List[Any]:
        operations = [("matmul", "float32"), ("conv2d", "float32")]
        return operations + [("matmul", "bfloat16")] if self.has_bfloat16() else operations

    def _prepare(self, where: str, op: str, dtype: str) -> Work:
        return self.conv2d(where) if op == "conv2d" else self.matmul(where, SIDE, dtype)


# The inputs are multiples of 1/64 between -1 and 1.  TF32 and bfloat16 hold them exactly, and the sums of the products
# fit the 24 bits of float32: whatever the order of the additions, a matrix product in float32 has one right result.


class Torch(Framework):
    """torch 1.0 and newer: CUDA, ROCm (which calls itself "cuda"), Apple's MPS, Intel's XPU."""

    def load(self, found: Dict[str, Any]) -> str:
        torch: Any = importlib.import_module("torch")
        self.torch = torch
        self.device = ""
        self.sync: Any = None
        found["version"] = str(torch.__version__)
        found["build_cuda"] = torch.version.cuda
        found["build_hip"] = getattr(torch.version, "hip", None)
        found["is_cuda_build"] = bool(found["build_cuda"]) if not found["build_hip"] else None
        self.has_code_for_gpus = bool(found["build_cuda"] or found["build_hip"])
        found["build_cudnn"] = None
        if found["build_cuda"]:
            try:
                found["build_cudnn"] = dotted_cudnn(torch.backends.cudnn.version())
            except RuntimeError as error:  # the library that is loaded is not the one that torch was built for
                found["cudnn_error"] = line_of(error)
        return ""

    def devices(self, found: Dict[str, Any]) -> str:
        torch = self.torch
        if self.stand_in:
            self._take(found, self.stand_in, None)
        elif torch.cuda.is_available():
            self._take(found, "cuda", torch.cuda)
            if found["count"]:
                found["platform"] = "rocm" if getattr(torch.version, "hip", None) else "cuda"
            found["capabilities"] = [
                "{}.{}".format(*torch.cuda.get_device_capability(index)) for index in range(found["count"])
            ]
            self.capability = found["capabilities"][0] if found["capabilities"] else ""
        else:
            found["why"] = self._why_no_cuda()
            found["count"], found["names"] = 0, []
            if _says_yes(getattr(torch.backends, "mps", None)):
                self._take(found, "mps", getattr(torch, "mps", None))
            elif _says_yes(getattr(torch, "xpu", None)):
                self._take(found, "xpu", torch.xpu)
        if self.has_code_for_gpus:
            found["architectures"] = self._architectures()
        return "" if found["count"] else "cpu"

    def _take(self, found: Dict[str, Any], device: str, module: Any) -> None:
        """Make this kind of device the one that is tested."""
        self.device, self.sync = device, getattr(module, "synchronize", None)
        found["platform"] = device
        count = getattr(module, "device_count", lambda: 1)
        name = getattr(module, "get_device_name", lambda index: device)
        found["count"] = count()
        found["names"] = [name(index) for index in range(found["count"])]

    def _why_no_cuda(self) -> str:
        """torch's own words for why there is no GPU; "" for a build without code for one."""
        if not self.has_code_for_gpus:
            return ""
        try:
            self.torch.cuda.init()
        except Exception as error:  # RuntimeError, AssertionError: whatever it is, its text is the answer
            return text_of(error)[:WORDS]
        return ""

    def _architectures(self) -> List[str]:
        """What the binaries hold: "sm_86", "compute_90", "gfx90a"; nothing where torch does not tell (before 1.7)."""
        told: List[str] = getattr(self.torch.cuda, "get_arch_list", list)()
        if not told:  # without a usable GPU it answers with nothing
            flags = getattr(self.torch._C, "_cuda_getArchFlags", lambda: None)()
            told = (flags or "").split()
        return list(told)

    def context(self, found: Dict[str, Any]) -> str:
        self.torch.empty(1, device=self.device)  # memory only: the first kernel is for the next stage
        self._synchronize()
        if self.device == "cuda":
            found["total_mib"] = self.torch.cuda.get_device_properties(0).total_memory // 2**20
            free = self.free_mib()
            if free is not None:
                found["free_mib"] = free
        return ""

    def first(self, found: Dict[str, Any]) -> str:
        found["op"] = "add"
        one = self.torch.ones(1024, device=self.device)
        two = one + one
        found["device"] = str(two.device)
        return judge_first(found, two.cpu()[0].item())

    def matmul(self, where: str, side: int, dtype: str) -> Work:
        torch = self.torch
        torch.manual_seed(0)
        left, right = (self._numbers(where, (SIDE, SIDE), (side // SIDE, side // SIDE), dtype) for _ in "ab")
        return lambda: torch.matmul(left, right)

    def conv2d(self, where: str) -> Work:
        self.torch.manual_seed(0)
        images = self._numbers(where, (8, 64, 56, 56), (1, 1, 1, 1), "float32")
        weights = self._numbers(where, (64, 64, 3, 3), (1, 1, 1, 1), "float32")
        return lambda: self.torch.nn.functional.conv2d(images, weights, padding=1)

    def _numbers(self, where: str, shape: Any, times: Any, dtype: str) -> Any:
        block = self.torch.randint(-64, 65, shape).float() / 64
        tensor = block.repeat(*times).to(self.device if where == "gpu" else "cpu")
        return tensor.to(self.torch.bfloat16) if dtype == "bfloat16" else tensor

    def wait(self, result: Any) -> None:
        if str(result.device) != "cpu":
            self._synchronize()

    def _synchronize(self) -> None:
        if self.sync is not None:
            self.sync()

    def mean_ms(self, where: str, work: Work, times: int) -> float:
        if where == "cpu" or self.device != "cuda":
            return Framework.mean_ms(self, where, work, times)
        begin, end = (self.torch.cuda.Event(enable_timing=True) for _ in "ab")
        begin.record()
        for _ in range(times):
            work()
        end.record()
        self._synchronize()
        return float(begin.elapsed_time(end)) / times

    def difference(self, work: Work, reference: Work) -> Optional[float]:
        ours, theirs = work().float().cpu(), reference()
        if not (bool(self.torch.isfinite(ours).all()) and bool(self.torch.isfinite(theirs).all())):
            return None
        return relative((ours - theirs).abs().max().item(), theirs.abs().max().item())

    def has_bfloat16(self) -> bool:
        if self.device != "cuda":
            return bool(self.stand_in) and hasattr(self.torch, "bfloat16")
        told = getattr(self.torch.cuda, "is_bf16_supported", lambda: False)()
        # Newer versions of torch also say yes to a card that has to emulate it.
        return bool(told) and (not self.torch.version.cuda or at_least(self.capability, 8))

    def free_mib(self) -> Optional[int]:
        if self.device != "cuda" or not hasattr(self.torch.cuda, "mem_get_info"):
            return None
        return int(self.torch.cuda.mem_get_info()[0]) // 2**20


class WithNumpy(Framework):
    """What TensorFlow and JAX have in common: their inputs and results are arrays of numpy."""

    def numbers(self, shape: Any, side: int = SIDE) -> List[Any]:
        """Two arrays of the shapes given, the same on every call; square ones are repeated up to `side`."""
        numpy: Any = importlib.import_module("numpy")
        self.numpy = numpy
        dice = numpy.random.RandomState(0)
        blocks = [dice.randint(-64, 65, one).astype("float32") / 64 for one in shape]
        return [numpy.tile(block, (side // SIDE, side // SIDE)) if side != SIDE else block for block in blocks]

    def values(self, work: Work) -> Any:
        """The result as a numpy array of float32."""
        raise NotImplementedError

    def difference(self, work: Work, reference: Work) -> Optional[float]:
        ours, theirs = self.values(work), self.values(reference)
        if not (self.numpy.isfinite(ours).all() and self.numpy.isfinite(theirs).all()):
            return None
        return relative(self.numpy.abs(ours - theirs).max(), self.numpy.abs(theirs).max())


class TensorFlow(WithNumpy):
    """TensorFlow 1.4 and newer.  The differences between 1 and 2 are in the two classes below."""

    tf: Any
    #: The device that is tested: "/GPU:0".
    gpu: str

    def load(self, found: Dict[str, Any]) -> str:
        tf = self.tf
        found["version"] = str(tf.__version__)
        info = self._build_info()
        found["build_cuda"] = plain_version(info.get("cuda_version") or info.get("cuda_version_number"))
        found["build_cudnn"] = plain_version(info.get("cudnn_version") or info.get("cudnn_version_number"))
        cuda = info.get("is_cuda_build")
        cuda = bool(tf.test.is_built_with_cuda() if cuda is None else cuda)
        rocm = bool(info.get("is_rocm_build") or getattr(tf.test, "is_built_with_rocm", lambda: False)())
        found["is_cuda_build"] = None if rocm else cuda
        found["build_hip"] = str(info.get("rocm_version") or "") if rocm else None
        self.build = "rocm" if rocm else "cuda" if cuda else ""
        self.built_for = info.get("cuda_compute_capabilities")
        return ""

    def _build_info(self) -> Dict[str, Any]:
        """What the build says of itself: from 2.3 on with an official interface, before that in a module only."""
        told = getattr(getattr(self.tf, "sysconfig", None), "get_build_info", None)
        if told is not None:
            return dict(told())
        try:
            info = vars(importlib.import_module("tensorflow.python.platform.build_info"))
        except ImportError:  # before 1.5
            return {}
        return dict(info, **info.get("build_info", {}))

    def _describe(self, found: Dict[str, Any], kinds: List[str], capabilities: List[str]) -> str:
        """What both versions find in the same way.  kinds: "GPU", or "DML" for DirectML."""
        found["count"] = len(kinds)
        found["why"] = ""  # TensorFlow says it on stderr only
        found["capabilities"] = capabilities
        self.capability = capabilities[0] if capabilities else ""
        if self.built_for:
            found["architectures"] = list(self.built_for)
        if self.stand_in:
            found["platform"] = self.stand_in
        elif "DML" in kinds:
            found["platform"] = "directml"
        elif kinds:
            system = {"darwin": "metal", "win32": "directml"}.get(sys.platform, "other")  # plug-ins bring those
            found["platform"] = self.build or system
        return "" if kinds else "cpu"

    def _place(self, where: str) -> str:
        return self.gpu if where == "gpu" else "/CPU:0"

    def first(self, found: Dict[str, Any]) -> str:
        found["op"] = "add"
        found["device"], value = self._add_ones()
        if self.gpu[1:-1] not in found["device"].upper():
            return "cpu"  # it was asked for the GPU and took another device without a word
        return judge_first(found, value)

    def _add_ones(self) -> Any:
        """(the device on which 1 + 1 was computed, the sum)"""
        raise NotImplementedError

    def has_bfloat16(self) -> bool:
        return bool(self.stand_in) or (self.build == "cuda" and at_least(self.capability, 8))

    def lacks_kernel(self, error: Exception) -> bool:
        errors = self.tf.errors
        return isinstance(error, (errors.NotFoundError, errors.InvalidArgumentError, errors.UnimplementedError))


class TensorFlow1(TensorFlow):
    """Graphs and one session."""

    def __init__(self, tf: Any) -> None:
        TensorFlow.__init__(self)
        self.tf = tf

    def devices(self, found: Dict[str, Any]) -> str:
        # A session makes the context of every card; device_lib.list_local_devices would take all their memory, too.
        options = self.tf.GPUOptions(allow_growth=True)
        self.session = self.tf.Session(config=self.tf.ConfigProto(allow_soft_placement=False, gpu_options=options))
        wanted = (self.stand_in.upper(),) if self.stand_in else ("GPU", "DML")
        cards = [device for device in self.session.list_devices() if device.device_type in wanted]
        found["names"] = [card.name for card in cards]
        self.gpu = "/{}:0".format(cards[0].device_type) if cards else ""
        self.limit = cards[0].memory_limit_bytes // 2**20 if cards and not self.stand_in else None
        return self._describe(found, [card.device_type for card in cards], [])

    def context(self, found: Dict[str, Any]) -> str:
        if self.limit is not None:  # what was free, less a reserve of TensorFlow's
            found["free_mib"] = self.limit
        return ""

    def free_mib(self) -> Optional[int]:
        return self.limit

    def _add_ones(self) -> Any:
        tf = self.tf
        fed = tf.placeholder(tf.float32, [1024])
        with tf.device(self.gpu):
            total = tf.add(fed, fed)
        # The graph as it was cut up for the devices tells where the operation really was.
        options, metadata = tf.RunOptions(output_partition_graphs=True), tf.RunMetadata()
        value = self.session.run(total, {fed: [1.0] * 1024}, options=options, run_metadata=metadata)
        nodes = [node for graph in metadata.partition_graphs for node in graph.node]
        return next((node.device for node in nodes if node.name == total.op.name), ""), value[0]

    def matmul(self, where: str, side: int, dtype: str) -> Work:
        shape = (SIDE, SIDE)
        left, right = self._variables(where, self.numbers((shape, shape), side), dtype)
        with self.tf.device(self._place(where)):
            return self._work(self.tf.matmul(left, right))

    def conv2d(self, where: str) -> Work:
        images, weights = self._variables(where, self.numbers(((8, 56, 56, 64), (3, 3, 64, 64))), "float32")
        with self.tf.device(self._place(where)):
            return self._work(self.tf.nn.conv2d(images, weights, [1, 1, 1, 1], "SAME"))

    def _variables(self, where: str, arrays: List[Any], dtype: str) -> List[Any]:
        """Variables on the device: constants would be folded, and what is fed would be copied on every run."""
        tf, made = self.tf, []
        for array in arrays:
            fed = tf.placeholder(tf.float32, array.shape)
            with tf.device(self._place(where)):
                variable = tf.Variable(fed, trainable=False)
                made.append(tf.cast(variable, tf.bfloat16) if dtype == "bfloat16" else variable)
            self.session.run(variable.initializer, {fed: array})
        return made

    def _work(self, result: Any) -> Work:
        """Running the operation brings nothing back from the device, and returns when it is done."""
        self.results = getattr(self, "results", {})

        def work() -> Any:
            return self.session.run(result.op)

        self.results[work] = result
        return work

    def wait(self, result: Any) -> None:
        return

    def values(self, work: Work) -> Any:
        return self.session.run(self.tf.cast(self.results[work], self.tf.float32))


class TensorFlow2(TensorFlow):
    """Eager from its first operation on."""

    def __init__(self, tf: Any) -> None:
        TensorFlow.__init__(self)
        self.tf = tf
        old = tf.config.experimental  # 2.0 has these names there only
        self.list_devices = getattr(tf.config, "list_physical_devices", None) or old.list_physical_devices
        self.list_made = getattr(tf.config, "list_logical_devices", None) or old.list_logical_devices
        self.make_visible = getattr(tf.config, "set_visible_devices", None) or old.set_visible_devices

    def devices(self, found: Dict[str, Any]) -> str:
        kind = self.stand_in.upper() or "GPU"
        cards = self.list_devices(kind)
        details: Any = getattr(self.tf.config.experimental, "get_device_details", lambda card: {})
        told = [details(card) if kind == "GPU" else {} for card in cards]
        found["names"] = [one.get("device_name", card.name) for one, card in zip(told, cards)]
        capabilities = ["{}.{}".format(*one["compute_capability"]) for one in told if "compute_capability" in one]
        self.gpu = "/{}:0".format(kind)
        if cards and kind == "GPU":
            self.make_visible(cards[0], kind)  # no context on the others
            self.tf.config.experimental.set_memory_growth(cards[0], True)
        return self._describe(found, [kind] * len(cards), capabilities)

    def context(self, found: Dict[str, Any]) -> str:
        # A card that was listed can still be refused here, when TensorFlow was not built for one so old.
        return "" if self.list_made(self.gpu[1:-2]) else "cpu"

    def _add_ones(self) -> Any:
        with self.tf.device(self.gpu):
            one = self.tf.ones([1024])
            two = self.tf.add(one, one)
        return two.device, two.numpy()[0]

    def matmul(self, where: str, side: int, dtype: str) -> Work:
        shape = (SIDE, SIDE)
        left, right = self._tensors(where, self.numbers((shape, shape), side), dtype)
        return lambda: self._on(where, self.tf.matmul, left, right)

    def conv2d(self, where: str) -> Work:
        images, weights = self._tensors(where, self.numbers(((8, 56, 56, 64), (3, 3, 64, 64))), "float32")
        return lambda: self._on(where, self.tf.nn.conv2d, images, weights, [1, 1, 1, 1], "SAME")

    def _tensors(self, where: str, arrays: List[Any], dtype: str) -> List[Any]:
        kind = self.tf.bfloat16 if dtype == "bfloat16" else self.tf.float32
        return [self._on(where, self.tf.cast, self._on(where, self.tf.identity, array), kind) for array in arrays]

    def _on(self, where: str, function: Any, *arguments: Any) -> Any:
        with self.tf.device(self._place(where)):
            return function(*arguments)

    def wait(self, result: Any) -> None:
        # One value is read back: it is copied after all that was put on the device's queue before.
        self.tf.cast(self.tf.reshape(result, [-1])[0], self.tf.float32).numpy()

    def values(self, work: Work) -> Any:
        return self.tf.cast(work(), self.tf.float32).numpy()


class Jax(WithNumpy):
    """JAX, with the plug-ins that bring it CUDA or ROCm."""

    def load(self, found: Dict[str, Any]) -> str:
        jax: Any = importlib.import_module("jax")
        self.jax = jax
        self.jnp: Any = importlib.import_module("jax.numpy")
        found["version"] = str(jax.__version__)
        jaxlib = str(getattr(sys.modules.get("jaxlib"), "__version__", "") or _jaxlib_version())
        found["jaxlib"] = jaxlib
        # Until 0.4 the CUDA build of jaxlib said so in its version ("0.3.25+cuda11.cudnn82"); then plug-ins came.
        names = " ".join([jaxlib] + [module.name for module in pkgutil.iter_modules()])
        cuda = re.search(r"\+cuda(\d+)", jaxlib) or re.search(r"\bjax_cuda(\d+)_plugin\b", names)
        cudnn = re.search(r"\.cudnn(\d+)", jaxlib)
        rocm = re.search(r"\+rocm(\d+)", jaxlib) or re.search(r"\bjax_rocm(\d+)_plugin\b", names)
        found["build_cuda"] = cuda.group(1) if cuda else None
        found["build_cudnn"] = cudnn.group(1) if cudnn else None
        found["build_hip"] = rocm.group(1) if rocm else None
        found["is_cuda_build"] = bool(cuda) if not rocm else None
        return ""

    def devices(self, found: Dict[str, Any]) -> str:
        self.cpu: Any = None
        kinds = (self.stand_in,) if self.stand_in else ("gpu", "cuda", "rocm", "metal")
        found["why"] = ""
        try:
            every = self.jax.devices()
        except (RuntimeError, AssertionError) as error:  # JAX_PLATFORMS asks for a platform that cannot be started
            traceback.print_exc()
            every, found["why"] = [], (text_of(error) or line_of(error))[:WORDS]
        found["backend"] = every[0].platform if every else ""
        cards = [device for device in every if device.platform.lower() in kinds]
        found["count"] = len(cards)
        found["names"] = [str(getattr(card, "device_kind", card)) for card in cards]
        told = [getattr(card, "compute_capability", None) for card in cards]
        found["capabilities"] = [str(capability) for capability in told if capability]
        if not cards:
            found["why"] = self._why_no_gpu(found["why"])
            return "cpu"
        self.gpu = cards[0]
        self.capability = (found["capabilities"] + [""])[0]
        version = str(getattr(getattr(self.gpu, "client", None), "platform_version", ""))
        named = [name for name in ("cuda", "rocm") if name in version.lower()]
        found["platform"] = self.stand_in or (named + [self.gpu.platform.lower()])[0]
        try:
            self.cpu = self.jax.devices("cpu")[0]
        except (RuntimeError, AssertionError):  # JAX_PLATFORMS leaves the CPU out
            self.cpu = None
        return ""

    def _why_no_gpu(self, said: str) -> str:
        """JAX's own words, with what each backend said when it could not be started."""
        words = [said] if said else []
        try:
            if not said:
                self.jax.devices("gpu")
        except (RuntimeError, AssertionError) as error:
            words.append(text_of(error) or line_of(error))
        errors = getattr(sys.modules.get("jax._src.xla_bridge"), "_backend_errors", {})
        words += ["{}: {}".format(name, error) for name, error in sorted(dict(errors).items()) if name != "tpu"]
        return "\n".join(words)[:WORDS]

    def context(self, found: Dict[str, Any]) -> str:
        self.numbers(())  # numpy
        self._there("gpu", self.numpy.zeros(1, "float32")).block_until_ready()
        return ""

    def first(self, found: Dict[str, Any]) -> str:
        found["op"] = "add"
        one = self._there("gpu", self.numpy.ones(1024, "float32"))
        two = self.jax.jit(lambda a: a + a)(one)
        found["device"] = self._place_of(two)
        return judge_first(found, self.numpy.asarray(two)[0])

    def _place_of(self, array: Any) -> str:
        if hasattr(array, "devices"):
            return ", ".join(sorted(str(device) for device in array.devices()))
        device = getattr(array, "device", None) or array.device_buffer.device
        return str(device() if callable(device) else device)

    def _there(self, where: str, array: Any) -> Any:
        return self.jax.device_put(array, self.gpu if where == "gpu" else self.cpu)

    def matmul(self, where: str, side: int, dtype: str) -> Work:
        arrays = self.numbers(((SIDE, SIDE), (SIDE, SIDE)), side)
        if where == "cpu" and self.cpu is None:
            return lambda: self.numpy.matmul(*arrays)
        left, right = (self._there(where, array).astype(dtype) for array in arrays)
        product = self.jax.jit(self.jnp.matmul)
        return lambda: product(left, right)

    def conv2d(self, where: str) -> Work:
        images, weights = self.numbers(((8, 64, 56, 56), (64, 64, 3, 3)))
        if where == "cpu" and self.cpu is None:
            return lambda: self._conv2d_in_numpy(images, weights)
        images, weights = self._there(where, images), self._there(where, weights)
        convolve = self.jax.jit(lambda a, b: self.jax.lax.conv(a, b, (1, 1), "SAME"))
        return lambda: convolve(images, weights)

    def _conv2d_in_numpy(self, images: Any, weights: Any) -> Any:
        """The same sum, one position of the window after the other."""
        padded = self.numpy.pad(images, ((0, 0), (0, 0), (1, 1), (1, 1)), "constant")
        total: Any = 0
        for row in range(3):
            for column in range(3):
                seen = padded[:, :, row : row + images.shape[2], column : column + images.shape[3]]
                total = total + self.numpy.tensordot(seen, weights[:, :, row, column], ([1], [1]))
        return self.numpy.moveaxis(total, 3, 1)

    def wait(self, result: Any) -> None:
        getattr(result, "block_until_ready", lambda: None)()

    def values(self, work: Work) -> Any:
        return self.numpy.asarray(work().astype("float32"))

    def has_bfloat16(self) -> bool:
        return bool(self.stand_in) or at_least(self.capability, 8)


def tensorflow() -> TensorFlow:
    tf: Any = importlib.import_module("tensorflow")
    return TensorFlow1(tf) if str(tf.__version__).startswith(("0.", "1.")) else TensorFlow2(tf)


MAKERS: Dict[str, Callable[[], Framework]] = {"torch": Torch, "tensorflow": tensorflow, "jax": Jax}


# ---------------------------------------------------------------- small answers


def judge_first(found: Dict[str, Any], value: Any) -> str:
    found["value"] = value = float(value)
    if value != value or abs(value) == float("inf"):  # JSON has no such numbers
        found["value"] = str(value)
    return "" if value == 2.0 else "wrong-values"


def relative(difference: Any, largest: Any) -> float:
    return float(difference) / (float(largest) or 1.0)


def at_least(capability: str, major: int) -> bool:
    """Whether a compute capability is known and not below.

    >>> at_least("8.6", 8), at_least("12.0", 8), at_least("", 8)
    (True, True, False)
    """
    number = capability.split(".")[0]
    return number.isdigit() and int(number) >= major


def dotted_cudnn(number: Optional[int]) -> Optional[str]:
    """cuDNN's version out of its number: thousands and hundreds until 8, then ten thousands and hundreds.

    >>> dotted_cudnn(7605), dotted_cudnn(8902), dotted_cudnn(91002), dotted_cudnn(None)
    ('7.6.5', '8.9.2', '9.10.2', None)
    """
    if not number:
        return None
    unit = 10000 if number >= 90000 else 1000
    return "{}.{}.{}".format(number // unit, number % unit // 100, number % 100)


def plain_version(told: Any) -> Optional[str]:
    """The version in what a build of TensorFlow says: its builds for Windows give the end of a DLL's name.

    >>> plain_version("12.5.1"), plain_version("64_112"), plain_version("64_8"), plain_version("")
    ('12.5.1', '11.2', '8', None)
    """
    text = str(told or "")
    digits = text[len("64_") :] if text.startswith("64_") else ""
    if digits.isdigit():
        return digits[:-1] + "." + digits[-1] if len(digits) > 2 else digits
    return text or None


def _says_yes(module: Any) -> bool:
    return bool(getattr(module, "is_available", lambda: False)())


def _jaxlib_version() -> str:
    try:
        return str(importlib.import_module("jaxlib.version").__version__)
    except (ImportError, AttributeError):
        return ""


def text_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an exception that cannot be printed
        return ""


def line_of(error: BaseException) -> str:
    r"""The type and the line of its text that says what is wrong: the first; where a traceback was put into the text
    (TensorFlow 1 does), the last line of that.

    >>> line_of(RuntimeError("CUDA error: no kernel image\nCompile with TORCH_USE_CUDA_DSA"))
    'RuntimeError: CUDA error: no kernel image'
    >>> line_of(ImportError("Traceback (most recent call last):\n  File\nImportError: libcublas.so.10.0: no\n\nSee"))
    'ImportError: libcublas.so.10.0: no'
    """
    lines = [line.strip() for line in text_of(error).splitlines() if line.strip()]
    kind = type(error).__name__
    if lines and lines[0].startswith("Traceback"):
        inner = [line for line in lines if re.match(r"[A-Za-z_.]*(Error|Exception): ", line)]
        if inner:
            return inner[-1][:LINE]
    if not lines:  # a bare `assert` says it with its own line
        frames = traceback.extract_tb(error.__traceback__)
        lines = [(frames[-1].line or "") if frames else ""]
    return "{}: {}".format(kind, lines[0])[:LINE]


def is_full(error: BaseException) -> bool:
    """Whether it says that the memory of the card is used up."""
    text = (type(error).__name__ + " " + text_of(error)).lower()
    return any(words in text for words in FULL)


# ---------------------------------------------------------------- one stage after the other


def examine(framework: str, least_mib: int, say: Callable[[Dict[str, Any]], None]) -> str:
    """Go through the stages and say what happens.  Returns the outcome.

    Whatever a framework raises (some call sys.exit) is an answer, and none of it may end the test without a word.
    """
    patient: Optional[Framework] = None
    for name in ("import", "devices", "context", "first", "warm", "check", "speed"):
        say({"stage": name})
        found: Dict[str, Any] = {}
        begin = time.perf_counter()
        try:
            if patient is None:
                patient = MAKERS[framework]()
                outcome = patient.load(found)
            else:
                outcome = getattr(patient, name)(found)
        except BaseException as error:
            seconds = round(time.perf_counter() - begin, 3)
            if name == "speed" and is_full(error):  # all that matters is proved by now
                say({"done": name, "seconds": seconds, "found": {"skipped": "memory"}})
                return "gpu"
            traceback.print_exc()
            say({"failed": name, "seconds": seconds, "error": line_of(error), "found": found})
            if name == "import":
                return "not-imported"
            return "full" if is_full(error) else "failed"
        say({"done": name, "seconds": round(time.perf_counter() - begin, 3), "found": found})
        if outcome:
            return str(outcome)
        if found.get("free_mib", least_mib) < least_mib:
            return "full"
    return "gpu"


def main(arguments: List[str]) -> None:
    """Speak on the pipe that was stdout; from here on stdout is stderr, for Python and for C."""
    channel = os.dup(1)  # not inherited by what the framework may start
    os.dup2(2, 1)
    if sys.platform == "win32":
        import msvcrt

        msvcrt.setmode(channel, os.O_BINARY)

    def say(message: Dict[str, Any]) -> None:
        text = json.dumps(message, default=str)
        line = text.encode("ascii") + b"\n"
        while line:
            line = line[os.write(channel, line) :]

    os.write(channel, b"\n")  # a start-up file may have left half a line there
    least_mib = int(arguments[arguments.index("--least-mib") + 1]) if "--least-mib" in arguments else 0
    outcome = examine(arguments[0], least_mib, say)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):  # closed or replaced by the framework
            continue
    say({"outcome": outcome})
    os._exit(0)  # frameworks crash and hang while they are taken down, and that is not what is asked


if __name__ == "__main__":
    main(sys.argv[1:])
