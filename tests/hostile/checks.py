"""What a document may hold, checked on the tree that an HTML parser makes of it, as a browser would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

from opencode_widget.model.render.elements import UNTOUCHED, Style

# What of HTML only shows: nothing here loads, runs, sends or stands over the page.
_INERT = """
html head body title meta div span p a em strong s del code pre blockquote ul ol li hr br details summary bdi
h1 h2 h3 h4 h5 h6 table thead tbody tr th td sup section
"""
INERT = set(_INERT.split())
OURS = {
    "style": {style.value for style in Style},
    "class": {UNTOUCHED},
    "dir": {"auto"},
    "target": {"_blank"},
    "rel": {"noopener noreferrer"},
    "charset": {"utf-8"},
}
LINK = re.compile(
    r"https?://[\w.-]+(?::\d+)?(?:[/?#][\x21-\x7e]*)?|https?://\[[0-9a-fA-F:.]+\]\S*|mailto:[\w.+-]+@[\w.-]+"
)
# Where MathJax and KaTeX look for no formula.
SKIPPED = {"code", "pre", "script", "style", "textarea", "title"}
FORMULA = re.compile(r"\$[^$]+\$|\\\(.*?\\\)|\\\[.*?\\\]|\\begin\{.*?\\end\{|\\(?:eq)?ref\{", re.DOTALL)
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)


def parsed(html: str) -> Element:
    """The tree of a document."""
    tree: Element = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
    return tree


def elements(html: str) -> Iterator[Element]:
    """All elements; a comment's tag is no string."""
    return (item for item in parsed(html).iter() if isinstance(item.tag, str))


def words(html: str) -> str:
    """What is read."""
    return "".join(parsed(html).itertext())


def faults(html: str) -> list[str]:
    """What our own HTML holds and may not: any element or attribute that is not ours."""
    found = []
    for item in elements(html):
        if item.tag not in INERT:
            found.append(f"<{item.tag}>")
        found += [
            f"{item.tag} {name}={value}" for name, value in item.attrib.items() if not _is_ours(item, name, value)
        ]
    return found


def _is_ours(item: Element, name: str, value: str) -> bool:
    if name in ("href", "title"):
        return item.tag == "a" and LINK.fullmatch(value) is not None and item.get("rel") == "noopener noreferrer"
    if name == "start":
        return item.tag == "ol" and value.isdecimal()
    if name == "class":
        return item.tag == "div" and value == UNTOUCHED
    return value in OURS.get(name, ())


def live(html: str) -> list[str]:
    """What HTML that a host made of our Markdown holds and may not: hosts add names for headlines, and classes for languages."""
    found = []
    for item in elements(html):
        if item.tag not in INERT:
            found.append(f"<{item.tag}>")
        found += [f"{item.tag} {name}={value}" for name, value in item.attrib.items() if _is_live(item, name, value)]
    return found


def _is_live(item: Element, name: str, value: str) -> bool:
    match name:
        case "href":
            anchor = item.get("class") == "anchor-link" and value.startswith("#")
            return not anchor and LINK.fullmatch(value) is None
        case "style":
            return re.fullmatch(r"text-align: ?(?:left|center|right);?", value) is None
        case "class":
            return re.fullmatch(r"anchor-link|language-[\w+-]+|highlight(?: hl-[\w+-]+)?|[a-z]{1,3}\d?", value) is None
        case "id":
            return re.fullmatch("h[1-6]", item.tag) is None
    return name not in ("start", "align", "target", "rel")


def formulas(html: str) -> list[str]:
    """What a typesetter would find: runs of text, undivided by an element, that hold a formula."""
    return [found[0] for run in _runs(parsed(html)) for found in FORMULA.finditer(run)]


def _runs(item: Element) -> Iterator[str]:
    if not isinstance(item.tag, str) or item.tag in SKIPPED:
        return
    run = item.text or ""
    for child in item:
        if child.tag == "br":
            run += "\n" + (child.tail or "")
            continue
        yield run
        yield from _runs(child)
        run = child.tail or ""
    yield run
