"""Which rules are there?  Rules on disk become Rule records; what is wrong with a file is said with file and key.

rules/issues/<package>/<slug>.toml   one known fault; its id is "<package>/<slug>"
rules/matrix/<table>.toml            one support table; every row is a fault, all share the id "matrix/<table>"
rules/symptoms/<area>/<slug>.toml    one text that programs print when they fail (read by symptoms.py)
rules/causes.toml                    the kinds of faults that all of them name

A wheel carries all of it compiled as `rulebook.json` (TOML of 300 rules parses in 200 to 400 ms, JSON in a few).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import Any, Iterable, Iterator, List, Mapping

from .complaint import Complaint
from .report import AREAS, CERTAINTIES, SEVERITIES, STAGES, Words

COMPILED = "rulebook.json"
#: What a rulebook holds; the last two concern only `explain`, which asks for them.
KINDS = ("issues", "matrix", "symptoms", "causes")
RULES, SIGNATURES = KINDS[:2], KINDS[2:]
LANGUAGES = ("en", "zh")
RISKS = ("none", "env", "machine")
EXPECTATIONS = ("fires", "silent", "unknown")


class RulebookError(Complaint):
    """A rule file that cannot be used: which file, which key, what is wrong."""

    status = 3

    def __init__(self, file: str, key: str, problem: str) -> None:
        place = f"{file}: {key}" if key else file
        super().__init__("rules-broken", problem=f"{place}: {problem}")
        self.file, self.key, self.problem = file, key, problem

    def __str__(self) -> str:
        return str(self.words["problem"])


@dataclass(frozen=True)
class Treatment:
    """How a rule would mend its fault, where its own conditions hold.

    pip: exact requirements to install.  uninstall: distributions to remove first.  reinstall: put the same
    version back with its files.  constraints: what must hold afterwards.  Placeholders are facts.
    """

    when: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    uninstall: tuple[str, ...] = ()
    reinstall: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    risk: str = "env"
    note: Words | None = None
    new_environment: bool = False


@dataclass(frozen=True)
class Case:
    """A rule's own test: facts, which of them were looked for and not found, and what must come of it.

    complete: all distributions were looked at, so that one that is not named is not there.
    unknown: facts at which nobody looked, although an imagined machine would presume them (assume.PRESUMED).
    """

    facts: Mapping[str, Any]
    expect: str
    absent: tuple[str, ...] = ()
    name: str = ""
    complete: bool = False
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verify:
    """A small behaviour that fails with the rule's fault and works without it.

    code: Python of 3.6 or newer, run in a child of the patient's interpreter, in a folder that is empty and its own; it
    must end without an exception.
    """

    title: Words
    code: str


@dataclass(frozen=True)
class Rule:
    """It fires when all of `when`, one of `any` (if there are any), none of `none`, and not all of `unless` hold.

    each: a fact that is a table; the rule is judged for every entry, whose key is {each.name} and whose fields are
    {each.FIELD}.  generic: it stands back where another finding names one of its packages.
    """

    id: str
    severity: str
    certainty: str
    cause: str
    area: str
    stage: str
    title: Words
    detail: Words
    sources: tuple[str, ...]
    checked: str
    when: tuple[str, ...] = ()
    any: tuple[str, ...] = ()
    none: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    each: str = ""
    generic: bool = False
    treatments: tuple[Treatment, ...] = ()
    cases: tuple[Case, ...] = ()
    verify: Verify | None = None
    file: str = ""

    @property
    def clauses(self) -> tuple[str, ...]:
        return self.when + self.any + self.none + self.unless


class Table(List[Mapping[str, Any]]):
    """The rows of one support table, and when and with what they were last compared (checked: YYYY-MM-DD)."""

    def __init__(
        self,
        rows: Iterable[Mapping[str, Any]] = (),
        checked: str = "",
        sources: Iterable[str] = (),
        judged: bool = False,
    ) -> None:
        super().__init__(rows)
        self.checked, self.sources, self.judged = checked, tuple(sources), judged
        self._grouped: dict[str, dict[str, list[Mapping[str, Any]]]] = {}

    def grouped(self, column: str) -> Mapping[str, list[Mapping[str, Any]]]:
        """Value of a column -> its rows, in their order."""
        if column not in self._grouped:
            groups: dict[str, list[Mapping[str, Any]]] = {}
            for row in self:
                groups.setdefault(row.get(column, ""), []).append(row)
            self._grouped[column] = groups
        return self._grouped[column]


@dataclass(frozen=True)
class Rulebook:
    """The rules, and the tables by name; a table with a title is also the rules of its rows (`judged`)."""

    rules: tuple[Rule, ...]
    tables: Mapping[str, Table] = field(default_factory=dict)

    def get(self, rule_id: str) -> tuple[Rule, ...]:
        """The rule of this id (a table has several), or ()."""
        return tuple(rule for rule in self.rules if rule.id == rule_id)

    def ids(self) -> list[str]:
        return sorted({rule.id for rule in self.rules})


# ---------------------------------------------------------------- where the rules are


def load(folder: str | None = None) -> Rulebook:
    """The rulebook of this installation, or of `folder`.  Raises RulebookError."""
    return read(compiled(RULES, folder))


def compiled(kinds: tuple[str, ...], folder: str | None = None) -> dict[str, Any]:
    """These kinds, of a folder or of this installation.  Raises RulebookError."""
    found = compile_folder(folder, kinds) if folder else _own(kinds)
    for kind in SIGNATURES:
        if isinstance(found.get(kind), str) and kind in kinds:
            found[kind] = json.loads(found[kind])
    return found


def _own(kinds: tuple[str, ...]) -> dict[str, Any]:
    """Compiled beside this file (a wheel), else the folder `rules` beside it or beside the package (a checkout)."""
    here = os.path.dirname(os.path.abspath(__file__))
    loader: Any = globals().get("__loader__")
    compiled = os.path.join(here, COMPILED)
    if os.path.isfile(compiled):
        with open(compiled, encoding="utf-8") as file:
            return dict(json.load(file))
    for folder in (os.path.join(here, "rules"), os.path.join(os.path.dirname(here), "rules")):
        if os.path.isdir(folder):
            return compile_folder(folder, kinds)
    if loader and hasattr(loader, "get_data"):  # the package lies in a zip
        try:
            return dict(json.loads(loader.get_data(compiled).decode("utf-8")))
        except OSError:
            pass
    raise RulebookError(compiled, "", "no rules found; install envdoctor again")


def compile_folder(folder: str, kinds: tuple[str, ...] = KINDS) -> dict[str, Any]:
    """All rule files of a folder as one JSON-able dict: {"issues": {id: data}, "matrix": {name: data}, …}.

    What only `explain` needs is a text of JSON within it, which no other command takes apart.
    Raises RulebookError for text that is no TOML.  The content is checked by `read`.
    """
    found: dict[str, Any] = {"schema": 1, "issues": {}, "matrix": {}}
    for kind in kinds:
        if kind == "causes":
            path = os.path.join(folder, "causes.toml")
            entries = _plain(_parse(path)) if os.path.isfile(path) else {}
        else:
            entries = {}
            for path in _toml_files(os.path.join(folder, kind)):
                name = os.path.relpath(path, os.path.join(folder, kind))[: -len(".toml")].replace(os.sep, "/")
                entries[name] = _plain(_parse(path))
        found[kind] = json.dumps(entries, ensure_ascii=False) if kind in SIGNATURES else entries
    return found


def _toml_files(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        folders.sort()
        yield from (os.path.join(parent, name) for name in sorted(names) if name.endswith(".toml"))


def _parse(path: str) -> dict[str, Any]:
    try:
        import tomllib as toml
    except ImportError:
        import tomli as toml  # type: ignore[no-redef,import-not-found,unused-ignore]
    try:
        with open(path, "rb") as file:
            return toml.load(file)
    except (toml.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulebookError(path, "", f"no valid TOML: {error}") from None


def _plain(value: Any) -> Any:
    """Dates as text, so that it can be written as JSON."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool)) else str(value)


