"""What people, tags, places and notes are called in the house, and who of them has what."""

from __future__ import annotations

FIRST_NAMES = ("Jana", "Petr", "Žofie", "Karel", "Eva", "Ondřej", "Ludmila", "Tomáš", "Alena", "Šimon")
LAST_NAMES = ("Nováková", "Svoboda", "Dvořák", "Černá", "Procházka", "Kučerová", "Veselý", "Horáková")
HEADLINES = ("Backend developer", "Data engineer", "Tester", "Platform engineer", "Analyst", "")

# In the CVs of everybody, seen and hidden; no tracked pool asks for them.
WORDS = (
    "kubernetes", "terraform", "postgresql", "hexagonal", "microservices", "observability", "refactoring", "payments",
    "logistics", "accessibility", "C++", "Node.js", "programátorka", "vývojář",
)  # fmt: skip
# What the pool of the streams asks for, and only its people have. Each of them has the first two.
STREAMED = ("kafka", "streams", "flink", "samza", "pulsar", "debezium")
SPRING = "spring"
# In notes of colleagues, and in some CVs that are seen.
NOTED = ("salary", "notice period", "relocation", "remote", "kubernetes", "payments", "unconvinced")

REGION, TOWNS, ELSEWHERE = "Jihomoravský kraj", ("Brno", "Vyškov"), ("Praha", "Ostrava")
ASKED_SKILLS = ("Java", "Kotlin")
OTHER_SKILLS = ("Python", "SQL", "React", "Docker")
# Carried by hidden people only, from the beginning.
UNSEEN_SKILLS = ("Cobol", "Fortran")
SEEN_LABEL, UNSEEN_LABELS, INTERNAL = "speaker", ("alumni", "boomerang"), ("do not hire", "board")
# The pool of rejections asks for the first; colleagues give only the others.
ASKED_REASON, OTHER_REASONS = "salary too low", ("culture", "timing", "another offer")
STAGES = ("new", "screening", "interview", "offer")
SOURCES = ("referral", "linkedin", "agency")
