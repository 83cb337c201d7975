"""A section of a WHOIS answer: what a heading opened, and which line is outside of it again."""

from __future__ import annotations

from dataclasses import dataclass

from churn.enrich.meaning.whois_lines import Line


@dataclass(slots=True)
class Section:
    """What a heading opened: whose section, and the field whose list it is."""

    party: str = "domain"
    field: str | None = None
    indent: int = -1
    only_deeper: bool = False
    """Whether only lines that are indented deeper belong to it: the heading has a value of its own."""
    is_deeper: bool = False
    is_filled: bool = False

    def ends_at(self, line: Line) -> bool:
        """Whether a line is outside of the section."""
        if self.indent < 0:
            return False
        if not self.is_filled:
            self.is_deeper = line.indent > self.indent
        if line.is_first and self.is_filled and (self.party == "object" or not self.is_deeper):
            return True
        return line.indent <= self.indent and (self.only_deeper or self.is_deeper)
