"""A document is cut to what an index knows, nested parts included; and left alone where it knows everything."""

from __future__ import annotations

from mappings.indexes import candidate_index
from mappings.known import Known, cut_document, known_fields, takes_whole_documents


def test_an_index_of_this_code_takes_documents_as_they_are() -> None:
    known = known_fields(candidate_index()["mappings"]["properties"])
    assert takes_whole_documents(known)
    assert takes_whole_documents({**known, "older": {}})


def test_an_index_that_lacks_a_field_even_a_nested_one_does_not() -> None:
    known = known_fields(candidate_index()["mappings"]["properties"])
    assert not takes_whole_documents({name: inside for name, inside in known.items() if name != "years"})
    inner = {name: inside for name, inside in known["applications"].items() if name != "stage"}
    assert not takes_whole_documents({**known, "applications": inner})


def test_what_is_unknown_is_left_out_and_nothing_else() -> None:
    known: Known = {"id": {}, "applications": {"id": {}}, "tags": {}}
    document = {"id": "1", "tags": ["a", "b"], "years": 3, "applications": [{"id": "x", "stage": "new"}, {"id": "y"}]}
    assert cut_document(document, known) == {
        "id": "1",
        "tags": ["a", "b"],
        "applications": [{"id": "x"}, {"id": "y"}],
    }
