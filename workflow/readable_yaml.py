"""YAML as people write it. A comma ends an unquoted word inside braces; what follows, a key without
a value, is taken as the continuation of the text before it: {en: Xingchen Co., Ltd.} is one name.
"""

import yaml


def compose(text: str) -> yaml.Node | None:
    """The document as nodes, with broken texts joined. Raises yaml.MarkedYAMLError."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    if node is not None:
        _rejoin(node, text)
    return node


def construct(node: yaml.Node) -> object:
    """The plain values of a node."""
    loader = yaml.SafeLoader("")
    try:
        value: object = loader.construct_object(node, deep=True)
    finally:
        loader.dispose()
    return value


def load(text: str) -> object:
    """The plain values of a document; None for an empty one."""
    node = compose(text)
    return construct(node) if node is not None else None


def _rejoin(node: yaml.Node, text: str) -> None:
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _rejoin(item, text)
    if not isinstance(node, yaml.MappingNode):
        return
    joined: list[tuple[yaml.Node, yaml.Node]] = []
    for key, value in node.value:
        _rejoin(value, text)
        if joined and node.flow_style and _is_bare(value) and isinstance(joined[-1][1], yaml.ScalarNode):
            _append(joined[-1][1], key, text)
        else:
            joined.append((key, value))
    node.value = joined


def _is_bare(value: yaml.Node) -> bool:
    return isinstance(value, yaml.ScalarNode) and bool(value.start_mark.index == value.end_mark.index)


def _append(scalar: yaml.ScalarNode, key: yaml.Node, text: str) -> None:
    scalar.value += text[scalar.end_mark.index : key.start_mark.index] + key.value
    scalar.tag, scalar.end_mark = "tag:yaml.org,2002:str", key.end_mark
