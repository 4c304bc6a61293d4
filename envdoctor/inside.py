# -*- coding: utf-8 -*-
"""What does the patient's interpreter say about itself?

The text of this file is handed to the patient's own Python with `-c` and runs there: on 2.7 and on anything newer.
It imports `sys` (built in) and `os` (already loaded by every start-up), so no file of the patient's can stand in
their place, and it prints one line: a Python literal behind MARK.  The last lines of `__main__` do the same on a
machine whose only Python is older than the house.
"""

import sys

MARK = "envdoctor-inside:"


def describe():
    """The interpreter's own account: a dict of text, numbers, lists and None."""
    path = [entry for entry in sys.path if entry]
    sys.path[:] = path  # without the current folder, whose os.py would otherwise win under -S
    import os

    site = sys.modules.get("site")
    implementation = getattr(sys, "implementation", None)
    flags = sys.flags
    uname = list(os.uname()) if hasattr(os, "uname") else []
    windows = list(sys.getwindowsversion())[:3] if hasattr(sys, "getwindowsversion") else []
    return {
        "version": "%d.%d.%d" % tuple(sys.version_info[:3]),
        "release_level": sys.version_info[3],
        "version_text": sys.version.replace("\n", " "),
        "implementation": implementation.name if implementation else "cpython",
        "cache_tag": getattr(implementation, "cache_tag", "") or "",
        "free_threaded": bool(getattr(sys, "abiflags", "").find("t") >= 0),
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "platform": sys.platform,
        "os_name": os.name,
        "machine": uname[4]
        if uname
        else os.environ.get("PROCESSOR_ARCHITEW6432") or os.environ.get("PROCESSOR_ARCHITECTURE", ""),
        "uname": [uname[0], uname[2], uname[3]] if uname else [],
        "windows": windows,
        "executable": sys.executable or "",
        "prefix": sys.prefix,
        "base_prefix": getattr(sys, "base_prefix", getattr(sys, "real_prefix", sys.prefix)),
        "path": path,
        "stdlib": os.path.dirname(os.__file__ or "") if getattr(os, "__file__", None) else "",
        "builtin_modules": list(sys.builtin_module_names),
        "stdlib_modules": sorted(getattr(sys, "stdlib_module_names", ())),
        "user_site": getattr(site, "USER_SITE", None) or "",
        "user_site_enabled": bool(getattr(site, "ENABLE_USER_SITE", False)),
        "ignores_environment": bool(getattr(flags, "ignore_environment", 0)),
        "utf8_mode": bool(getattr(flags, "utf8_mode", 0)),
        "file_system_encoding": sys.getfilesystemencoding() or "",
    }


if __name__ == "__main__":
    text = repr(describe())
    if sys.version_info[0] > 2:  # whatever the encoding of the pipe, the names in it survive
        text = text.encode("ascii", "backslashreplace").decode("ascii")
    sys.stdout.write("\n" + MARK + text + "\n")
