"""Compare the strings in the sources with each catalog, and name what is missing, left over or wrong.

With --update the catalogs are first brought to hold exactly the sources' strings: new ones come in empty, translations
stay, what no source says any more goes. Nothing is guessed: a changed string is a new one.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    **parse_keywords(["N_", "_l", "lazy_gettext", "lazy_ngettext:1,2", "lazy_pgettext:1c,2"]),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")

Key = tuple[str | None, str]


def main() -> int:
    sources = strings_of_the_sources()
    files = sorted((ROOT / "translations").glob("*/LC_MESSAGES/messages.po"))
    faults = [fault for file in files for fault in check(file, sources)] if files else ["there is no catalog"]
    print(*faults, sep="\n", end="\n" if faults else "")
    return 1 if faults else 0


def strings_of_the_sources() -> dict[Key, Message]:
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    catalog = Catalog()
    found = extract_from_dir(ROOT, methods, options, KEYWORDS)
    for file, line, message, _comments, context in found:
        catalog.add(message, None, [(file, line)], context=context)
    return {key(message): message for message in catalog if message.id}


def key(message: Message) -> Key:
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, singular


def check(file: Path, sources: dict[Key, Message]) -> Iterator[str]:
    with file.open("rb") as stream:
        catalog = read_po(stream, locale=file.parent.parent.name, abort_invalid=True)
    if "--update" in sys.argv[1:]:
        bring_up_to_date(catalog, sources)
        write(file, catalog)
    translated = {key(message): message for message in catalog if message.id}
    for fault in faults(sources, translated, catalog):
        yield f"{file.relative_to(ROOT)}: {fault}"


def bring_up_to_date(catalog: Catalog, sources: dict[Key, Message]) -> None:
    for context, singular in {key(message) for message in catalog if message.id} - sources.keys():
        catalog.delete(singular, context)
    known = {key(message): message for message in catalog if message.id}
    for name, message in sources.items():
        if name not in known or isinstance(known[name].id, str) != isinstance(message.id, str):
            catalog.add(message.id, context=message.context)
    catalog.obsolete.clear()


def write(file: Path, catalog: Catalog) -> None:
    """The header stays as a person wrote it; Babel would fill it with names and times that mean nothing."""
    header, _, _ = file.read_text("utf-8").partition("\n\n")
    body = io.BytesIO()
    write_po(body, catalog, width=120, no_location=True, omit_header=True, sort_output=True, ignore_obsolete=True)
    file.write_text(f"{header}\n\n{body.getvalue().decode().strip()}\n", "utf-8")


def faults(sources: dict[Key, Message], translated: dict[Key, Message], catalog: Catalog) -> Iterator[str]:
    for name in sorted(translated.keys() - sources.keys(), key=str):
        yield f"no source says “{name[1]}” any more"
    if catalog.obsolete:
        yield f"{len(catalog.obsolete)} obsolete strings are kept"
    for name, message in sources.items():
        where = "{}:{}".format(*message.locations[0])
        fault = fault_of(message, translated.get(name))
        if fault:
            yield f"“{name[1]}” ({where}) {fault}"


def fault_of(source: Message, translation: Message | None) -> str | None:
    if translation is None:
        return "is missing"
    if isinstance(source.id, str) != isinstance(translation.id, str):
        return "differs in whether it has a plural"
    if translation.fuzzy:
        return "is marked fuzzy"
    said = translation.string or ""
    texts = [said] if isinstance(said, str) else [text or "" for text in said]
    if not texts or not all(text.strip() for text in texts):
        return "is not translated"
    return None if all(placeholders_agree(source, text) for text in texts) else "has other placeholders when translated"


def placeholders_agree(source: Message, text: str) -> bool:
    """A plural form may speak with the placeholders of the singular or of the plural, as its number asks."""
    ids = [source.id] if isinstance(source.id, str) else list(source.id)
    return set(PLACEHOLDER.findall(text)) in [set(PLACEHOLDER.findall(each)) for each in ids]


if __name__ == "__main__":
    sys.exit(main())
