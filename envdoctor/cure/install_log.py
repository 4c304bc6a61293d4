"""What is the cause in what pip, uv, conda or mamba printed?

Pure.  Every line is looked at a bounded number of times, with patterns that cannot backtrack far, and a line longer
than LINE_CHARACTERS is cut: output of an installer comes from anywhere.  What is not known here is "unknown" with the
last line that says something; a wrong cause would be worse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Sequence, Tuple

from .. import words
from ..report import Words

#: A line is cut after so many characters, and of a longer output the first and the last lines are read (ours).
LINE_CHARACTERS = 2000
FIRST_LINES, LAST_LINES = 3000, 12000

UNKNOWN, NOTHING = "unknown", "nothing"


@dataclass(frozen=True)
class Condensed:
    """kind: which cause (an id of texts/install_log.py).  words: one sentence.  line: the line that tells it."""

    kind: str
    words: Words
    line: str = ""


def condense(output: str, tool: str = "") -> Condensed:
    """The cause of a failure.  tool: "pip", "uv" or "conda" where it is known; it only helps where words are alike."""
    lines = _lines(output)
    for look in _LOOKS:
        found = look(lines)
        if found is not None:
            return found
    line = _last_meaningful(lines)
    if not line:
        return _told(NOTHING, "", tool=tool or "pip")
    return _told(UNKNOWN, line)


def cause_of(output: str, status: int | None, tool: str) -> Words:
    """The cause of a command's failure.  Who is killed for want of memory cannot say so; its shell would."""
    return condense(output + "\nKilled" if status in (-9, 137) else output, tool).words


def _told(kind: str, line: str, **fill: object) -> Condensed:
    fill.setdefault("line", line)
    told = {}
    for lang in words.LANGUAGES:
        mine = dict(fill)
        if mine.get("host") == "?":
            mine["host"] = words.say("install_log.the-index", lang)
        told[lang] = words.say("install_log." + kind, lang, **mine)
    return Condensed(kind, told, line)


# ---------------------------------------------------------------- lines

_ANSI = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")
#: Frames of pip 22+ and of uv's older reports.
_FRAME = re.compile(r"^[\s│╰├─▶×·>|]{1,40}")


def _lines(output: str) -> list[str]:
    """The lines without colours, frames and line-drawing; what a progress bar overwrote is gone."""
    lines = []
    raw = output.split("\n")
    if len(raw) > FIRST_LINES + LAST_LINES:
        raw = raw[:FIRST_LINES] + raw[-LAST_LINES:]
    for line in raw:
        line = line.rstrip("\r ")
        line = line[line.rfind("\r") + 1 :][:LINE_CHARACTERS]
        lines.append(_ANSI.sub("", line) if "\x1b" in line else line)
    return lines


def _bare(line: str) -> str:
    match = _FRAME.match(line)
    return (line[match.end() :] if match else line).strip()


#: Lines that every failure has, and that say nothing of its cause.
_EMPTY_WORDS = (
    "note: This",
    "hint: See above",
    "[end of output]",
    "-----",
    "Looking in ",
    "[notice]",
    "WARNING: You are using pip",
    "You should consider upgrading",
    "You are using pip version",
    "╰─> See above",
    "See above for output",
    "Successfully",
    "Cleaning up",
    "Collecting ",
    "Requirement already",
    "Downloading ",
    "Using cached",
    "Processing ",
    "WARNING: Location",
    "Using Python ",
    "Resolved ",
    "Prepared ",
    "Building wheels",
    "done",
    "failed",
    "# >>>>",
    "$ ",
    "Traceback (most",
    "hint:",
    "note:",
    "WARNING: Running pip as",
    "WARNING: Discarding",
    "ERROR: Exception:",
)


def _last_meaningful(lines: Sequence[str]) -> str:
    """The last line that names an error, else the last that says anything."""
    last = ""
    for line in reversed(lines):
        bare = _bare(line)
        if not bare or bare.startswith(_EMPTY_WORDS) or not any(letter.isalpha() for letter in bare[:200]):
            continue
        last = last or bare
        if _ERROR_LINE.match(bare):
            return bare[:400]
    return last[:400]


_ERROR_LINE = re.compile(r"(?i)(?:fatal |critical )?(?:error\b|[\w.]{1,80}(?:Error|Exception)\b)")


