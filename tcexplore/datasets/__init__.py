"""Public tables and structures, read, screened and joined into one data set.

A reader returns `Candidate` rows (a label and the file of its structure); `build_dataset` screens
them, brings every structure to its canonical cell and returns a `Dataset`, in which each row that
was left out is listed with the reason.
"""

from __future__ import annotations

from tcexplore.datasets.build import build_dataset
from tcexplore.datasets.dataset import Dataset, StructureArrays, load_dataset, save_dataset
from tcexplore.datasets.records import DatasetError
from tcexplore.datasets.summary import hydride_changes, summary

__all__ = [
    "Dataset",
    "DatasetError",
    "StructureArrays",
    "build_dataset",
    "hydride_changes",
    "load_dataset",
    "save_dataset",
    "summary",
]
