"""Answers over HTTP: limits, and what is said where there is none."""

import socket
import time

import pytest
from support.optimade_server import optimade_server

from tcexplore.databases import download
from tcexplore.databases.download import DatabaseError, json_answer


@pytest.fixture
def replying():
    """Return a function that answers every request to /x as a handler says."""
    servers = []

    def start(reply):
        context = optimade_server([], replies={"/x": reply})
        servers.append(context)
        return f"{context.__enter__().address}/x"

    yield start
    for context in servers:
        context.__exit__(None, None, None)


def test_an_object_is_returned(replying):
    assert json_answer(replying(lambda handler: handler.answer({"a": [1]}))) == {"a": [1]}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>Sign in", "answers with no JSON: '<html>Sign in'; is this the address of an API"),
        (b"[1, 2]", "answers with a JSON list, no object"),
        (b"", "answers with no JSON"),
        (b"[" * 100_000, "answers with no JSON"),
    ],
)
def test_what_is_no_object_is_told(replying, content, message):
    with pytest.raises(DatabaseError, match=message):
        json_answer(replying(lambda handler: handler.send(content)))


def test_a_refusal_says_why(replying):
    errors = {"errors": [{"title": "Bad", "detail": "no\nsuch filter"}, {"title": "Worse"}, 3]}
    with pytest.raises(DatabaseError, match=r"HTTP 400 \(no\)"):
        json_answer(replying(lambda handler: handler.answer(errors, 400)))
    with pytest.raises(DatabaseError, match=r"HTTP 503 \(Service Unavailable\)"):
        json_answer(replying(lambda handler: handler.send(b"busy", 503)))


def test_an_answer_that_is_too_large_or_too_slow_is_given_up(replying, monkeypatch):
    monkeypatch.setattr(download, "MAX_ANSWER", 1000)
    with pytest.raises(DatabaseError, match=r"more than 0.001 MB; ask for fewer structures"):
        json_answer(replying(lambda handler: handler.send(b" " * 2000)))

    def dripping(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(30):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)

    started = time.monotonic()
    with pytest.raises(DatabaseError, match=r"did not answer within 0.5 s"):
        json_answer(replying(dripping), time_limit=0.5)
    assert time.monotonic() - started < 2.5


def test_a_server_that_is_silent_or_not_there_is_told():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(DatabaseError, match=r"did not answer within 0.3 s"):
            json_answer(address, time_limit=0.3)
    with pytest.raises(DatabaseError, match=r"cannot be reached \(.*refused\); check the network"):
        json_answer(address)
    with pytest.raises(DatabaseError, match=r"nowhere.invalid cannot be reached"):
        json_answer("http://nowhere.invalid/v1")


def test_a_redirect_stays_on_its_host(replying):
    target = replying(lambda handler: handler.answer({"a": 1}))
    moved = {"Location": target}
    assert json_answer(replying(lambda handler: handler.send(b"", 302, **moved))) == {"a": 1}
    elsewhere = {"Location": target.replace("127.0.0.1", "localhost")}
    with pytest.raises(DatabaseError, match=r"sends on to http://localhost:.*if you trust it"):
        json_answer(replying(lambda handler: handler.send(b"", 302, **elsewhere)))


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://a.org/x", "a.org", "http://"])
def test_other_than_the_web_is_refused(url):
    with pytest.raises(DatabaseError, match="is no address of the web; expected https"):
        json_answer(url)
