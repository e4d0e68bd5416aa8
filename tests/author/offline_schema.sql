CREATE TABLE users (
    id serial PRIMARY KEY,
    email varchar(120) NOT NULL UNIQUE,
    full_name text NOT NULL,
    status varchar(12) NOT NULL CHECK (status IN ('active', 'suspended', 'locked')),
    is_verified boolean NOT NULL DEFAULT false,
    last_login_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE teams (
    id serial PRIMARY KEY,
    name text NOT NULL,
    plan varchar(10) NOT NULL CHECK (plan IN ('free', 'pro')),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE team_memberships (
    team_id int NOT NULL REFERENCES teams (id),
    user_id int NOT NULL REFERENCES users (id),
    role varchar(10) NOT NULL CHECK (role IN ('owner', 'member')),
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (team_id, user_id)
);
CREATE TABLE invoices (
    id serial PRIMARY KEY,
    user_id int NOT NULL REFERENCES users (id),
    number varchar(20) NOT NULL UNIQUE,
    status varchar(10) NOT NULL CHECK (status IN ('draft', 'open', 'paid', 'void')),
    total numeric(10, 2) NOT NULL CHECK (total >= 0),
    issue_date date NOT NULL,
    due_date date NOT NULL,
    paid_at timestamptz,
    CHECK (due_date >= issue_date),
    CHECK ((status = 'paid') = (paid_at IS NOT NULL))
);
CREATE TABLE invoice_lines (
    id serial PRIMARY KEY,
    invoice_id int NOT NULL REFERENCES invoices (id),
    description text NOT NULL,
    quantity int NOT NULL CHECK (quantity > 0),
    unit_price numeric(10, 2) NOT NULL,
    amount numeric(12, 2) NOT NULL
);
CREATE TABLE subscriptions (
    id serial PRIMARY KEY,
    team_id int NOT NULL REFERENCES teams (id),
    status varchar(12) NOT NULL CHECK (status IN ('trialing', 'active', 'canceled')),
    seats int NOT NULL CHECK (seats > 0),
    started_at timestamptz NOT NULL,
    ends_at timestamptz,
    canceled_at timestamptz,
    CHECK (ends_at > started_at),
    CHECK (status <> 'canceled' OR canceled_at IS NOT NULL)
);
CREATE TABLE country (country_id serial PRIMARY KEY, country varchar(50) NOT NULL);
CREATE TABLE customer (
    customer_id serial PRIMARY KEY,
    country_id int NOT NULL REFERENCES country (country_id),
    active boolean NOT NULL
);
CREATE TABLE film (film_id serial PRIMARY KEY, title varchar(80) NOT NULL, rental_rate numeric(4, 2) NOT NULL);
CREATE TABLE inventory (inventory_id serial PRIMARY KEY, film_id int NOT NULL REFERENCES film (film_id));
CREATE TABLE rental (
    rental_id serial PRIMARY KEY,
    inventory_id int NOT NULL REFERENCES inventory (inventory_id),
    customer_id int NOT NULL REFERENCES customer (customer_id),
    rental_date timestamptz NOT NULL,
    return_date timestamptz
);
CREATE TABLE products ("ProductID" serial PRIMARY KEY, "ProductName" text NOT NULL, "Discontinued" boolean NOT NULL);
CREATE TABLE orders (
    "OrderID" serial PRIMARY KEY,
    "OrderDate" date NOT NULL,
    "RequiredDate" date NOT NULL,
    "ShippedDate" date
);
