"""How can an installer be killed in the middle of its work?  A stand-in for pip that is quick to start.

Runs as the module `pip` of a test's environment, on any Python from 3.6 on.  It knows `wheel`, `install` and
`uninstall` with exact pins and --find-links, and goes about it as pip does: the old version is moved aside to `~name`,
the new one is written file by file, the record last.  TINY_PIP_STOPS=N: at the N-th file it kills itself and whoever
started it.  TINY_PIP_FAILS=COMMAND: that command fails half done.
"""

import base64
import hashlib
import os
import shutil
import signal
import sys
import sysconfig
import zipfile

SITE = sysconfig.get_paths()["purelib"]
done = 0


def work():
    global done
    done += 1
    if str(done) == os.environ.get("TINY_PIP_STOPS"):
        os.kill(os.getppid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)


def find(pin, folders):
    name, _, version = pin.partition("==")
    for folder in folders:
        for file in sorted(os.listdir(folder)):
            if file.startswith("{}-{}-".format(name.replace("-", "_"), version)):
                return os.path.join(folder, file)
    sys.exit("ERROR: No matching distribution found for " + pin)


def target(name):
    first, _, rest = name.partition("/")
    if first.endswith(".data"):
        kind, _, rest = rest.partition("/")
        return os.path.join({"data": sys.prefix, "scripts": os.path.join(sys.prefix, "bin")}[kind], rest)
    return os.path.join(SITE, name)


def remove(name):
    for folder in sorted(os.listdir(SITE)):
        if folder.startswith(name.replace("-", "_") + "-") and folder.endswith(".dist-info"):
            with open(os.path.join(SITE, folder, "RECORD")) as file:
                paths = [os.path.normpath(os.path.join(SITE, line.split(",")[0])) for line in file if line.strip()]
            tops = set()
            for path in paths:
                inside = os.path.relpath(path, SITE).split(os.sep)[0]
                if inside == "..":
                    work()
                    os.remove(path)
                else:
                    tops.add(inside)
            aside = []
            for top in sorted(tops):
                work()
                aside.append(os.path.join(SITE, "~" + top[1:]))
                os.rename(os.path.join(SITE, top), aside[-1])
            return aside
    return []


def install(wheel):
    name = os.path.basename(wheel).split("-")[0]
    aside = remove(name)
    rows, record = [], ""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.namelist():
            data, path = archive.read(member), target(member)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if member.endswith(".dist-info/RECORD"):
                record = path
                continue
            work()
            with open(path, "wb") as file:
                file.write(data[: len(data) // 2])
                file.flush()
                work()
                file.write(data[len(data) // 2 :])
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
            rows.append("{},sha256={},{}".format(os.path.relpath(path, SITE).replace(os.sep, "/"), digest, len(data)))
    if os.environ.get("TINY_PIP_FAILS") == "install":
        sys.exit("ERROR: something went wrong")
    work()
    with open(record, "w") as file:
        file.write("\n".join(rows + [os.path.relpath(record, SITE).replace(os.sep, "/") + ",,"]) + "\n")
    for path in aside:
        work()
        shutil.rmtree(path)


def main():
    command, words = sys.argv[1], sys.argv[2:]
    folders, pins, into = [], [], ""
    while words:
        word = words.pop(0)
        if word == "--find-links":
            folders.insert(0, words.pop(0))
        elif word == "-w":
            into = words.pop(0)
        elif not word.startswith("-"):
            pins.append(word)
    if os.environ.get("TINY_PIP_FAILS") == command == "wheel":
        sys.exit("ERROR: something went wrong")
    for pin in pins:
        if command == "uninstall":
            for path in remove(pin):
                work()
                shutil.rmtree(path)
        elif command == "wheel":
            shutil.copy(find(pin, folders), into)
        else:
            install(find(pin, folders))


if __name__ == "__main__":
    main()