def _first(lines: Sequence[str], *marks: str) -> str:
    """The first line that holds one of the marks."""
    for line in lines:
        if any(mark in line for mark in marks):
            return _bare(line)
    return ""


def _last(lines: Sequence[str], *marks: str) -> str:
    return _first(lines[::-1], *marks)


def _failing(lines: Sequence[str], *marks: str) -> str:
    """The last line that holds one of the marks and is said by the installer itself, not by a build or a warning."""
    for line in reversed(lines):
        if any(mark in line for mark in marks):
            bare = _bare(line)
            if _SAID_BY_INSTALLER.match(bare) and not bare.startswith("WARNING: Retrying"):
                return bare
    return ""


_SAID_BY_INSTALLER = re.compile(
    r"(?:ERROR|error|cause|Caused by|Could not|Failed|[\w.]{1,80}(?:Error|Exception|Timeout|BadZipFile))\b"
)

# ---------------------------------------------------------------- the machine


def _machine(lines: Sequence[str]) -> Condensed | None:
    line = _failing(lines, "[Errno 28]", "No space left on device", "(os error 28)", "(os error 112)", "NoSpaceLeft")
    line = line or _first(lines, "No space left on device", "There is not enough space on the disk", "ENOSPC")
    if line:
        return _told("disk-full", line)
    line = _first(lines, "Killed signal terminated program", "out of memory allocating", "virtual memory exhausted")
    line = line or _line_that_is(lines, _KILLED)
    if line:
        return _told("killed", line)
    line = _failing(lines, "MemoryError")
    if line:
        return _told("killed", line)
    line = _first(lines, "Windows Long Path support", "[WinError 206]", "(os error 206)")
    if line:
        return _told("long-path", line)
    line = _failing(lines, "[WinError 5]", "[WinError 32]", "(os error 32)", "Access is denied")
    if line:
        return _told("file-in-use", line, path=_path_of(line))
    line = _failing(lines, "[Errno 30]", "Read-only file system")
    if line:
        return _told("read-only", line, path=_path_of(line))
    line = _first(lines, "EnvironmentNotWritableError", "NoWritableEnvsDirError", "NoWritablePkgsDirError")
    line = line or _failing(lines, "[Errno 13]", "Permission denied", "PermissionError")
    if line:
        place = _first(lines, "environment location: ").partition("location: ")[2]
        return _told("not-permitted", line, path=place or _path_of(line))
    line = _first(lines, "externally-managed-environment", "is externally managed")
    return _told("externally-managed", line) if line else None


_KILLED = re.compile(r"(?:.{0,300}[:\s])?Killed(?:: 9)?$|.{0,300}(?:exit code:? ?-9|exit status:? ?137|signal: 9)\b")
_QUOTED = re.compile(r"[`'\"‘]([^`'\"’]{1,500})[`'\"’]")


def _line_that_is(lines: Sequence[str], pattern: re.Pattern[str]) -> str:
    for line in reversed(lines[-200:]):
        bare = _bare(line)[:400]
        if pattern.match(bare):
            return bare
    return ""


def _path_of(line: str) -> str:
    paths = [text for text in _QUOTED.findall(line) if "/" in text or "\\" in text]
    return paths[-1].replace("\\\\", "\\") if paths else line


# ---------------------------------------------------------------- what was asked for cannot be had


def _conflict(lines: Sequence[str]) -> Condensed | None:
    for number, line in enumerate(lines):
        if "The conflict is caused by:" in line:
            demands = [_bare(one) for one in _paragraph(lines[number + 1 :])]
            if len(demands) >= 2:
                pair = _clash(demands)
                shared = _name(_demand(pair[0])[1])
                return _told("conflict", " / ".join(pair), one=pair[0], other=pair[1], name=shared)
    line = _first(lines, "ResolutionImpossible", "because these package versions have conflicting dependencies")
    if line:
        told = _first(lines, "because these package versions have conflicting dependencies") or line
        return _told("conflict-unnamed", told)
    return None


def _paragraph(lines: Sequence[str]) -> list[str]:
    found = []
    for line in lines[:200]:
        if not line.strip():
            break
        found.append(line)
    return found


_PIP_DEMAND = re.compile(r"(?:The user requested (?:\(constraint\) )?|.{1,200}? depends on )(.{1,300})$")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]{0,120})(?:\[[^\]]{0,200}\])?\s*(.{0,300})$")


