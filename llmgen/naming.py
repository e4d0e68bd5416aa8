"""What the names of columns and tables say, in several habits and languages: the provider that each name calls for."""

import re
import unicodedata
from dataclasses import dataclass

from llmgen.schema.model import Kind

TEXT: frozenset[Kind] = frozenset({"text"})
NUMBER: frozenset[Kind] = frozenset({"integer", "decimal", "float"})
MOMENT: frozenset[Kind] = frozenset({"date", "timestamp", "timestamptz"})
MARKED: frozenset[Kind] = MOMENT | {"text", "integer"}
"""Kinds that moments are kept in: some schemas count seconds, and SQLite writes text."""


@dataclass(frozen=True)
class Rule:
    """A column whose words match `pattern` (a regular expression over lower-case words with single spaces between them)
    and whose kind is among `kinds` is written by `provider`; `said` finishes "name says ...". `tables` narrows it to
    tables whose last word matches."""

    pattern: str
    provider: str
    said: str
    kinds: frozenset[Kind] = TEXT
    tables: str = ""


_SPELLED = {
    "addr": "address", "addr1": "address 1", "addr2": "address 2", "address1": "address 1", "address2": "address 2",
    "line1": "line 1", "line2": "line 2", "tel": "phone", "telephone": "phone", "telefon": "phone", "telefono": "phone",
    "telefoon": "phone", "telephon": "phone", "handy": "mobile", "movil": "mobile", "cell": "mobile", "mob": "mobile",
    "mail": "email", "correo": "email", "courriel": "email", "emailaddress": "email", "prenom": "first name",
    "vorname": "first name", "nombre": "name", "nombres": "first name", "voornaam": "first name", "imie": "first name",
    "fname": "first name", "firstname": "first name", "givenname": "first name", "forename": "first name",
    "apellido": "last name", "apellidos": "last name", "nachname": "last name", "achternaam": "last name",
    "cognome": "last name", "nazwisko": "last name", "sobrenome": "last name", "surname": "last name",
    "lname": "last name", "lastname": "last name", "familyname": "last name", "fullname": "full name",
    "middlename": "middle name", "username": "username", "plz": "postcode", "postleitzahl": "postcode",
    "zip": "postcode", "zipcode": "postcode", "postalcode": "postcode", "cap": "cap", "cep": "postcode",
    "ort": "city", "stadt": "city", "ville": "city", "ciudad": "city", "cidade": "city", "citta": "city",
    "miasto": "city", "plaats": "city", "stad": "city", "town": "city", "municipality": "city", "strasse": "street",
    "straße": "street", "rue": "street", "calle": "street", "via": "via", "ulica": "street", "straat": "street",
    "land": "country", "pays": "country", "pais": "country", "paese": "country", "kraj": "country",
    "bundesland": "region", "provincia": "region", "province": "region", "tz": "time zone", "timezone": "time zone",
    "qty": "quantity", "amt": "amount", "desc": "description", "descr": "description", "dob": "birth date",
    "birthdate": "birth date", "birthday": "birth date", "geburtsdatum": "birth date", "num": "number",
    "lat": "latitude", "lng": "longitude", "lon": "longitude", "useragent": "user agent", "filename": "file name",
    "hostname": "host name", "createdat": "created at", "updatedat": "updated at", "uuid": "uuid", "guid": "uuid",
    "rowguid": "uuid", "empresa": "company", "firma": "company", "entreprise": "company", "azienda": "company",
    "bedrijf": "company", "lang": "language", "idioma": "language", "sprache": "language", "ip4": "ip", "ipv4": "ip",
    "sexe": "gender", "sexo": "gender", "geschlecht": "gender", "titel": "title", "titre": "title", "titulo": "title",
    "beschreibung": "description", "descripcion": "description", "descricao": "description", "ccy": "currency",
}  # fmt: skip
_VOCABULARY = """
access account active activity actual additional address amount approval at author average base birth bonus card
carrier catalog city code color comment commission company contact content cost count country created credit currency
current customer date day days debit delivery department description detail discontinued discount display due
effective email employee end ended exp expiry extension external family fax file finished first flag freight from full
given group hash height hire hours id image info invoice item job key kind last lead level line list login logo maiden
marital max message method middle min mobile modified month name national number of on order owner paid password path
pay payment percent phone photo picture planned point postal postcode price product province purchase quantity rate
rating reason receipt received reference region registered rejected release rental resume retry return review reviewer
revision role salary sales salt scheduled scrapped sell serial ship short size stamp standard start started state
status stock street sub summary tax thumbnail time title to total tracking transaction type unit updated url user
valid value vat version web weight year zip
"""
_RUN_TOGETHER = frozenset(_VOCABULARY.split())
"""Words that names without any border between words are taken apart into (`modifieddate`, `ADDRESSLINE`)."""
_ACRONYMS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_PLURALS = (
    ("ies", "y"),
    ("sses", "ss"),
    ("xes", "x"),
    ("ches", "ch"),
    ("people", "person"),
    ("ss", "ss"),
    ("us", "us"),
)


