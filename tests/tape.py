"""What would another machine have answered?  A recorded machine with the methods of `envdoctor.ask.Ask`."""

import ntpath
import posixpath
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from envdoctor.ask import DENIED, MISSING, Adapter, Answer, Nvml, Reading, decoded


class Tape:
    """A machine made of recorded answers.

    files: path -> text (bytes for a file that is no UTF-8; None for one that may not be read).  Their folders exist.
    folders: further, empty folders.  links: path -> target (absolute).
    commands: argument tuple, or its first word's base name alone -> Answer.  Others are "missing".
    nvml: what the driver's library is (none unless given).  adapters: what Windows lists.  glibc, ram_mib: as asked.
    cpu_features: number -> whether this Windows says that the processor has it.
    """

    def __init__(
        self,
        os: str = "linux",
        files: Optional[Mapping[str, Any]] = None,
        folders: Sequence[str] = (),
        links: Optional[Mapping[str, str]] = None,
        commands: Optional[Mapping[Any, Answer]] = None,
        environ: Optional[Mapping[str, str]] = None,
        free_mib: Optional[int] = 50000,
        here: str = "",
        nvml: Optional[Nvml] = None,
        adapters: Optional[Sequence[Adapter]] = None,
        glibc: str = "",
        cpu_features: Optional[Mapping[int, bool]] = None,
        ram_mib: Optional[int] = None,
    ) -> None:
        self.os = os
        self.path: Any = ntpath if os == "windows" else posixpath
        self.environ = dict(environ or {})
        self._files = {self._key(path): text for path, text in (files or {}).items()}
        self._links = {self._key(path): target for path, target in (links or {}).items()}
        self._commands = dict(commands or {})
        self._free_mib = free_mib
        self._here = here
        self._nvml, self._adapters, self._glibc = nvml or Nvml(None, "", MISSING), adapters, glibc
        self._cpu_features, self._ram_mib = dict(cpu_features or {}), ram_mib
        self._spelled: Dict[str, Dict[str, str]] = {}
        self.asked: List[Tuple[str, ...]] = []
        for path in [*(files or {}), *(links or {})]:
            self._add(path)
        for folder in folders:
            self._spelled.setdefault(self._key(folder), {})
            self._add(folder)

    def _key(self, path: str) -> str:
        return str(self.path.normcase(self.path.normpath(path)))

    def _add(self, path: str) -> None:
        path = self.path.normpath(path)
        parent = self.path.dirname(path)
        if parent != path:
            names = self._spelled.setdefault(self._key(parent), {})
            name = self.path.basename(path)
            names[self.path.normcase(name)] = name
            self._add(parent)

    def _resolve(self, path: str) -> str:
        for _ in range(40):
            key = self._key(path)
            hit = max(
                (link for link in self._links if key == link or key.startswith(link + self.path.sep)),
                key=len,
                default=None,
            )
            if hit is None:
                return str(self.path.normpath(path))
            path = self._links[hit] + self.path.normpath(path)[len(hit) :]
        return path

    def read(self, path: str, limit: int = 1000000) -> Reading:
        key = self._key(self._resolve(path))
        if key not in self._files:
            return Reading("", MISSING)
        text = self._files[key]
        if text is None:
            return Reading("", DENIED)
        if isinstance(text, bytes):
            text = decoded(text[:limit])
        return Reading(text[:limit])

    def tail(self, path: str, limit: int = 65536) -> Reading:
        key = self._key(self._resolve(path))
        if self._files.get(key) is None:
            return Reading("", DENIED if key in self._files else MISSING)
        text = self._files[key]
        if isinstance(text, str):
            text = text.encode("utf-8")
        return Reading(text[-limit:].decode("utf-8", "replace"))

    def here(self) -> str:
        return self._here

    def names(self, path: str) -> List[str]:
        return sorted(self._spelled.get(self._key(self._resolve(path)), {}).values())

    def trouble(self, path: str) -> str:
        if self.is_dir(path):
            return ""
        return self.read(path).trouble

    def is_file(self, path: str) -> bool:
        return self._key(self._resolve(path)) in self._files

    def is_dir(self, path: str) -> bool:
        return self._key(self._resolve(path)) in self._spelled

    def real(self, path: str) -> str:
        return self._resolve(path)

    def link(self, path: str) -> str:
        return self._links.get(self._key(path), "")

    def free_mib(self, path: str) -> Optional[int]:
        return self._free_mib

    def nvml(self) -> Nvml:
        return self._nvml

    def adapters(self) -> Optional[List[Adapter]]:
        return None if self._adapters is None else list(self._adapters)

    def glibc(self) -> str:
        return self._glibc

    def has_cpu_feature(self, number: int) -> Optional[bool]:
        return self._cpu_features.get(number)

    def ram_mib(self) -> Optional[int]:
        return self._ram_mib

    def which(self, name: str, path: Optional[str] = None) -> str:
        separator = ";" if self.os == "windows" else ":"
        endings = ["", ".exe", ".bat"] if self.os == "windows" else [""]
        for folder in (self.environ.get("PATH", "") if path is None else path).split(separator):
            for ending in endings:
                candidate = self.path.join(folder, name + ending)
                if folder and self.is_file(candidate):
                    return str(candidate)
        return ""

    def run(
        self,
        argv: Sequence[str],
        seconds: float = 10.0,
        limit: int = 1000000,
        environ: Optional[Mapping[str, str]] = None,
    ) -> Answer:
        self.asked.append(tuple(argv))
        for key in (tuple(argv), argv[0], self.path.basename(argv[0])):
            if key in self._commands:
                return self._commands[key]
        return Answer(None, "", "", MISSING)
