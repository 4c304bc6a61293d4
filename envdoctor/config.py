"""Which settings does a repository keep for its checks?

[tool.envdoctor] of pyproject.toml, [tool:envdoctor] of setup.cfg, or the whole of envdoctor.toml; the first file that
has settings is the one that counts, in the order of FILES.  What is wrong in it is said with file and key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Callable, Iterable, Mapping, Sequence

from .assume import DOTTED, assume
from .chart import BARE_FACTS, Chart, canonical
from .complaint import Complaint

#: The most particular first, as with other tools (our choice).
FILES = ("envdoctor.toml", "pyproject.toml", "setup.cfg")
KEYS = ("expect", "strict", "lang", "ignore", "targets")
EXPECTATIONS = ("gpu", "cpu", "any")
LANGUAGES = ("en", "zh")
#: Facts that a target may have as a list: one for each of its cards.
_LISTS = ("gpu", "gpu.memory", "gpu.capability")
_SYSTEMS = ("linux", "windows", "macos", "wsl")
_VERSION = re.compile(r"\d+(\.\d+)*([a-z]+\d*|\.(post|dev)\d+)*(\+[\w.]+)?$", re.A)
_PYTHON = re.compile(r"[23]\.\d+(\.\d+)?t?$", re.A)
#: A look at the text tells whether a file has settings at all: most have none, and are not parsed.
_HEADS = {
    "envdoctor.toml": re.compile(""),
    "pyproject.toml": re.compile(r"(?m)^\s*\[?\s*[\"']?(tool[\"']?\s*\.\s*[\"']?)?envdoctor[\"']?\s*[].=]"),
    "setup.cfg": re.compile(r"(?m)^\[(tool:envdoctor|envdoctor:target:[^]]*)\]"),
}


class ConfigError(Complaint):
    """A setting that cannot be used (sentences: texts/config.py)."""

    area = "config"


@dataclass(frozen=True)
class Target:
    """A machine on which the repository is meant to run.

    words: its facts as --assume takes them, `python` left out where the project's own demand decides.
    """

    name: str
    words: tuple[str, ...]
    expect: str = ""
    where: str = ""

    def told(self, name: str) -> str:
        """What the target says of this fact, several with commas; "" where nothing."""
        return ", ".join(word.partition("=")[2] for word in self.words if word.partition("=")[0] == name)


@dataclass(frozen=True)
class Config:
    """None and () where nothing is set.  ignore: (rule, reason); passed_over: other files that have settings, too."""

    file: str
    expect: str | None = None
    strict: bool | None = None
    lang: str | None = None
    ignore: tuple[tuple[str, str], ...] = ()
    targets: tuple[Target, ...] = ()
    passed_over: tuple[str, ...] = ()

    def reasons(self) -> dict[str, str]:
        return dict(self.ignore)


def load(folder: str, ask: Any) -> Config | None:
    """The settings of a repository, or None where it has none.  Raises ConfigError.

    ask: the hands (ask.Ask), of which only files are asked.
    """
    found = []
    for name in FILES:
        path = ask.path.join(folder, name)
        if not ask.is_file(path):
            continue
        reading = ask.read(path)
        if reading.trouble:
            if name == FILES[0]:
                raise ConfigError("unreadable", file=name, problem=reading.trouble)
            continue
        if _HEADS[name].search(reading.text):
            found.append((name, reading.text.lstrip("\ufeff")))
    for number, (name, text) in enumerate(found):
        data = _of_ini(name, text) if name.endswith(".cfg") else _of_toml(name, text)
        if data is not None:
            others = tuple(other for other, _ in found[number + 1 :])
            return _config(name, data, others)
    return None


# ---------------------------------------------------------------- from text to one shape


def _of_toml(file: str, text: str) -> Mapping[str, Any] | None:
    """The settings of a TOML file; None where it has none after all."""
    if "\ufffd" in text:
        raise ConfigError("not-utf8", file=file)
    try:
        try:
            import tomllib as toml
        except ImportError:
            import tomli as toml  # type: ignore[no-redef,import-not-found,unused-ignore]
    except ImportError:
        raise ConfigError("no-reader", file=file) from None
    try:
        data: Any = toml.loads(text.replace("\r\n", "\n"))
    except (toml.TOMLDecodeError, RecursionError) as error:
        raise ConfigError("broken", file=file, problem=str(error)) from None
    if file == "pyproject.toml":
        tool = data.get("tool")
        data = tool.get("envdoctor") if isinstance(tool, dict) else None
        if data is not None and not isinstance(data, dict):
            raise ConfigError("not-a-table", file=file, key="tool.envdoctor")
    return None if data is None else dict(data)


def _of_ini(file: str, text: str) -> dict[str, Any]:
    """The same of setup.cfg: lists are lines, a rule and its reason stand apart by a colon, a target is a section."""
    import configparser

    if "\ufffd" in text:
        raise ConfigError("not-utf8", file=file)
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        parser.read_string(text.replace("\r\n", "\n"), file)
    except configparser.Error as error:
        problem = " ".join(str(error).split())
        raise ConfigError("broken-ini", file=file, problem=problem) from None
    data: dict[str, Any] = {}
    if parser.has_section("tool:envdoctor"):
        for key, value in parser.items("tool:envdoctor"):
            data[key] = value.strip()
            if key == "strict" and value.strip().lower() in parser.BOOLEAN_STATES:
                data[key] = parser.BOOLEAN_STATES[value.strip().lower()]
            elif key == "ignore":
                data[key] = [_rule_and_reason(line) for line in value.splitlines() if line.strip()]
    for section in parser.sections():
        if section.startswith("envdoctor:target:"):
            facts: dict[str, Any] = {}
            for key, value in parser.items(section):
                lines = [line.strip() for line in value.splitlines() if line.strip()]
                facts[key] = lines if len(lines) > 1 else value.strip()
            data.setdefault("targets", {})[section[len("envdoctor:target:") :].strip()] = facts
    return data


def _rule_and_reason(line: str) -> dict[str, str]:
    rule, _, reason = line.partition(":")
    return {"rule": rule.strip(), "reason": reason.strip()}


# ---------------------------------------------------------------- from one shape to settings


def _config(file: str, data: Mapping[str, Any], others: Sequence[str]) -> Config:
    for key in data:
        if key not in KEYS:
            raise _unknown("unknown-key", file, str(key), KEYS)
    expect, strict, lang = data.get("expect"), data.get("strict"), data.get("lang")
    _one_of(file, "expect", expect, EXPECTATIONS)
    _one_of(file, "lang", lang, LANGUAGES)
    if strict is not None and not isinstance(strict, bool):
        raise ConfigError("not-yes-or-no", file=file, key="strict", value=_shown(strict))
    targets = data.get("targets", {})
    if not isinstance(targets, Mapping):
        raise ConfigError("targets-shape", file=file)
    return Config(
        file=file,
        expect=expect,
        strict=strict,
        lang=lang,
        ignore=_ignored(file, data.get("ignore", [])),
        targets=tuple(_target(file, str(name), facts) for name, facts in targets.items()),
        passed_over=tuple(others),
    )


def _one_of(file: str, key: str, value: Any, choices: Sequence[str]) -> None:
    if value is not None and value not in choices:
        raise ConfigError("not-a-choice", file=file, key=key, value=_shown(value), choices=", ".join(choices))


def _unknown(why: str, file: str, key: str, names: Iterable[str], **words: str) -> ConfigError:
    near = get_close_matches(key, list(names), 2, 0.6)
    every = ", ".join(sorted(names))
    return ConfigError(why + ("-near" if near else ""), file=file, key=key, near=" / ".join(near), names=every, **words)


def _shown(value: Any) -> str:
    """A value as it stands in TOML, as far as a sentence has room for it."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    return text if len(text) <= 40 else text[:39] + "…"


