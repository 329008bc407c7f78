"""Templates of a package in one language. Whatever is put into them is text, and what was forgotten is an error."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from core.languages import Language


def environment(package: str, language: Language) -> Environment:
    """For the templates of a package, found in its folder of that name."""
    found = Environment(
        loader=PackageLoader(package),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.policies["ext.i18n.trimmed"] = True
    found.install_gettext_translations(language.catalogue, newstyle=True)  # type: ignore[attr-defined]
    return found
