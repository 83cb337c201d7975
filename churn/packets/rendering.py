"""The cover as HTML, for mail programs that show no Markdown: what stands in cover.md, laid out, and nothing more.

There is nothing to click or to fetch: links, images and HTML of the Markdown are not read as such, so they stay text.
What doesn't belong here: words, and the escaping of outside text (`wording`), which holds in the Markdown already.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

_NOT_READ = ("autolink", "html_block", "html_inline", "image", "link", "reference")
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="format-detection" content="telephone=no,date=no,address=no,email=no,url=no">
<style>
body {{ font-family: Arial, Helvetica, sans-serif; font-size: 15px; line-height: 1.45; max-width: 60em; }}
h1 {{ font-size: 21px; line-height: 1.25; }}
h2 {{ font-size: 17px; margin: 1.4em 0 0.4em; }}
table {{ border-collapse: collapse; font-size: 14px; }}
th, td {{ border: 1px solid #999999; padding: 3px 8px; text-align: left; vertical-align: top; }}
code {{ font-family: Consolas, Menlo, monospace; font-size: 13px; word-break: break-word; }}
</style>
</head>
<body>
{}</body>
</html>
"""


def html_of(markdown: str) -> str:
    """A whole HTML page of the Markdown: headings, lists, tables, emphasis, code; no address is in it as a link."""
    parser = _parser()
    tokens = _without_empty_heads(parser.parse(markdown))
    for token in tokens:
        if token.type == "table_open":  # for programs that leave out the style
            token.attrs |= {"border": 1, "cellspacing": 0, "cellpadding": 4}
    return _PAGE.format(parser.renderer.render(tokens, parser.options, {}))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable(_NOT_READ)


def _without_empty_heads(tokens: Sequence[Token]) -> list[Token]:
    """Leave out heads of tables in which nothing stands: Markdown has no table without one."""
    kept: list[Token] = []
    head = 0
    for token in tokens:
        kept.append(token)
        if token.type == "thead_open":
            head = len(kept) - 1
        elif token.type == "thead_close" and not any(each.content for each in kept[head:]):
            del kept[head:]
    return kept
