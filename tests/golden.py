"""Does the program still say what it said when somebody last read it and found it good?"""

from pathlib import Path

GOLDENS = Path(__file__).parent / "goldens"


def check(text: str, name: str, accept: bool, folder: Path = GOLDENS) -> None:
    """Compare with <folder>/<name>; with `pytest --accept` the file is rewritten instead, for a person to read."""
    path = folder / name
    if accept:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode("utf-8"))
    assert path.exists(), f"no golden file {name} yet: run pytest --accept and read what it wrote"
    assert text == path.read_bytes().decode("utf-8")
