"""How is a recipe written: as text, shell commands, requirements.txt, environment.yml, or data?  Pure."""

from __future__ import annotations

import json
from typing import Any, Sequence

from .. import __version__
from ..overview import every
from ..prescribe import quote
from ..renderers import Console
from ..renderers import json as as_json
from ..report import Words
from ..sheet import BOLD, DIM, STYLES, Sheet
from ..words import readable, width
from .recipe import Recipe

SCHEMA = 1
FORMATS = ("text", "json", "venv", "conda", "requirements", "environment")
#: Where the commands put the environment; the user writes another name over it.
VENV, CONDA = "env", "env"
#: Rejected builds that are named one by one (our choice).
_TOLD = 5


def render(recipe: Recipe, form: str, lang: str, console: Console, project: str = "") -> str:
    """The recipe in one of FORMATS.  For the formats that a tool reads there must be a recipe."""
    if form == "json":
        return as_data(recipe, lang)
    if form == "requirements":
        return requirements(recipe)
    if form == "environment":
        return environment(recipe)
    if form in ("venv", "conda"):
        several = venv(recipe) if form == "venv" else conda(recipe)
        return "".join(line(command, recipe.system) + "\n" for command in several)
    return as_text(recipe, lang, console, project)


# ---------------------------------------------------------------- for tools


def pinned(recipe: Recipe) -> list[str]:
    """Every pin as an installer takes it; what has none yet by its limits."""
    pins = [f"{name}=={version}" for name, version in recipe.pins.items()]
    if recipe.verified == "resolved":
        return pins
    # What is not pinned must be held back where the rules hold it back; an extra brings CUDA along.
    bundled = [one for one in recipe.requirements if "[" in one]
    names = {name.partition("[")[0] for name in bundled}
    pins = [one for one in pins if one.partition("==")[0] not in names]
    named = {one.partition("==")[0] for one in [*pins, *bundled]}
    wanted = [one for one in recipe.requirements if _name(one) not in named and "[" not in one]
    limited = [one for one in recipe.limits if _name(one) not in {*named, *map(_name, wanted)}]
    return sorted([*pins, *bundled, *wanted, *limited])


def _name(requirement: str) -> str:
    """
    >>> _name("tensorflow[and-cuda]==2.15.1"), _name("h5py<3")
    ('tensorflow', 'h5py')
    """
    end = next((place for place, sign in enumerate(requirement) if sign in "[=<>!~; "), len(requirement))
    return requirement[:end]


def pages(recipe: Recipe) -> list[tuple[str, str]]:
    page = recipe.build.page
    return [(page.option, page.address)] if page is not None else []


def requirements(recipe: Recipe) -> str:
    """requirements.txt; the remarks in it are English, as everything that tools read."""
    lines = [f"# envdoctor {__version__}: Python {recipe.python} on {recipe.system}, {_proof(recipe)}"]
    lines += [f"{option} {address}" for option, address in pages(recipe)]
    return "\n".join([*lines, *pinned(recipe)]) + "\n"


def environment(recipe: Recipe) -> str:
    """environment.yml: conda brings Python and pip, pip the rest, as it was resolved."""
    lines = [
        f"# envdoctor {__version__}: Python {recipe.python} on {recipe.system}, {_proof(recipe)}",
        f"name: {CONDA}",
        "dependencies:",
        f"  - python={recipe.python}",
        "  - pip",
    ]
    entries = [*(f"{option} {address}" for option, address in pages(recipe)), *pinned(recipe)]
    if entries:
        lines += ["  - pip:", *(f"      - {_yaml(entry)}" for entry in entries)]
    return "\n".join(lines) + "\n"


def _yaml(text: str) -> str:
    """
    >>> _yaml("h5py==2.10.0"), _yaml("--find-links https://x"), _yaml("tensorflow[and-cuda]==2.15.1")
    ('h5py==2.10.0', '"--find-links https://x"', '"tensorflow[and-cuda]==2.15.1"')
    """
    return f'"{text}"' if any(sign in text for sign in " [],<>!*&#:{}") else text


def _proof(recipe: Recipe) -> str:
    return f"resolved by {recipe.solver}" if recipe.verified == "resolved" else "from the rules, not resolved"


def venv(recipe: Recipe, folder: str = VENV) -> list[tuple[str, ...]]:
    """A virtual environment, with the Python of that version that is on the machine."""
    windows = recipe.system == "windows"
    start = ("py", f"-{recipe.python}") if windows else (f"python{recipe.python}",)
    python = f"{folder}\\Scripts\\python.exe" if windows else f"{folder}/bin/python"
    return [(*start, "-m", "venv", folder), *_by_pip(recipe, (python,))]


