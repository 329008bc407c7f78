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

# The stages that everybody has; a house may write others, which are shown as they were written.
STAGES = {
    "new": noted("New applicant"),
    "screening": noted("Screening"),
    "interview": noted("Interview"),
    "offer": noted("Offer"),
    "hired": noted("Hired"),
}

POSITION_STATUSES = {"open": noted("Open"), "closed": noted("Closed")}

POSITION_FILTERS = {"open": noted("Open ones"), "closed": noted("Closed ones"), "all": noted("All positions")}

# The fields of a profile.
FIELDS = {
    "name": noted("Name"),
    "headline": noted("Headline"),
    "email": noted("E-mail"),
    "phone": noted("Phone"),
    "years_experience": noted("Years of experience"),
    "source": noted("Source"),
    "languages": noted("Languages"),
    "cv_text": noted("CV"),
}

SAID_BY = {"us": noted("said by us"), "candidate": noted("said by the candidate")}

TAG_KINDS = {
    "skill": noted("Skill"),
    "location": noted("Location"),
    "language": noted("Language"),
    "label": noted("Label"),
    "internal": noted("Internal"),
}

# How well a language is spoken; the others are called A1 to C2 everywhere.
LEVELS = {"native": noted("Native speaker")}

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
    noted("There is no such candidate, or you may not see it."),
    noted("There is no such application, or you may not see it."),
    noted("There is no such position, or you may not see it."),
    noted("There is no such tag, or you may not see it."),
    noted("There is no such user, or you may not see it."),
    noted("This person was changed by somebody else since you read them; read them again and repeat."),
    noted("You see this person through a pool you track; such access does not change anything."),
    noted("This person was shared with you already, so there is nobody to ask."),
    noted("A person needs a name."),
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

# The same with names in them: what stands between is taken as it is.
WITH_NAMES = (
    noted("There is no tag “%(name)s”."),
    noted("There is no tag “%(name)s”. Did you mean %(near)s?"),
    noted("There is no location “%(name)s”."),
    noted("There is no location “%(name)s”. Did you mean %(near)s?"),
    noted("“%(name)s” is a location, not a tag; give it under locations."),
    noted("“%(name)s” is a skill, not a location; give it under tags."),
    noted("“%(name)s” is closed; open it before adding applications."),
)
