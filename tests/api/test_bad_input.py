"""Whatever is sent, the answer is a problem that says where, never a failure of ours."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.limits import MOST_BYTES, MOST_BYTES_BULK
from records.models import Role
from tests.api import asgi
from tests.api.answers import ok, places, problem, shown
from tests.api.bodies import Place, objects_in, places_in, replaced, written
from tests.api.catalog import CATALOG, ENDLESS, Call
from tests.api.scene import People, Persona, Scene, scene
from tests.installation import Installation

JSON = {"content-type": "application/json"}
# Nothing in their bodies is a text.
TEXTLESS = ("/v1/notifications/seen", "/v1/checks", "/v1/reindex", "/v1/reindex/{job}/resume")
TAKING_BODIES = [call for call in CATALOG if call.body]
ABOUT_SOMETHING = [call for call in CATALOG if "{" in call.template]
LISTS = [
    "/v1/users",
    "/v1/invitations",
    "/v1/positions",
    "/v1/pools",
    "/v1/pools/{pool}/candidates",
    "/v1/notifications",
]


def send(known: People, call: Call, stage: Scene, body: Any) -> Any:
    """Ask as somebody who may."""
    return known[call.able].request(call.method, stage.path(call.template), json=body)


def send_bytes(known: People, call: Call, stage: Scene, content: bytes, headers: dict[str, str] | None = None) -> Any:
    """The same with a body as it is."""
    return known[call.able].request(
        call.method, stage.path(call.template), content=content, headers=JSON if headers is None else headers
    )


WRONG: list[Any] = [{"a": 1}, [[]], 1.5, "text", True]


def wrong_for(value: Any, nth: int) -> Any:
    """A value of another type than this one's, the nth of them; a whole number is one too."""
    allowed = (type(value), type(None)) if value is not None else (str, int)
    wrong = [other for other in WRONG if not isinstance(other, allowed) or type(other) is not type(value)]
    wrong = [other for other in wrong if type(other) not in allowed]
    return wrong[nth % len(wrong)]


def leaves(body: Any) -> list[tuple[Place, Any]]:
    """Every place with no further places in it."""
    return [(place, value) for place, value in places_in(body) if not isinstance(value, dict | list)]


def all_named(expected: list[Place], named: list[str]) -> bool:
    """Whether a problem names each of these places, or one inside of it."""
    return all(any(each.startswith(written(place)) for each in named) for place in expected)


@pytest.mark.parametrize("call", TAKING_BODIES, ids=str)
def test_a_wrong_type_is_refused_where_it_is(everybody: People, stage: Scene, call: Call) -> None:
    assert call.body
    body = call.body(stage)
    for nth in range(len(WRONG)):
        wrong = body
        for place, value in leaves(body):
            wrong = replaced(wrong, place, wrong_for(value, nth))
        answer = send(everybody, call, stage, wrong)
        assert all_named([place for place, _ in leaves(body)], places(answer, 422)), shown(answer)
    for place, value in places_in(body):
        if isinstance(value, dict | list):
            for other in ("text", 1, {"a": 1} if isinstance(value, list) else [1]):
                answer = send(everybody, call, stage, replaced(body, place, other))
                assert all_named([place], places(answer, 422)), (place, other, shown(answer))


@pytest.mark.parametrize("call", TAKING_BODIES, ids=str)
def test_an_unknown_field_is_refused_where_it_is(everybody: People, stage: Scene, call: Call) -> None:
    assert call.body
    body = call.body(stage)
    unknown: list[Place] = [(*place, "no_such_field") for place in objects_in(body)]
    for place in unknown:
        body = replaced(body, place, 1)
    assert sorted(places(send(everybody, call, stage, body), 422)) == sorted(map(written, unknown))


@pytest.mark.parametrize("call", [call for call in TAKING_BODIES if call.template not in TEXTLESS], ids=str)
def test_a_control_character_is_refused_where_it_is(everybody: People, stage: Scene, call: Call) -> None:
    assert call.body
    body = call.body(stage)
    texts = [(place, value) for place, value in leaves(body) if isinstance(value, str)]
    for sign in ("\x00", "\x08"):
        wrong = body
        for place, value in texts:
            wrong = replaced(wrong, place, f"{value[:1]}{sign}{value[1:]}")
        answer = send(everybody, call, stage, wrong)
        assert all_named([place for place, _ in texts], places(answer, 422)), shown(answer)


