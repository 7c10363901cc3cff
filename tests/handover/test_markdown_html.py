"""Sentences and tables of the pages as HTML."""

import pandas as pd
import pytest

from tcexplore.handover.markdown_html import markdown_html, table_html


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("**39 K**, *a* = 3 Å", "<strong>39 K</strong>, <em>a</em> = 3 Å"),
        ("$T_c$ of it", "<i>T</i><sub>c</sub> of it"),
        ("[source of $T_c$](https://doi.org/1)",
         '<a href="https://doi.org/1">source of <i>T</i><sub>c</sub></a>'),
        (r"cvcnn\-3 \(x\)", "cvcnn-3 (x)"),
        ("<b>x</b> & y", "&lt;b&gt;x&lt;/b&gt; &amp; y"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    ],
)  # fmt: skip
def test_markdown_of_the_pages(text, expected):
    assert markdown_html(text) == expected


def test_tables_show_symbols_of_space_groups_and_escape_the_rest():
    symbol = r"$\mathsf{Fm\bar{3}m}$ (no. 225)"
    table = pd.DataFrame({"$T_c$ (K)": ["<b>9</b>"], "Group": [symbol]}, index=["*a*"])
    html = table_html(table, has_index=True)
    assert "<th><em>a</em></th>" in html
    assert "<th><i>T</i><sub>c</sub> (K)</th>" in html
    assert 'Fm<span style="text-decoration:overline">3</span>m (no. 225)' in html
    assert "&lt;b&gt;9&lt;/b&gt;" in html
    assert "<em>a</em>" not in table_html(table, has_index=False)
