-- Checks that belong to the type; a domain over a domain, one that is NOT NULL, one over an enum.
CREATE EXTENSION citext;
CREATE DOMAIN email AS citext CHECK (VALUE ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN percent AS positive NOT NULL CHECK (VALUE <= 100);
CREATE DOMAIN amount AS numeric(12, 2) DEFAULT 0 CHECK (VALUE >= 0);
CREATE DOMAIN country AS char(2) CHECK (VALUE ~ '^[A-Z]{2}$');
CREATE TYPE state AS ENUM ('new', 'paid', 'void');
CREATE DOMAIN final_state AS state CHECK (VALUE <> 'new');
CREATE TABLE customers (
    id positive PRIMARY KEY, email email NOT NULL UNIQUE, discount percent, balance amount NOT NULL,
    country country NOT NULL, state final_state NOT NULL
);