@pytest.mark.parametrize("call", TAKING_BODIES, ids=str)
def test_a_number_too_large_is_refused_where_it_is(everybody: People, stage: Scene, call: Call) -> None:
    assert call.body
    body = call.body(stage)
    for place, value in leaves(body):
        if isinstance(value, int) and not isinstance(value, bool):
            for huge in (-1, 2**63 - 1, 2**63, -(2**63)):
                assert written(place) in places(send(everybody, call, stage, replaced(body, place, huge)), 422)
            for more in ("1" + "0" * 400, "1e400", "-1e400", "1" + "0" * 100_000):
                text = json.dumps(replaced(body, place, "HUGE")).replace('"HUGE"', more)
                problem(send_bytes(everybody, call, stage, text.encode()), 422)


@pytest.mark.parametrize("call", TAKING_BODIES, ids=str)
def test_an_odd_text_is_refused_or_taken_but_never_a_failure(everybody: People, stage: Scene, call: Call) -> None:
    assert call.body
    body = call.body(stage)
    wrong_login = (401,) if call.template == "/v1/login" else ()
    for place, value in leaves(body):
        # Criteria are read by one model, wherever they stand; these two routes are enough for them.
        known = "criteria" in place and call.template not in ("/v1/pools/bulk", "/v1/search")
        if isinstance(value, str) and not known:
            for text in ("", "\u0301", "\ufdfa" * 200, "\U0010ffff" * 200):
                answer = send(everybody, call, stage, replaced(body, place, text))
                if answer.status_code >= 400 and not places(answer, 409, 422, *wrong_login):
                    problem(answer, 409, *wrong_login)


NOT_JSON = {
    "nothing": b"",
    "cut off": b'{"name": "x"',
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a surrogate in UTF-8": b'{"name": "\xed\xa0\x80"}',
    "invalid UTF-8": b'{"name": "\xff\xfe"}',
    "an overlong NUL": b'{"name": "\xc0\x80"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"name": "x"}',
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": Infinity}',
    "a comment": b'{"name": "x"} // no',
    "two values": b"{}{}",
    "single quotes": b"{'name': 'x'}",
    "100,000 lists": b"[" * 100_000,
    "100,000 closed lists": b"[" * 100_000 + b"]" * 100_000,
    "100,000 objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "only spaces": b"   ",
    "binary": bytes(range(256)),
}
NOT_OBJECTS = {"null": b"null", "a list": b"[]", "a text": b'"x"', "a number": b"1", "true": b"true"}


@pytest.mark.parametrize("call", TAKING_BODIES, ids=str)
def test_a_body_that_is_no_json_object_is_refused(everybody: People, stage: Scene, call: Call) -> None:
    for name, content in (NOT_JSON | NOT_OBJECTS).items():
        answer = send_bytes(everybody, call, stage, content)
        assert places(answer, 422) == ["body"], (name, shown(answer))


@pytest.mark.parametrize("depth", [1_000, 100_000])
def test_json_of_any_depth_in_any_field_is_refused(everybody: People, stage: Scene, depth: int) -> None:
    for call in TAKING_BODIES:
        assert call.body
        for field in call.body(stage):
            deep = b'{"' + field.encode() + b'": ' + b'{"tags":' * depth + b"1" + b"}" * depth + b"}"
            problem(send_bytes(everybody, call, stage, deep), 422)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "nonsense",
        "application/xml",
        ";",
        "\t/json",
    ],
)
def test_a_body_that_does_not_say_it_is_json_is_told_to(everybody: People, stage: Scene, content_type: str) -> None:
    for call in TAKING_BODIES:
        assert call.body
        headers = {"content-type": content_type} if content_type else {}
        answer = send_bytes(everybody, call, stage, orjson.dumps(call.body(stage)), headers)
        document = problem(answer, 422)
        assert document["problems"][0]["place"] == "body"
        assert "application/json" in document["problems"][0]["message"]


