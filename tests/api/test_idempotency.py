"""A request with an Idempotency-Key has its effect once, however often and however closely together it is sent."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from httpx2 import Response

from api.app import create_app
from records.models import Role
from tests.api.answers import ok, places, problem
from tests.api.catalog import BY_ROUTE, CATALOG, Call
from tests.api.scene import People, Persona, Scene
from tests.api.traces import counts, receipts
from tests.installation import Installation

HEADER = "Idempotent-Replayed"
DESCRIPTION: Any = create_app().openapi()


def takes_a_key(call: Call) -> bool:
    """Whether the description names the header."""
    operation = DESCRIPTION["paths"][call.template][call.method.lower()]
    return any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ()))


KEYED = [call for call in CATALOG if takes_a_key(call)]
# A preview, a search and a count make nothing; tokens, sessions and links must not be kept anywhere; an address is
# invited once anyway, and a link works once; these marks are the same twice.
WITHOUT = {
    ("POST", "/v1/bulk/selection"),
    ("POST", "/v1/bulk/export"),
    # Taken back once, and told again as often as it is asked.
    ("POST", "/v1/bulk/{action}/undo"),
    ("POST", "/v1/checks"),
    ("POST", "/v1/dead-letters/retry"),
    ("POST", "/v1/login"),
    ("POST", "/v1/logout"),
    ("POST", "/v1/password/reset-request"),
    ("POST", "/v1/password/reset"),
    ("POST", "/v1/me/tokens"),
    ("POST", "/v1/invitations"),
    ("POST", "/v1/invitations/{invitation}/resend"),
    ("POST", "/v1/invitations/accept"),
    ("POST", "/v1/pools/preview"),
    ("POST", "/v1/reindex/{job}/resume"),
    ("POST", "/v1/reindex/{job}/rollback"),
    ("POST", "/v1/reindex/{job}/finish"),
    ("POST", "/v1/reindex/{job}/abandon"),
    ("POST", "/v1/search"),
    ("POST", "/v1/statistics/rejections"),
    ("POST", "/v1/statistics/rejections.csv"),
    ("POST", "/v1/users/{user}/tokens"),
    ("POST", "/v1/candidates/{candidate}/tags"),
    ("POST", "/v1/notifications/seen"),
    ("POST", "/v1/notifications/{notice}/read"),
    ("POST", "/v1/notifications/{notice}/done"),
    # Once and for all: a second time there is nothing left to merge, to share or to track.
    ("POST", "/v1/notifications/{notice}/share"),
    ("POST", "/v1/rejection-reasons/merge"),
    ("POST", "/v1/tags/merge"),
    ("POST", "/v1/users/{user}/tracking"),
    ("POST", "/v1/users/{user}/tracking/preview"),
    ("POST", "/v1/reindex/rehearsal"),
    # Each loads whatever comes next, and nobody twice.
    ("POST", "/v1/sample"),
    # Whoever asks for another test gets another test.
    ("POST", "/v1/settings/slack/test"),
    ("POST", "/v1/me/notices/test"),
    ("POST", "/v1/me/devices/{device}/test"),
    # A browser is known by its address: sent again it is the same device.
    ("POST", "/v1/me/devices"),
    # What failed is tried again; a second time there is nothing left that failed.
    ("POST", "/v1/messages/failed/retry"),
    # Their answers have a secret in them, which no receipt may hold.
    ("POST", "/v1/webhooks"),
    ("POST", "/v1/webhooks/{webhook}/secret"),
    # Whoever asks for something to be sent again gets it again, under the same id.
    ("POST", "/v1/webhooks/{webhook}/test"),
    ("POST", "/v1/webhooks/{webhook}/replay"),
    ("POST", "/v1/webhooks/{webhook}/deliveries/{delivery}/replay"),
}


def send(known: People, call: Call, stage: Scene, body: Any, key: str, persona: Persona | None = None) -> Response:
    """Ask as somebody who may, with a key."""
    client = known[persona or call.able]
    return client.request(call.method, stage.path(call.template), json=body, headers={"Idempotency-Key": key})


def test_every_post_that_makes_something_takes_a_key() -> None:
    posts = {route for route in BY_ROUTE if route[0] == "POST"}
    assert {(call.method, call.template) for call in KEYED} == posts - WITHOUT


@pytest.mark.parametrize("call", KEYED, ids=str)
def test_a_repeat_gets_the_same_answer_and_has_no_effect(everybody: People, stage: Scene, call: Call) -> None:
    assert call.body
    body, key = call.body(stage), uuid.uuid4().hex
    first = send(everybody, call, stage, body, key)
    ok(first, call.status(call.able))
    assert HEADER not in first.headers
    before = counts()
    for _ in range(2):
        again = send(everybody, call, stage, body, key)
        assert (again.status_code, again.content) == (first.status_code, first.content)
        assert again.headers.get("location") == first.headers.get("location")
        assert again.headers[HEADER] == "true"
    assert counts() == before


@pytest.mark.parametrize("call", KEYED, ids=str)
def test_a_receipt_holds_ids_and_numbers_only(everybody: People, stage: Scene, call: Call) -> None:
    def leaves(value: Any) -> list[Any]:
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        return [value] if inside is None else [leaf for part in inside for leaf in leaves(part)]

    assert call.body
    ok(send(everybody, call, stage, call.body(stage), uuid.uuid4().hex), call.status(call.able))
    kept = [leaf for receipt in receipts() for leaf in leaves(receipt)]
    assert all(leaf is None or isinstance(leaf, int) or uuid.UUID(leaf) for leaf in kept)


def test_another_request_under_the_same_key_is_refused(everybody: People, stage: Scene) -> None:
    positions, tags = BY_ROUTE["POST", "/v1/positions"], BY_ROUTE["POST", "/v1/tags"]
    key = uuid.uuid4().hex
    ok(send(everybody, positions, stage, {"title": "One"}, key, Persona.RECRUITER), 201)
    before = counts()
    for call, body in ((positions, {"title": "Two"}), (tags, {"name": "One"}), (tags, {"name": key})):
        answer = send(everybody, call, stage, body, key, Persona.RECRUITER)
        assert places(answer, 422) == ["header.Idempotency-Key"]
    assert counts() == before


def test_the_same_body_for_another_thing_is_another_request(
    house: Installation, everybody: People, stage: Scene
) -> None:
    call = BY_ROUTE["POST", "/v1/candidates/{candidate}/applications"]
    assert call.body
    key, body = uuid.uuid4().hex, call.body(stage)
    ok(send(everybody, call, stage, body, key), 201)
    other = f"/v1/candidates/{house.candidate('Other')}/applications"
    answer = everybody[call.able].post(other, json=body, headers={"Idempotency-Key": key})
    assert places(answer, 422) == ["header.Idempotency-Key"]


def test_a_key_is_its_users_own(everybody: People, stage: Scene) -> None:
    call, key = BY_ROUTE["POST", "/v1/positions"], uuid.uuid4().hex
    made = [
        ok(send(everybody, call, stage, {"title": "Mine"}, key, who), 201)["id"]
        for who in (Persona.ADMINISTRATOR, Persona.RECRUITER)
    ]
    assert made[0] != made[1]


def test_a_refused_request_does_not_use_up_its_key(everybody: People, stage: Scene) -> None:
    call, key = BY_ROUTE["POST", "/v1/candidates"], uuid.uuid4().hex
    problem(send(everybody, call, stage, {"name": "A", "tags": ["no such tag"]}, key), 422)
    answer = send(everybody, call, stage, {"name": "A", "tags": [stage.skill]}, key)
    ok(answer, 201)
    assert HEADER not in answer.headers


def test_a_repeat_is_answered_though_what_it_made_is_gone(house: Installation, everybody: People, stage: Scene) -> None:
    call, key = BY_ROUTE["POST", "/v1/candidates"], uuid.uuid4().hex
    made = ok(send(everybody, call, stage, {"name": "Short stay"}, key), 201)["id"]
    ok(house.administrator.delete(f"/v1/candidates/{made}"), 204)
    assert ok(send(everybody, call, stage, {"name": "Short stay"}, key), 201)["id"] == made
    problem(house.administrator.get(f"/v1/candidates/{made}"), 404)


def test_a_repeated_batch_names_the_rows_left_out_again_and_keeps_none_of_their_words(
    house: Installation, everybody: People, stage: Scene
) -> None:
    call, key = BY_ROUTE["POST", "/v1/candidates/bulk"], uuid.uuid4().hex
    body = {
        "name": "fair",
        "candidates": [{"name": "In", "tags": [stage.skill]}, {"name": "Out", "tags": ["secret word"]}],
    }
    first = ok(send(everybody, call, stage, body, key), 201)
    assert first["created"] == 1
    assert [problem["place"] for problem in first["problems"]] == ["body.candidates[1].tags[0]"]
    assert ok(send(everybody, call, stage, body, key), 201) == first
    assert "secret" not in str(receipts())
    house.tag("secret word")
    later = ok(send(everybody, call, stage, body, key), 201)
    assert later["ids"] == first["ids"]
    assert [problem["place"] for problem in later["problems"]] == ["body.candidates[1]"]


def test_repeated_pools_name_the_rows_left_out_again(everybody: People, stage: Scene) -> None:
    call, key = BY_ROUTE["POST", "/v1/pools/bulk"], uuid.uuid4().hex
    good, unknown = {"tags": {"any": [stage.skill]}}, {"tags": {"any": ["another secret"]}}
    body = {
        "pools": [{"name": "a", "criteria": unknown}, {"name": "b", "criteria": good}, {"name": "c", "criteria": {}}]
    }
    first = ok(send(everybody, call, stage, body, key), 201)
    assert [id_ is None for id_ in first["ids"]] == [True, False, True]
    assert [problem["index"] for problem in first["problems"]] == [0, 2]
    assert ok(send(everybody, call, stage, body, key), 201) == first
    assert "secret" not in str(receipts())


def at_once(house: Installation, path: str, body: Any, key: str, how_many: int = 6) -> list[Response]:
    """The same request, sent by several clients in the same moment."""
    together = Barrier(how_many)

    def one() -> Response:
        client = house.client(Role.RECRUITER)
        together.wait()
        return client.post(path, json=body, headers={"Idempotency-Key": key})

    with ThreadPoolExecutor(how_many) as threads:
        return [each.result() for each in [threads.submit(one) for _ in range(how_many)]]


def test_of_many_at_once_one_does_the_work_and_all_get_its_receipt(house: Installation, stage: Scene) -> None:
    for body in ({"name": "Twin", "tags": [stage.skill]}, {"name": "Other twin"}):
        before = counts()["candidates"]
        answers = at_once(house, "/v1/candidates", body, uuid.uuid4().hex)
        assert len({ok(answer, 201)["id"] for answer in answers}) == 1
        assert sum(HEADER not in answer.headers for answer in answers) == 1
        assert counts()["candidates"] == before + 1


def test_of_many_at_once_that_are_wrong_all_are_told_so(house: Installation) -> None:
    before = counts()
    for answer in at_once(house, "/v1/candidates", {"name": "Twin", "tags": ["no such tag"]}, uuid.uuid4().hex):
        assert places(answer, 422) == ["body.tags[0]"]
    assert counts() == before
