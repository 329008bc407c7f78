"""The numbers of PostgreSQL's advisory locks, all of them: one that two took would make each wait for the other.

They are ASCII where a word fitted. No other module names one.
"""

from __future__ import annotations

# "pools": see records.gate.
GATE = 0x706F6F6C73
REGISTRAR = GATE + 1
# Held by a beat for as long as it lives.
CLOCK = GATE + 2
CHECK = GATE + 3
# "reind"
REINDEX = 0x7265696E64
REHEARSAL = REINDEX + 1
# "migr"
MIGRATION = 0x6D696772
# "mail"
MAIL = 0x6D61696C
# "clr"
CLEARING = 0x636C72
# "answers"
ANSWERS = 0x616E7377657273
# "sampl"
SAMPLE = 0x73616D706C
# "reaso"
REASONS = 0x726561736F
# "cour"; one for each channel.
COURIER_EMAIL = 0x636F7572
COURIER_PUSH = COURIER_EMAIL + 1
COURIER_SLACK = COURIER_EMAIL + 2
COURIER_WEBHOOKS = COURIER_EMAIL + 3
# "hours": shared by whoever plans by them.
HOURS = 0x686F757273