def test_json_by_another_name_is_taken(everybody: People, stage: Scene) -> None:
    body = orjson.dumps({"title": "Engineer"})
    for name in ("application/json; charset=utf-8", "application/vnd.micropools+json", "APPLICATION/JSON"):
        ok(everybody[Persona.RECRUITER].post("/v1/positions", content=body, headers={"content-type": name}), 201)


# -- how much --


@pytest.mark.parametrize(("path", "most"), [("/v1/candidates", MOST_BYTES), ("/v1/candidates/bulk", MOST_BYTES_BULK)])
def test_ten_megabytes_are_too_many(everybody: People, path: str, most: int) -> None:
    client, large = everybody[Persona.RECRUITER], b'{"name": "' + b"x" * 10_000_000 + b'"}'
    problem(client.post(path, content=large, headers=JSON), 413)
    problem(client.post(path, content=iter([large]), headers=JSON), 413)
    problem(client.post(path, content=iter([large[: most + 1]]), headers=JSON), 413)
    problem(client.post(path, content=large[:most], headers=JSON), 422)


def test_every_route_refuses_ten_megabytes(everybody: People, stage: Scene) -> None:
    for call in CATALOG:
        answer = everybody[call.able].request(
            call.method, stage.path(call.template), content=b" " * 10_000_000, headers=JSON
        )
        problem(answer, 413)


@pytest.mark.parametrize("claimed", ["9" * 5_000, "10000000", "99999999999999999999"])
def test_a_claimed_length_is_believed_when_it_is_too_much(everybody: People, claimed: str) -> None:
    headers = JSON | {"content-length": claimed}
    problem(everybody[Persona.RECRUITER].post("/v1/candidates", content=b"{}", headers=headers), 413)


@pytest.mark.parametrize("claimed", ["-5", "abc", "+1", "", "1,1", "\u00b2"])
def test_a_nonsensical_length_harms_nobody(everybody: People, claimed: str) -> None:
    headers = {b"content-type": b"application/json", b"content-length": claimed.encode("latin-1")}
    problem(everybody[Persona.RECRUITER].post("/v1/candidates", content=b"{}", headers=headers), 422)


def test_a_body_in_pieces_is_read_no_further_than_the_limit(house: Installation) -> None:
    """Straight at the application: a client that never stops sending is refused while it sends."""
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        while True:
            sent += 100_000
            assert sent <= MOST_BYTES + 100_000, "read past the limit"
            yield b" " * 100_000

    status, body = asgi.post(house.token_of(Role.RECRUITER), "/v1/candidates", pieces())
    assert (status, json.loads(body)["status"]) == (413, 413)


# -- where --


@pytest.mark.parametrize("call", ABOUT_SOMETHING, ids=str)
def test_a_hostile_path_is_a_problem(everybody: People, stage: Scene, call: Call) -> None:
    for name in (part.strip("{}") for part in call.template.split("/") if part.startswith("{")):
        for hostile in ("%00", "a%00b", "%ff%fe", "%ED%A0%80", "x", "-1", "a" * 5_000, "%2e%2e%2f%2e%2e"):
            path = stage.path(call.template.replace(f"{{{name}}}", hostile))
            answer = everybody[call.able].request(call.method, path, json=call.body(stage) if call.body else None)
            document = problem(answer, 422, 404)
            if "%2e" not in hostile and (name not in ("key", "reason") or "%00" in hostile or len(hostile) > 200):
                assert [each["place"] for each in document["problems"]] == [f"path.{name}"]


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/%00", "/v1/candidates/%2f", "/v1", "/v1//candidates", "/v1/me/"])
def test_an_unknown_address_is_a_problem(everybody: People, path: str) -> None:
    problem(everybody[Persona.ADMINISTRATOR].get(path), 404)


@pytest.mark.parametrize("method", ["PUT", "TRACE", "OPTIONS", "FOO", "HEAD"])
def test_an_unknown_method_is_told_of(everybody: People, method: str) -> None:
    answer = everybody[Persona.ADMINISTRATOR].request(method, "/v1/candidates")
    assert answer.status_code == 405
    assert answer.headers["allow"]


