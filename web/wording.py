"""Sentences that are written in one place and said in another, in the reader's language."""

from __future__ import annotations

from records.models import Role


def noted(sentence: str) -> str:
    """A sentence for the catalogues; it is translated where it is shown."""
    return sentence


ROLES = {
    Role.ADMINISTRATOR: noted("Administrator"),
    Role.RECRUITER: noted("Recruiter"),
    Role.HIRING_MANAGER: noted("Hiring manager"),
    Role.ANALYST: noted("Analyst"),
}

# Sentences of the API that reach a page as they are; a test finds each where it is written. Those with numbers or
# names in them are shown in English.
OF_THE_API = (
    noted("The e-mail address or the password is wrong."),
    noted("There were too many attempts to sign in from where you are; wait, then try again."),
    noted("There were too many requests from where you are; wait, then try again."),
    noted("Too many people are signing in at this moment; try again in a few seconds."),
    noted("This password is among the first that anybody would try; choose another."),
    noted("This password is your name or your e-mail address; choose another."),
    noted("A password has at least 12 characters; a few words in a row are easy to keep in mind."),
    noted("A password has at most 256 characters."),
    noted("This is not your password."),
    noted("Your password has just been changed by somebody else; nothing was done."),
    noted("This link was used already, has expired or was replaced by a newer one; ask for a new one."),
    noted("There is already a user with this e-mail address."),
    noted("This request was sent from a page of another site, so it was not carried out."),
    noted("The database does not answer; try again in a moment."),
    noted("Every connection to the database is in use; try again in a moment."),
    noted("Two changes met; nothing was done. Repeat the request."),
    noted("This is our fault, not yours. It was logged; nothing was changed."),
    noted("There is no such notice, or you may not see it."),
    noted("There is no such session, or you may not see it."),
    noted("There is no such pool, or you may not see it."),
    noted("There is no word to look for."),
    noted("This parenthesis closes nothing."),
    noted("This quotation mark is not closed."),
    noted("There is nothing before this parenthesis."),
    noted("There is nothing after this parenthesis."),
    noted("The parentheses are nested too deeply."),
    noted("This parenthesis is not closed."),
    noted("Analysts do not search in texts; leave the text out, or ask for tags."),
    noted("The role hiring manager may not do this."),
    noted("The role recruiter may not do this."),
    noted("The role analyst may not do this."),
)
