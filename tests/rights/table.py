"""Who may do what with which object. docs/rights.md is written from this, and every address is tested against it.

A verdict for each role, in the order of ROLES:
  Y  yes
  N  no: seen, but not theirs to do (403)
  H  hidden: for them it does not exist (404)
  S  sign in first (pages lead there, the API answers 401)
  E  nothing happens: the row is left out of what is done to many at once
"""

from __future__ import annotations

ROLES = ("nobody", "outsider", "member", "project manager", "lead", "manager", "administrator", "former member")

YES, NO, HIDDEN, SIGN_IN, NOTHING = "YNHSE"

EVERYBODY_HERE = "S Y Y Y Y Y Y S"
ADMINISTRATORS = "S N N N N N Y S"
MANAGERS = "S N N N N Y Y S"

RIGHTS: dict[str, dict[str, str]] = {
    "the private project": {
        "see": "S H Y Y H H Y S",
        "mark as favourite": "S H Y Y H H Y S",
        "change": "S H N Y H H Y S",
        "change among many": "S E E Y E E Y S",
        "archive or delete": "S H N Y H H Y S",
        "choose its people": "S H N Y H H Y S",
        "set its rates": "S H N Y H H Y S",
        "add a task": "S H Y Y H H Y S",
        "book time on it": "S H Y Y H H Y S",
        "be alerted to its budget": "S H Y Y H H Y S",
    },
    "an open project": {
        "see": EVERYBODY_HERE,
        "mark as favourite": EVERYBODY_HERE,
        "change": ADMINISTRATORS,
        "archive or delete": ADMINISTRATORS,
        "choose its people": ADMINISTRATORS,
        "set its rates": ADMINISTRATORS,
        "add a task": EVERYBODY_HERE,
        "book time on it": EVERYBODY_HERE,
        "be alerted to its budget": EVERYBODY_HERE,
    },
    "projects": {"list": EVERYBODY_HERE, "create": MANAGERS},
    "the private project's client": {
        "see": "S H Y Y H Y Y S",
        "change": "S H N N H Y Y S",
        "archive or delete": "S H N N H Y Y S",
    },
    "a client without projects": {"see": "S H H H H Y Y S", "delete": "S H H H H Y Y S"},
    "clients": {"list": EVERYBODY_HERE, "create": MANAGERS, "change among many": MANAGERS},
    "a task of the private project": {
        "see": "S H Y Y H H Y S",
        "see what it may take": "S H Y Y H H Y S",
        "change": "S H Y Y H H Y S",
        "change among many": "S E Y Y E E Y S",
        "archive or delete": "S H N Y H H Y S",
        "archive among many": "S E E Y E E Y S",
    },
    "an own task without time": {"archive or delete": EVERYBODY_HERE},
    "tasks": {"list": EVERYBODY_HERE, "create": EVERYBODY_HERE, "see what they may take": EVERYBODY_HERE},
    "a tag": {
        "see": EVERYBODY_HERE,
        "create": EVERYBODY_HERE,
        "change": MANAGERS,
        "archive or delete": MANAGERS,
    },
    "an own entry": {
        "see": EVERYBODY_HERE,
        "create": EVERYBODY_HERE,
        "change": EVERYBODY_HERE,
        "delete or bring back": EVERYBODY_HERE,
        "start a timer from it": EVERYBODY_HERE,
    },
    "a colleague's entry": {
        "see": "S H H H Y H Y S",
        "create": "S H H H Y H Y S",
        "create over the API": "S N N N Y N Y S",
        "change": "S H H H N H Y S",
        "merge": "S H H H H H Y S",
        "choose in a report": "S H H H Y H Y S",
        "change or bill among many": "S E E E E E Y S",
        "delete or bring back": "S H H H N H Y S",
    },
    "an own favourite": {"see, pin, start, move, unpin, bring back": EVERYBODY_HERE},
    "a colleague's favourite": {
        "start, move, unpin, bring back": "S H H H H H H S",
        "pin a colleague's entry": "S H H H H H H S",
    },
    "a report": {"see one's own part": EVERYBODY_HERE},
    "a colleague's change": {"undo": "S H H H H H Y S"},
    "an own import": {"see": EVERYBODY_HERE, "bring, begin or throw away": EVERYBODY_HERE},
    "a colleague's import": {"see": "S H H H H H H S", "begin or throw away": "S H H H H H H S"},
    "the own timer": {"see": EVERYBODY_HERE, "start, stop, pause, change": EVERYBODY_HERE},
    "a colleague's timer": {"stop": "S H H H N H Y S"},
    "an own notification": {
        "see": EVERYBODY_HERE,
        "create": EVERYBODY_HERE,
        "change or delete": EVERYBODY_HERE,
        "choose where one is told": EVERYBODY_HERE,
    },
    "a colleague's notification": {"see": "S H H H H H H S", "change or delete": "S H H H H H H S"},
    "an own device": {"see, add, remove": EVERYBODY_HERE},
    "a colleague's device": {"remove": "S H H H H H H S"},
    "the own achievements": {"see, switch on and off; nobody else’s can be asked for": EVERYBODY_HERE},
    "everybody's defaults of notifications": {"see and change": ADMINISTRATORS},
    "an own rule": {
        "see": EVERYBODY_HERE,
        "make, change or delete": EVERYBODY_HERE,
        "try": EVERYBODY_HERE,
        "run again": EVERYBODY_HERE,
        "make a new webhook secret": EVERYBODY_HERE,
        "make of what others do": "S N N N Y Y Y S",
    },
    "a colleague's rule": {"see": "S H H H H H H S", "change or delete": "S H H H H H H S"},
    "the dashboard and the activity": {
        "see": EVERYBODY_HERE,
        "arrange one's own": EVERYBODY_HERE,
        "make it everybody's": ADMINISTRATORS,
    },
    "a team's patterns": {"see": "S H H H Y H Y S"},
    "patterns": {"see one’s own; nobody else’s can be asked for": EVERYBODY_HERE},
    "how good estimates were": {
        "see, of the tasks one sees": EVERYBODY_HERE,
        "see of the private project": "S H Y Y H H Y S",
    },
    "the own productivity score": {"say how much its parts count": EVERYBODY_HERE},
    "recommendations": {"dismiss and bring back, for oneself": EVERYBODY_HERE},
    "the models behind estimates": {"read their cards": EVERYBODY_HERE},
    "people": {
        "see who works here": EVERYBODY_HERE,
        "change role and teams, deactivate": ADMINISTRATORS,
        "invite": ADMINISTRATORS,
    },
    "former people": {"see": "S H H H H H Y S", "reactivate": "S H H H H H Y S"},
    "a team": {
        "list one's own": EVERYBODY_HERE,
        "see": "S H H H Y H Y S",
        "change or delete": "S H H H N H Y S",
        "create": ADMINISTRATORS,
    },
    "the organisation's settings": {"see and change": ADMINISTRATORS},
    "telemetry": {
        "see, switch on and off, renew its id, delete its record": ADMINISTRATORS,
        "read what could be sent": "Y Y Y Y Y Y Y Y",
        "have keys counted": EVERYBODY_HERE,
    },
    "feature flags": {"see and switch": ADMINISTRATORS},
    "how the server does": {"see": ADMINISTRATORS},
    "the command palette": {"search, count what one uses": EVERYBODY_HERE},
    "the own account": {
        "settings, password, second factor": EVERYBODY_HERE,
        "tokens and sessions": EVERYBODY_HERE,
    },
    "a colleague's token or session": {"end": "S H H H H H H S"},
    "the API's description": {"read": EVERYBODY_HERE},
    "an accent's style sheet": {"open": "Y Y Y Y Y Y Y Y"},
    "an invitation's link": {"open": "Y Y Y Y Y Y Y Y"},
    "a link in a mail": {"switch this kind of mail off and on": "Y Y Y Y Y Y Y Y"},
    "the set-up page": {"open once somebody exists": "H H H H H H H H"},
    "sign-in, password reset, health": {"open": "Y Y Y Y Y Y Y Y"},
    "the administration at /admin/": {"use": "S S S S S S Y S"},
}