@pytest.mark.parametrize("path", [*LISTS, "/v1/tags", "/v1/notifications/{notice}/candidates"])
@pytest.mark.parametrize(
    "limit", ["0", "-1", "201", "1" + "0" * 30, "1" * 5_000, "abc", "1.5", "", "NaN", "%00", "1e2"]
)
def test_an_absurd_limit_is_refused(everybody: People, stage: Scene, path: str, limit: str) -> None:
    who = Persona.VIEWER if "notice" in path else Persona.ADMINISTRATOR
    answer = everybody[who].get(f"{stage.path(path)}?limit={limit}")
    assert places(answer, 422) == ["query.limit"]


def cursor(*values: Any) -> str:
    """A cursor as ours are made, of anything."""
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).decode().rstrip("=")


# A name and an id, as far as anybody can tell.
TWO_TEXTS = cursor("2020-01-01T00:00:00", "x")
HOSTILE_CURSORS = [
    TWO_TEXTS,
    "x",
    "%00",
    "====",
    "%ff",
    "\u00e9",
    "a" * 2_000,
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b"null").decode(),
    base64.urlsafe_b64encode(b"{}").decode(),
    base64.urlsafe_b64encode(b'{"a":1,"b":2}').decode(),
    base64.urlsafe_b64encode(b"[" * 1_400).decode(),
    base64.urlsafe_b64encode(b"NaN").decode(),
    cursor(),
    cursor(None),
    cursor(True),
    cursor([]),
    cursor({}),
    cursor(1.5),
    cursor("\x00"),
    cursor("2020-01-01"),
    cursor("2020-01-01T00:00:00", 1),
    cursor("0001-01-01T00:00:00+23:59", None),
    cursor(2**63),
    cursor(-(2**63)),
    cursor(10**400),
    cursor(1, 2, 3),
]


@pytest.mark.parametrize("path", LISTS)
def test_a_hostile_cursor_is_refused(everybody: People, stage: Scene, path: str) -> None:
    for hostile in HOSTILE_CURSORS:
        answer = everybody[Persona.ADMINISTRATOR].get(f"{stage.path(path)}?cursor={hostile}")
        assert places(answer, 422) == ["query.cursor"], hostile


@pytest.mark.parametrize("order", ["newest", "oldest", "name"])
def test_a_hostile_cursor_of_a_search_is_refused(everybody: People, order: str) -> None:
    of_other_orders = [
        cursor("relevance", False, 1.0, "x"),
        cursor("newest" if order != "newest" else "name", False, 1, "x"),
    ]
    of_no_order = [cursor(order, 1, 1, 1, "x"), cursor(order, False, 1, [], "x"), cursor(order, False, 1, None, None)]
    for hostile in (*HOSTILE_CURSORS, *of_other_orders, *of_no_order):
        body = {"criteria": {}, "order": order, "cursor": hostile}
        answer = everybody[Persona.RECRUITER].post("/v1/search", json=body)
        assert places(answer, 422) == ["body.cursor"], hostile


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/v1/users", ["\U0010ffff", "ffffffff-ffff-ffff-ffff-ffffffffffff"]),
        ("/v1/pools/{pool}/candidates", ["0001-01-01T00:00:00+23:59", str(uuid.UUID(int=0))]),
        ("/v1/pools/{pool}/candidates", ["9999-12-31T23:59:59.999999-23:59", str(uuid.UUID(int=2**128 - 1))]),
        ("/v1/notifications", [2**62 - 1]),
        ("/v1/notifications", [1 - 2**62]),
    ],
)
def test_a_cursor_from_the_end_of_the_world_is_only_an_empty_or_a_first_page(
    everybody: People, stage: Scene, path: str, values: list[Any]
) -> None:
    ok(everybody[Persona.ADMINISTRATOR].get(f"{stage.path(path)}?cursor={cursor(*values)}"))


@pytest.mark.parametrize(
    ("order", "values"),
    [
        ("newest", [2**62 - 1, "x"]),
        ("newest", [1 - 2**62, ""]),
        ("oldest", [0, "\x00"]),
        ("name", ["\x00", "\x00"]),
        ("name", ["\U0001f600" * 200, "y"]),
    ],
)
def test_a_search_cursor_from_the_end_of_the_world_is_only_a_page(
    everybody: People, order: str, values: list[Any]
) -> None:
    body = {"criteria": {}, "order": order, "cursor": cursor(order, False, 1, *values)}
    ok(everybody[Persona.RECRUITER].post("/v1/search", json=body))


