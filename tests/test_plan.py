import pytest

from llmgen.errors import InputError
from llmgen.naming import noun, words
from llmgen.plan import FAMILIES, PROVIDERS, Route, route_column, routes
from llmgen.schema.model import Column, ColumnType, ForeignKey, Schema, Table

_CASES = """
users.email text email
users.E-Mail text email
users.emailAddress text email
users.user_email text email
users.correo text email
users.prenom text given_name
users.vorname text given_name
users.apellido text family_name
users.nachname text family_name
users.firstName text given_name
users.FIRST_NAME text given_name
users.lname text family_name
users.middle_name text middle_name
users.fullName text full_name
users.display_name text full_name
users.name text full_name
customers.name text full_name
sales_person.name text full_name
organizations.name text company
companies.name text company
vendors.name text company
products.name text title
user_groups.name text title
plans.name text title
countries.name text country
cities.name text city
languages.name text language_name
customers.company_name text employer
customers.contact_name text full_name
users.employer text employer
organizations.legal_name text company
organizations.slug text company_slug
posts.slug text slug
users.username text username
users.login text username
users.handle text username
users.phone text phone
users.telefono text phone
users.mobile_number text phone
users.fax text phone
users.job_title text job
employees.title text job
books.title text title
users.salutation text salutation
users.gender text gender
users.dob date birth_date
users.birthdate date birth_date
addresses.street text street
addresses.addr1 text street
addresses.address_line_1 text street
addresses.address2 text unit
addresses.plz text postcode
addresses.zip text postcode
addresses.postalCode text postcode
addresses.ort text city
addresses.ship_city text city
addresses.state text region
orders.state text word
addresses.province text region
addresses.state_code text region_code
addresses.country text country
addresses.country_code text country_code
addresses.land text country
users.timezone text time_zone
users.time_zone text time_zone
users.locale text locale
users.language text language
invoices.currency text currency
invoices.currency_code text currency
places.latitude float latitude
places.lng float longitude
users.created_at timestamptz created_at
users.createdAt timestamp created_at
users.date_joined timestamptz created_at
users.creation_date date created_at
users.updated_at timestamptz updated_at
users.lastModified timestamp updated_at
users.modifieddate timestamp updated_at
users.deleted_at timestamptz later_at
users.email_verified_at timestamptz later_at
users.last_login timestamptz later_at
orders.order_date date later_at
orders.shipped_date date later_at
subscriptions.trial_ends_at timestamptz due_at
subscriptions.expires_at timestamptz due_at
invoices.due_date date due_at
subscriptions.current_period_start timestamptz starts_at
subscriptions.current_period_end timestamptz ends_at
events.starts_at timestamptz starts_at
events.end_date date ends_at
shifts.starttime time time
users.password text hash
users.password_hash text hash
users.reset_password_token text token
sessions.token text token
api_keys.api_key text token
customers.stripe_customer_id text token
payments.payment_method_token text payment_token
files.checksum text hash
files.mime_type text mime
files.content_type text mime
posts.content text paragraph
files.file_name text file_name
files.path text path
users.avatar_url text image_url
companies.website text url
hooks.url text page_url
companies.domain text domain
sessions.ip_address text ip
sessions.user_agent text user_agent
labels.color text colour
releases.version text version
products.sku text code
invoices.invoice_number text code
orders.external_reference text token
products.description text paragraph
users.bio text paragraph
orders.notes text sentence
audit.comment text sentence
tickets.subject text title
orders.status text word
events.type text word
products.unit text measure
invoices.total_cents integer cents
products.price decimal amount
products.listprice decimal amount
invoices.amount_due decimal amount
films.rental_rate decimal amount
taxes.tax_rate decimal percent
lines.quantity integer count
lines.qty integer count
lines.position integer position
reviews.rating integer rating
cars.year integer year
cards.exp_month integer month
people.age integer age
flags.enabled boolean boolean
flags.payload json json
flags.frobnication text title
flags.frob integer integer
flags.frobs array array
flags.blob bytes bytes
flags.uuid uuid uuid
things.object_id text token
"""
CASES = _CASES.strip().splitlines()


def column(name, kind="text", **more):
    length = more.pop("length", None)
    return Column(name, ColumnType(kind, kind, length, labels=more.pop("labels", ())), **more)


def table(name, *columns, **more):
    return Table(name, columns, **more)


@pytest.mark.parametrize("case", CASES)
def test_names_say_the_provider(case):
    place, kind, provider = case.split()
    name, _, said = place.partition(".")
    asked = column(said, kind)
    found = route_column(table(name, asked), asked)
    assert found.provider == provider
    assert found.writer == FAMILIES[provider].writer


def test_providers_are_listed_with_their_writer():
    assert all(PROVIDERS[name].startswith(family.writer) for name, family in FAMILIES.items())


def test_why_reads_as_a_reason():
    users = table("users", column("email"), column("name"), column("x", "boolean"))
    assert [route_column(users, item).why for item in users.columns] == [
        "name says an e-mail",
        "users and name say a person's name",
        "type is boolean",
    ]