def _demand(text: str) -> tuple[str, str]:
    """(the sentence, what it demands)."""
    match = _PIP_DEMAND.match(text)
    return text, match.group(1) if match else text


def _name(requirement: str) -> str:
    match = _REQUIREMENT.match(requirement)
    return re.sub(r"[-_.]+", "-", match.group(1)).lower() if match else requirement


def _specifier(requirement: str) -> str:
    match = _REQUIREMENT.match(requirement)
    return match.group(2).strip() if match else ""


def _clash(sentences: Sequence[str]) -> tuple[str, str]:
    """Two demands for one thing that differ; the first two where none do."""
    seen: dict[str, tuple[str, str]] = {}
    for sentence in sentences:
        wanted = _demand(sentence)[1]
        name, specifier = _name(wanted), _specifier(wanted)
        if name in seen and seen[name][1] != specifier:
            return seen[name][0], sentence
        seen.setdefault(name, (sentence, specifier))
    return sentences[0], sentences[1]


_UV_END = ("hint:", "help:", "warning:", "[notice]")


def _uv(lines: Sequence[str]) -> Condensed | None:
    """uv's proof, which may be wrapped: "Because A depends on B and you require C, we can conclude that …"."""
    start = next((number for number, line in enumerate(lines) if "No solution found when resolving" in line), None)
    if start is None:
        return None
    told: list[str] = []
    for line in lines[start + 1 : start + 400]:
        bare = _bare(line)
        if bare.startswith(_UV_END):
            break
        told.append(bare[len("cause:") :].strip() if bare.startswith("cause:") else bare)
    text = " ".join(word for line in told for word in line.split())[:20000]
    facts = _uv_facts(text)
    for fact, pattern in _UV_CAUSES:
        for statement in facts:
            match = pattern.search(statement)
            if match and not (fact == "no-version" and "there are no versions" in statement and len(facts) > 4):
                fill = {key: value or "?" for key, value in match.groupdict().items()}
                if fact == "python-required" and _is_python_of_many(facts):
                    continue
                refused = _first(lines, "returned a 403 Forbidden", "lack of valid authentication credentials (401")
                if fact == "no-package" and refused:
                    status = "403" if "403" in refused else "401"
                    kind = "network-forbidden" if status == "403" else "network-unauthorized"
                    return _told(kind, refused, status=status, host=_host([refused]))
                return _told(fact, statement, **{"name": "?", **fill})
    demands = [statement for statement in facts if " depend" in statement or statement.startswith("you require")]
    pair = _uv_clash(demands)
    if pair is not None:
        return _told("conflict", " / ".join(pair), one=pair[0], other=pair[1], name=_name(_uv_wanted(pair[0])[0]))
    return _told("conflict-unnamed", facts[0] if facts else _bare(lines[start]))


def _uv_facts(text: str) -> list[str]:
    """The statements from which it concludes, each once."""
    text = text.replace("Because ", "\n").replace("And because ", "\n").replace("because we know from", "\n#")
    facts: list[str] = []
    for sentence in text.split("\n"):
        for ending in (", we can conclude that", "we can conclude that"):
            sentence = sentence.partition(ending)[0]
        for statement in re.split(
            r",? and (?=you require |all versions of |only |[A-Za-z0-9][\w.\[\]-]{0,100}[<>=!~]| ?there )", sentence
        ):
            statement = statement.strip(" ,.\n")
            if statement.startswith("And because "):
                statement = statement[len("And because ") :]
            if statement and not statement.startswith("#") and statement not in facts:
                facts.append(statement)
    return facts


_N = r"(?P<name>[A-Za-z0-9][\w.\[\]-]{0,120})"
_UV_CAUSES: Sequence[Tuple[str, re.Pattern[str]]] = (
    (
        "no-package",
        re.compile(_N + r" was not found in (?:the package registry|the provided package locations|the cache)"),
    ),
    ("no-package", re.compile(r"there are no versions of " + _N + "$")),
    ("yanked", re.compile(_N + r"(?P<version>==\S{1,60}) was yanked")),
    ("no-version-plain", re.compile(r"there is no version of " + _N + r"(?P<version>[<>=!~]\S{1,200})")),
    ("no-wheel", re.compile(_N + r"(?:==\S{1,60})? has no (?:usable )?wheels")),
    ("no-wheel", re.compile(r"all versions of " + _N + r" have no (?:usable )?wheels")),
    ("invalid-wheel", re.compile(_N + r"(?:==\S{1,60})? has an invalid package format")),
    (
        "python-required",
        re.compile(
            r"^(?:the (?:current|requested) Python version \((?P<python>[^)]{1,60})\) does not satisfy "
            r"Python(?P<wanted>\S{1,200}))"
        ),
    ),
)


