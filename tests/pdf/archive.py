"""What PDF/A-3 (ISO 19005-3) asks of a file, as far as its structure shows it.

No validator comes with a package of the system; veraPDF says more. Each fault is a sentence.
"""

import re
from collections.abc import Iterator
from io import BytesIO

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

FORBIDDEN_ACTIONS = ("/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/Rendition")
STANDARD = set(
    "Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl"
    " LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP"
    " Warichu WT WP Figure Formula Form".split()
)  # fmt: skip
PRINT, NOT_SHOWN = 4, 1 | 2 | 32


def faults(data: bytes) -> list[str]:
    with Pdf.open(BytesIO(data)) as pdf:
        return [*_of_the_file(data, pdf), *_of_its_marks(pdf), *_of_what_is_enclosed(pdf), *_of_its_parts(pdf)]


def _of_the_file(data: bytes, pdf: Pdf) -> Iterator[str]:
    if not re.match(rb"%PDF-1\.7\s*\n%[\x80-\xff]{4}", data):
        yield "the header does not say 1.7 and that bytes follow"
    if not data.rstrip().endswith(b"%%EOF"):
        yield "something follows the end"
    yield from pdf.check_pdf_syntax()
    if "/ID" not in pdf.trailer or pdf.is_encrypted:
        yield "the trailer has no mark, or the file is locked"


def _of_its_marks(pdf: Pdf) -> Iterator[str]:
    root, about = pdf.Root, pdf.open_metadata(update_docinfo=False)
    if (about.get("pdfaid:part"), about.get("pdfaid:conformance")) != ("3", "A"):
        yield "the metadata does not say PDF/A-3a"
    if about.get("dc:title") != str(pdf.docinfo["/Title"]):
        yield "two titles"
    if about.get("xmp:CreateDate", "")[:10].replace("-", "") != str(pdf.docinfo["/CreationDate"])[2:10]:
        yield "two dates"
    [intent] = root.OutputIntents
    profile = intent.DestOutputProfile
    if intent.S != "/GTS_PDFA1" or profile.read_bytes()[36:40] != b"acsp" or profile.N != 3:
        yield "no colour profile"
    if not root.get("/MarkInfo", {}).get("/Marked") or not str(root.get("/Lang", "")):
        yield "not tagged, or without its language"
    if wrong := {str(kind) for kind in _tags(root.StructTreeRoot.K)} - {f"/{name}" for name in STANDARD}:
        yield f"tags of its own: {wrong}"


def _tags(node: Object) -> Iterator[Object]:
    if isinstance(node, Array):
        for part in node:
            yield from _tags(part)
    elif isinstance(node, Dictionary):
        yield from [node.S] if "/S" in node else []
        yield from _tags(node.K) if "/K" in node else []


def _of_what_is_enclosed(pdf: Pdf) -> Iterator[str]:
    belonging = [file.objgen for file in pdf.Root.AF]
    names = pdf.Root.Names.EmbeddedFiles.Names
    if len(set(belonging)) != len(belonging) or [file.objgen for file in list(names)[1::2]] != belonging:
        yield "enclosed files and those that belong to the document differ"
    for file in pdf.Root.AF:
        data = file.EF.F
        whole = (
            "/F" in file and "/UF" in file and "/ModDate" in data.Params and data.Params.Size == len(data.read_bytes())
        )
        if not whole or data.Subtype != "/application/json" or file.AFRelationship not in ("/Data", "/Source"):
            yield "an enclosed file without its kind, date, size or relation"


def _of_its_parts(pdf: Pdf) -> Iterator[str]:
    form = pdf.Root.get("/AcroForm", Dictionary())
    if form.get("/NeedAppearances", False) or "/XFA" in form or {"/OpenAction", "/AA"} & set(pdf.Root.keys()):
        yield "a form or an action that draws or does something by itself"
    for part in pdf.objects:
        if isinstance(part, Dictionary | Stream):
            yield from _of_a_part(part)


def _of_a_part(part: Object) -> Iterator[str]:
    kind = str(part.get("/Type", ""))
    if kind == "/Font" and part.get("/Subtype") in ("/Type0", "/TrueType", "/Type1") and "/ToUnicode" not in part:
        yield f"the characters of {part.BaseFont} have no meaning"
    if kind == "/FontDescriptor" and not {"/FontFile", "/FontFile2", "/FontFile3"} & set(part.keys()):
        yield f"{part.FontName} is not in the file"
    if kind == "/Annot":
        yield from _of_a_note(part)
    if str(part.get("/S", "")) in FORBIDDEN_ACTIONS:
        yield f"an action {part.S}"
    if part.get("/Subtype") == Name.Image and (part.get("/Interpolate", False) or "/Alternates" in part):
        yield "a picture that looks different elsewhere"
    if kind == "/ExtGState" and "/TR" in part:
        yield "a transfer curve"
    if isinstance(part, Stream) and ("/LZWDecode" in str(part.get("/Filter", "")) or "/FFilter" in part):
        yield "a filter that is not allowed"


def _of_a_note(note: Object) -> Iterator[str]:
    flags = int(note.get("/F", 0))
    if not flags & PRINT or flags & NOT_SHOWN:
        yield f"{note.Subtype} is not printed"
    is_nowhere = float(note.Rect[0]) == float(note.Rect[2]) and float(note.Rect[1]) == float(note.Rect[3])
    if note.Subtype != "/Link" and not is_nowhere and "/N" not in note.get("/AP", Dictionary()):
        yield f"{note.Subtype} looks different elsewhere"
