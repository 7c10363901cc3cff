"""The descriptors of a composition by a slow, obvious loop, to test the fast ones against."""

import math

from tcexplore.crystal.elements import ELEMENTS, element_table

PROPERTIES = (
    "atomic_mass",
    "first_ionisation_energy",
    "atomic_radius",
    "density",
    "electron_affinity",
    "fusion_heat",
    "thermal_conductivity",
    "valence",
)


def slow_composition_descriptors(amounts):
    """Return the 81 descriptors as a list; `amounts` is a dict of symbol to atoms."""
    result = [float(len(amounts))]
    for name in PROPERTIES:
        result += slow_statistics(amounts, list(getattr(element_table(), name)))
    return result


def slow_statistics(amounts, column):
    """Return Hamidieh's ten statistics of one property, given for all elements in a list."""
    total = sum(amounts.values())
    floor = min(value for value in column if value > 0)
    values = [column[ELEMENTS.index(symbol)] for symbol in amounts]
    fractions = [amount / total for amount in amounts.values()]
    n = len(values)
    positive = [max(value, floor) for value in values]
    weighted = [p * t for p, t in zip(fractions, values, strict=True)]
    positive_weighted = [p * t for p, t in zip(fractions, positive, strict=True)]
    mean = sum(values) / n
    weighted_mean = sum(weighted)
    weighted_geometric_mean = 1.0
    for p, t in zip(fractions, positive, strict=True):
        weighted_geometric_mean *= t**p
    variance = sum((t - mean) ** 2 for t in values) / n
    weighted_variance = sum(
        p * (t - weighted_mean) ** 2 for p, t in zip(fractions, values, strict=True)
    )
    return [
        mean,
        weighted_mean,
        math.prod(positive) ** (1 / n),
        weighted_geometric_mean,
        slow_entropy(positive),
        slow_entropy(positive_weighted),
        max(values) - min(values),
        max(weighted) - min(weighted),
        math.sqrt(variance),
        math.sqrt(weighted_variance),
    ]


def slow_entropy(values):
    shares = [value / sum(values) for value in values]
    return -sum(share * math.log(share) for share in shares)