def words(name: str) -> str:
    """A name's words in lower case with single spaces: `shipAddr1`, `SHIP_ADDR1` and `ship-addr-1` agree."""
    folded = "".join(item for item in unicodedata.normalize("NFKD", name) if not unicodedata.combining(item))
    parts = [part.lower() for part in re.split(r"[\W_]+", _ACRONYMS.sub(" ", folded)) if part]
    return " ".join(_SPELLED.get(word, word) for part in parts for word in _apart(part))


def _apart(part: str) -> list[str]:
    """A word in its known words if it is made of nothing else, the longest first; otherwise the word itself."""
    if part in _SPELLED or part in _RUN_TOGETHER:
        return [part]
    for size in range(len(part) - 2, 1, -1):
        if part[:size] in _RUN_TOGETHER or part[:size] in _SPELLED:
            rest = _apart(part[size:])
            if all(word in _RUN_TOGETHER or word in _SPELLED or word.isdigit() for word in rest):
                return [part[:size], *rest]
    return [part[:-1], part[-1]] if part[:-1] in _RUN_TOGETHER and part[-1].isdigit() else [part]


def noun(table: str) -> str:
    """The table's last word in the singular: what one row is (`order_lines` -> `line`)."""
    last = (words(table).split() or [""])[-1]
    for plural, singular in _PLURALS:
        if last.endswith(plural):
            return last.removesuffix(plural) + singular
    return last.removesuffix("s")


PERSON = (
    r"user|customer|client|staff|employee|contact|person|member|author|actor|patient|student|teacher|driver|guest|lead|"
    r"profile|owner|admin|subscriber|attendee|recipient|player|artist|doctor|agent|buyer|seller|visitor|candidate|"
    r"applicant|director|manager|passenger|reviewer|signatory|utilisateur|kunde|mitarbeiter|cliente|usuario|persona"
)
ORGANIZATION = (
    r"organization|organisation|org|company|vendor|supplier|manufacturer|publisher|shipper|agency|employer|tenant|"
    r"merchant|firm|partner|bank|school|university|hospital|airline|institution|workspace|business|distributor|"
    r"wholesaler|insurer|sponsor|entreprise|empresa|firma"
)