def _is_python_of_many(facts: Sequence[str]) -> bool:
    """Is the Python only one reason among demands that clash?"""
    return _uv_clash([fact for fact in facts if " depend" in fact or fact.startswith("you require")]) is not None


_UV_DEPENDS = re.compile(r"^(?P<who>.{1,200}?) depends? on (?P<what>[A-Za-z0-9].{0,300})$")


def _uv_wanted(statement: str) -> list[str]:
    """What a statement demands: one requirement, or several."""
    if statement.startswith("you require "):
        return [part.strip() for part in statement[len("you require ") :].split(" and ")]
    match = _UV_DEPENDS.match(statement)
    return [match.group("what")] if match else [statement]


def _uv_clash(statements: Sequence[str]) -> tuple[str, str] | None:
    seen: dict[str, list[tuple[str, str]]] = {}
    for statement in statements:
        for wanted in _uv_wanted(statement):
            name, specifier = _name(wanted), _specifier(wanted)
            if name == "python" or not specifier:
                continue
            for other, one in seen.get(name, ()):
                if other != specifier:
                    return one, statement
            seen.setdefault(name, []).append((specifier, statement))
    return None


_FROM_VERSIONS = re.compile(r"satisfies the requirement (.{1,300}?) \(from versions: (.{0,1500}?)\)?$")
_FROM_VERSIONS_OF = re.compile(
    r"satisfies the requirement (.{1,300}?) \(from (.{1,200}?)\) \(from versions: (.{0,1500}?)\)?$"
)
_OTHER_PYTHON = re.compile(r"(\d\S{0,60}) Requires-Python ([^;]{1,100})")


def _not_to_be_had(lines: Sequence[str]) -> Condensed | None:
    found = _python_required(lines)
    if found is not None:
        return found
    line = _last(lines, "(from versions:")
    if not line:
        line = _last(lines, "No matching distribution found for ")
        return _told("no-package", line, name=line.rpartition("found for ")[2]) if line else None
    match = _FROM_VERSIONS_OF.search(line) or _FROM_VERSIONS.search(line)
    if not match:
        return None
    wanted, versions = match.group(1).strip(), match.group(match.lastindex or 2).strip()
    wanted = wanted.partition(";")[0].strip()
    offered = [] if versions in ("", "none") else [part.strip() for part in versions.split(",") if part.strip()]
    if not offered:
        trouble = _network_reason([one for one in lines if not one.startswith("Looking in")])
        if trouble is not None:
            return trouble
    ignored = _last(lines, "require a different python version")
    others = _OTHER_PYTHON.findall(ignored)
    version = _exact(wanted)
    fitting = [
        limit
        for one, limit in others
        if version and (one == version or one.split(".")[: version.count(".") + 1] == version.split("."))
    ]
    if others and (fitting or not offered) and (not version or fitting):
        return _told("other-python", ignored, name=wanted, wanted=(fitting or [others[-1][1]])[0].strip())
    yanked = _last(lines, "Ignored the following yanked versions")
    if yanked and (
        (version and version in yanked.partition(":")[2].replace(",", " ").split()) or not offered and not others
    ):
        return _told("yanked", yanked, name=_name(wanted), version=f"=={version}" if version else "")
    if offered:
        return _told("no-version", line, name=wanted, offered=_range(offered))
    return _told("no-package", line, name=wanted)


def _exact(requirement: str) -> str:
    match = re.match(r"={2,3}\s*([\w.+!-]{1,80})$", _specifier(requirement))
    return match.group(1) if match else ""


def _range(offered: Sequence[str]) -> str:
    return ", ".join(offered) if len(offered) <= 4 else f"{offered[0]}, {offered[1]} … {offered[-1]}"


