"""Where in a YAML file a value stands, so that a refusal can name its line."""

from typing import Any

import yaml


def dotted(path: tuple[Any, ...]) -> str:
    return ".".join(str(part) for part in path) or "pack"


def line_of(path: tuple[Any, ...], lines: dict[tuple[Any, ...], int]) -> int:
    """The line of the deepest part of `path` that the file has."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def lines_of(node: yaml.Node | None, path: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], int]:
    found = {path: node.start_mark.line + 1} if node is not None else {}
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            found[(*path, key.value)] = key.start_mark.line + 1
            found.update({k: v for k, v in lines_of(value, (*path, key.value)).items() if k not in found})
    if isinstance(node, yaml.SequenceNode):
        for at, item in enumerate(node.value):
            found.update(lines_of(item, (*path, at)))
    return found
