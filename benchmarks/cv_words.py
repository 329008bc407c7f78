"""The sentences CVs of the benchmark are put together from, in both languages. {a} and {b} are skills.

Of Czech names the form is part of the place: {a} as it is, {a_of} genitive, {a_by} instrumental; {a_in} and {a_with}
bring their prepositions.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from benchmarks.facts import Role


class Language(NamedTuple):
    """Everything that is said in one language."""

    titles: dict[Role, tuple[str, ...]]
    senior: str
    junior: str
    about: tuple[str, ...]
    about_skills: tuple[str, ...]
    job: str
    done_with: tuple[str, ...]
    beside: tuple[str, ...]
    never: tuple[str, ...]
    filler: tuple[str, ...]
    things: tuple[str, ...]
    skills: tuple[str, ...]
    basics: tuple[str, ...]
    wishes: tuple[str, ...]
    course: tuple[str, ...]
    studies: tuple[str, ...]
    rest: tuple[str, ...]
    headline_with: tuple[str, ...]
    until_now: str


ENGLISH: Final = Language(
    titles={
        "software": ("Software developer", "Software engineer", "Programmer"),
        "web": ("Web developer", "Full stack developer", "Frontend developer", "Backend developer"),
        "mobile": ("Mobile developer", "Mobile application developer"),
        "data": ("Data scientist", "Data engineer", "Machine learning engineer"),
        "operations": ("DevOps engineer", "Site reliability engineer", "Systems engineer"),
        "database": ("Database administrator", "Database developer"),
        "embedded": ("Embedded developer", "Firmware engineer"),
    },
    senior="Senior {}",
    junior="Junior {}",
    about=(
        "I have spent {years} years building {thing} for customers who know what they want and for some who do not.",
        "{years} years in the trade, in small teams and in large ones; I like to see things through to the end.",
        "I care about readable code, short meetings and colleagues who say what they think.",
        "After {years} years with {thing} I am looking for a team in which quality is more than a word.",
        "I learn quickly, ask when I do not know, and prefer a boring solution that works on Monday morning.",
    ),
    about_skills=(
        "Most of my recent work has been in {a}.",
        "My strongest side is {a}; I also get along well with {b}.",
        "For the last years I have worked above all with {a} and {b}.",
    ),
    job="{title}, {company}, {town}, {since} – {until}",
    done_with=(
        "Built {thing} in {a} and {b}.",
        "Responsible for {thing}, written in {a}.",
        "Moved {thing} to {a}, which made it {percent} % faster.",
        "Maintained {thing} running on {a} with {b} behind it.",
        "Wrote tests for {thing} in {a} and brought their share from {percent} % to almost everything.",
        "Introduced {a} for {thing} and showed colleagues how to use it.",
        "Together with two others I designed {thing} on top of {a}.",
    ),
    beside=(
        "The team next to ours worked in {a}.",
        "The customer's own system was written in {a}; we only called it.",
        "Took part in the choice between {a} and {b}.",
        "Handed over an old system in {a} to another supplier.",
        "Interviewed candidates for positions with {a} together with a specialist.",
        "Translated the documentation of a product based on {a}.",
    ),
    never=(
        "I have never worked with {a}.",
        "I do not know {a} and do not want to.",
        "Not looking for positions with {a}.",
    ),
    filler=(
        "Led a group of {few} people and planned their work from week to week.",
        "Reviewed the work of colleagues and wrote the rules by which reviews are done.",
        "Spoke with customers about what they need, wrote it down and estimated how long it would take.",
        "Looked after {thing} in production and was on call every fourth week.",
        "Reduced the costs of {thing} by {percent} %.",
        "Prepared releases every two weeks and made sure nobody had to work at night because of them.",
        "Took over {thing} from a supplier and removed more code than I added.",
        "Presented the results to the management and to the auditors.",
        "Cut the time a new colleague needs to become productive from {few} months to one.",
        "Cooperated with designers and analysts on {thing} for {few} countries.",
        "Solved incidents, found their causes and wrote about both so that others could learn from them.",
        "Measured before and after every change; about {percent} % of the ideas turned out to be worthless.",
    ),
    things=(
        "an accounting system",
        "an online shop",
        "a reservation system",
        "a warehouse application",
        "internal tools",
        "a customer portal",
        "payment services",
        "a telemetry platform",
        "a document archive",
        "a loyalty programme",
        "a public transport planner",
        "insurance calculators",
        "a laboratory system",
        "reports for the management",
        "a school register",
        "an advertising server",
        "a price comparison site",
        "a ticket office",
        "a call centre",
        "the control of production lines",
        "a map server",
        "a hospital information system",
        "an energy market client",
        "a recommendation service",
        "the billing of a telephone company",
        "a game for children",
        "a video archive",
    ),
    skills=("Skills: {all}.", "Technologies: {all}.", "What I work with: {all}."),
    basics=("Basics of {a} and {b}.", "Some {a}, self-taught.", "First steps in {a}."),
    wishes=(
        "Next I would like to learn {a}.",
        "I would gladly move towards {a} and {b}.",
        "In my free time I read about {a}.",
    ),
    course=("Course “{a} for beginners”, {percent} hours.", "Attended a conference on {a} and {b}."),
    studies=(
        "Education: {school}, {since} – {until}. Thesis about {thing}.",
        "Studied at {school}, finished in {until}.",
    ),
    rest=(
        "Driving licence, hiking, chess, two children.",
        "I play the violin and grow tomatoes.",
        "Volunteer firefighter; in winter on skis.",
        "References on request. Notice period of two months.",
        "I prefer to work partly from home. Available from spring.",
    ),
    headline_with=("{title}, {a}", "{a} {title}", "{title} ({a}, {b})", "{title} – {a}"),
    until_now="now",
)

CZECH: Final = Language(
    titles={
        "software": ("Vývojář softwaru", "Programátor", "Softwarový inženýr"),
        "web": ("Webový vývojář", "Full stack vývojář", "Frontend vývojář", "Backend vývojář"),
        "mobile": ("Mobilní vývojář", "Vývojář mobilních aplikací"),
        "data": ("Datový analytik", "Datový inženýr", "Specialista na strojové učení"),
        "operations": ("DevOps inženýr", "Správce systémů", "Správce sítí"),
        "database": ("Databázový specialista", "Správce databází"),
        "embedded": ("Vývojář vestavěných systémů", "Programátor firmwaru"),
    },
    senior="Senior {}",
    junior="Junior {}",
    about=(
        "Už {years} let stavím {thing} pro zákazníky, kteří vědí, co chtějí, i pro ty, kteří to teprve zjišťují.",
        "V oboru jsem {years} let, v malých týmech i ve velkých firmách; rád dotahuji věci do konce.",
        "Záleží mi na čitelném kódu, krátkých poradách a kolezích, kteří říkají, co si myslí.",
        "Po {years} letech v oboru hledám tým, ve kterém kvalita není jen slovo.",
        "Učím se rychle, ptám se, když nevím, a mám raději nudné řešení, které v pondělí ráno funguje.",
    ),
    about_skills=(
        "V poslední době pracuji hlavně {a_in}.",
        "Nejsilnější jsem {a_in}, dobře si rozumím i {b_with}.",
        "Poslední roky jsem strávil především {a_with} a {b_by}.",
    ),
    job="{title}, {company}, {town}, {since} – {until}",
    done_with=(
        "Vyvíjel jsem {thing} {a_in} a {b_in}.",
        "Odpovídal jsem za {thing}, vše psané {a_in}.",
        "Převedli jsme {thing} do {a_of}, čímž se zrychlil provoz o {percent} %.",
        "Udržoval jsem {thing} postavené na {a} a {b}.",
        "Psal jsem testy {a_in} a pokrytí se zvedlo z {percent} % skoro na všechno.",
        "Zavedl jsem používání {a_of} a naučil s ním pracovat kolegy.",
        "Ve třech jsme navrhli {thing} nad {a_by}.",
    ),
    beside=(
        "Vedlejší tým pracoval {a_in}.",
        "Systém zákazníka byl napsaný {a_in}, my jsme ho jen volali.",
        "Účastnil jsem se rozhodování mezi {a_by} a {b_by}.",
        "Předával jsem starý systém {a_in} jinému dodavateli.",
        "Vedl jsem pohovory na pozice {a_with} společně se specialistou.",
        "Překládal jsem dokumentaci produktu založeného na {a}.",
    ),
    never=("Nikdy jsem nepracoval {a_with}.", "Neumím {a} a učit se ho nechci.", "Pozice {a_with} nehledám."),
    filler=(
        "Vedl jsem skupinu {few} lidí a plánoval jejich práci po týdnech.",
        "Kontroloval jsem práci kolegů a sepsal pravidla, podle kterých se kontroluje.",
        "Mluvil jsem se zákazníky o tom, co potřebují, a odhadoval, jak dlouho to potrvá.",
        "Staral jsem se o {thing} v provozu a každý čtvrtý týden držel pohotovost.",
        "Snížil jsem náklady na provoz o {percent} %.",
        "Připravoval jsem vydání každé dva týdny tak, aby kvůli nim nikdo nemusel pracovat v noci.",
        "Převzal jsem {thing} od dodavatele a více kódu odstranil, než přidal.",
        "Výsledky jsem představoval vedení i auditorům.",
        "Nový kolega dnes potřebuje na zaučení jeden měsíc místo {few}.",
        "Spolupracoval jsem s grafiky a analytiky na projektu pro {few} země.",
        "Řešil jsem poruchy, hledal jejich příčiny a psal o obojím, aby se poučili i ostatní.",
        "Každou změnu jsme měřili předem i potom; asi {percent} % nápadů nemělo žádnou cenu.",
    ),
    things=(
        "účetní systém", "internetový obchod", "rezervační systém", "skladovou aplikaci", "vnitřní nástroje",
        "zákaznický portál", "platební služby", "platformu pro telemetrii", "archiv dokumentů", "věrnostní program",
        "vyhledávač spojení", "pojišťovací kalkulačky", "laboratorní systém", "přehledy pro vedení", "školní matriku",
        "reklamní server", "srovnávač cen", "prodej vstupenek", "zákaznickou linku", "řízení výrobních linek",
        "mapový server", "nemocniční informační systém", "aplikaci pro trh s elektřinou", "doporučovací službu",
        "vyúčtování telefonního operátora", "hru pro děti", "archiv videa",
    ),
    skills=("Dovednosti: {all}.", "Technologie: {all}.", "S čím pracuji: {all}."),
    basics=("Základy {a_of} a {b_of}.", "Trochu {a}, samouk.", "První kroky {a_with}."),
    wishes=(
        "Příště bych se rád naučil pracovat {a_with}.",
        "Rád bych se posunul k technologiím {a} a {b}.",
        "Ve volném čase si čtu o {a_in}.",
    ),
    course=("Kurz „{a} pro začátečníky“, {percent} hodin.", "Účast na konferenci o {a} a {b}."),
    studies=(
        "Vzdělání: {school}, {since} – {until}. Závěrečná práce na téma {thing}.",
        "Studoval jsem na škole {school}, dokončeno {until}.",
    ),
    rest=(
        "Řidičský průkaz, turistika, šachy, dvě děti.",
        "Hraji na housle a pěstuji rajčata.",
        "Dobrovolný hasič; v zimě na lyžích.",
        "Reference na vyžádání. Výpovědní lhůta dva měsíce.",
        "Rád pracuji částečně z domova. Nástup možný od jara.",
    ),
    headline_with=("{title}, {a}", "{title} {a_in}", "{title} ({a}, {b})", "{title} – {a}"),
    until_now="dosud",
)  # fmt: skip