def test_the_cursor_of_another_list_is_refused_or_harmless(house: Installation, everybody: People) -> None:
    stage = scene(house, everybody)
    admin = everybody[Persona.ADMINISTRATOR]
    cursors = {}
    for path in LISTS:
        who = Persona.VIEWER if "notifications" in path else Persona.ADMINISTRATOR
        cursors[path] = ok(everybody[who].get(stage.path(path), params={"limit": 1}))["next"]
    for order in ("newest", "oldest", "name"):
        cursors[order] = ok(admin.post("/v1/search", json={"order": order, "limit": 1}))["next"]
    assert all(cursors.values())
    for foreign in cursors.values():
        for path in LISTS:
            answer = admin.get(stage.path(path), params={"cursor": foreign})
            assert answer.status_code == 200 or places(answer, 422) == ["query.cursor"]
        for order in ("newest", "oldest", "name"):
            answer = admin.post("/v1/search", json={"order": order, "cursor": foreign})
            assert answer.status_code == 200 or places(answer, 422) == ["body.cursor"]


@pytest.mark.parametrize("q", ["%00", "a%00", "%08", "a" * 201])
def test_a_hostile_query_for_tags_is_refused(everybody: People, q: str) -> None:
    assert places(everybody[Persona.RECRUITER].get(f"/v1/tags?q={q}"), 422) == ["query.q"]


@pytest.mark.parametrize("q", ["%ff", "%25", "_", "\\", "%ED%A0%80", "'", "%F0%9F%98%80", "%E2%80%AE", "%25%25"])
def test_signs_in_a_query_for_tags_mean_themselves(everybody: People, q: str) -> None:
    assert ok(everybody[Persona.RECRUITER].get(f"/v1/tags?q={q}")) == []


@pytest.mark.parametrize("query", ["kind=nonsense", "kind=%00", "limit=1&limit=x"])
def test_other_hostile_queries_for_tags_are_refused(everybody: People, query: str) -> None:
    problem(everybody[Persona.RECRUITER].get(f"/v1/tags?{query}"), 422)


@pytest.mark.parametrize("unseen", ["2", "maybe", "%00", ""])
def test_an_unreadable_yes_or_no_is_refused(everybody: People, unseen: str) -> None:
    answer = everybody[Persona.VIEWER].get(f"/v1/notifications?unseen={unseen}")
    assert places(answer, 422) == ["query.unseen"]


# -- headers --


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 201, "\xff", "\x01", "\u00e9"])
def test_a_bad_idempotency_key_is_refused(everybody: People, key: str) -> None:
    headers = {b"idempotency-key": key.encode("latin-1")}
    answer = everybody[Persona.RECRUITER].post("/v1/positions", json={"title": "x"}, headers=headers)
    assert places(answer, 422) == ["header.Idempotency-Key"]


@pytest.mark.parametrize("event", ["\u00b2", "-1", "1e3", "x", "1" * 30, "0x1", "1 2", "\xff", "NaN", "1.0"])
def test_a_bad_last_event_id_is_refused(everybody: People, event: str) -> None:
    headers = {b"last-event-id": event.encode("latin-1")}
    answer = everybody[Persona.VIEWER].get(ENDLESS, headers=headers)
    assert places(answer, 422) == ["header.Last-Event-ID"]


@pytest.mark.parametrize("tag", ["", "x", '"x"', "\xff", '"\xff"', ", ,", 'W/"x"', '"a", "b"', "**"])
def test_an_if_match_that_names_nothing_of_ours_is_a_change_in_between(
    everybody: People, stage: Scene, tag: str
) -> None:
    answer = everybody[Persona.RECRUITER].patch(
        f"/v1/candidates/{stage.candidate}", json={"headline": "x"}, headers={b"if-match": tag.encode("latin-1")}
    )
    problem(answer, 412)


