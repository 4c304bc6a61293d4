"""Which distribution brings a module that an error names, and what else is known of that name?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from ..chart import canonical
from ..rulebook import Table

#: Modules of the standard library that are gone, and the Python that has them no longer.
REMOVED = {
    "distutils": "3.12",
    "imp": "3.12",
    "asynchat": "3.12",
    "asyncore": "3.12",
    "smtpd": "3.12",
    "aifc": "3.13",
    "audioop": "3.13",
    "cgi": "3.13",
    "cgitb": "3.13",
    "chunk": "3.13",
    "crypt": "3.13",
    "imghdr": "3.13",
    "lib2to3": "3.13",
    "mailcap": "3.13",
    "msilib": "3.13",
    "nis": "3.13",
    "nntplib": "3.13",
    "ossaudiodev": "3.13",
    "pipes": "3.13",
    "sndhdr": "3.13",
    "spwd": "3.13",
    "sunau": "3.13",
    "telnetlib": "3.13",
    "uu": "3.13",
    "xdrlib": "3.13",
    "binhex": "3.11",
    "asyncio.compat": "3.7",
    "formatter": "3.10",
    "parser": "3.10",
    "symbol": "3.10",
    "macpath": "3.8",
    "dummy_threading": "3.9",
}
#: Modules of Python 2 and what they are called in Python 3.
PYTHON_2 = {
    "cPickle": "pickle",
    "cStringIO": "io",
    "StringIO": "io",
    "ConfigParser": "configparser",
    "Queue": "queue",
    "urllib2": "urllib.request",
    "urlparse": "urllib.parse",
    "httplib": "http.client",
    "commands": "subprocess",
    "Tkinter": "tkinter",
    "tkMessageBox": "tkinter.messagebox",
    "tkFileDialog": "tkinter.filedialog",
    "HTMLParser": "html.parser",
    "__builtin__": "builtins",
    "thread": "_thread",
    "SocketServer": "socketserver",
    "copy_reg": "copyreg",
}


@dataclass(frozen=True)
class Module:
    """name: the top-level module.  distribution: what to install, "" where none is known by that name.

    warn: why nothing must be installed by the name itself (see rules/matrix/import-names.toml).  trap: a distribution
    whose name looks right and is not.
    """

    name: str
    distribution: str = ""
    warn: str = ""
    trap: str = ""


def lookup(module: str, tables: Mapping[str, Table]) -> Module:
    """What is known of a module, which may be dotted: the longest name that the table has."""
    rows = _by_name(tables)
    parts = module.split(".")
    for end in range(len(parts), 0, -1):
        row = rows.get(".".join(parts[:end]))
        if row is not None:
            return Module(
                parts[0], str(row.get("distribution", "")), str(row.get("warn", "")), str(row.get("trap", ""))
            )
    return Module(parts[0])


def distribution_of(module: str, tables: Mapping[str, Table]) -> str:
    """The distribution that brings a module; a name that is not known stands for itself."""
    found = lookup(module, tables)
    return canonical(found.distribution or found.name)


def _by_name(tables: Mapping[str, Table]) -> dict[str, Mapping[str, Any]]:
    return {str(row["module"]): row for row in tables.get("import-names", Table())}
