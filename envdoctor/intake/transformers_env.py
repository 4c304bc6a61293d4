"""What do the environment reports of transformers, diffusers, accelerate and datasets say?"""

from __future__ import annotations

import re
from typing import Iterator

from . import values
from .observation import IMPORTED, LISTED, Observation, told
from .packages import installed
from .page import Field, Page

SOURCE = "transformers env"
#: "`transformers` version", "Huggingface_hub version", "JaxLib version"; backticks are gone by now.
_VERSION = re.compile(
    r"^(transformers|diffusers|accelerate|datasets|huggingface hub|safetensors|tokenizers|peft|bitsandbytes|xformers|"
    r"deepspeed|flax|jax|jaxlib|numpy|pyarrow|fsspec|trl|gradio|timm|sentence transformers|optimum|"
    r"pytorch lightning) version$"
)
_MARKS = ("huggingface hub version", "accelerate version", "safetensors version", "transformers version")


def read(page: Page) -> Iterator[Observation]:
    mine = _is_one(page)
    for field in page.fields:
        named = _VERSION.match(field.key)
        number = field.line.number
        if named:
            name = named.group(1).replace(" ", "-")
            yield from told(installed(name, values.version(field.value)), LISTED, number, SOURCE, field.label)
        elif not mine:
            continue
        elif field.key in ("pytorch version", "tensorflow version"):
            yield from _framework(field)
        elif field.key == "platform":
            yield from told(values.system(field.value), LISTED, number, SOURCE, field.label)
        elif field.key == "python version":
            yield from told(values.python(field.value), LISTED, number, SOURCE, field.label)
        elif field.key in ("gpu type", "accelerator"):
            found = [pair for pair in values.card_facts(field.value, loose=True) if pair[1] is not None]
            yield from told(found, LISTED, number, SOURCE, field.label)


def _framework(field: Field) -> Iterator[Observation]:
    name = "torch" if field.key.startswith("pytorch") else "tensorflow"
    low = field.value.lower()
    if low.startswith("not installed"):
        yield Observation(name, None, IMPORTED, field.line.number, SOURCE, field.label)
    else:
        yield from told(installed(name, values.version(field.value)), IMPORTED, field.line.number, SOURCE, field.label)


def _is_one(page: Page) -> bool:
    keys = {field.key for field in page.fields}
    return any(mark in keys for mark in _MARKS)
