"""The paper's tables II and III as the Model page shows them, in Markdown."""

from __future__ import annotations

import pandas as pd

from tcexplore.display.labels import formula_text, number_text, space_group_math, tc_text
from tcexplore.paper.reported import REFERENCES


def table_2_shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return table II of the paper with our values, the rows that the catalogue has cells for.

    Parameters
    ----------
    table
        From `tcexplore.paper.tables.table_2`.
    """
    return pd.DataFrame(
        {
            "Material": f"{formula_text(row['formula'])}, {space_group_math(row['phase'])}",
            "Pressure (GPa)": f"{row['pressure']:g}",
            "Reported (K)": f"{row['tc_reported']:g}" if row["tc_reported"] > 0 else "none",
            "Paper's network (K)": f"{row['tc_paper']:g}",
            "tcexplore (K)": tc_text(row["tc"]),
            "Phase in training": row["in_training"],
            "Remark": row["reason"] or REFERENCES.get(row["reference"], ""),
        }
        for row in table.loc[table["tc"].notna()].to_dict("records")
    )


def errors_shown(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the mean errors over table II, from `tcexplore.paper.tables.mean_errors`."""
    return pd.DataFrame(
        {
            "Rows of table II": row["rows"],
            "Number": str(row["n"]),
            "tcexplore, mean error (K)": number_text(row["model"], 0),
            "Paper's network (K)": number_text(row["paper"], 0),
            "Paper's composition model (K)": number_text(row["paper's composition model"], 0),
        }
        for row in errors.to_dict("records")
    )


def table_3_shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return table III of the paper with our values, from `tcexplore.paper.tables.table_3`."""
    return pd.DataFrame(
        {
            "Material": f"{formula_text(row['formula'])}, {space_group_math(row['phase'])}",
            "Paper, highest (K)": number_text(row["tc_paper_high"], 0),
            "tcexplore, highest (K)": number_text(row["tc_high"], 0),
            "Paper, lowest (K)": number_text(row["tc_paper_low"], 0) or "one lattice",
            "tcexplore, lowest (K)": number_text(row["tc_low"], 0) or "one lattice",
        }
        for row in table.to_dict("records")
    )
