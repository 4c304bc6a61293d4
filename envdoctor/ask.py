"""How may a probe touch the machine?  Only through these hands: a clock, an output cap, a kill, never an exception.

Runs on Python 3.6.  Tests put recorded answers in place of `Ask` (tests/tape.py), which offers the same methods.
"""

import errno
import os
import stat
import sys
import time
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

#: A probe's command is stopped after this many seconds (our choice; nvidia-smi needs 1 to 5 s on a cold driver).
COMMAND_SECONDS = 10.0
#: What is kept of a command's output, in bytes.
OUTPUT_BYTES = 1000000
#: What is read of one file, in bytes, unless the caller says otherwise.
FILE_BYTES = 1000000

MISSING, DENIED, TIMEOUT, CRASHED, TOO_LONG, UNREADABLE = (
    "missing",
    "denied",
    "timeout",
    "crashed",
    "too-long",
    "unreadable",
)


class Answer(NamedTuple):
    """What a command said.  `trouble` is "" when it ran to its end, whatever `status` it chose."""

    status: Optional[int]
    out: str
    err: str
    trouble: str = ""


class Reading(NamedTuple):
    """What a file held.  `trouble` is "" when it could be read; bytes that are no UTF-8 become U+FFFD."""

    text: str
    trouble: str = ""


class Nvml(NamedTuple):
    """NVIDIA's management library.  `module` is a pynvml whose library loads; not initialized.

    path: the file that the library was loaded from, "" where nothing tells.  trouble: "" (ready), "missing" (no such
    library), "unreadable" (there is one and it cannot be loaded) or "no-binding" (pynvml is not installed or broken).
    """

    module: Any
    path: str = ""
    trouble: str = ""
    detail: str = ""


class Adapter(NamedTuple):
    """A display adapter as Windows lists it: its name, "PCI\\VEN_10DE&DEV_2206&...", and "31.0.15.3623"."""

    name: str
    device: str
    driver: str = ""


