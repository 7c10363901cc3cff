"""Networks as tables, and the command that writes them."""

import csv
import json

import pandas as pd
import pytest
from support.hydrides import CRYSTALS, LAYERED

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.cli.main import main
from tcexplore.display.hydrogen_network import cage_table, component_table, scan_table
from tcexplore.hydrogen.network import hydrogen_network, hydrogen_network_scan
from tcexplore.studies.hydrogen_scan import lattice_pressures


def test_equal_components_and_cages_share_a_row():
    supercell = CRYSTALS["layers"]().make_supercell([2, 1, 2], in_place=False)
    network = hydrogen_network(supercell)
    assert component_table(network).to_numpy().tolist() == [
        ["layer", 6, "2D", 2],
        ["lone atom", 1, "0D", 4],
    ]
    cages = cage_table(network)
    assert dict(zip(cages["Around"], cages["Number"], strict=True)) == {"Li": 2, "Mg": 1}
    frameworks = hydrogen_network(CRYSTALS["two frameworks"](), cutoff=1.1)
    assert component_table(frameworks).to_numpy().tolist() == [["framework", 16, "3D", 2]]
    oblique = hydrogen_network(CRYSTALS["oblique"](), cutoff=1.3)
    assert component_table(oblique)["Component"].tolist() == ["chain", "H2 unit", "lone atom"]


@pytest.mark.parametrize("name", CRYSTALS)
def test_the_tables_add_up(name):
    network = hydrogen_network(CRYSTALS[name]())
    assert component_table(network)["Number"].sum() == network.n_components
    found = network.contacts
    rows = zip(found.first, found.second, found.image, found.distance, strict=True)
    for first, second, image, distance in list(rows)[:20]:
        apart = network.structure[first].distance(network.structure[second], image)
        assert apart == pytest.approx(distance)


def test_tables_without_hydrogen_are_empty(mgb2):
    network = hydrogen_network(mgb2)
    for table in (component_table(network), cage_table(network)):
        assert table.empty
        assert len(table.columns) > 3
    lattices = mgb2.lattice.matrix[None]
    scan = hydrogen_network_scan(mgb2, lattices)
    row = scan_table(scan, lattice_pressures(mgb2, lattices)).iloc[0]
    assert (row["cage_Mg_1"], row["n_hydrogen"]) == (0, 0)
    assert pd.isna(row["pressure_gpa"]), "no hydride: not known, and never 0"


def test_the_command_writes_a_row_for_each_lattice(tmp_path, capsys):
    out = tmp_path / "network.csv"
    assert main(["hydrogen-network", LAYERED, "--c", "5.31339", "8", "2", "--out", str(out)]) == 0
    first, last = csv.DictReader(out.read_text().splitlines())
    assert (first["n_components"], first["n_largest"], first["dimensionality"]) == ("1", "16", "2")
    assert (last["n_components"], last["n_largest"], last["n_lone"]) == ("6", "6", "4")
    assert float(last["c"]) == 8
    assert "layer" in capsys.readouterr().err


def test_the_command_tells_the_pressure_of_each_lattice(tmp_path):
    out, figure = tmp_path / "network.csv", tmp_path / "network.html"
    command = ["hydrogen-network", "h3s-im-3m-200gpa", "--scale", "1", "1.02", "2"]
    assert main([*command, "--out", str(out)]) == 0
    first, last = csv.DictReader(out.read_text().splitlines())
    assert float(first["pressure_gpa"]) == pytest.approx(200), "anchored at the catalogue's"
    assert float(last["pressure_high"]) < 200
    main([*command, "--out", str(out), "--figure", str(figure)])
    again = list(csv.DictReader(out.read_text().splitlines()))
    assert [row["pressure_gpa"] for row in again] == [first["pressure_gpa"], last["pressure_gpa"]]


def test_the_command_takes_the_pressure_of_a_file_unless_one_is_given(tmp_path, capsys):
    out, file = tmp_path / "network.csv", tmp_path / "H3S_155GPa.cif"
    catalogue_entry("h3s-im-3m-200gpa").structure().to(str(file))
    for option, expected in (([], 155), (["--pressure", "180"], 180)):
        assert main(["hydrogen-network", str(file), "--out", str(out), *option]) == 0
        [row] = csv.DictReader(out.read_text().splitlines())
        assert float(row["pressure_gpa"]) == pytest.approx(expected)
        assert ("Pressure from the file's name: 155 GPa." in capsys.readouterr().err) != bool(
            option
        )


def test_the_command_scales_stretches_and_takes_a_cutoff(tmp_path):
    out = tmp_path / "network.json"
    assert main(["hydrogen-network", LAYERED, "--a", "6", "6", "1", "--out", str(out)]) == 0
    [row] = json.loads(out.read_text())
    assert (row["n_h2"], row["n_components"], row["dimensionality"]) == (8, 8, 0)
    arguments = ["--scale", "1", "2", "2", "--cutoff", "1", "--out", str(out)]
    assert main(["hydrogen-network", "lah10-fm-3m-150gpa", *arguments]) == 0
    near, far = json.loads(out.read_text())
    assert far["percolation_3d"] == pytest.approx(2 * near["percolation_3d"])
    assert (near["n_lone"], near["mean_distance"]) == (10, None)
    assert near["cage_La_1"] == 32
    parquet = tmp_path / "network.parquet"
    assert main(["hydrogen-network", "mgb2", "--out", str(parquet)]) == 0
    assert pd.read_parquet(parquet)["n_hydrogen"].tolist() == [0]


def test_the_command_tells_of_a_cutoff_that_makes_no_sense(tmp_path, capsys):
    out = tmp_path / "network.csv"
    assert main(["hydrogen-network", LAYERED, "--cutoff", "0", "--out", str(out)]) == 2
    assert "a cut-off of 0 Å; expected above 0 and up to 8 Å" in capsys.readouterr().err
    assert not out.exists()