_REQUIRES = (
    re.compile(
        r"Package '(?P<name>[^']{1,120})' requires a different Python: "
        r"(?P<python>\S{1,40}) not in '(?P<wanted>[^']{1,200})'"
    ),
    re.compile(
        r"(?P<name>[A-Za-z0-9][\w.-]{0,120}) requires Python '(?P<wanted>[^']{1,200})' "
        r"but the running Python is (?P<python>[\d.]{1,20})"
    ),
)


def _python_required(lines: Sequence[str]) -> Condensed | None:
    for line in reversed(lines):
        if "equires" not in line:
            continue
        for pattern in _REQUIRES:
            match = pattern.search(line)
            if match:
                return _told("package-needs-python", _bare(line), **match.groupdict())
    return None


def _files(lines: Sequence[str]) -> Condensed | None:
    line = _last(lines, "is not a supported wheel on this platform", "is not compatible with the current")
    if line:
        name = next((word.rsplit("/", 1)[-1] for word in line.split() if word.strip("`'\":").endswith(".whl")), "?")
        return _told("wrong-platform", line, name=name.strip("`'\":"))
    line = _first(lines, "DO NOT MATCH THE HASHES", "Hash mismatch for", "ChecksumMismatchError", "HashMismatch")
    line = line or _first(lines, "MD5 mismatch", "SHA256 mismatch", "sha256 mismatch")
    if line:
        return _told("hash-mismatch", line)
    line = _first(
        lines, "In --require-hashes mode, all requirements must have their", "Hashes are required in --require"
    )
    if line:
        return _told("hash-missing", line)
    line = _first(
        lines, "incomplete-download", "not enough bytes were received", "IncompleteRead(", "appears to be corrupted"
    )
    if line:
        return _told("cut-download", line)
    line = _failing(
        lines, "BadZipFile", "Failed to read from zip file", "whl is invalid.", "bad CRC", "invalid Zip archive"
    )
    line = line or _failing(
        lines, "Bad CRC-32", "has an invalid wheel", "Not a gzipped file", "EOFError: Compressed file"
    )
    if line:
        return _told("invalid-wheel", line, name="?" if "'" not in line else line.split("'")[1])
    return None


# ---------------------------------------------------------------- conda and mamba


def _conda(lines: Sequence[str]) -> Condensed | None:
    for number, line in enumerate(lines):
        bare = _bare(line)
        if bare.startswith(("PackagesNotFoundError", "ResolvePackageNotFound")):
            names = [_bare(one)[1:].strip() for one in lines[number + 1 : number + 60] if _bare(one).startswith("- ")]
            names = names or [_bare(one)[2:] for one in lines[number + 1 : number + 60] if one.strip().startswith("- ")]
            # the list of names comes first, then that of the channels
            stop = next((at for at, name in enumerate(names) if "://" in name), len(names))
            names = names[:stop]
            if names:
                return _told("conda-no-package", bare, name=", ".join(names[:5]))
    for number, line in enumerate(lines):
        if (
            "UnsatisfiableError" in line
            or "Encountered problems while solving" in line
            or "Could not solve for env" in line
        ):
            problems = [_bare(one).lstrip("- ").strip() for one in lines[number + 1 : number + 60]]
            for problem in problems:
                match = _NOTHING_PROVIDES.match(problem)
                if match:
                    return _told("conda-no-package", problem, name=match.group(1).strip())
            telling = [one for one in problems if _CONDA_PROBLEM.search(one)]
            if len(telling) >= 2:
                return _told(
                    "conflict",
                    " / ".join(telling[:2]),
                    one=telling[0].rstrip(";,."),
                    other=telling[1].rstrip(";,."),
                    name="",
                )
            if telling:
                return _told("conda-conflict", telling[0])
            return _told("conflict-unnamed", _bare(line))
    line = _first(lines, "EnvironmentLocationNotFound", "Could not find conda environment", "EnvironmentNameNotFound")
    return _told("conda-no-environment", line) if line else None


_NOTHING_PROVIDES = re.compile(r"nothing provides (?:requested )?(.{1,200}?)(?: needed by .{1,200})?$")
_CONDA_PROBLEM = re.compile(
    r" requires .{1,200}, but none of the providers can be installed|is requested and can be installed"
    r"|is not installable because|conflicts? with any installable|would require|conflicting requests"
    r"| -> python\[|^Your python:"
)

# ---------------------------------------------------------------- the network

