"""Text that describes something, in tables; in a notebook the tables are HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

#: Notebooks align to the right.
_STYLE = "text-align:left"


@dataclass
class Table:
    """Rows of texts under a title.

    Attributes
    ----------
    title : str
        What the table is about; may be empty.
    header : sequence of str
        Names of the columns; empty for none.
    rows : sequence of sequence of str
        All rows.
    most : int
        Longest listing before it is cut; 0 for all.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]] = field(default_factory=list)
    most: int = 0

    @property
    def shown(self) -> Sequence[Sequence[str]]:
        """The rows of the listing."""
        return self.rows[: self.most] if self.most else self.rows

    @property
    def rest(self) -> str:
        """What is said about rows that are not shown."""
        left = len(self.rows) - len(self.shown)
        return f"... and {left} more" if left else ""

    def __str__(self) -> str:
        """Title and aligned columns; empty without rows."""
        if not self.rows:
            return ""
        lines = [*([self.header] if self.header else []), *self.shown]
        widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
        texts = [
            "  " + "  ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)).rstrip()
            for line in lines
        ]
        rest = [f"  {self.rest}"] if self.rest else []
        return "\n".join([*([self.title] if self.title else []), *texts, *rest])


class Explanation(str):
    """A text that shows itself as it is, also at a prompt; in a notebook as tables.

    Parameters
    ----------
    head : str
        Text before the tables.
    tables : iterable of Table, optional
        Those without rows are left out.

    Examples
    --------
    >>> Explanation("One Process", [Table("Vars", ("name", "shape"), [("v", "(3,)")])])
    One Process
    <BLANKLINE>
    Vars
      name  shape
      v     (3,)
    """

    head: str
    tables: list[Table]

    def __new__(cls, head: str, tables: Iterable[Table] = ()) -> Explanation:
        listed = [table for table in tables if table.rows]
        text = super().__new__(cls, "\n\n".join([head, *map(str, listed)]))
        text.head, text.tables = str(head), listed
        return text

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.head)}</pre>{html_tables(self.tables)}"


def html_tables(tables: Iterable[Table]) -> str:
    """Tables as HTML; all texts are escaped."""
    return "".join(_html_table(table) for table in tables if table.rows)


def _html_table(table: Table) -> str:
    parts = [f"<p><b>{html.escape(table.title)}</b></p>"] if table.title else []
    parts.append("<table>")
    if table.header:
        parts.append(_html_row("th", table.header))
    parts += [_html_row("td", row) for row in table.shown]
    parts.append("</table>")
    if table.rest:
        parts.append(f"<p>{html.escape(table.rest)}</p>")
    return "".join(parts)


def _html_row(cell: str, texts: Sequence[str]) -> str:
    cells = (f'<{cell} style="{_STYLE}">{html.escape(text)}</{cell}>' for text in texts)
    return f"<tr>{''.join(cells)}</tr>"
