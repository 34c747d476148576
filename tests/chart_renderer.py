"""The part of Go's templates that deploy/helm uses, for machines without Helm: refuses the rest."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

TAG = re.compile(r"(?:\s*\{\{-|\{\{)\s*(.*?)\s*\}\}")


def render(text: str, known: Mapping[str, Any]) -> str:
    """Return a template filled in; `known` holds Values, Chart and Release."""
    return _block(iter(re.split(r"((?:\s*\{\{-|\{\{)\s*.*?\s*\}\})", text)), known)


def _block(tokens: Iterator[str], known: Mapping[str, Any]) -> str:
    out: list[str] = []
    for token in tokens:
        found = TAG.fullmatch(token)
        words = shlex.split(found[1], posix=False) if found else []
        if not found:
            out.append(token)
        elif words[0] == "if":
            body = list(_until_end(tokens))
            out.append(_block(iter(body), known) if _value(words[1], known) else "")
        elif words[0] == "range":  # range $name, $value := .Values.settings
            out.append(_range(list(_until_end(tokens)), words, known))
        else:
            out.append(str(_pipeline(found[1], known)))
    return "".join(out)


def _until_end(tokens: Iterator[str]) -> Iterator[str]:
    for token in tokens:
        found = TAG.fullmatch(token)
        if found and found[1] == "end":
            return
        assert not (found and found[1].split()[0] in ("if", "range")), "blocks hold no blocks"
        yield token


def _range(body: list[str], words: list[str], known: Mapping[str, Any]) -> str:
    key, value, entries = words[1].rstrip(","), words[2], _value(words[4], known)
    rounds = [{**known, key: k, value: v} for k, v in sorted(entries.items())]
    return "".join(_block(iter(body), each) for each in rounds)


def _pipeline(text: str, known: Mapping[str, Any]) -> Any:
    first, *calls = [part.strip() for part in text.split("|")]
    words = shlex.split(first, posix=False)
    value = _value(words[-1], known)
    if words[0] == "toYaml":
        value = yaml.safe_dump(value, default_flow_style=False).rstrip()
    elif words[0] == "required" and not value:
        raise ValueError(words[1].strip('"'))
    for name, *arguments in (shlex.split(call, posix=False) for call in calls):
        value = _FUNCTIONS[name](value, *(_value(each, known) for each in arguments))
    return value


def _value(word: str, known: Mapping[str, Any]) -> Any:
    if word.isdigit():
        return int(word)
    if word.startswith("$"):
        return known[word]
    value: Any = known
    for name in word.removeprefix(".").split("."):
        value = value[name]
    return value


_FUNCTIONS = {
    "quote": lambda value: json.dumps(str(value)),
    "default": lambda value, other: value or other,
    "nindent": lambda value, n: "\n" + re.sub(r"(?m)^", " " * n, value),
}