_NETWORK: Sequence[Tuple[str, Tuple[str, ...]]] = (
    ("no-ssl", ("SSL module is not available",)),
    (
        "proxy",
        (
            "ProxyError",
            "Cannot connect to proxy",
            "Tunnel connection failed",
            "tunnel error",
            "407 Proxy",
            "check_hostname requires server_hostname",
        ),
    ),
    (
        "certificate",
        (
            "CERTIFICATE_VERIFY_FAILED",
            "invalid peer certificate",
            "certificate verify failed",
            "unable to get local issuer",
        ),
    ),
    ("tls", ("SSLError(", "CondaSSLError", "SSLEOFError", "[SSL: ", "handshake failure")),
    (
        "name",
        (
            "Name or service not known",
            "getaddrinfo failed",
            "nodename nor servname",
            "Temporary failure in name resolution",
            "dns error",
            "failed to lookup address",
            "Failed to resolve '",
            "No address associated with hostname",
        ),
    ),
    ("refused", ("Connection refused", "WinError 10061", "Network is unreachable", "No route to host")),
    (
        "timeout",
        (
            "Read timed out",
            "timed out. (",
            "ReadTimeoutError",
            "ConnectTimeoutError",
            "operation timed out",
            "ReadTimeout",
            "Connection timed out",
            "deadline has elapsed",
        ),
    ),
    (
        "broken",
        (
            "Connection reset",
            "ConnectionResetError",
            "WinError 10054",
            "Connection aborted",
            "RemoteDisconnected",
            "Connection broken",
            "connection closed before message completed",
            "HTTP 000 CONNECTION FAILED",
        ),
    ),
)
_STATUS = re.compile(r"(?:\bHTTP error |\bHTTP |\berror: |\()?\b([45]\d\d)\b(?: (?:Client|Server) Error| [A-Z]|: |\))")
_STATUS_MARKS = (
    "HTTP error ",
    "Client Error",
    "Server Error",
    "HTTP status client error",
    "HTTP status server error",
    "CondaHTTPError",
    "HTTP 4",
    "HTTP 5",
)
_HOST = re.compile(r"(?:https?://(?:[^@/\s]{1,200}@)?|host=['\"])([\w.-]{1,200}(?::\d{1,5})?)")


def _network(lines: Sequence[str]) -> Condensed | None:
    """Where the installer itself gave up because of it; warnings that it tries again are no failure."""
    return _network_reason([line for line in lines if _tells_of_network(_bare(line))])


def _tells_of_network(line: str) -> bool:
    if line.startswith(("WARNING: Retrying", "Retrying", "warning:")):
        return False
    return bool(_SAID_BY_INSTALLER.match(line)) or "CondaHTTPError" in line or "HTTP 000" in line or "://" in line


def _network_reason(lines: Sequence[str]) -> Condensed | None:
    for kind, marks in _NETWORK:
        line = _last(lines, *marks)
        if line:
            return _told("network-" + kind, line, host=_host(lines))
    for line in reversed(lines):
        if any(mark in line for mark in _STATUS_MARKS):
            match = _STATUS.search(line[:600])
            if match:
                status = match.group(1)
                kind = {"401": "unauthorized", "403": "forbidden", "404": "not-found"}.get(status, "status")
                return _told("network-" + kind, _bare(line), status=status, host=_host([line]) or _host(lines))
    return None


def _host(lines: Sequence[str]) -> str:
    for line in reversed(lines):
        match = _HOST.search(line[:600])
        if match:
            return match.group(1)
    return "?"


# ---------------------------------------------------------------- a build from source

