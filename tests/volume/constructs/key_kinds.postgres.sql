-- Keys of every sort: prefixed, natural, dates, composite with an enum, none at all, and a table without columns to fill.
CREATE TYPE side AS ENUM ('buy', 'sell');
CREATE TABLE customers (id varchar(30) PRIMARY KEY CHECK (id ~ '^cus_[A-Za-z0-9]{14}$'));
CREATE TABLE days (day date PRIMARY KEY, holiday boolean NOT NULL);
CREATE TABLE rates (
    day date NOT NULL REFERENCES days, currency char(3) NOT NULL CHECK (currency IN ('EUR', 'USD', 'JPY', 'GBP')),
    side side NOT NULL, rate numeric(12, 6) NOT NULL CHECK (rate > 0), PRIMARY KEY (day, currency, side)
);
CREATE TABLE ledger (customer_id varchar(30) NOT NULL REFERENCES customers, amount numeric(10, 2) NOT NULL, note text);
CREATE TABLE tickets (id bigserial PRIMARY KEY);
CREATE TABLE hours (at timestamptz PRIMARY KEY, code smallint NOT NULL UNIQUE, word varchar(3) NOT NULL UNIQUE);