NOTES = """\
- **Administrator**, **manager** and **member** are roles. The others follow from what a person has to do with an
  object: an *outsider* works here but not on the project, a *member* was let into it, a *project manager* manages it
  (whatever their role), a *lead* leads a team with the entry's owner in it. A *former member* was a member of the
  private project and has been deactivated: for every address the same as nobody.
- Whoever creates a project is its first manager. The role *manager* alone does not open private projects of others.
- A task belongs to whoever sees its project; its author may delete or archive it while it has no time.
- Whoever sees a task sees what it may take. What it is compared with are tasks that one sees too, and what a person
  usually takes is for themselves and for those who see their time.
- Entries are a person's own. Leads see the entries of the people they lead, with the names of project and task, and
  change none, also those of people who have left. Administrators see and change all.
- **Money**: a project's rates, its budget in money and what it has earned are for its managers and administrators; a
  client's rate is for managers and administrators; the rate of an entry is for the managers of its project and
  administrators. For everybody else the query does not ask for them: the page shows nothing, the API answers `null`.
  Budgets in hours are no secret.
- What one may not see does not exist: 404, in no list, no count, no search and no suggestion, and as the value of a
  field it is "not there". What one sees but may not do is 403 with the reason.
- What a person is told is theirs alone: no role reads or changes it. It goes when they may no longer see what it is
  about.
- A team's patterns are for its leads and for administrators, and never of fewer than five people besides the reader.
- A token may do what its person may, or only read. Sessions write with a CSRF token only.
"""