RULES: tuple[Rule, ...] = (
    # Moments first: their words also appear in other names (`email_verified_at`).
    Rule(r"^(row )?(created|inserted|registered|joined|signed up|added|entered|record) ?(at|on|date|time|ts|datetime|"
         r"timestamp|when)?$|^(create|creation|insert|entry|signup|registration) ?(date|time|at|ts)$|"
         r"^date (created|added|joined)$", "created_at", "when the row came to be", MARKED),
    Rule(r"^(row )?(last )?(updated|modified|changed|edited)( (at|on|date|time|ts|datetime|timestamp))?$|^(last )?"
         r"(update|modify|modification|change|sys update) ?(date|time|at|ts|timestamp)?$|^last sys update date$|"
         r"^date (updated|modified|changed)$", "updated_at", "when the row last changed", MARKED - {"integer"}),
    Rule(r"birth( ?(date|day))?$|^birth date$|date of birth|^born( on)?$", "birth_date", "a birth date",
         MOMENT | TEXT),
    Rule(r"^(from|valid from|starts?|started|begins?|began|opens?)( (at|on|date|time|timestamp))?$|(starts?"
         r"|started|begin|from|"
         r"valid from|effective|period start)( (at|on|date|time|timestamp))?$|effective date", "starts_at",
         "a beginning",
         MOMENT),
    Rule(r"(trial|expir|due|renew|next|scheduled|valid (to|until|till|thru)|deadline|^until\b)", "due_at",
         "a moment that is still to come", MOMENT),
    Rule(r"^(to|until|ends?|ended|closes?|finish(es|ed)?)( (at|on|date|time|timestamp))?$|(ends?|ended"
         r"|period end|finish(ed)?|"
         r"completed?|thru|through)( (at|on|date|time|timestamp))?$", "ends_at", "an end", MOMENT),
    Rule(r"(cancell?ed|deleted|archived|verified|confirmed|accepted|rejected|approved|closed|resolved|paid|shipped|"
         r"delivered|refunded|published|sent|read|seen|revoked|suspended|last \w+)( (at|on|date|time|in))?$|"
         r"\blogin$", "later_at", "something after the row was made", MOMENT),
    Rule(r"\b(at|on|date|time|timestamp)$|^date \w+$", "later_at", "something that happened", MOMENT),
    # Secrets and technical marks, before the people whose words they borrow.
    Rule(r"\bpass(word|wd|phrase)?( (hash|hashed|salt|digest|encrypted|enc))?$|\b(pwd|salt|digest)$", "hash",
         "a hashed secret"),
    Rule(r"\b(hash|checksum|sha(1|256)?|md5|etag|fingerprint)$", "hash", "a hash"),
    Rule(r"(payment method|card) (token|id)$|^stripe payment method( id)?$", "payment_token", "a payment token"),
    Rule(r"^(stripe|paypal|braintree|adyen|external|ext|provider|gateway|remote|third party)\b.* ?(id|key|ref"
         r"|reference"
         r"|token)$", "token", "another system's mark"),
    Rule(r"\b(token|secret|api key|apikey|access key|otp|nonce|session (id|key)|tracking (id|key)|cookie id"
         r"|client id)$",
         "token", "a token"),
    Rule(r"\b(user agent|browser)$", "user_agent", "a browser"),
    Rule(r"\b(ip|ip address|remote address|client ip|last ip|remote host)$", "ip", "an IP address", TEXT | {"other"}),
    Rule(r"\bmac( address)?$", "mac", "a MAC address", TEXT | {"other"}),
    Rule(r"\b(mime|content|media) ?type$|^mime$", "mime", "a media type"),
    Rule(r"\b(file ?name|attachment)$", "file_name", "a file's name"),
    Rule(r"\b(file )?(path|route|endpoint|uri path|folder)$", "path", "a path"),
    Rule(r"\b(avatar|photo|image|picture|thumbnail|logo|icon|cover|banner)( (url|uri|link|src))?$", "image_url",
         "a picture's address"),
    Rule(r"\b(website|web ?site|homepage|home page|site|web)( (url|uri))?$", "url", "a web site"),
    Rule(r"\b(url|uri|link|href|callback|webhook)$", "page_url", "a web address"),
    Rule(r"\b(domain|host name|host|fqdn)( name)?$", "domain", "a domain"),
    Rule(r"colou?r( (hex|code|\d+))?$|^hex$", "colour", "a colour"),
    Rule(r"\bversion( (number|name|string))?$", "version", "a version"),
    Rule(r"^(uuid|uid)$|\buuid$", "uuid", "a UUID"),
    # Contacts.
    Rule(r"\b(company|billing|business|support|office)\b.*\bemail( address)?$", "company_email",
         "a company's e-mail"),
    Rule(r"\bemail( address)?$|\be email( address)?$|^email ?\w?$", "company_email", "a company's e-mail", TEXT,
         ORGANIZATION),
    Rule(r"\bemail( address)?( \d| normalized| canonical)?$|\be email( address)?$", "email", "an e-mail"),
    Rule(r"\b(phone|mobile|fax|msisdn|whatsapp)( (number|no|nr|ext|home|work|1|2))*$", "phone", "a telephone number"),
    Rule(r"\b(user ?name|user name|login( name)?|nick ?name|handle|screen name|display handle)$|^login$", "username",
         "a user's name"),
    Rule(r"\b(first|given) name( \w+)?$|^(first|given)$", "given_name", "a given name"),
    Rule(r"\bmiddle (name|initial)$|^middle$", "middle_name", "a middle name"),
    Rule(r"\b(last|family|second) name$|^(last|family)$|^nom( famille| de famille)?$", "family_name",
         "a family name"),
    Rule(r"^initials$", "initials", "initials"),
    Rule(r"^(salutation|honorific|prefix|anrede|title of courtesy|civilite|name prefix)$", "salutation",
         "a form of address"),
    Rule(r"^(gender|sex)$", "gender", "a gender"),
    Rule(r"^(suffix|name suffix)$", "empty", "a name's suffix"),
    Rule(r"\b(company|organi[sz]ation|business|employer|vendor|supplier|merchant|manufacturer|legal|trading|firm)"
         r"( name)?$|^(company|name) legal$", "company", "a company", TEXT, ORGANIZATION),
    Rule(r"\b(company|organi[sz]ation|business|employer|vendor|supplier|merchant|manufacturer|shipper|bank"
         r"|firm)( name)?$",
         "employer", "a company"),
    Rule(r"\b(full|display|real|contact|person|customer|client|cardholder|holder|recipient|author|owner"
         r"|billing|shipping|"
         r"ship|legal|patient|employee|guest|sender|receiver|beneficiary|signer|manager|assignee|reviewer"
         r"|user) name$",
         "full_name", "a person's name"),
    Rule(r"^(author|creator|owner|assignee|reviewer|recipient|cardholder|instructor|doctor|contact|attention"
         r"|attn|manager"
         r"|director|artist|composer|created by|updated by|modified by|approved by|changed by|requested by"
         r"|sales ?person)$",
         "full_name", "a person"),
    Rule(r"\b(job( title)?|occupation|profession|position|job role|beruf|puesto|contact title)$", "job", "a job"),
    Rule(r"^title$", "job", "a job", TEXT, r"employee|staff|contact|person|profile|lead|candidate"),
    # Places.
    Rule(r"\baddress (line )?2$|\bline 2$|\b(apt|apartment|suite|unit number|floor)$", "unit",
         "the second line of an address"),
    Rule(r"\b(street|address (line )?1|line 1|street address|street name|strada|indirizzo|direccion|adresse)$",
         "street",
         "a street"),
    Rule(r"\baddress$", "address", "an address"),
    Rule(r"\b(city|locality)( name)?$", "city", "a city"),
    Rule(r"\b(postcode|postal|post code|postal code|postcode code|post ?al ?code)$|^cap$", "postcode", "a postcode"),
    Rule(r"\b(country|nation)( region)?( code)? ?(3|alpha 3|iso 3|iso3)$|^iso3$|^alpha 3$", "country_code3",
         "a country's three letters"),
    Rule(r"\b(country|nation)( region)? (code|iso|iso 2|alpha 2|iso code|cd)$|^country code$|^iso2$|^iso country$",
         "country_code", "a country's code"),
    Rule(r"\b(country|nation)( name)?$", "country", "a country"),
    Rule(r"^(calling|dial(ing)?|phone|country dial) ?(code|prefix)$", "calling_code", "a calling code"),
    Rule(r"\b(state|region|province|county) ?(code|abbr(eviation)?|cd)$", "region_code", "a region's code"),
    Rule(r"^(region|county|state (or )?(province|region)|district|prefecture|department|territory|state province)$|"
         r"\b(ship|billing|shipping|mailing|address|home) (state|region|county)$", "region", "a region"),
    Rule(r"^state$", "region", "a region", TEXT, r"address|location|store|branch|office|" + PERSON),
    Rule(r"\btime zone( name)?$|^zone info$|\bzoneinfo$", "time_zone", "a time zone"),
    Rule(r"\b(locale|culture)( code)?$", "locale", "a locale"),
    Rule(r"\blanguage (code|tag|iso)$|^language$|\bpreferred language$", "language", "a language"),
    Rule(r"\bcurrency( (code|iso))?$|^iso currency$", "currency", "a currency"),
    Rule(r"\b(latitude)$", "latitude", "a latitude", NUMBER | TEXT),
    Rule(r"\b(longitude)$", "longitude", "a longitude", NUMBER | TEXT),
    # Text about things.
    Rule(r"\bslug$|^permalink$|^(url )?handle$|^vanity", "company_slug", "a slug", TEXT, ORGANIZATION),
    Rule(r"\bslug$|^permalink$|^url key$", "slug", "a slug"),
    Rule(r"^((credit|debit|payment) )?card (number|no|num)$|^pan$", "card_number", "a card's number", TEXT),
    Rule(r"\b(last ?4|last four)( digits)?$", "card_last4", "a card's last digits", TEXT),
    Rule(r"\bcard (brand|type|network)$", "card_brand", "a card's brand"),
    Rule(r"\bid$|\b(entity|object|resource|request|correlation|trace|event|subscription) (id|key)$", "token",
         "another row's mark"),
    Rule(r"\b(sku|barcode|ean|upc|isbn|serial( number)?|part number|code|number|no|nr|reference|ref|coupon|voucher|"
         r"invoice id|external key|po number|ticket|batch|lot|abbreviation|abbr|symbol|key)$", "code", "a code"),
    Rule(r"\b(description|bio|about|summary|abstract|biography|overview|details|instructions|features|excerpt"
         r"|synopsis)$",
         "paragraph", "a description"),
    Rule(r"\b(body|content|contents|article|html|markdown|full ?text|message body|text)$", "paragraph",
         "running text"),
    Rule(r"\b(notes?|comments?|remarks?|message|msg|reason|feedback|memo|review|caption|question|answer|error|reply|"
         r"tagline|motto|status text|doc|error (msg|message))$", "sentence", "a remark"),
    Rule(r"\b(title|subject|headline|heading|topic|task|todo)$", "title", "a title"),
    Rule(r"\b(unit|uom|unit of measure|unit type|measure unit|size unit code|weight unit code)$", "measure",
         "a unit"),
    Rule(r"^(name|nom)$|^display name$", "company", "a company's name", TEXT, ORGANIZATION),
    Rule(r"^(name|nom)$", "full_name", "a person's name", TEXT, PERSON),
    Rule(r"^name$", "country", "a country", TEXT, "country|nation"),
    Rule(r"^name$", "city", "a city", TEXT, "city"),
    Rule(r"^name$", "region", "a region", TEXT, "region|province|county|stateprovince"),
    Rule(r"^name$", "language_name", "a language", TEXT, "language"),
    Rule(r"\bname$|^(label|caption|display name)$", "title", "the name of a thing"),
    Rule(r"\b(type|status|state|kind|category|role|level|stage|phase|mode|group|tag|source|channel|priority|severity|"
         r"class|scope|method|action|event|genre|rating|theme|section)$", "word", "one of a few words"),
    # Numbers.
    Rule(r"\b(cents|minor units?|amount minor)$|\b(price|amount|total|cost|fee|tax|balance) in cents$", "cents",
         "money in minor units", frozenset({"integer"})),
    Rule(r"\b(price|amount|total|subtotal|sub total|cost|fee|tax|balance|salary|revenue|discount|freight|paid|refund|"
         r"deposit|credit|debit|spend|budget|payment|charge|tip|wage|msrp|tax amt)( (usd|eur|gbp|net|gross"
         r"|amount|due))?$",
         "amount", "money", NUMBER),
    Rule(r"\b(rental|hourly|daily|nightly|pay|unit|ship|cost|base) rate$", "amount", "money", NUMBER),
    Rule(r"\b(percent(age)?|pct|rate|ratio|share|probability|discount pct)$", "percent", "a share", NUMBER),
    Rule(r"\b(quantity|count|units|stock|seats|copies|inventory|attempts|tries|retries|views|likes|clicks"
         r"|visits|points|"
         r"reorder level|units (in stock|on order))$|^(number|num|total|max|min) (of )?\w+$|\bcounter$", "count",
         "a count",
         NUMBER),
    Rule(r"\b(position|sort( order)?|order|ordinal|rank|sequence|seq|display order|index|idx|line number|priority|"
         r"list order)$", "position", "a place in order", NUMBER),
    Rule(r"\byear$", "year", "a year", frozenset({"integer", "text"})),
    Rule(r"\bmonth$|\bexp month$", "month", "a month", NUMBER),
    Rule(r"^(age)$|\bage$", "age", "an age", NUMBER),
    Rule(r"\b(stars?|rating|score|grade)$", "rating", "a rating", NUMBER),
    Rule(r"\b(duration|seconds|minutes|hours|days|elapsed|latency|ms|length|size|bytes|weight|height|width)$",
         "measured",
         "a measure", NUMBER),
)  # fmt: skip

