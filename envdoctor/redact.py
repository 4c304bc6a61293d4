"""Which words must not leave this machine?

Runs on Python 3.6.
"""

import re
from typing import Any, Iterable, List, NamedTuple, Tuple

from .chart import Chart

_URL_LOGIN = re.compile(r"(?<=://)[^/@\s]{1,300}@")
_TOKEN = re.compile(
    r"(?i)\b(hf_[a-z0-9]{8,}|gh[pousr]_[a-z0-9]{8,}|github_pat_\w{8,}|glpat-[\w-]{8,}|sk-[\w-]{8,}|AKIA[0-9A-Z]{12,})"
)
_GPU_UUID = re.compile(r"(?i)\b(GPU|MIG)-[0-9a-f]{8}-[0-9a-f-]{4,}")


class Redaction(NamedTuple):
    """Which words of this machine must not leave it: (what to replace, what to put there), longest first."""

    words: Tuple[Tuple[str, str], ...] = ()

    def text(self, text: str) -> str:
        for secret, cover in self.words:
            if secret in text:
                text = text.replace(secret, cover)
        text = _URL_LOGIN.sub("***@", text)
        text = _TOKEN.sub("***", text)
        return _GPU_UUID.sub(lambda match: match.group(1) + "-***", text)

    def data(self, data: Any) -> Any:
        if isinstance(data, str):
            return self.text(data)
        if isinstance(data, (list, tuple)):
            return [self.data(item) for item in data]
        if isinstance(data, dict):
            return {self.text(str(key)): self.data(value) for key, value in data.items()}
        return data


def redaction(homes: Iterable[str], users: Iterable[str], hosts: Iterable[str]) -> Redaction:
    """Home folders become `~`, user names `<user>`, host names `<host>`.

    A user name hides inside other paths too (D:\\work\\NAME); names of one or two letters, and names that are
    everybody's (root, admin, localhost …), are no secret and would only tear other words apart.
    """
    pairs: List[Tuple[str, str]] = []
    for home in homes:
        if len(home.strip("/\\")) > 2:
            pairs += [(home, "~"), (home.replace("\\", "/"), "~"), (home.replace("\\", "\\\\"), "~")]
    for cover, names in (("<user>", users), ("<host>", hosts)):
        pairs += [(name, cover) for name in names if len(name) > 2 and name.lower() not in _NO_SECRET]
    unique = sorted(set(pairs), key=lambda pair: (-len(pair[0]), pair))
    return Redaction(tuple(unique))


_NO_SECRET = frozenset(
    ["root", "admin", "administrator", "user", "users", "runner", "ubuntu", "home", "python", "conda", "localhost"]
)


def redacted(chart: Chart, cover: Redaction) -> Chart:
    facts = {
        name: fact._replace(
            value=cover.data(fact.value), origin=cover.text(fact.origin), detail=cover.text(fact.detail)
        )
        for name, fact in chart.facts.items()
    }
    return chart._replace(patient=cover.data(dict(chart.patient)), facts=facts, probes=cover.data(dict(chart.probes)))


def of_this_machine(ask: Any) -> Redaction:
    """The names of this machine and its user."""
    import platform

    environ = ask.environ
    homes = [environ.get("HOME", ""), environ.get("USERPROFILE", ""), ask.path.expanduser("~")]
    users = [environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME")]
    users += [ask.path.basename(home.rstrip("/\\")) for home in homes]
    host = platform.node()
    return redaction(homes, users, [host, host.partition(".")[0], environ.get("COMPUTERNAME", "")])
