"""Two ways of doing the same: by mouse, and by keyboard alone. A story that is told once is played with both."""

from __future__ import annotations

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

# More stops than any page has, so that only what cannot be reached at all fails.
MOST_STOPS = 400
# Whether the focus is there, or inside of what is there (a label around its box).
HAS_FOCUS = "element => element === document.activeElement || element.contains(document.activeElement)"
# Whether the focus is seen: at the element itself, or around the label that stands for a box nobody sees.
SHOWS_FOCUS = """
() => {
  const at = document.activeElement;
  const framed = (element) => getComputedStyle(element).outlineStyle !== "none";
  return framed(at) || framed(at.parentElement) || getComputedStyle(at).boxShadow !== "none";
}
"""


class Hand(Protocol):
    """How a step is done on a page."""

    def press(self, target: Locator) -> None:
        """A link, a button, a box to be ticked."""

    def write(self, target: Locator, words: str) -> None:
        """A field, which then holds these words alone."""

    def choose(self, target: Locator, label: str) -> None:
        """One of a list."""


class Mouse:
    """Points and clicks; words have to be typed even so."""

    def press(self, target: Locator) -> None:
        """Click."""
        target.click()

    def write(self, target: Locator, words: str) -> None:
        """Click into the field and type."""
        target.click()
        target.fill("")
        target.press_sequentially(words)

    def choose(self, target: Locator, label: str) -> None:
        """Pick from the list."""
        target.select_option(label=label)


class Keyboard:
    """Goes from stop to stop, as whoever cannot point does; nothing is focused by a script."""

    def press(self, target: Locator) -> None:
        """Go there; a box is ticked with a space, everything else opened with Enter."""
        keys = self._reach(target).keyboard
        box = target.evaluate("element => /^(checkbox|radio)$/.test(document.activeElement.type)")
        keys.press("Space" if box else "Enter")

    def write(self, target: Locator, words: str) -> None:
        """Go there, replace what stands there."""
        keys = self._reach(target).keyboard
        keys.press("ControlOrMeta+a")
        keys.press("Delete")
        keys.type(words)

    def choose(self, target: Locator, label: str) -> None:
        """Go there, and down the list until it stands on this one."""
        keys = self._reach(target).keyboard
        keys.press("Home")
        options = target.locator("option").all_inner_texts()
        for _ in options:
            if target.evaluate("list => list.selectedOptions[0]?.label.trim()") == label:
                return
            keys.press("ArrowDown")
        raise AssertionError(f"“{label}” is none of {options}")

    def _reach(self, target: Locator) -> Page:
        """Press Tab until the focus is there, and seen there."""
        expect(target).to_have_count(1)
        page = target.page
        for _ in range(MOST_STOPS):
            if target.evaluate(HAS_FOCUS):
                assert page.evaluate(SHOWS_FOCUS), f"The focus is at {target}, and nobody sees it"
                return page
            page.keyboard.press("Tab")
        raise AssertionError(f"No stop of the keyboard leads to {target}")
