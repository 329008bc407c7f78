"""A coverage-guided run over the parsers of text and addresses.

`python -m tests.search.fuzz_text_query -max_total_time=60`; it needs atheris (pip install atheris), which is not among
the dependencies: test_text_query.py and test_address.py say the same with random texts in every run.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports():
    from search.address import address_of, criteria_in
    from search.criteria import CriteriaInvalid
    from search.question import atoms
    from search.text_query import TextProblem, parse_text


def one(data: bytes) -> None:
    """Whatever the bytes are: a question, or a problem with a place inside the text."""
    text = atheris.FuzzedDataProvider(data).ConsumeUnicodeNoSurrogates(len(data))
    parsed = parse_text(text)
    if isinstance(parsed, TextProblem):
        assert 0 <= parsed.position <= len(text)
        assert parsed.message
    else:
        assert list(atoms(parsed))
    try:
        criteria = criteria_in(text)
    except CriteriaInvalid as error:
        assert error.problems
    else:
        assert criteria_in(address_of(criteria)) == criteria


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