_BUILD_MARKS = (
    "Failed building wheel for",
    "Failed to build",
    "setup.py egg_info",
    "metadata-generation-failed",
    "Could not build wheels",
    "subprocess-exited-with-error",
    "legacy-install-failure",
    "setup.py install for",
    "failed with error code 1 in",
    "Call to `",
    "backend-unavailable",
    "Failed to download and build",
    "build backend returned an error",
)
_BUILD_NAMES = (
    re.compile(
        r"Failed to build '?(?:file|https?)://\S{0,400}/([A-Za-z0-9][\w.]{0,100})-\d[\w.]{0,60}\.(?:tar\.gz|zip)"
    ),
    re.compile(r"Failed building wheel for ([A-Za-z0-9][\w.-]{0,120})"),
    re.compile(r"Failed to (?:download and )?build:? [`']?(?!file:|https?:)([A-Za-z0-9][\w.-]{0,120})"),
    re.compile(r"Could not build wheels for ([A-Za-z0-9][\w.-]{0,120})"),
    re.compile(r"Running setup.py install for ([A-Za-z0-9][\w.-]{0,120})"),
    re.compile(r"from \S{0,400}/([A-Za-z0-9][\w.]{0,100})-\d[\w.]{0,60}\.(?:tar\.gz|zip)"),
    re.compile(r"(?:Collecting|Processing) (?:\S{0,400}/)?([A-Za-z0-9][A-Za-z0-9_.]{0,60}(?:-[A-Za-z]\w{0,60}){0,4})"),
)
_MODULE = re.compile(r"(?:ModuleNotFoundError|ImportError): No module named '?([\w.]{1,120})'?")
_HEADER = re.compile(r"(?:fatal error: |Cannot open include file: ')([\w./+-]{1,120}\.h(?:pp)?)\b")

#: (kind, marks, what is missing).  The first that is found in a failed build is its cause.
_BUILD_CAUSES: Sequence[Tuple[str, Tuple[str, ...], str]] = (
    ("build-sklearn-name", ("package is deprecated, use 'scikit-learn'",), ""),
    ("build-2to3", ("use_2to3 is invalid",), ""),
    (
        "build-python-2",
        ("Missing parentheses in call to 'print'", "SyntaxError: invalid syntax. Perhaps you forgot a comma"),
        "",
    ),
    ("build-old-setuptools", ("module 'pkgutil' has no attribute 'ImpImporter'",), ""),
    (
        "build-old-for-python",
        (
            "has no attribute 'SafeConfigParser'",
            "has no attribute 'readfp'",
            "module 'inspect' has no attribute 'getargspec'",
            "module 'collections' has no attribute",
        ),
        "",
    ),
    ("build-new-cython", ("AttributeError: cython_sources", "Cython.Compiler.Errors.CompileError"), ""),
    ("build-invalid-version", ("packaging.version.InvalidVersion", "extern.packaging.version.InvalidVersion"), ""),
    ("build-cuda-mismatch", ("mismatches the version that was used to compile",), ""),
    (
        "build-cuda",
        (
            "CUDA_HOME environment variable is not set",
            "nvcc was not found",
            "nvcc: not found",
            "cuda/bin/nvcc'",
            "Could not find nvcc",
            "CUDA_TOOLKIT_ROOT_DIR not found",
        ),
        "",
    ),
    (
        "build-compiler",
        (
            "Microsoft Visual C++",
            "unable to execute '",
            "Unknown compiler(s)",
            "No CMAKE_C_COMPILER",
            "No CMAKE_CXX_COMPILER",
            "vcvarsall.bat",
            "xcrun: error",
            "error: command 'cl.exe' failed: No such",
        ),
        "",
    ),
    (
        "build-tool",
        (
            "CMake must be installed",
            "No such file or directory: 'cmake'",
            "cmake: not found",
            "Problem with the CMake installation",
            "Could not find cmake executable",
        ),
        "CMake",
    ),
    ("build-tool", ("Could not detect Ninja", "No such file or directory: 'ninja'", "ninja: not found"), "Ninja"),
    (
        "build-tool",
        ("can't find Rust compiler", "cargo, the Rust package manager, is not installed", "requires Rust"),
        "Rust",
    ),
    ("build-tool", ("pg_config executable not found",), "pg_config (PostgreSQL)"),
    (
        "build-tool",
        ("mysql_config not found", "mysql_config: not found", "Can not find valid pkg-config name"),
        "mysql_config (MySQL)",
    ),
    ("build-tool", ("unable to execute 'swig'", "command 'swig' failed", "error: command 'swig.exe' failed"), "SWIG"),
)
_COMPILER_GONE = re.compile(
    r"error: command '([^']{1,300})' failed: (?:No such file|None)"
    r"|error: \[Errno 2\] No such file or directory: '[^']{0,300}(?:gcc|g\+\+|clang|clang\+\+|cc|c\+\+|cl\.exe)'"
)


