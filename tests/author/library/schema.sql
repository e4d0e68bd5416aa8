-- A lending library: the field that the author's tests are in, so that nothing holds for billing alone.
CREATE TYPE loan_status AS ENUM ('open', 'overdue', 'returned');

CREATE TABLE branches (
    code varchar(8) PRIMARY KEY,
    title text NOT NULL,
    daily_fine_cents integer NOT NULL CHECK (daily_fine_cents BETWEEN 0 AND 500)
);
CREATE TABLE clubs (
    id uuid PRIMARY KEY,
    title text NOT NULL
);
CREATE TABLE readers (
    id uuid PRIMARY KEY,
    guardian_id uuid REFERENCES readers (id),
    full_name text NOT NULL,
    email text NOT NULL UNIQUE,
    born_on date NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE books (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shelf_mark varchar(12) NOT NULL UNIQUE,
    pages integer NOT NULL CHECK (pages > 0)
);
CREATE TABLE copies (
    id serial PRIMARY KEY,
    book_id bigint NOT NULL REFERENCES books (id),
    number smallint NOT NULL CHECK (number BETWEEN 1 AND 40),
    UNIQUE (book_id, number)
);
COMMENT ON COLUMN copies.number IS 'counts the copies of one book from 1';
CREATE TABLE loans (
    id uuid PRIMARY KEY,
    reader_id uuid NOT NULL REFERENCES readers (id),
    branch_code varchar(8) NOT NULL REFERENCES branches (code),
    club_id uuid REFERENCES clubs (id),
    renewal_of uuid REFERENCES loans (id),
    status loan_status NOT NULL,
    lent_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    returned_at timestamptz,
    fine_cents integer NOT NULL DEFAULT 0 CHECK (fine_cents >= 0),
    note varchar(80),
    CHECK (due_at > lent_at),
    CHECK ((status = 'returned') = (returned_at IS NOT NULL))
);
CREATE TABLE loan_copies (
    loan_id uuid NOT NULL REFERENCES loans (id),
    copy_id integer NOT NULL REFERENCES copies (id),
    wear numeric(3, 2) NOT NULL CHECK (wear BETWEEN 0 AND 1),
    PRIMARY KEY (loan_id, copy_id)
);
CREATE TABLE fines (
    id uuid PRIMARY KEY,
    loan_id uuid NOT NULL REFERENCES loans (id),
    copy_id integer REFERENCES copies (id),
    cents integer NOT NULL CHECK (cents > 0)
);
