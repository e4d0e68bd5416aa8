-- A CHECK that calls a function of one SQL expression.
CREATE FUNCTION is_code(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 ~ '^[A-Z]{3}-[0-9]{4}$' $$;
CREATE FUNCTION in_order(low integer, high integer) RETURNS boolean LANGUAGE sql IMMUTABLE RETURN low <= high;
CREATE TABLE products (
    code text PRIMARY KEY CHECK (is_code(code)),
    fewest integer NOT NULL CHECK (fewest > 0),
    most integer NOT NULL,
    CHECK (in_order(fewest, most))
);
