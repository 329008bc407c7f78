"""Skills as the product should know them: one name, the other ways to write it, and a key that never changes."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from core.text import fold


class Skill(NamedTuple):
    """A skill: its key, its name, other names for it."""

    key: str
    name: str
    synonyms: tuple[str, ...] = ()


# Curated by us: names as their makers write them, synonyms as people do.
_SYNONYMS: dict[str, tuple[str, ...]] = {
    ".NET": ("dotnet", "Microsoft .NET", ".NET Framework"),
    ".NET Core": ("dotnet core",),
    "Agile": ("Agile development", "Agile methodology"),
    "Ajax": (),
    "Android": ("Android SDK",),
    "Angular": ("AngularJS", "Angular.js", "Angular JS"),
    "ASP.NET": ("ASP.NET MVC", "ASP .NET"),
    "AWS": ("Amazon Web Services", "Amazon Web Services (AWS)"),
    "Azure": ("Microsoft Azure",),
    "C": ("C language",),
    "C#": ("C Sharp", "CSharp"),
    "C++": ("CPP",),
    "Cassandra": ("Apache Cassandra",),
    "CI/CD": ("Continuous integration", "Continuous delivery"),
    "CSS": ("CSS3", "Cascading Style Sheets"),
    "Django": (),
    "Docker": (),
    "Elasticsearch": ("Elastic Search",),
    "Express": ("Express.js", "ExpressJS"),
    "F#": ("F Sharp",),
    "Git": (),
    "Go": ("Golang",),
    "Google Cloud": ("Google Cloud Platform", "GCP"),
    "Hadoop": ("Apache Hadoop",),
    "Hibernate": (),
    "HTML": ("HTML5",),
    "IntelliJ IDEA": ("IntelliJ",),
    "iOS": (),
    "Java": ("Core Java", "Java SE"),
    "Java EE": ("J2EE", "JEE", "Jakarta EE"),
    "JavaScript": ("JS", "Java Script", "ECMAScript", "ES6"),
    "jQuery": (),
    "JSON": (),
    "Kubernetes": ("K8s",),
    "Linux": ("GNU/Linux",),
    "Machine learning": ("ML", "Strojové učení"),
    "macOS": ("Mac OS", "OS X"),
    "MATLAB": (),
    "Microsoft Office": ("MS Office",),
    "MongoDB": ("Mongo", "Mongo DB"),
    "MySQL": ("My SQL",),
    "Node.js": ("Node", "NodeJS", "Node JS"),
    "Objective-C": ("Objective C", "ObjC"),
    "Oracle": ("Oracle Database", "Oracle DB"),
    "Perl": (),
    "PHP": (),
    "PostgreSQL": ("Postgres", "Postgre SQL", "PgSQL"),
    "Project management": ("Projektové řízení",),
    "Python": ("Python 3",),
    "Quality assurance": ("QA",),
    "React": ("React.js", "ReactJS", "React JS"),
    "Recruitment": ("Recruiting", "Nábor"),
    "REST": ("RESTful", "REST API", "RESTful API"),
    "Ruby": (),
    "Ruby on Rails": ("Rails", "RoR"),
    "Sales": ("Prodej",),
    "Shell scripting": ("Bash", "Shell script", "Unix shell"),
    "Spark": ("Apache Spark",),
    "Spring": ("Spring Framework",),
    "Spring Boot": ("SpringBoot",),
    "SQL": (),
    "SQL Server": ("Microsoft SQL Server", "MS SQL", "MSSQL", "MS SQL Server"),
    "Subversion": ("SVN",),
    "Swift": (),
    "TypeScript": ("TS",),
    "UI design": ("User interface design",),
    "Unit testing": ("Unit tests",),
    "VB.NET": ("Visual Basic .NET",),
    "VBA": ("Visual Basic for Applications",),
    "Visual Studio Code": ("VS Code",),
    "Vue.js": ("Vue", "VueJS"),
    "Windows": ("Microsoft Windows",),
    "XML": (),
}

# Answers of the survey that are not one skill each.
_ANSWERS: dict[str, tuple[str, ...]] = {
    "HTML/CSS": ("HTML", "CSS"),
    "Angular/Angular.js": ("Angular",),
    "Bash/Shell/PowerShell": ("Shell scripting",),
    "IPython / Jupyter": ("Jupyter",),
    "IBM Cloud or Watson": ("IBM Cloud",),
    "Pair": ("Pair programming",),
    "Mob": ("Mob programming",),
    "Extreme": ("Extreme programming",),
    "Windows Desktop": ("Windows",),
    "Linux Desktop": ("Linux",),
    "Evidence-based SWE": ("Evidence-based software engineering",),
    "Other(s):": (),
    "I don't use version control": (),
    "I use some other system": (),
    "Zip file back-ups": (),
    "Copying and pasting files to network shares": (),
}


@cache
def skills() -> tuple[Skill, ...]:
    """The skills with curated names; any other name is a skill of its own when it first occurs."""
    return tuple(Skill(_key(name), name, synonyms) for name, synonyms in _SYNONYMS.items())


def skill_name(text: str) -> str:
    """The canonical name of a skill as someone wrote it, or the text itself where we know none."""
    text = " ".join(text.split())
    return _names().get(fold(text), text)


def of_answer(answer: str) -> tuple[str, ...]:
    """The skills an answer of the survey stands for: usually one, sometimes two, sometimes none."""
    return tuple(map(skill_name, _ANSWERS.get(answer, (answer,))))


@cache
def _names() -> dict[str, str]:
    return {fold(label): skill.name for skill in skills() for label in (skill.key, skill.name, *skill.synonyms)}


def _key(name: str) -> str:
    # C, C++, C# and .NET differ only in their signs, so signs stay; what may not stand in a key becomes a hyphen.
    return re.sub(r"[\s|*@/]+", "-", fold(name))