@pytest.mark.parametrize(
    ("asked", "provider"),
    [
        (column("id", "uuid"), "key_uuid"),
        (column("id", "integer"), "serial"),
        (column("id", "text"), "key_text"),
        (column("id", "text", length=36), "key_uuid"),
        (column("id", "text", default="gen_random_uuid()::text"), "key_uuid"),
        (column("code", "text"), "key_natural"),
        (column("id", "text", length=5), "key_natural"),
        (column("day", "date"), "key_other"),
        (column("email", "text"), "key_text"),
    ],
)
def test_primary_keys_are_keys(asked, provider):
    assert route_column(table("things", asked, primary_key=(asked.name,)), asked) == Route(
        "key", provider, "part of the primary key"
    )


def test_what_the_schema_says_goes_before_the_name():
    key = ForeignKey(("email",), "mails", ("id",))
    asked = column("email")
    assert route_column(table("users", asked, foreign_keys=(key,), primary_key=("email",)), asked).writer == "reference"
    for stored in ("stored", "virtual"):
        assert route_column(table("users", asked), column("email", generated=stored)).writer == "default"
    assert route_column(table("users", asked), column("number", "integer", generated="identity")).provider == "serial"
    assert route_column(table("users", asked), column("email", "enum", labels=("a",))).provider == "enum"


def test_types_without_a_writer_are_left_out_where_they_may_be():
    assert route_column(table("docs"), column("search", "other")).writer == "default"
    assert route_column(table("docs"), column("search", "other", nullable=False, default="''")).writer == "default"
    assert route_column(table("docs"), column("search", "other", nullable=False)).provider == "other"


def test_a_name_beside_an_email_is_a_person():
    things = table("principal", column("name"), column("email"))
    assert route_column(things, things.column("name")).provider == "full_name"


def test_comments_are_read_where_the_name_says_nothing():
    asked = column("ccode", comment="ISO 4217 code of the account")
    assert route_column(table("x", asked), asked) == Route("people", "currency", "comment says a currency")


def test_a_column_too_short_for_its_family_gets_another():
    short = route_column(table("users"), column("email", length=6))
    assert short.provider == "code"
    assert "6 characters are too few" in short.why
    assert route_column(table("person"), column("title", length=8)).provider == "salutation"
    assert route_column(table("rows"), column("owner_ref_id", length=36)).provider == "uuid"


def schema():
    users = table(
        "users", column("id", "uuid"), column("email"), column("org_id"), column("sum", generated="stored"),
        primary_key=("id",), foreign_keys=(ForeignKey(("org_id",), "orgs", ("id",)),),
    )  # fmt: skip
    return Schema((users, table("orgs", column("id"), column("name"), primary_key=("id",))))


def test_authored_columns_are_authored_but_never_keys_references_or_computed_ones():
    found = routes(schema(), {"users": ("id", "email", "org_id", "sum")})["users"]
    assert [found[name].writer for name in ("id", "email", "org_id", "sum")] == [
        "key", "authored", "reference", "default",
    ]  # fmt: skip


def test_settings_go_before_what_is_authored():
    found = routes(schema(), {"users": ("email",)}, {"users.email": "username"})
    assert found["users"]["email"] == Route("people", "username", "the settings say so")


def test_every_column_has_a_route():
    assert {name: list(found) for name, found in routes(schema()).items()} == {
        "users": ["id", "email", "org_id", "sum"],
        "orgs": ["id", "name"],
    }


@pytest.mark.parametrize(
    ("overrides", "says", "near"),
    [
        ({"users.email": "emial"}, "no provider 'emial'", "email"),
        ({"users.emali": "email"}, "no column 'emali'", "email"),
        ({"user.email": "email"}, "no table 'user'", "users"),
    ],
)
def test_names_that_do_not_exist_are_refused_with_near_ones(overrides, says, near):
    with pytest.raises(InputError, match=says) as caught:
        routes(schema(), {}, overrides)
    assert near in caught.value.hint


def test_words_agree_over_habits():
    assert {words(name) for name in ("shipAddr1", "SHIP_ADDR1", "ship-addr-1", "Ship Address 1")} == {"ship address 1"}
    assert words("StraßeNr") == "street nr"
    assert [words(name) for name in ("modifieddate", "passwordhash", "frobnicate")] == [
        "modified date",
        "password hash",
        "frobnicate",
    ]


def test_nouns_are_singular():
    names = ("order_lines", "companies", "people", "addresses", "boxes", "status", "User", "branches")
    assert [noun(name) for name in names] == ["line", "company", "person", "address", "box", "status", "user", "branch"]


@pytest.mark.parametrize(
    ("name", "format", "provider"),
    [
        ("reach", "email", "email"),
        ("billing_email", "email", "company_email"),
        ("avatar", "uri", "image_url"),
        ("link", "uri", "page_url"),
        ("name", "ipv4", "ip"),
        ("nickname", "never-heard-of", "username"),
    ],
)
def test_a_declared_format_decides_unless_the_name_says_it_more_closely(name: str, format: str, provider: str) -> None:
    column = Column(name, ColumnType("text", "text"), format=format)
    route = route_column(Table("organizations", (column,)), column)
    assert route.provider == provider
