"""A torch that pretends.

FAKE_PLAY, in words separated by blanks: cpu-build, no-driver, rocm, mps, old (1.0), no-kernel, wrong, wrong-sum, nan,
full, full-late, little-memory, tight, slow-cpu, cudnn-mismatch; crash, exit, leave, hang-import, hang-first, garbage,
flood, quits, broken, nameless, orphan.  Without a word it is a torch 2 with a good NVIDIA card.
"""

import math
import os
import subprocess
import sys
import threading

PLAY = os.environ.get("FAKE_PLAY", "").split()


def plays(*words):
    return any(word in PLAY for word in words)


def hang():
    threading.Event().wait()


def leave_an_orphan():
    """A grandchild that has left the session, keeps both pipes, and whose parent is gone."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            with open(os.environ["FAKE_PIDS"], "a") as file:
                file.write("{}\n".format(os.getpid()))
            hang()
        os._exit(0)
    os.wait()
    while not os.path.exists(os.environ["FAKE_PIDS"]):
        threading.Event().wait(0.01)


if plays("quits"):
    sys.exit("a licence is needed")
if plays("broken"):
    raise ImportError("libcudart.so.10.0: cannot open shared object file: No such file or directory\nSee the docs")
if plays("hang-import"):
    hang()
if plays("garbage"):
    print('{"outcome": "gpu"')
    sys.stdout.write('{"outcome": "gpu"}\n{"stage"')
    sys.stdout.flush()
    os.write(1, b'\x00\xff{"outcome": "gpu"}\n{"done": ')
    subprocess.call(["echo", '{"outcome": "gpu"}'])
if plays("flood"):
    for _ in range(1000):
        os.write(2, b"x" * 9999 + b"\n")
    os.write(2, b"the last words\n")
if plays("orphan"):
    leave_an_orphan()
if not plays("nameless"):
    __version__ = "1.0.0" if plays("old") else "2.13.0+cu130"

bfloat16 = "bfloat16"


class version:
    cuda = None if plays("cpu-build", "rocm", "mps") else "10.0.130" if plays("old") else "13.0"
    if plays("rocm"):
        hip = "7.1.52802"


class Tensor:
    def __init__(self, value, device="cpu", dtype="float32"):
        self.value, self.device, self.dtype = float(value), device, dtype

    def like(self, value, other=None):
        assert other is None or (other.device, other.dtype) == (self.device, self.dtype), "they lie apart"
        return Tensor(value, self.device, self.dtype)

    def __add__(self, other):
        return self.like(self.value + other.value, other)

    def __sub__(self, other):
        return self.like(self.value - other.value, other)

    def __truediv__(self, number):
        return self.like(self.value / number)

    def __getitem__(self, index):
        return self

    def abs(self):
        return self.like(abs(self.value))

    max = repeat = lambda self, *arguments: self

    def item(self):
        return self.value

    def all(self):
        return bool(self.value)

    def to(self, target):
        if target == bfloat16:
            return Tensor(self.value, self.device, target)
        return Tensor(self.value, "cuda:0" if target == "cuda" else target, self.dtype)

    def cpu(self):
        return self.to("cpu")

    def float(self):
        return Tensor(self.value, self.device)


def manual_seed(seed):
    assert seed == 0


def randint(low, high, shape):
    return Tensor(32)


def empty(size, device):
    if plays("crash"):
        import signal

        os.kill(os.getpid(), signal.SIGSEGV)
    if plays("exit"):
        os._exit(3)
    if plays("leave"):
        sys.stderr.write("bye\n")
        raise SystemExit(0)
    return Tensor(0).to(device)


def ones(size, device):
    if plays("hang-first"):
        hang()
    if plays("no-kernel"):
        raise RuntimeError(
            "CUDA error: no kernel image is available for execution on the device\n"
            "CUDA kernel errors might be asynchronously reported at some other API call.\n"
            "Compile with `TORCH_USE_CUDA_DSA` to enable device-side assertions."
        )
    if plays("full"):
        raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB (GPU 0; 10.00 GiB total capacity)")
    if plays("wrong-sum"):
        return Tensor(7).to(device)
    return Tensor(1).to(device)


def matmul(left, right):
    result = left.like(left.value * right.value, right)
    if result.device == "cpu":
        if plays("slow-cpu"):
            threading.Event().wait(0.2)
        return result
    if plays("full-late") and cuda.asked > 1:
        raise RuntimeError("CUDA out of memory. Tried to allocate 64.00 MiB")
    return result.like(result.value * (1.5 if plays("wrong") else math.nan if plays("nan") else 1))


def isfinite(tensor):
    return tensor.like(math.isfinite(tensor.value))


class functional:
    @staticmethod
    def conv2d(images, weights, padding):
        assert padding == 1
        return images.like(images.value * weights.value, weights)


class nn:
    functional = functional


class Event:
    def __init__(self, enable_timing):
        assert enable_timing

    def record(self):
        return

    def elapsed_time(self, other):
        return 0.5


class _C:
    @staticmethod
    def _cuda_getArchFlags():
        return "sm_75 sm_86 compute_90"


class cuda:
    Event = Event
    asked = 0

    @staticmethod
    def is_available():
        return not plays("cpu-build", "no-driver", "mps")

    @staticmethod
    def init():
        raise RuntimeError("Found no NVIDIA driver on your system.\nPlease check that you have an NVIDIA GPU")

    @staticmethod
    def device_count():
        return 2

    @staticmethod
    def get_device_name(index):
        return ["NVIDIA GeForce RTX 3080", "NVIDIA GeForce GT 710"][index]

    @staticmethod
    def get_device_capability(index):
        return [(8, 6), (3, 5)][index]

    @staticmethod
    def get_device_properties(index):
        return cuda

    total_memory = 10 * 2**30

    @staticmethod
    def synchronize():
        return

    if not plays("old"):

        @staticmethod
        def get_arch_list():
            return ["sm_75", "sm_86", "compute_90"] if cuda.is_available() else []

        @staticmethod
        def is_bf16_supported():
            return True

        @staticmethod
        def mem_get_info():
            cuda.asked += 1
            return (300 if plays("little-memory") else 600 if plays("tight") else 9000) * 2**20, cuda.total_memory


class backends:
    class cudnn:
        @staticmethod
        def version():
            if plays("cudnn-mismatch"):
                raise RuntimeError("cuDNN version incompatibility: built for (9, 1, 0), found (8, 9, 2)")
            return 7402 if plays("old") else 91002

    class mps:
        @staticmethod
        def is_available():
            return plays("mps")


class mps:
    @staticmethod
    def synchronize():
        return