def test_an_if_match_without_end_is_refused(everybody: People, stage: Scene) -> None:
    answer = everybody[Persona.RECRUITER].patch(
        f"/v1/candidates/{stage.candidate}", json={"headline": "x"}, headers={"If-Match": "x" * 5_000}
    )
    assert places(answer, 422) == ["header.If-Match"]


# -- criteria --

HOSTILE_TEXTS = [
    "*:*", "/.*/", "_exists_:name", "a~2", "a^5", "name:x", "[a TO z]", "a && b || !c", "\\", "\\\\\"", '"', '""',
    "()", "((", "))", "(" * 1_000, "(" * 500 + "a" + ")" * 500, "NOT " * 400 + "a", "-" * 2_000, "- - -a", "a OR", "OR",
    "AND a", "NOT", "\u202e\u202d", "\ufeff", "\u200b", "\U0001f600 \U0001f1e8\U0001f1ff", "e\u0301" * 600,
    "\u0301" * 2_000, "\ufdfa" * 2_000, "a " * 1_000, "a" * 2_000, " OR ".join("abcdefghij" for _ in range(100)),
    '"' + "a " * 900 + '"', "c++ c# .net node.js", "<script>", "'; drop table candidates; --", "{{7*7}}", "%00",
    "${jndi:ldap://x}", "\t\n\r", "\x7f\x80\x9f", "\u2028\u2029", "\uffff\ufffe", "\U0010ffff",
    "\u01c5\u0130\u0131\u1e9e", "١٢٣", "中文 日本語 한국어", "a\u00adb",
]  # fmt: skip


def asked(known: People, criteria: dict[str, Any]) -> None:
    """A search and a preview both answer or refuse; neither fails."""
    for path in ("/v1/search", "/v1/pools/preview"):
        answer = known[Persona.RECRUITER].post(path, json={"criteria": criteria})
        if answer.status_code != 200:
            assert all(place.startswith("body.criteria") for place in places(answer, 422)), shown(answer)


def test_whatever_is_typed_is_answered_or_refused(everybody: People) -> None:
    for text in HOSTILE_TEXTS:
        asked(everybody, {"text": text})


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=250)


@given(
    text=st.text(st.one_of(st.sampled_from('ab()"-–„“ ANDORT'), st.characters(exclude_categories=["Cs"])), max_size=60)
)
def test_any_text_is_answered_or_refused(everybody: People, text: str) -> None:
    asked(everybody, {"text": text})


@given(name=NAMES)
def test_any_name_is_answered_or_refused(everybody: People, name: str) -> None:
    named = {"reasons": [name], "positions": [name]}
    asked(everybody, {"tags": {"any": [name]}, "locations": {"none": [name]}, "rejections": named})
    asked(everybody, {"sources": {"any": [name]}, "languages": {"any": [{"code": name}]}})


@pytest.mark.parametrize(
    "criteria",
    [
        {"created": {"from": "0001-01-01"}},
        {"created": {"to": "9999-12-31"}},
        {"created": {"from": "0000-01-01"}},
        {"created": {"from": "10000-01-01"}},
        {"created": {"from": "2020-02-30"}},
        {"created": {"from": "2020-01-02", "to": "2020-01-01"}},
        {"created": {"last_days": 0}},
        {"created": {"last_days": 3_651}},
        {"created": {"last_days": 3_650}},
        {"created": {"last_days": 1, "from": "2020-01-01"}},
        {"rejections": {"since": "0001-01-01"}},
        {"rejections": {"never": True, "by": "us"}},
        {"rejections": {"none": {}}},
        {"tags": {"any": ["x"] * 201}},
        {"tags": {"any": ["x"] * 200, "all": ["y"] * 200, "none": ["z"] * 200}},
        {"rejections": {"reasons": ["x"] * 50, "positions": ["y"] * 50}},
        {"experience": {"any": ["1-2"]}},
        {"languages": {"any": [{"code": "de", "at_least": "z9"}]}},
        {"languages": {"any": [{"code": "de"}] * 21}},
        {"sources": {"any": [f"source {n}" for n in range(200)], "none": [f"other {n}" for n in range(200)]}},
        {"from_": "x"},
        {"created": {"from_": "2020-01-01"}},
    ],
    ids=str,
)
def test_criteria_at_their_bounds_are_answered_or_refused(everybody: People, criteria: dict[str, Any]) -> None:
    asked(everybody, criteria)


