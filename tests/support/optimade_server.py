"""A local server that speaks OPTIMADE: filters by id, formula and elements, pages, errors."""

import json
import re
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from tcexplore.catalogue.entries import catalogue_entry
from tcexplore.databases.optimade import reduced_formula

ENTRIES = ("mgb2", "lah10-fm-3m-150gpa", "h3s-im-3m-200gpa", "yh9-p63mmc-201gpa", "pdh")


def optimade_entry(entry_id, structure):
    """One resource of type structures, its positions Cartesian as OPTIMADE has them."""
    symbols = [site.specie.symbol for site in structure]
    return {
        "type": "structures",
        "id": entry_id,
        "attributes": {
            "chemical_formula_reduced": reduced_formula(structure.composition.formula),
            "elements": sorted(set(symbols)),
            "lattice_vectors": structure.lattice.matrix.tolist(),
            "cartesian_site_positions": structure.cart_coords.tolist(),
            "species_at_sites": symbols,
            "species": [
                {"name": symbol, "chemical_symbols": [symbol], "concentration": [1.0]}
                for symbol in sorted(set(symbols))
            ],
            "nsites": len(structure),
            "dimension_types": [1, 1, 1],
            "structure_features": [],
            "assemblies": None,
        },
    }


def catalogue_entries():
    return [optimade_entry(name, catalogue_entry(name).structure()) for name in ENTRIES]


def holds(entry, condition):
    """Tell whether an entry fulfils one condition of a filter; raise where it is none."""
    attributes = entry["attributes"]
    if match := re.fullmatch(r'id="((?:[^"\\]|\\.)*)"', condition):
        return entry["id"] == re.sub(r"\\(.)", r"\1", match[1])
    if match := re.fullmatch(r'chemical_formula_reduced="(\w+)"', condition):
        return attributes["chemical_formula_reduced"] == match[1]
    if match := re.fullmatch(r'elements HAS ALL ((?:"\w+",?)+)', condition):
        return set(re.findall(r"\w+", match[1])) <= set(attributes["elements"])
    raise ValueError(condition)


class Handler(BaseHTTPRequestHandler):
    """Answers as the server's `entries`, `next_as_object` and `replies` say."""

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        url, server = urlsplit(self.path), self.server
        server.asked.append(self.path)
        if url.path in server.replies:
            server.replies[url.path](self)
            return
        if url.path != "/v1/structures":
            self.answer({"errors": [{"status": "404", "title": "Not Found"}]}, 404)
            return
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        try:
            conditions = query["filter"].split(" AND ")
            found = [
                entry for entry in server.entries if all(holds(entry, one) for one in conditions)
            ]
        except ValueError as error:
            self.answer({"errors": [{"status": "400", "detail": f"cannot parse {error}"}]}, 400)
            return
        self.answer(self.page(found, query))

    def page(self, found, query):
        start, limit = int(query.get("page_offset", 0)), min(int(query["page_limit"]), 2)
        fields = query["response_fields"].split(",")
        data = [
            entry | {"attributes": {k: v for k, v in entry["attributes"].items() if k in fields}}
            for entry in found[start : start + limit]
        ]
        more = start + limit < len(found)
        following = None
        if more:
            following = "http://another.invalid/v1/structures?" + urlencode(
                query | {"page_offset": start + limit}
            )
            following = {"href": following} if self.server.next_as_object else following
        return {
            "data": data,
            "meta": {"data_returned": len(found), "more_data_available": more},
            "links": {"next": following},
        }

    def answer(self, content, status=200):
        self.send(json.dumps(content).encode(), status)

    def send(self, content, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


@contextmanager
def optimade_server(entries=None, *, next_as_object=False, replies=None):
    """Yield a server and its address; `asked` lists what it was asked for."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.entries = catalogue_entries() if entries is None else entries
    server.next_as_object, server.replies, server.asked = next_as_object, replies or {}, []
    server.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
