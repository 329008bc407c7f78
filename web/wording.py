"""Sentences that are written in one place and said in another, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from records.models import Role, Scope


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


@dataclass(frozen=True, slots=True)
class State:
    """How something does: in a word or two, in a sentence, and which kind of tag shows it."""

    short: str
    long: str
    kind: str = "plain"


# How pools do, as the API says it (api.routes.folders.Health).
HEALTHS = {
    "well": State(noted("Working"), noted("People come and go."), "good"),
    "filling": State(
        noted("Updating"),
        noted("What it asks now takes over in a moment; until then it shows whom it showed before."),
    ),
    "broken": State(
        noted("Broken"),
        noted("Nobody comes in or leaves: it shows whom it showed last. Saving it with other criteria mends it."),
        "bad",
    ),
    "nobody": State(
        noted("Never matches"),
        noted("Nobody has ever been in it with what it asks now: perhaps it asks too much."),
        "accent",
    ),
    "everybody": State(
        noted("Matches nearly everybody"),
        noted("Nearly everybody is in it: perhaps it asks too little."),
        "accent",
    ),
}

# The columns of people as a file.
COLUMNS = {
    "id": noted("Id"),
    "name": noted("Name"),
    "email": noted("E-mail"),
    "phone": noted("Phone"),
    "headline": noted("Headline"),
    "experience": noted("Years of experience"),
    "languages": noted("Languages"),
    "skills": noted("Skills"),
    "locations": noted("Locations"),
    "labels": noted("Labels"),
    "internal": noted("Internal tags"),
    "source": noted("Source"),
    "created": noted("Added on"),
    "active": noted("Last change"),
    "applications": noted("Applications"),
    "access": noted("Access"),
}

SCOPES = {
    Scope.READ: noted("Reading"),
    Scope.WRITE: noted("Writing"),
    Scope.STREAM: noted("Listening"),
    Scope.ADMIN: noted("Administration"),
}

# What can be tracked: a pool, or a tag of a kind.
KINDS = {
    "pool": noted("Pool"),
    "skill": noted("Skill"),
    "location": noted("Place"),
    "language": noted("Spoken language"),
    "label": noted("Label"),
    "internal": noted("Internal tag"),
}

WHO_SAYS = {"us": noted("Said by us"), "candidate": noted("Said by the candidate")}

HAPPENED = {
    "renamed": noted("Renamed"),
    "retired": noted("Retired"),
    "brought_back": noted("Brought back"),
    "merged": noted("Merged"),
}

STATES = {
    "running": noted("Running"),
    "failed": noted("Failed"),
    "swapped": noted("Swapped in, the old indexes kept"),
    "finished": noted("Finished"),
    "rolled_back": noted("Rolled back"),
    "abandoned": noted("Given up"),
    "waiting": noted("Waiting"),
    "done": noted("Done"),
}

# What a check may find.
FOUND = {
    "missing": noted("missing"),
    "outdated": noted("outdated"),
    "ahead": noted("ahead of the database"),
    "orphaned": noted("of nobody"),
    "unmatched": noted("not matched"),
    "pools_missing": noted("pools missing"),
    "queries_orphaned": noted("of no pool"),
}

# What a reindex is at (indexer/reindex/asking.py).
STEPS = (
    noted("making the new indexes"),
    noted("filling the new index"),
    noted("storing the pools"),
    noted("settling the new indexes"),
    noted("verifying"),
    noted("swapping"),
    noted("matching the pools anew"),
    noted("swapped, the old indexes kept"),
    noted("dropping the old indexes"),
    noted("rolling back"),
    noted("dropping the new indexes"),
    noted("ended"),
)

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
    noted("There is no such letter, or you may not see it."),
    noted("There is no such session, or you may not see it."),
    noted("There is no such candidate, or you may not see it."),
    noted("There is no such application, or you may not see it."),
    noted("There is no such position, or you may not see it."),
    noted("There is no such tag, or you may not see it."),
    noted("There is no such user, or you may not see it."),
    noted("This person was changed by somebody else since you read them; read them again and repeat."),
    noted("You see this person through a pool you track; such access does not change anything."),
    noted("This person was shared with you already, so there is nobody to ask."),
    noted("A person needs a name."),
    noted("There is no such action, or you may not see it."),
    noted("Name at least one tag or location."),
    noted("They carry these tags already."),
    noted("They carry none of these tags."),
    noted("They would carry more tags than a person can."),
    noted("They have no application there."),
    noted("They have no open application there."),
    noted("They have several applications; say for which position."),
    noted("They have several open applications; say for which position."),
    noted("This colleague has their application already."),
    noted("They have an open application there already."),
    noted("What was done was changed since, and stays as it is now."),
    noted("Only rejections can be taken back all at once."),
    noted("There is no such pool, or you may not see it."),
    noted("There is no word to look for."),
    noted("This parenthesis closes nothing."),
    noted("This quotation mark is not closed."),
    noted("There is nothing before this parenthesis."),
    noted("There is nothing after this parenthesis."),
    noted("The parentheses are nested too deeply."),
    noted("This parenthesis is not closed."),
    noted("“The last so many days” moves every day and a pool would not notice; give a fixed date (from)."),
    noted("A pool does not ask who is in another one: make it a folder below that one (parent)."),
    noted("An application together with a date (since) cannot be kept true in a pool; leave the date out."),
    noted("A rejection together with a date (since) cannot be kept true in a pool; leave the date out."),
    noted(
        "A pool needs something a person must have (a tag, a place, a word ...); what they must not have, "
        "or nothing at all, would be asked of everyone."
    ),
    noted("Analysts do not search in texts; leave the text out, or ask for tags."),
    noted("There is no such invitation, or you may not see it."),
    noted("There is no such token, or you may not see it."),
    noted("There is no such rejection reason, or you may not see it."),
    noted("You cannot take your own administrator's rights away; ask another administrator."),
    noted("Only administrators see what others track."),
    noted("Recruiters set tracking for themselves; administrators for anyone."),
    noted("An analyst sees numbers and no people, so there is nothing for them to track."),
    noted("You do not track this pool, so your bell says nothing of it anyway."),
    noted("This notice asks for nobody, so there is nothing to be answered."),
    noted("The person has no such application, or it was rejected in the meantime."),
    noted("There is already a rejection reason with this name."),
    noted("This reason was merged into another one; use that, or add a new one."),
    noted("This reason was merged into another one already."),
    noted("This is the same reason."),
    noted("One is said by us, the other by the candidate; they cannot be merged."),
    noted("This is the same tag."),
    noted("Languages are known by their codes and cannot be merged."),
    noted("The role hiring manager may not do this."),
    noted("The role recruiter may not do this."),
    noted("The role analyst may not do this."),
    noted("PUBLIC_URL is not set, so no message could lead back here. Set it, then connect."),
    noted("Slack does not answer; nothing was changed. Try again in a moment."),
    noted("No Slack workspace is connected."),
    noted("Nobody in this workspace has your e-mail address, or their account is closed."),
    noted("Slack does not take this token any more. Connect the workspace again."),
    noted("Slack did not take the message now. Try again in a moment."),
    noted("There are 50 webhooks already; remove one that is not needed any more."),
    noted("This webhook is off; switch it on, then send again."),
    noted("This is no address."),
    noted("This is no address that messages can be sent to."),
    noted("The address has to begin with https://."),
    noted("This address leads into our own network."),
    noted("There is no such webhook, or you may not see it."),
    noted("There is no such delivery, or you may not see it."),
    noted("There is no such language."),
    noted("There is no such time zone; one is Europe/Prague."),
    noted("Quiet hours have a beginning and an end; give both, or neither."),
    noted("Quiet hours that end when they begin are none; give other times, or neither."),
    noted("This installation sends nothing there."),
    noted("There is no way to you there yet."),
    noted("There were many tests just now; wait a little, then send another one."),
)

# What notices are about, where and how often they are told.
EVENTS = {
    "new_in_pool": noted("Somebody comes into a pool I track"),
    "shared": noted("Somebody shares a person or a position with me"),
    "wanted": noted("A hiring manager wants a person, or is done with one"),
    "trouble": noted("A pool stops working, or a check finds differences"),
}
CHANNELS = {"email": noted("E-mail"), "push": noted("My devices"), "slack": noted("Slack")}
RHYTHMS = {
    "off": noted("Off"),
    "instant": noted("At once"),
    "daily": noted("Daily"),
    "weekly": noted("Weekly"),
}
DAYS = (
    noted("Monday"),
    noted("Tuesday"),
    noted("Wednesday"),
    noted("Thursday"),
    noted("Friday"),
    noted("Saturday"),
    noted("Sunday"),
)
# Why somebody is not reached somewhere.
UNREACHED = {
    "address_refused": noted(
        "The mail server refused your address, so nothing is sent there. Send a test once that is put right."
    ),
    "no_device": noted("None of your devices was added."),
    "nobody_found": noted("Nobody in the workspace has your e-mail address."),
    "not_in_workspace": noted("Nobody in the workspace has your e-mail address."),
    "account_closed": noted("Your account in the workspace is closed. Send a test once it is open again."),
}

# The same with names in them: what stands between is taken as it is.
WITH_NAMES = (
    noted("There is no tag “%(name)s”."),
    noted("There is no tag “%(name)s”. Did you mean %(near)s?"),
    noted("There is no location “%(name)s”."),
    noted("There is no location “%(name)s”. Did you mean %(near)s?"),
    noted("“%(name)s” is a location, not a tag; give it under locations."),
    noted("“%(name)s” is a skill, not a location; give it under tags."),
    noted("“%(name)s” is closed; open it before adding applications."),
    noted("Slack does not take this token (%(word)s)."),
)

# What other systems hear of, and why one of them was not told.
WEBHOOK_EVENTS = {
    "pool.entered": noted("Somebody comes into a pool"),
    "pool.left": noted("Somebody leaves a pool"),
    "webhook.test": noted("Test"),
}
WEBHOOK_REASONS = {
    "address_refused": noted("Its address leads into our own network."),
    "server_away": noted("It does not answer."),
    "try_later": noted("It did not take what was sent."),
    "redirected": noted("It answered with another address, and none is followed."),
    "gone": noted("It answered that it wants nothing more."),
    "switched_off": noted("The webhook was switched off."),
    "nothing_left": noted("Nothing of it holds any more."),
}

# Why a message to somebody was not taken yet, or never will be.
MESSAGE_REASONS = {
    "server_away": noted("The other side does not answer."),
    "try_later": noted("It was not taken now."),
    "rate_limited": noted("The other side asks us to wait."),
    "quiet_hours": noted("It waits until the quiet hours are over."),
    "not_accepted": noted("It was refused."),
    "address_refused": noted("The address was refused."),
    "no_device": noted("There is no device any more."),
    "not_in_workspace": noted("Nobody there has this e-mail address."),
    "account_closed": noted("The account there is closed."),
    "workspace_closed": noted("Slack does not let us in."),
    "not_connected": noted("Slack is not connected any more."),
}

MESSAGE_STATES = {
    "waiting": noted("Tried again soon"),
    "sent": noted("Sent"),
    "failed": noted("Could not be sent"),
    "withdrawn": noted("Taken back"),
}
