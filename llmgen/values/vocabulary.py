"""The words that short text is made of, and addresses that reach nobody."""

QUALITIES = (
    "Annual", "Compact", "Customer", "Daily", "Digital", "Early", "Easy", "Essential", "Everyday", "Extended", "Final",
    "First", "Flexible", "Global", "Green", "Internal", "Late", "Local", "Modern", "Monthly", "Northern", "Open",
    "Original", "Partner", "Practical", "Premium", "Quarterly", "Quick", "Quiet", "Regional", "Revised", "Seasonal",
    "Shared", "Simple", "Spring", "Standard", "Team", "Updated", "Weekly", "Winter",
)  # fmt: skip
THINGS = (
    "agenda", "analysis", "archive", "audit", "briefing", "budget", "bundle", "calendar", "campaign", "catalogue",
    "checklist", "collection", "course", "delivery", "draft", "edition", "estimate", "exchange", "forecast", "guide",
    "handbook", "inventory", "journal", "launch", "ledger", "migration", "newsletter", "notebook", "offer", "outline",
    "overview", "plan", "project", "proposal", "report", "review", "roadmap", "schedule", "series", "survey", "toolkit",
    "tour", "update", "workshop",
)  # fmt: skip
DOERS = (
    "The customer", "Our team", "The supplier", "Support", "The new colleague", "The driver", "A reviewer",
    "The account manager", "The warehouse", "Finance", "The caller", "The office", "The organizer", "The author",
)  # fmt: skip
DEEDS = (
    "asked for", "confirmed", "sent", "is waiting for", "has checked", "would like to change", "postponed", "prepared",
    "returned", "approved", "could not find", "is happy with", "shared", "replaced", "has questions about", "cancelled",
)  # fmt: skip
OBJECTS = (
    "the latest invoice", "a second delivery", "the signed contract", "the shipping label", "a smaller size",
    "the travel dates", "the updated price list", "two more seats", "the first draft", "the opening hours",
    "a replacement part", "the meeting notes", "the refund", "the access rights", "the monthly report", "a larger room",
)  # fmt: skip
ENDS = (
    "before the weekend", "after a short call", "without any trouble", "as agreed", "for the whole team",
    "this morning", "and will follow up", "by the end of the month", "because of the delay", "in person",
    "at no extra cost", "with a few changes", "once the order arrives", "and left a note",
)  # fmt: skip
WORDS = (
    "alpha", "basic", "bronze", "central", "classic", "core", "custom", "default", "east", "extra", "field", "general",
    "gold", "harbor", "high", "inbound", "large", "light", "low", "main", "manual", "medium", "north", "online",
    "other", "outbound", "partner", "plain", "primary", "regular", "remote", "retail", "secondary", "silver", "small",
    "south", "special", "standard", "web", "west",
)  # fmt: skip
MEASURES = ("pcs", "kg", "g", "l", "ml", "m", "cm", "box", "pair", "set", "hour", "pack")
FILES = ("application/pdf", "image/png", "image/jpeg", "text/csv", "text/plain", "application/json", "application/zip")
ENDINGS = (".pdf", ".png", ".jpg", ".csv", ".txt", ".json", ".zip")
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{0}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1 (KHTML, like Gecko) Version/17.5 Safari/605.1",
    "curl/8.{1}.0",
)
# RFC 5737 keeps these networks for documentation, RFC 7042 section 2.1.2 the MAC addresses 00-00-5E-00-53-00 to FF.
NETWORKS = ("192.0.2", "198.51.100", "203.0.113")
MAC = "00:00:5e:00:53:"
COLOURS = (
    "#1f6feb",
    "#2da44e",
    "#bf3989",
    "#d4a72c",
    "#8250df",
    "#cf222e",
    "#0a7ea4",
    "#57606a",
    "#ff8c42",
    "#14746f",
)
LAST4 = {"Visa": "4242", "Mastercard": "4444", "American Express": "0005", "Discover": "1117", "JCB": "0505"}
"""Brand of card -> the last digits of its documented test number."""