def _build(lines: Sequence[str]) -> Condensed | None:
    line = _first(
        lines, "Cannot find command 'git'", "Git executable not found", "git: command not found", "Git operation failed"
    )
    if line:
        return _told("needs-git", line)
    if not any(mark in line for line in lines for mark in _BUILD_MARKS):
        return None
    name = _build_name(lines)
    header = next((match for match in map(_HEADER.search, lines) if match), None)
    for kind, marks, tool in _BUILD_CAUSES:
        line = _first(lines, *marks)
        if line and not (kind == "build-compiler" and header and "Visual C++" not in line):
            return _told(kind, line, name=name, tool=tool)
    for line in lines:
        if "No such file" in line and _COMPILER_GONE.search(line[:600]):
            return _told("build-compiler", _bare(line), name=name)
    if header:
        line = _bare(header.string)
        if header.group(1) in ("Python.h", "pyconfig.h"):
            return _told("build-python-headers", line, name=name)
        return _told("build-header", line, name=name, header=header.group(1))
    modules = [match for match in map(_MODULE.search, lines) if match]
    if modules:
        return _build_module(modules[-1], name)
    line = _compile_error(lines)
    if line:
        return _told("build-compile", line, name=name)
    line = _last_error_of_build(lines)
    return _told("build-failed", line, name=name) if line else None


def _build_module(match: re.Match[str], name: str) -> Condensed:
    module, line = match.group(1), _bare(match.string)
    top = module.partition(".")[0]
    if top == "distutils" or module == "numpy.distutils":
        return _told("build-distutils", line, name=name, module=module)
    if top == "pkg_resources":
        return _told("build-pkg-resources", line, name=name)
    return _told("build-module", line, name=name, module=module)


def _build_name(lines: Sequence[str]) -> str:
    for pattern in _BUILD_NAMES:
        for line in reversed(lines):
            if "uild" in line or "Running" in line or "Collecting" in line or "Processing" in line or "from" in line:
                match = pattern.search(line[:800])
                if match:
                    return match.group(1)
    return "?"


_C_ERROR = re.compile(r"^\S{1,300}?[(:]\d{1,7}(?:[:,]\d{1,6})?\)?\s?: (?:fatal )?error\b")


def _compile_error(lines: Sequence[str]) -> str:
    return next((_bare(line) for line in lines if "error" in line and _C_ERROR.match(_bare(line)[:600])), "")


def _last_error_of_build(lines: Sequence[str]) -> str:
    """The exception that a build script ended with: what pip says around it tells nothing."""
    for line in reversed(lines):
        bare = _bare(line)
        if bare.startswith(
            (
                "error: subprocess-exited",
                "error: metadata-generation",
                "error: legacy-install",
                "ERROR: Failed",
                "ERROR: Could not build",
                "ERROR: Command errored",
                "error: Failed to",
                "ERROR: pip's",
                "error: backend",
                "error: failed-wheel",
            )
        ):
            continue
        if _BUILD_ERROR.match(bare):
            return bare[:400]
    return ""


_BUILD_ERROR = re.compile(
    r"(?:[\w.]{1,80}(?:Error|Exception|Exit|Interrupt)\b|error: |CMake Error|\S{1,200}:\d{1,6}:\d{1,6}: ERROR:)"
)

# ---------------------------------------------------------------- pip itself


def _installer(lines: Sequence[str]) -> Condensed | None:
    line = _last(lines, "No module named pip", "No module named 'pip'")
    if line:
        return _told("no-pip", line)
    line = _last(lines, "no such option:", "unrecognized arguments:", "unexpected argument '")
    if line:
        return _told("old-installer", line)
    line = _last(
        lines,
        "It is a distutils installed project",
        "Cannot uninstall",
        "uninstall-distutils-installed-package",
        "uninstall-no-record-file",
    )
    if line:
        return _told("not-removable", line, name=_removed(lines))
    line = _last(lines, "HTTPSConnection object has no attribute", "'_NamespacePath' object has no attribute 'sort'")
    return _told("broken-installer", line) if line else None


def _removed(lines: Sequence[str]) -> str:
    for line in lines:
        match = re.search(r"Cannot uninstall ['\"]?([A-Za-z0-9][\w.-]{0,120})", line[:600])
        if match:
            return match.group(1)
    return "?"


_LOOKS: Sequence[Callable[[Sequence[str]], "Condensed | None"]] = (
    _machine,
    _conflict,
    _uv,
    _conda,
    _files,
    _not_to_be_had,
    _installer,
    _build,
    _network,
)