COMMENTS: tuple[Rule, ...] = (
    Rule(r"iso 4217", "currency", "a currency"),
    Rule(r"iso 3166 1 alpha 3", "country_code3", "a country's three letters"),
    Rule(r"iso 3166", "country_code", "a country's code"),
    Rule(r"bcp 47|ietf language", "locale", "a locale"),
    Rule(r"iso 639", "language", "a language"),
    Rule(r"\b(iana|olson)\b|\btime zone\b", "time_zone", "a time zone"),
    Rule(r"\be email\b|\bemail address\b", "email", "an e-mail"),
    Rule(r"\bphone number\b|\be 164\b", "phone", "a telephone number"),
    Rule(r"\burl\b", "page_url", "a web address"),
)

FORMATS: dict[str, tuple[str, ...]] = {
    "email": ("email", "company_email"),
    "idn-email": ("email", "company_email"),
    "uri": ("page_url", "image_url", "url"),
    "hostname": ("domain",),
    "ipv4": ("ip",),
    "uuid": ("uuid", "key_uuid"),
    "cuid": ("token",),
    "nanoid": ("token",),
    "ulid": ("token",),
    "phone": ("phone",),
    "payment-card": ("card_number",),
}
"""The providers that a column's declared format allows, in the words of JSON Schema where it has one; a name chooses
among them, else it is the first."""
