"""The pages Search and Runs: choices become a run in the background, kept, shown, deleted."""

import pytest
from support.app_page import page, text_of

from tcexplore.app.kept_runs.background_runs import background_runs
from tcexplore.app.parts.lattice_choice import AT_PRESSURE, OWN
from tcexplore.search.runs import RUNS, list_runs

LIMGH12 = {"structure": "limgh12-fm-3m", "sites1": "Mg1 (1 site)", "sites2": "Li1 (1 site)"}


@pytest.fixture(autouse=True)
def working_folder(tmp_path, monkeypatch):
    """Runs lie below the server's working folder."""
    monkeypatch.chdir(tmp_path)
    background_runs.clear()
    yield tmp_path
    for run in list_runs():
        if under_way := background_runs().find(run.folder):
            under_way.is_stopping.set()
            under_way.is_over.wait(60)


def press(app, label):
    [button] = [button for button in app.button if button.label == label]
    button.click().run()
    assert not app.exception
    return app


def searched(app):
    """Return the only run, once it is over, and the page that shows it."""
    press(app, "Start the search")
    [run] = list_runs()
    assert background_runs().find(run.folder).is_over.wait(60)
    app.run()
    return run, app


def test_choices_become_a_run_that_the_page_shows():
    app = page(
        "search", **LIMGH12, elements1="Li-Na-K", elements2="alkaline earths", inside="false",
        lattices=OWN,
    )  # fmt: skip
    assert "15 variants" in text_of(app)
    assert "3 elements: Li, Na, K" in text_of(app)
    assert "5 elements: Be, Mg, Ca, Sr, Ba" in text_of(app)
    run, app = searched(app)
    assert app.query_params["run"] == run.folder.name
    assert run.folder.parent == RUNS
    assert run.is_finished
    assert run.manifest["parent_name"] == "limgh12-fm-3m"
    groups = run.search.space.groups
    assert [group.elements for group in groups] == [
        ("Li", "Na", "K"),
        ("Be", "Mg", "Ca", "Sr", "Ba"),
    ]
    assert "**15 of 15 variants pass the limits.** Highest $T_c$: **" in text_of(app)
    assert len(app.dataframe[0].value) == 10
    best = app.dataframe[0].value.iloc[0]
    assert f"{best['Formula']}: $T_c$ = {best['Tc (K)']:.1f} K" in text_of(app)
    app.query_params["variant"] = "0"
    app.run()
    assert "LiBeH₁₂: $T_c$" in text_of(app)


def test_limits_and_lattices_reach_the_run():
    app = page(
        "search", **LIMGH12, elements1="Li-Na-K", elements2="d block", most_gpa="200", hh="0.8",
        lattices="own volume, best of 50 to 300 GPa",
        objective="lower end of interval",
        mode="random", number="20", seed="3", radii=["0.5", "1.2"],
    )  # fmt: skip
    run, _ = searched(app)
    limits = run.search.constraints
    assert (limits.highest_pressure, limits.shortest_h_h, limits.inside_only) == (200, 0.8, True)
    assert run.search.pressures == tuple(range(50, 301, 25))
    assert run.search.objective == "tc_low"
    assert (run.settings.mode, run.settings.number, run.settings.seed) == ("random", 20, 3)
    assert "K" not in run.search.space.groups[0].elements


def test_a_second_group_takes_the_hydrogen_with_fewest_sites():
    """So that MgH13, with no more than two choices, becomes ternary hydrides XYH12."""
    app = page("search", structure="mgh13-fm-3m-200gpa", groups="2", most_gpa="200")
    assert app.multiselect(key="sites1").value == ["Mg1 (1 site)"]
    assert app.multiselect(key="sites2").value == ["H2 (1 site)"]


def test_hydrides_have_their_own_volumes_unless_something_else_is_chosen():
    assert page("search", **LIMGH12).selectbox(key="lattices").value == AT_PRESSURE
    assert page("search", structure="mgb2").selectbox(key="lattices").value == OWN


def test_faults_are_said_and_no_run_starts():
    app = page("search", **LIMGH12, elements1="He")
    assert "group 1 has no elements that are predicted" in text_of(app)
    assert not [button for button in app.button if button.label == "Start the search"]
    app = page("search", **(LIMGH12 | {"sites2": "Mg1 (1 site)"}))
    assert "name one site twice" in text_of(app)
    app = page("search", run="../../etc", **LIMGH12)
    assert "This link asks for a run that is not here" in text_of(app)
    app = page("search", run="gone", **LIMGH12)
    assert "no run in runs/search/gone" in text_of(app)
    assert list_runs() == []


def test_too_many_variants_are_not_started():
    app = page("search", **LIMGH12, groups="4", sites3="H1, site 1", sites4="H1, site 2")
    [button] = [button for button in app.button if button.label == "Start the search"]
    assert button.disabled
    assert "take a random sample, a guided search or fewer elements" in text_of(app)


def test_examples_open():
    for index in range(2):
        app = page("search")
        [*examples] = [button for button in app.button if "from" in button.label]
        examples[index].click().run()
        assert not app.exception
        assert " variants" in text_of(app)


def test_runs_are_listed_filtered_compared_and_deleted():
    assert "No search yet" in text_of(page("runs"))
    for elements in ("Li-Na-K", "Na-K-Rb"):
        app = page("search", **LIMGH12, elements1=elements, elements2="Mg-Ca", inside="false")
        press(app, "Start the search")
    runs = list_runs()
    assert len(runs) == 2
    for run in runs:
        assert background_runs().find(run.folder).is_over.wait(60)
    newest = runs[0].folder.name
    app = page("runs", run=newest)
    table = app.dataframe[0].value
    assert table["State"].tolist() == ["finished", "finished"]
    assert table["Pass limits"].tolist() == ["6", "6"]
    app.number_input(key="least-tc").set_value(9999.0).run()
    assert "No variant passes these limits; widen or remove one of them." in text_of(app)
    app.number_input(key="least-tc").set_value(None).run()
    assert len(app.dataframe[1].value) == 6
    press(app, "Delete")
    assert [run.folder.name for run in list_runs()] == [runs[1].folder.name]
    assert not app.error


def test_a_run_with_files_of_others_is_not_deleted(working_folder):
    run, _ = searched(page("search", **LIMGH12, elements1="Li", elements2="Mg"))
    (run.folder / "notes.txt").write_text("mine")
    app = press(page("runs", run=run.folder.name), "Delete")
    assert "also holds notes" in text_of(app)
    assert (run.folder / "manifest.json").is_file()