# ---------------------------------------------------------------- from data to rules


def read(compiled: Mapping[str, Any]) -> Rulebook:
    """Check the shape of every file and make rules of them.  Raises RulebookError."""
    rules: list[Rule] = []
    tables = {}
    for name, data in compiled["issues"].items():
        rules.append(_issue(name, data))
    for name, data in compiled["matrix"].items():
        judged = "title" in data  # a table that only holds facts has no words of its own
        tables[name] = _table(name, data, judged)
        if judged:
            rules.extend(_rows(name, data))
    return Rulebook(tuple(rules), tables)


_COMMON_KEYS = frozenset(
    """severity certainty cause area stage title detail source checked packages follows evidence remedy verify
    case""".split()
)
_ISSUE_KEYS = _COMMON_KEYS | {"when", "any", "none", "each", "generic"}
_MATRIX_KEYS = _COMMON_KEYS | {"rows", "columns", "subject", "any", "none"}
_DATA_KEYS = frozenset(["checked", "source", "rows"])
REMEDY_KEYS = frozenset("when pip uninstall reinstall constraints risk note new_environment".split())
_VERIFY_KEYS = frozenset(["title", "code"])
_CASE_KEYS = frozenset("name facts absent unknown expect complete".split())


class RuleFile:
    """One rule file while it is read: every access names the key that is wrong."""

    def __init__(self, file: str, data: Mapping[str, Any], keys: frozenset[str], where: str = "") -> None:
        self.file, self.data, self.where = file, data, where
        if not isinstance(data, Mapping):
            raise RulebookError(file, where, "must be a table")
        for key in data:
            if key not in keys:
                raise RulebookError(file, where + key, "unknown key")

    def text(self, key: str, allowed: tuple[str, ...] = (), default: str | None = None) -> str:
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise RulebookError(self.file, self.where + key, "text expected" if key in self.data else "missing")
        if allowed and value not in allowed:
            raise RulebookError(self.file, self.where + key, f"{value!r} is none of {', '.join(allowed)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.data.get(key, [])
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise RulebookError(self.file, self.where + key, "list of texts expected")
        return tuple(value)

    def words(self, key: str) -> Words:
        value = self.data.get(key)
        if not isinstance(value, Mapping) or sorted(value) != sorted(LANGUAGES):
            raise RulebookError(self.file, self.where + key, "needs the texts `en` and `zh`, and only these")
        return {language: str(value[language]).strip() for language in LANGUAGES}

    def tables(self, key: str, keys: frozenset[str]) -> Iterator[RuleFile]:
        value = self.data.get(key, [])
        if not isinstance(value, list):
            raise RulebookError(self.file, self.where + key, "list of tables expected")
        for number, item in enumerate(value, 1):
            yield RuleFile(self.file, item, keys, f"{self.where}{key}[{number}].")


def _table(name: str, data: Mapping[str, Any], judged: bool) -> Table:
    """What is missing in a table is the linter's to say: a doctor with a table without date is still a doctor."""
    file = RuleFile(f"matrix/{name}.toml", data, _MATRIX_KEYS if judged else _DATA_KEYS)
    rows = data.get("rows", [])
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise RulebookError(file.file, "rows", "list of tables expected")
    return Table(rows, file.text("checked", default=""), file.texts("source"), judged)


def _issue(name: str, data: Mapping[str, Any]) -> Rule:
    file = RuleFile(f"issues/{name}.toml", data, _ISSUE_KEYS)
    if "/" not in name:
        raise RulebookError(file.file, "", "must lie in a folder: issues/<package>/<slug>.toml")
    if not file.texts("when") and not file.texts("any") and not data.get("each"):
        raise RulebookError(file.file, "when", "missing")
    return Rule(
        id=name,
        when=file.texts("when"),
        any=file.texts("any"),
        none=file.texts("none"),
        each=file.text("each", default=""),
        generic=bool(data.get("generic", False)),
        file=file.file,
        **_common(file),
    )


def _common(file: RuleFile) -> dict[str, Any]:
    if not file.texts("source"):
        raise RulebookError(file.file, "source", "missing")
    return {
        "severity": file.text("severity", SEVERITIES),
        "certainty": file.text("certainty", CERTAINTIES, "certain"),
        "cause": file.text("cause"),
        "area": file.text("area", AREAS),
        "stage": file.text("stage", STAGES),
        "title": file.words("title"),
        "detail": file.words("detail"),
        "sources": file.texts("source"),
        "checked": file.text("checked"),
        "packages": file.texts("packages"),
        "follows": file.texts("follows"),
        "evidence": file.texts("evidence"),
        "treatments": tuple(treatment(table) for table in file.tables("remedy", REMEDY_KEYS)),
        "cases": tuple(_case(table) for table in file.tables("case", _CASE_KEYS)),
        "verify": _verify(file),
    }


def _verify(file: RuleFile) -> Verify | None:
    if "verify" not in file.data:
        return None
    table = RuleFile(file.file, file.data["verify"], _VERIFY_KEYS, "verify.")
    return Verify(table.words("title"), table.text("code"))


def treatment(file: RuleFile) -> Treatment:
    return Treatment(
        when=file.texts("when"),
        pip=file.texts("pip"),
        uninstall=file.texts("uninstall"),
        reinstall=file.texts("reinstall"),
        constraints=file.texts("constraints"),
        risk=file.text("risk", RISKS),
        note=file.words("note") if "note" in file.data else None,
        new_environment=bool(file.data.get("new_environment", False)),
    )


def _case(file: RuleFile) -> Case:
    facts = file.data.get("facts", {})
    if not isinstance(facts, Mapping):
        raise RulebookError(file.file, file.where + "facts", "table expected")
    return Case(
        facts=facts,
        expect=file.text("expect", EXPECTATIONS),
        absent=file.texts("absent"),
        name=file.text("name", default=""),
        complete=bool(file.data.get("complete", False)),
        unknown=file.texts("unknown"),
    )


def _rows(name: str, data: Mapping[str, Any]) -> Iterator[Rule]:
    """A table: a row applies where its cells in the `subject` columns hold, and demands all its other cells.

    [columns] gives each column's fact, or {fact = …, when = "os is linux"} for a cell that counts only there.
    """
    file = RuleFile(f"matrix/{name}.toml", data, _MATRIX_KEYS)
    columns, common = data.get("columns", {}), _common(file)
    subjects = file.texts("subject")
    rows = data.get("rows", [])
    if not rows:
        raise RulebookError(file.file, "rows", "missing")
    for number, row in enumerate(rows, 1):
        when: list[str] = []
        needs: dict[str, list[str]] = {}
        for column, cell in row.items():
            if column in ("source", "note"):
                continue
            meaning = columns.get(column)
            if meaning is None:
                raise RulebookError(file.file, f"rows[{number}].{column}", "not among [columns]")
            fact = meaning if isinstance(meaning, str) else meaning["fact"]
            if not fact:
                continue  # a column for readers
            condition = "" if isinstance(meaning, str) else meaning.get("when", "")
            clause = f"{fact} {cell}"
            if column in subjects:
                when.append(clause)
            else:
                needs.setdefault(condition, []).append(clause)
        for condition, clauses in needs.items():
            yield Rule(
                id=f"matrix/{name}",
                when=tuple(when) + ((condition,) if condition else ()),
                any=file.texts("any"),
                none=file.texts("none"),
                unless=tuple(clauses),
                file=file.file,
                **{**common, "sources": tuple([row["source"]] if "source" in row else common["sources"])},
            )
