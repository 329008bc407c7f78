"""`ndcg10`: the order of the API's answers beside BM25 over one field, for the same people found by the same filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from statistics import mean
from typing import Any, Final

import orjson

from benchmarks.asking import Sides, search_call
from benchmarks.facts import Facts
from benchmarks.floor import Call, Line
from benchmarks.judged import Need, grade, ideal
from benchmarks.ndcg import ndcg
from benchmarks.readers import Reader
from benchmarks.tap import Tap
from search.question import Question
from search.ranking import by_what_is_seen

DEPTH: Final = 10


def measure(
    tap: Tap,
    sides: Sides,
    reader: Reader,
    needs: Sequence[Need],
    understood: Callable[[dict[str, Any]], Question],
    people: Mapping[str, Facts],
    step: Callable[[int], None],
) -> dict[str, Any]:
    """The keys of the report: `ours` through the API as somebody who sees everybody, `baseline` with the same filter,

    and `seen` the order that hiring managers get, of the same people. `people` are everybody, by id.
    """
    scores: dict[str, list[float]] = {"ours": [], "baseline": [], "seen": []}
    languages: dict[str, list[float]] = {"cs": [], "en": []}
    having: dict[str, list[Facts]] = {}
    for person in people.values():
        for skill in person.used:
            having.setdefault(skill, []).append(person)
    with closing(Line(sides.api, reader.token)) as api, closing(Line(sides.engine)) as bare:
        for number, need in enumerate(needs, 1):
            body = question_body(need)
            # Nobody else is worth anything.
            best = ideal(need, having.get(need.skills[0], []))
            call = tap.calls(reader.token, body)[0]
            shown = {
                "ours": [item["id"] for item in api.send(search_call(body))["items"]],
                "baseline": _ids(bare.send(_ranked(call, [{"match": {"text": {"query": need.text}}}]))),
                "seen": _ids(bare.send(_ranked(call, list(by_what_is_seen(understood(body)))))),
            }
            for side, ids in shown.items():
                scores[side].append(ndcg([grade(need, people[id_]) for id_ in ids], best, DEPTH))
            languages[need.language].append(scores["ours"][-1] - scores["baseline"][-1])
            step(number)
    means = {side: round(mean(each), 4) for side, each in scores.items()}
    return {
        "ours": means["ours"],
        "baseline": means["baseline"],
        "gain": round(means["ours"] - means["baseline"], 4),
        "seen": means["seen"],
        "questions": len(needs),
        "gain_by_language": {name: round(mean(each), 4) for name, each in languages.items() if each},
        "better_equal_worse": _compared(scores["ours"], scores["baseline"]),
    }


def question_body(need: Need) -> dict[str, Any]:
    """The need as it is asked."""
    criteria: dict[str, Any] = {"text": need.text}
    if need.place is not None:
        criteria["locations"] = {"any": [need.place]}
    return {"criteria": criteria, "limit": DEPTH, "order": "relevance"}


def _ranked(call: Call, score: list[dict[str, Any]]) -> Call:
    """The API's own engine request, ordered by something else; whom it finds stays the same."""
    body = orjson.loads(call.body)
    body["query"] = {"bool": {"filter": body["query"]["bool"]["filter"], "should": score}}
    body.pop("highlight", None)
    return Call(call.method, call.path, orjson.dumps(body))


def _ids(answer: dict[str, Any]) -> list[str]:
    return [hit["fields"]["id"][0] for hit in answer["hits"]["hits"]]


def _compared(ours: Sequence[float], theirs: Sequence[float]) -> list[int]:
    pairs = list(zip(ours, theirs, strict=True))
    better, worse = sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)
    return [better, len(pairs) - better - worse, worse]
