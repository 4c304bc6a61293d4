"""What does the package index answer?  The only hands of this tool: pip's own session, set up as pip is set up here.

pip knows which index to ask, through which proxy, with which certificates and credentials; so nothing of that is
told again here.  Its insides are no public interface, which is why all of it is used in `_Session` alone.
Answers can be kept in a folder, and are then never asked for again: that is what the tests play.
"""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
from typing import Any, Callable, Iterator

#: The JSON form of the simple index (PEP 691); files have an upload time in it from version 1.1 on (PEP 700).
JSON_FORM = "application/vnd.pypi.simple.v1+json"


class NoAnswer(Exception):
    """The index, or the folder of kept answers, has no answer; the text says to what."""


class Index:
    """Projects, the metadata of their wheels, and single files inside them.

    kept: a folder of answers, or "".  index_url: as for pip; "" for the one that pip would ask.
    online: False to live on kept answers alone.
    """

    def __init__(self, kept: str = "", index_url: str = "", online: bool = True) -> None:
        self.kept, self.index_url, self.online = kept, index_url, online
        self._stack = contextlib.ExitStack()
        self._session: _Session | None = None

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *trouble: Any) -> None:
        self._stack.close()

    def project(self, name: str) -> dict[str, Any]:
        """All files of a project: {"files": [{"filename", "url", "upload-time", "yanked", …}, …], …} (PEP 691)."""
        return dict(json.loads(self._answer(f"{name}.json", lambda: self._online().project(name))))

    def metadata(self, file: dict[str, Any]) -> str:
        """METADATA of one of these files, which must be a wheel."""
        return self._answer(file["filename"] + ".metadata", lambda: self._online().metadata(file["url"]))

    def inside(self, file: dict[str, Any], member: str) -> str:
        """The text of one file in a wheel; only the parts of the wheel that hold it travel."""
        key = f"{file['filename']}@{member.replace('/', '@')}"
        return self._answer(key, lambda: self._online().inside(file["url"], member))

    def _answer(self, key: str, ask: Callable[[], str]) -> str:
        path = os.path.join(self.kept, key) if self.kept else ""
        if path and os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                return file.read()
        if not self.online:
            raise NoAnswer(f"{key}: not among the kept answers")
        text = ask()
        if path:
            os.makedirs(self.kept, exist_ok=True)
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        return text

    def _online(self) -> _Session:
        if self._session is None:
            self._session = self._stack.enter_context(_session(self.index_url))
        return self._session


class _Session:
    """pip's session, and the index that it is set up for."""

    def __init__(self, session: Any, index_url: str) -> None:
        self.session, self.index_url = session, index_url

    def project(self, name: str) -> str:
        url = f"{self.index_url.rstrip('/')}/{name}/"
        answer = self._get(url, {"Accept": JSON_FORM, "Cache-Control": "max-age=600"})
        if not answer.headers.get("Content-Type", "").startswith(JSON_FORM):
            raise NoAnswer(f"{url}: this index has no JSON form; name one that has with --index-url")
        return str(answer.text)

    def metadata(self, url: str) -> str:
        try:
            return str(self._get(url + ".metadata", {}).text)  # PEP 658; not every index has it for every wheel
        except NoAnswer:
            return self.inside(url, ".dist-info/METADATA")

    def inside(self, url: str, member: str) -> str:
        """`member` is a path in the wheel, or, with a dot before it, the end of one."""
        from pip._internal.exceptions import PipError
        from pip._internal.network.lazy_wheel import HTTPRangeRequestUnsupported, LazyZipOverHTTP

        try:
            with zipfile.ZipFile(LazyZipOverHTTP(url, self.session)) as wheel:
                ends = member.startswith(".")
                names = [name for name in wheel.namelist() if name == member or (ends and name.endswith(member))]
                if not names:
                    raise NoAnswer(f"{url}: holds no {member}")
                return wheel.read(names[0]).decode("utf-8")
        except (HTTPRangeRequestUnsupported, PipError, OSError, zipfile.BadZipFile) as error:
            raise NoAnswer(f"{url}: cannot be read in parts ({error or type(error).__name__})") from None

    def _get(self, url: str, headers: dict[str, str]) -> Any:
        try:
            answer = self.session.get(url, headers=headers)
        except OSError as error:  # what requests raises is one
            raise NoAnswer(f"{url}: {error}") from None
        if answer.status_code != 200:
            raise NoAnswer(f"{url}: {answer.status_code} {answer.reason}")
        return answer


@contextlib.contextmanager
def _session(index_url: str) -> Iterator[_Session]:
    try:
        from pip._internal.commands import create_command
    except ImportError as error:
        raise NoAnswer(f"this Python has no pip that can be used ({error})") from None
    command: Any = create_command("download")
    options, _ = command.parse_args(["--index-url", index_url] if index_url else [])
    if not options.index_url:
        raise NoAnswer("pip is set up without an index; name one with --index-url")
    with command.main_context():
        yield _Session(command.get_default_session(options), options.index_url)