def _ignored(file: str, entries: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(entries, list):
        raise ConfigError("ignore-shape", file=file, key="ignore")
    found = []
    for number, entry in enumerate(entries, 1):
        key = f"ignore[{number}]"
        if isinstance(entry, str):
            entry = {"rule": entry}
        if not isinstance(entry, Mapping):
            raise ConfigError("ignore-shape", file=file, key=key)
        for name in entry:
            if name not in ("rule", "reason"):
                raise ConfigError("unknown-key", file=file, key=f"{key}.{name}", names="rule, reason")
        rule, reason = entry.get("rule"), entry.get("reason", "")
        if not isinstance(rule, str) or not isinstance(reason, str) or not rule.strip():
            raise ConfigError("ignore-shape", file=file, key=key)
        found.append((rule.strip(), " ".join(reason.split())))
    return tuple(found)


def check_rules(config: Config, ids: Sequence[str]) -> None:
    """Raises ConfigError, with the near ones, for a rule that there is not (`folder/` stands for all in it)."""
    for rule, _ in config.ignore:
        if rule in ids or (rule.endswith("/") and any(known.startswith(rule) for known in ids)):
            continue
        near = get_close_matches(rule, list(ids), 3, 0.5)
        why = "no-such-rule-near" if near else "no-such-rule"
        raise ConfigError(why, file=config.file, key="ignore", rule=rule, near=", ".join(near))


# ---------------------------------------------------------------- targets


def _target(file: str, name: str, facts: Any) -> Target:
    where = f"targets.{name}"
    if not isinstance(facts, Mapping):
        raise ConfigError("not-a-table", file=file, key=where)
    if not name.strip() or "," in name:  # names are listed with commas
        raise ConfigError("target-name", file=file, key=where)
    flat = dict(_flat(facts))
    expect = flat.pop("expect", "")
    if expect != "":
        _one_of(file, f"{where}.expect", expect, EXPECTATIONS)
    words: list[str] = []
    for key, value in flat.items():
        words += _words(file, where, key, value)
    if "os" not in flat:
        words.append("os=linux")
    return Target(name, tuple(words), str(expect), file)


def _flat(facts: Mapping[str, Any], before: str = "") -> Iterable[tuple[str, Any]]:
    """`env = {NAME = "1"}` and `"env.NAME" = "1"` say the same."""
    for key, value in facts.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", value


def _words(file: str, where: str, key: str, value: Any) -> list[str]:
    """`FACT=VALUE` of one key of a target."""
    place = f"{where}.{key}"
    every = [*BARE_FACTS, *DOTTED, "expect", "env.NAME"]
    if not re.match(r"[A-Za-z0-9][\w.-]*$", key, re.A) or ("." in key and key not in DOTTED and key[:4] != "env."):
        raise _unknown("unknown-fact", file, key, every, place=place)
    values = value if isinstance(value, list) and key in _LISTS else [value]
    if not values or not all(isinstance(one, str) and one.strip() for one in values):
        raise ConfigError("not-text", file=file, key=place, fact=key, value=_shown(value))
    bare = "." not in key and key not in BARE_FACTS
    if bare and (
        get_close_matches(key, [*BARE_FACTS, "expect"], 1, 0.8)
        or not (_VERSION.match(value.strip()) or value.strip().lower() == "none")
    ):
        raise _unknown("unknown-fact", file, key, every, place=place)
    if key == "os" and value.strip().lower() not in _SYSTEMS:
        raise ConfigError("not-a-choice", file=file, key=place, value=_shown(value), choices=", ".join(_SYSTEMS))
    if key == "python" and not _PYTHON.match(value.strip()):
        raise ConfigError("not-a-python", file=file, key=place, value=_shown(value))
    words = [f"{canonical(key) if bare else key}={one.strip()}" for one in values]
    try:
        assume(Chart({}, {}), words)
    except Complaint:  # an amount of memory is all that is left to be wrong
        raise ConfigError("not-a-size", file=file, key=place, value=_shown(value)) from None
    return words


def choose(targets: Sequence[Target], names: Sequence[str], say_file: Callable[[], str]) -> tuple[Target, ...]:
    """The targets of these names, in the order of the file; all where none is named.  Raises ConfigError."""
    known = [target.name for target in targets]
    for name in names:
        if name not in known:
            raise _unknown("no-such-target", say_file(), name, known)
    return tuple(target for target in targets if not names or target.name in names)