def uv_venv(recipe: Recipe, folder: str = VENV) -> tuple[str, ...]:
    """The same by uv, which brings a Python that is not there; with pip in it for what follows."""
    return ("uv", "venv", "--seed", "--python", recipe.python, folder)


def conda(recipe: Recipe, name: str = CONDA) -> list[tuple[str, ...]]:
    """An environment of conda's; the distributions come by pip, as they were resolved."""
    return [
        ("conda", "create", "-y", "-n", name, f"python={recipe.python}", "pip"),
        *_by_pip(recipe, ("conda", "run", "--no-capture-output", "-n", name, "python")),
    ]


def _by_pip(recipe: Recipe, python: Sequence[str]) -> list[tuple[str, ...]]:
    several = pinned(recipe)
    found = [word for page in pages(recipe) for word in page]
    return [(*python, "-m", "pip", "install", *found, *several)] if several else []


def line(command: Sequence[str], system: str) -> str:
    return " ".join(quote(word, system == "windows") for word in command)


def as_data(recipe: Recipe, lang: str) -> str:
    def words(several: Sequence[Words]) -> list[str]:
        return [one[lang] for one in several]

    possible = recipe.possible
    data: dict[str, Any] = {
        "schema": SCHEMA,
        "envdoctor": __version__,
        "possible": possible,
        "python": recipe.python or None,
        "os": recipe.system,
        "stack": recipe.stack or None,
        "framework": recipe.framework or None,
        "build": recipe.build.label or None,
        "gpu": {
            "used": {"yes": True, "no": False}.get(recipe.gpu) if possible else None,
            "cards": recipe.cards or None,
            "cuda": recipe.build.cuda or None,
            "cudnn": recipe.build.cudnn or None,
        },
        "pins": dict(recipe.pins),
        "direct": list(recipe.direct),
        "requirements": pinned(recipe) if possible else [],
        "constraints": list(recipe.limits),
        "indexes": [{"option": option, "address": address} for option, address in pages(recipe)],
        "commands": {
            "venv": [list(command) for command in venv(recipe)] if possible else [],
            "conda": [list(command) for command in conda(recipe)] if possible else [],
        },
        "verified": recipe.verified,
        "solver": recipe.solver or None,
        "obstacle": recipe.obstacle[lang] if recipe.obstacle is not None else None,
        "reasons": words(recipe.notes),
        "instead": words(recipe.ways),
        "not_kept": [
            {"name": one.name, "wanted": one.wanted, "where": one.where, "instead": one.instead, "why": one.why[lang]}
            for one in recipe.given_up
        ],
        "rejected": [
            {"build": one.build, "python": one.python or None, "why": one.why[lang]} for one in recipe.rejected
        ],
        "findings": [as_json.finding_as_json(found, lang) for found in recipe.findings],
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


# ---------------------------------------------------------------- for people


def as_text(recipe: Recipe, lang: str, console: Console, project: str = "") -> str:
    page = Sheet(console, readable(lang, console.encoding), "plan")
    page.add(page.say("headline", doctor=__version__, project=project or "-"), style=BOLD)
    page.blank()
    if recipe.possible:
        _write_recipe(page, recipe)
    else:
        _write_obstacle(page, recipe)
    return page.text()


def _write_rows(page: Sheet, rows: Sequence[tuple[str, str]]) -> None:
    columns = max(width(name) for name, _ in rows) + 2
    for name, text in rows:
        page.add(text, "  ", " " * (columns + 2), head=name + " " * (columns - width(name)))


def _machine(page: Sheet, recipe: Recipe) -> str:
    driver = str(recipe.chart.value("driver.label", "") or "?")
    gpu = page.say("gpu-driver", cards=recipe.cards, driver=driver) if recipe.cards else page.say("gpu-none")
    return page.say("machine-line", system=recipe.system, gpu=gpu)


def _write_recipe(page: Sheet, recipe: Recipe) -> None:
    rows = [(page.say("machine"), _machine(page, recipe))]
    if recipe.stack:
        rows.append((page.say("code"), recipe.stack))
    rows.append((page.say("python"), recipe.python))
    if recipe.build.label:
        use = {"yes": "uses-gpu", "no": "uses-cpu", "unknown": "may-use-gpu"}[recipe.gpu]
        rows.append((page.say("framework"), f"{recipe.build.label}  {page.say(use, cuda=recipe.build.cuda or '-')}"))
    _write_rows(page, rows)
    _write_pins(page, recipe)
    if recipe.given_up:
        page.blank()
        page.add(page.say("given-up"), style=BOLD)
        for one in recipe.given_up:
            instead = one.instead or page.say("given-up-nothing")
            if instead[:1] in "=<>!~":
                instead = one.name + instead
            words = {"name": one.name, "wanted": one.wanted, "where": one.where, "instead": instead}
            page.add(page.say("given-up-line", why=one.why[page.lang], **words), "  - ", "    ")
    page.blank()
    page.add(page.say("why"), style=BOLD)
    for note in recipe.notes:
        page.add(note[page.lang], "  - ", "    ")
    _write_findings(page, recipe)
    _write_commands(page, recipe)
    page.blank()
    number = len(recipe.pins)
    mark = "ok" if recipe.verified == "resolved" else "unknown"
    proof = page.say(f"verified-{recipe.verified}", solver=recipe.solver, number=number)
    page.add(proof, head=page.mark(mark) + " ", style=STYLES[mark])
    page.add(page.say("files"), style=DIM)


def _write_pins(page: Sheet, recipe: Recipe) -> None:
    pins = recipe.pins
    wanted = {_name(one): one for one in recipe.requirements}
    page.blank()
    page.add(page.say("needs"), style=BOLD)
    own = [f"{name}\u00a0{pins[name]}" if name in pins else wanted.get(name, name) for name in recipe.direct]
    if own:
        page.add(", ".join(own), "  ", "  ")
    others = [f"{name}\u00a0{version}" for name, version in pins.items() if name not in recipe.direct]
    if others:
        count = "one" if len(others) == 1 else "many"
        page.add(page.say(f"brought-{count}", number=len(others), names=", ".join(others)), "  ", "  ", style=DIM)
    if recipe.limits:
        page.add(page.say("limits", limits=", ".join(recipe.limits)), "  ", "  ", style=DIM)


def _write_findings(page: Sheet, recipe: Recipe) -> None:
    first = [found for found in recipe.findings if found.severity == "error"]
    still = [found for found in recipe.findings if found.severity != "error"]
    for title, several, mark in (("first", first, "error"), ("still", still, "warning")):
        if several:
            page.blank()
            page.add(page.say(title), style=BOLD)
        for found in several:
            page.add(found.title[page.lang], head=f"  {page.mark(mark)} ", style=STYLES[mark])
            if found.remedy is not None and found.remedy.note is not None:
                page.add(found.remedy.note[page.lang], "    ", "    ")


def _write_commands(page: Sheet, recipe: Recipe) -> None:
    for title, several in (("commands-venv", venv(recipe)), ("commands-conda", conda(recipe))):
        page.blank()
        page.add(page.say(title), style=BOLD)
        for command in several:
            page.add_command(line(command, recipe.system), "  ")
        if title == "commands-venv":
            uv = line(uv_venv(recipe), recipe.system)
            page.add(page.say("commands-or", python=recipe.python, uv=uv), "  ", "  ", style=DIM)


def _write_obstacle(page: Sheet, recipe: Recipe) -> None:
    assert recipe.obstacle is not None
    rows = [(page.say("machine"), _machine(page, recipe))]
    if recipe.stack:
        rows.append((page.say("code"), recipe.stack))
    _write_rows(page, rows)
    page.blank()
    page.add(page.say("no-recipe"), head=page.mark("error") + " ", style=STYLES["error"])
    page.add(recipe.obstacle[page.lang], "  ", "  ")
    if recipe.rejected:
        page.blank()
        page.add(page.say("tried"), style=BOLD)
        reasons = list(dict.fromkeys(one.why[page.lang] for one in recipe.rejected))
        for reason in reasons[:_TOLD]:
            page.add(reason, "  - ", "    ")
        if len(reasons) > _TOLD:
            page.add(page.say("tried-more", number=len(reasons) - _TOLD), "    ", "    ", style=DIM)
    if recipe.ways:
        page.blank()
        page.add(page.say("instead"), style=BOLD)
        for way in recipe.ways:
            page.add(way[page.lang], "  - ", "    ")


def errors_left(recipe: Recipe) -> list[str]:
    """The rules of errors that the recipe still has, those that follow included."""
    return [found.rule for found in every(recipe.findings) if found.severity == "error"]
