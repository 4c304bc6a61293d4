"""What is different on the documentation site from the pages in docs/, as a reader of the repository sees them?

A hook of MkDocs (mkdocs.yml).  The line that leads to the other language is left out, because every page of the site
has a switch.  Links to files outside docs/ lead into the repository, where its address is known, or else are the paths
that they are.  Lines of Chinese are joined without the blank that a browser would put there, and commands are shown
without colours, which would make words of a shell out of names and versions.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

_OTHER_LANGUAGE = re.compile(r"^\[(?:中文|English)\]\([\w.-]+\.md\)\n\n", re.M)
_CODE = re.compile(r"(^```.*?^```$)", re.M | re.S)
_BREAK = re.compile(r"(?<=[\u2e80-\u9fff\uff00-\uff60”])\n(?=[\u2e80-\u9fff\uff00-\uff60“])")
_LINK = re.compile(r"(?<!!)\[([^\]\n]+)\]\((\.\./[^)\s#]+)(?:#[^)\s]*)?\)")


def site_markdown(text: str, name: str, repository: str = "") -> str:
    """The text of the page docs/<name> as the site shows it.

    >>> site_markdown("# A\\n\\n[中文](a.zh.md)\\n\\nSee [the rules](../rules/README.md).", "a.md")
    '# A\\n\\nSee the rules (`rules/README.md`).'
    >>> site_markdown("[setup.cfg](../setup.cfg)", "a.md", "https://example.org/it")
    '[setup.cfg](https://example.org/it/blob/HEAD/setup.cfg)'
    >>> site_markdown("先看这一行。\\n再看下面。", "a.zh.md")
    '先看这一行。再看下面。'
    """

    def outside(link: re.Match[str]) -> str:
        label = link.group(1)
        target = posixpath.normpath(posixpath.join("docs", posixpath.dirname(name), link.group(2)))
        if repository:
            return f"[{label}]({repository.rstrip('/')}/blob/HEAD/{target})"
        return f"`{target}`" if label.strip("`") in target else f"{label} (`{target}`)"

    parts = _CODE.split(_OTHER_LANGUAGE.sub("", text, count=1))
    parts[::2] = [_BREAK.sub("", _LINK.sub(outside, part)) for part in parts[::2]]
    return re.sub(r"^```sh$", "```text", "".join(parts), flags=re.M)


def on_page_markdown(markdown: str, page: Any, config: Any, **_: Any) -> str:
    """Called by MkDocs for every page."""
    return site_markdown(markdown, page.file.src_uri, config.repo_url or "")