def decoded(raw: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 when a byte order mark says so (`pip freeze > file` in PowerShell)."""
    return raw.decode("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")


def _trouble_of(error: OSError) -> str:
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return MISSING
    if error.errno in (errno.EACCES, errno.EPERM):
        return DENIED
    return UNREADABLE


class Ask:
    """The machine that envdoctor runs on."""

    path = os.path
    os = {"linux": "linux", "win32": "windows", "cygwin": "windows", "darwin": "macos"}.get(sys.platform, sys.platform)

    def __init__(self, environ: Optional[Mapping[str, str]] = None) -> None:
        self.environ = dict(os.environ if environ is None else environ)

    # ------------------------------------------------------------ files

    def read(self, path: str, limit: int = FILE_BYTES) -> Reading:
        try:
            with open(path, "rb") as file:
                return Reading(decoded(file.read(limit)))
        except OSError as error:
            return Reading("", _trouble_of(error))
        except ValueError:  # a NUL in the path
            return Reading("", MISSING)

    def tail(self, path: str, limit: int = 65536) -> Reading:
        """The last `limit` bytes of a file (the launchers of Windows keep their target at their end)."""
        try:
            with open(path, "rb") as file:
                file.seek(0, os.SEEK_END)
                file.seek(max(0, file.tell() - limit))
                return Reading(file.read(limit).decode("utf-8", "replace"))
        except OSError as error:
            return Reading("", _trouble_of(error))
        except ValueError:
            return Reading("", MISSING)

    def here(self) -> str:
        """The folder that the user stands in, or "" when it is gone."""
        try:
            return os.getcwd()
        except OSError:
            return ""

    def names(self, path: str) -> List[str]:
        """The sorted names in a folder; none when it is missing or closed to us (ask `trouble` which)."""
        try:
            return sorted(os.listdir(path))
        except (OSError, ValueError):
            return []

    def trouble(self, path: str) -> str:
        """Why a file or folder cannot be read: "" (it can), "missing", "denied" or "unreadable"."""
        try:
            mode = os.stat(path).st_mode
            if stat.S_ISDIR(mode):
                os.listdir(path)
            else:
                with open(path, "rb"):
                    pass
        except OSError as error:
            return _trouble_of(error)
        except ValueError:
            return MISSING
        return ""

    def is_file(self, path: str) -> bool:
        return os.path.isfile(path)

    def is_dir(self, path: str) -> bool:
        return os.path.isdir(path)

    def real(self, path: str) -> str:
        """The path with every link followed."""
        try:
            return os.path.realpath(path)
        except OSError:  # a relative path, and the current folder is gone
            return path

    def link(self, path: str) -> str:
        """Where a symbolic link points, or "" """
        try:
            return os.readlink(path)
        except (OSError, ValueError):
            return ""

    def free_mib(self, path: str) -> Optional[int]:
        """Free space of the disk that holds `path`, in MiB."""
        import shutil

        try:
            return shutil.disk_usage(path).free // 2**20
        except OSError:
            return None

    def which(self, name: str, path: Optional[str] = None) -> str:
        """The program that a shell would start for `name`, or ""."""
        import shutil

        found = shutil.which(name, path=self.environ.get("PATH", os.defpath) if path is None else path) or ""
        # Windows looks in the current folder first; a file of the user's must not be run for a tool of the system.
        return "" if found.startswith((".\\", "./")) else found

    # ------------------------------------------------------------ what no file and no command tells

    def nvml(self) -> Nvml:
        """pynvml, where the driver's library can be loaded: that is tried first, as pynvml costs 30 ms to import."""
        import ctypes

        detail = ""
        for name in self._nvml_places():
            try:
                ctypes.CDLL(name)
                break
            except OSError as error:
                # The loader says "cannot open shared object file: No such file" (musl: "Error loading shared library").
                if not _says_missing(error):
                    detail = str(error)
        else:
            return Nvml(None, "", UNREADABLE if detail else MISSING, detail)
        path = name if self.os == "windows" else self._loaded_from("libnvidia-ml")
        try:
            import pynvml
        except Exception as error:  # not installed, or another package of this name that fails in its own way
            return Nvml(None, path, "no-binding", "{}: {}".format(type(error).__name__, error))
        return Nvml(pynvml, path)

    def _nvml_places(self) -> List[str]:
        """What pynvml tries; and on Linux two places whose library it finds once that is loaded (same soname)."""
        if self.os == "windows":
            windows = self.environ.get("SystemRoot", self.environ.get("WINDIR", "C:\\Windows"))
            programs = self.environ.get("ProgramFiles", "C:\\Program Files")
            return [
                os.path.join(windows, "System32", "nvml.dll"),
                os.path.join(programs, "NVIDIA Corporation", "NVSMI", "nvml.dll"),
            ]
        if self.os != "linux":
            return []
        return [
            "libnvidia-ml.so.1",
            "/usr/lib/wsl/lib/libnvidia-ml.so.1",
            "/run/opengl-driver/lib/libnvidia-ml.so.1",  # NixOS
        ]

    def _loaded_from(self, name: str) -> str:
        """The file of a library that this process has mapped."""
        for line in self.read("/proc/self/maps").text.splitlines():
            start = line.find("/")
            if start >= 0 and line.rfind("/" + name) >= 0:
                return line[start:]
        return ""

    def adapters(self) -> Optional[List[Adapter]]:
        """The display adapters that are plugged in, as Windows knows them; None where it cannot be asked.

        The registry alone would also name cards that were taken out long ago, so the device list is asked first
        (CM_Get_Device_ID_List, filtered by the display class and by presence).
        """
        if self.os != "windows":
            return None
        try:
            return _adapters_of_windows()
        except Exception:  # an interface that this Windows lacks, a key that is closed
            return None

    def glibc(self) -> str:
        """The version of the GNU C library ("2.31"), or "" where the C library is another one."""
        try:
            words = (os.confstr("CS_GNU_LIBC_VERSION") or "").split()
        except (AttributeError, ValueError, OSError):
            return ""
        return words[1] if len(words) == 2 and words[0] == "glibc" else ""

    def has_cpu_feature(self, number: int) -> Optional[bool]:
        """IsProcessorFeaturePresent of Windows: 39 is AVX, 40 is AVX2 (winnt.h).  None elsewhere."""
        try:
            import ctypes

            kernel32 = ctypes.windll.kernel32  # type: ignore[attr-defined]
            return bool(kernel32.IsProcessorFeaturePresent(number))
        except (ImportError, AttributeError, OSError):
            return None

    def ram_mib(self) -> Optional[int]:
        """The memory of a Windows machine, in MiB (GlobalMemoryStatusEx).  None elsewhere."""
        try:
            import ctypes

            class Status(ctypes.Structure):
                _fields_ = [
                    ("length", ctypes.c_uint32),
                    ("load", ctypes.c_uint32),
                    ("total", ctypes.c_uint64),
                    ("others", ctypes.c_uint64 * 6),
                ]

            status = Status()
            status.length = ctypes.sizeof(Status)
            kernel32 = ctypes.windll.kernel32  # type: ignore[attr-defined]
            return status.total // 2**20 if kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else None
        except (ImportError, AttributeError, OSError):
            return None

    # ------------------------------------------------------------ commands

    def run(
        self,
        argv: Sequence[str],
        seconds: float = COMMAND_SECONDS,
        limit: int = OUTPUT_BYTES,
        environ: Optional[Mapping[str, str]] = None,
    ) -> Answer:
        """Run a command that reads nothing, in a session of its own.  Give the full path of the program.

        It is killed with all its children when the clock runs out or when it prints more than `limit` bytes.
        """
        import subprocess
        import threading

        options: Dict[str, Any] = {}
        if self.os == "windows":
            options["creationflags"] = 0x08000000 | 0x00000200  # CREATE_NO_WINDOW | CREATE_NEW_PROCESS_GROUP
        else:
            options["start_new_session"] = True
        try:
            child = subprocess.Popen(
                list(argv),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=dict(self.environ if environ is None else environ),
                **options,
            )
        except OSError as error:
            return Answer(None, "", str(error), _trouble_of(error))
        except ValueError as error:
            return Answer(None, "", str(error), MISSING)
        kept = {"out": b"", "err": b""}
        overflow = threading.Event()

        def drain(stream: Any, key: str) -> None:
            while True:
                block = stream.read1(65536)
                if not block:
                    return
                if len(kept[key]) < limit:
                    kept[key] += block[: limit - len(kept[key])]
                else:
                    overflow.set()
                    _kill(child)
                    return

        readers = [
            threading.Thread(target=drain, args=(child.stdout, "out"), daemon=True),
            threading.Thread(target=drain, args=(child.stderr, "err"), daemon=True),
        ]
        for reader in readers:
            reader.start()
        trouble = ""
        end = time.monotonic() + seconds
        try:
            for reader in readers:  # both pipes end at once; waiting for the child itself would be polling
                reader.join(max(0.0, end - time.monotonic()))
            status: Optional[int] = child.wait(timeout=max(0.05, end - time.monotonic()))
        except KeyboardInterrupt:  # it is in a session of its own, so Ctrl-C has not reached it
            _kill(child)
            child.wait()
            raise
        except subprocess.TimeoutExpired:
            trouble, status = TIMEOUT, None
            _kill(child)
            child.wait()
        for reader in readers:
            reader.join(1.0)
        if any(reader.is_alive() for reader in readers):  # a grandchild keeps the pipe open
            _kill(child)
        for stream, reader in zip((child.stdout, child.stderr), readers):
            if not reader.is_alive() and stream is not None:
                stream.close()
        if overflow.is_set():
            trouble, status = TOO_LONG, None
        elif status is not None and status < 0:
            trouble = CRASHED
        out, err = (kept[key].decode("utf-8", "replace") for key in ("out", "err"))
        return Answer(status, out, err, trouble)


def _kill(child: Any) -> None:
    """End a command with all its children; silence if it is gone already."""
    import signal
    import subprocess

    try:
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            subprocess.call(
                ["taskkill", "/F", "/T", "/PID", str(child.pid)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            child.kill()
    except OSError:
        return


def _says_missing(error: OSError) -> bool:
    """Whether the loader could not find the library, rather than not load it."""
    if getattr(error, "winerror", None) is not None:
        return error.winerror in (2, 3, 126)  # type: ignore[attr-defined]  # file, path, module not found
    text = str(error)
    return isinstance(error, FileNotFoundError) or (
        text.startswith(("libnvidia-ml", "/usr/lib/wsl", "/run/opengl", "Error loading", "Could not find"))
        and ("No such file" in text or "Could not find" in text)
    )


#: The class of display adapters (Microsoft, "System-Defined Device Setup Classes").
_DISPLAY_CLASS = "{4d36e968-e325-11ce-bfc1-08002be10318}"
_CONTROL = "SYSTEM\\CurrentControlSet\\Control\\Class\\"


def _adapters_of_windows() -> List[Adapter]:
    import ctypes
    import winreg  # type: ignore[import-not-found,unused-ignore]

    def value(key: str, name: str) -> str:
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:  # type: ignore[attr-defined,unused-ignore]
                return str(winreg.QueryValueEx(opened, name)[0])  # type: ignore[attr-defined,unused-ignore]
        except OSError:
            return ""

    found = []
    for device in _present_devices(ctypes):
        key = "SYSTEM\\CurrentControlSet\\Enum\\" + device
        driver = _CONTROL + value(key, "Driver")  # "{class}\0001"
        name = value(driver, "DriverDesc") or value(key, "DeviceDesc").split(";")[-1]
        found.append(Adapter(name, device, value(driver, "DriverVersion")))
    return found


def _present_devices(ctypes: Any) -> List[str]:
    """The instance ids of the display adapters that are there now.  Raises OSError."""
    manager = ctypes.windll.cfgmgr32
    length, wanted = ctypes.c_ulong(0), 0x100 | 0x200  # CM_GETIDLIST_FILTER_PRESENT | CM_GETIDLIST_FILTER_CLASS
    if manager.CM_Get_Device_ID_List_SizeW(ctypes.byref(length), _DISPLAY_CLASS, wanted):
        raise OSError("CM_Get_Device_ID_List_Size")
    text = ctypes.create_unicode_buffer(length.value + 1)
    if manager.CM_Get_Device_ID_ListW(_DISPLAY_CLASS, text, length.value, wanted):
        raise OSError("CM_Get_Device_ID_List")
    return [device for device in text[: length.value].split("\0") if device]