def test_the_place_of_what_is_wrong_in_criteria_is_the_place_in_the_request(everybody: People, stage: Scene) -> None:
    recruiter = everybody[Persona.RECRUITER]
    unknown = {"tags": {"any": [stage.skill, "no such tag"]}}
    assert places(recruiter.post("/v1/search", json={"criteria": unknown}), 422) == ["body.criteria.tags.any[1]"]
    assert places(recruiter.post("/v1/pools/preview", json={"criteria": unknown}), 422) == ["body.criteria.tags.any[1]"]
    assert places(recruiter.post("/v1/pools", json={"name": "x", "criteria": unknown}), 422) == [
        "body.criteria.tags.any[1]"
    ]
    assert places(recruiter.patch(f"/v1/pools/{stage.pool}", json={"criteria": unknown}), 422) == [
        "body.criteria.tags.any[1]"
    ]
    bulk = {"pools": [{"name": "x", "criteria": unknown}]}
    assert places(recruiter.post("/v1/pools/bulk", json=bulk), 422) == ["body.pools[0].criteria.tags.any[1]"]


# -- what would poison later requests --


@pytest.mark.parametrize("name", ["\u0301", "\u0301\u0308", "\ufdfa" * 150, "\u3300" * 60])
def test_a_name_by_which_nothing_could_be_found_is_refused(everybody: People, stage: Scene, name: str) -> None:
    administrator = everybody[Persona.ADMINISTRATOR]
    assert places(administrator.post("/v1/tags", json={"name": name}), 422) == ["body.name"]
    assert places(administrator.post("/v1/tags", json={"name": "fine", "synonyms": [name]}), 422) == [
        "body.synonyms[0]"
    ]
    assert places(administrator.patch(f"/v1/tags/{stage.skill}", json={"name": name}), 422) == ["body.name"]
    assert places(administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": "us"}), 422) == [
        "body.name"
    ]
    body = {"name": "b", "new_tags": True, "candidates": [{"name": "A Person", "tags": [name]}]}
    assert places(administrator.post("/v1/candidates/bulk", json=body), 422) == ["body.candidates[0].tags[0]"]
    pool = {"new_tags": True, "pools": [{"name": "p", "criteria": {"tags": {"any": [name]}}}]}
    assert places(administrator.post("/v1/pools/bulk", json=pool), 422) == ["body.pools[0].criteria.tags.any[0]"]


@pytest.mark.parametrize("key", ["a b", "a|b", "a*", "@", "\u0301"])
def test_a_key_that_could_not_be_joined_is_refused(everybody: People, key: str) -> None:
    assert places(everybody[Persona.ADMINISTRATOR].post("/v1/tags", json={"name": "fine", "key": key}), 422) == [
        "body.key"
    ]


def test_the_longest_names_there_can_be_poison_no_question(house: Installation, everybody: People) -> None:
    """A key that the vocabulary refuses would make every wrong question a failure from then on."""
    administrator = everybody[Persona.ADMINISTRATOR]
    longest = ["x " * 100, "\U0002a6df" * 200, "@" * 200, ("Ž" * 99 + " ") * 2]
    for name in longest:
        ok(administrator.post("/v1/tags", json={"name": name}), 201)
        ok(administrator.post("/v1/rejection-reasons", json={"name": name, "said_by": "us"}), 201)
        ok(administrator.post("/v1/positions", json={"title": name}), 201)
    body = {"name": "b", "new_tags": True, "candidates": [{"name": "A Person", "tags": ["y " * 99, "| * @"]}]}
    ok(administrator.post("/v1/candidates/bulk", json=body), 201)
    house.settle()
    for name in (*longest, "y " * 99, "| * @"):
        assert ok(administrator.post("/v1/pools/preview", json={"criteria": {"tags": {"any": [name]}}}))["people"] >= 0
    assert places(administrator.post("/v1/search", json={"criteria": {"tags": {"any": ["unknown"]}}}), 422)
    ok(administrator.post("/v1/search", json={"criteria": {"rejections": {"by": "us"}}}))
