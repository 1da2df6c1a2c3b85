"""The words the demonstration is made of."""

from dataclasses import dataclass

PEOPLE = [
    ("mara", "Mara Keller"), ("jonas", "Jonas Weber"), ("aisha", "Aisha Rahman"), ("tom", "Tom Lindqvist"),
    ("lucia", "Lucia Moreno"), ("ben", "Ben Okafor"), ("ines", "Ines Duarte"), ("paul", "Paul Hoffmann"),
    ("sofia", "Sofia Rossi"), ("yuki", "Yuki Tanaka"), ("marek", "Marek Novak"), ("clara", "Clara Jensen"),
    ("david", "David Cohen"), ("elif", "Elif Yilmaz"), ("noah", "Noah Martin"), ("anna", "Anna Kowalska"),
    ("leo", "Leo Fischer"), ("ravi", "Ravi Menon"), ("emma", "Emma Clarke"), ("hugo", "Hugo Bernard"),
]  # fmt: skip
TEAMS = ["Product", "Delivery", "Support"]
ZONES = ["Europe/Berlin", "Europe/Berlin", "Europe/Berlin", "Europe/Lisbon", "Europe/London"]


@dataclass(frozen=True, slots=True)
class DemoProject:
    client: str
    name: str
    code: str
    color: str
    rate: int | None
    tags: tuple[str, ...]
    budget_hours: int | None = None
    private: bool = False


PROJECTS = [
    DemoProject("Northwind", "Website relaunch", "web", "sky", 110, ("design", "frontend"), 900),
    DemoProject("Northwind", "Support", "nw-support", "amber", 95, ("support",)),
    DemoProject("Halden Bank", "Mobile app", "app", "violet", 125, ("frontend", "testing"), 1400),
    DemoProject("Halden Bank", "Security review", "audit", "rose", 140, ("research",), 160, private=True),
    DemoProject("Orla Health", "Data platform", "data", "emerald", 120, ("backend",), 1100),
    DemoProject("Orla Health", "Patient portal", "portal", "teal", 118, ("frontend", "design"), 700),
    DemoProject("Brisk Logistics", "Route planner", "routes", "orange", 112, ("backend", "research"), 500),
    DemoProject("Brisk Logistics", "Driver training", "training", "lime", 90, ("meeting",)),
    DemoProject("Fern & Field", "Online shop", "shop", "pink", 105, ("frontend",), 650),
    DemoProject("Fern & Field", "Newsletter", "news", "indigo", 85, ("design",)),
    DemoProject("", "Internal", "int", "zinc", None, ("meeting",)),
    DemoProject("", "Hiring", "hiring", "zinc", None, ("meeting",), private=True),
]
CLIENT_MAIL = {
    "Northwind": "office@northwind.example",
    "Halden Bank": "projects@halden.example",
    "Orla Health": "it@orla.example",
    "Brisk Logistics": "hello@brisk.example",
    "Fern & Field": "shop@fernfield.example",
}
VERBS = ["Build", "Fix", "Review", "Plan", "Test", "Document", "Refactor", "Design", "Measure", "Prepare", "Clean up"]
THINGS = [
    "checkout flow", "address form", "search index", "invoice totals", "sign-in page", "nightly import",
    "cookie notice",
    "colour tokens", "push messages", "error pages", "data export", "table filters", "image upload", "backup job",
    "onboarding mails", "release notes", "access rules", "rate limits", "price list", "session handling", "map view",
    "stock levels", "calendar sync", "audit log", "typo tolerance", "consent form", "label printer", "report layout",
]  # fmt: skip
MEETINGS = ["Stand-up", "Sprint planning", "Backlog triage", "Retrospective", "One-to-one", "Interview"]
TAGS = ["design", "frontend", "backend", "testing", "support", "research", "meeting", "deploy"]
