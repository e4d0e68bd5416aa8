-- A CHECK that calls a function which only the server can run: refused or left to the server, and said.
CREATE FUNCTION luhn(digits text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE total integer := 0; digit integer;
BEGIN
    FOR place IN 1..length(digits) LOOP
        digit := substr(reverse(digits), place, 1)::integer;
        IF place % 2 = 0 THEN digit := digit * 2; IF digit > 9 THEN digit := digit - 9; END IF; END IF;
        total := total + digit;
    END LOOP;
    RETURN total % 10 = 0;
END $$;
CREATE TABLE cards (id bigint PRIMARY KEY, number text NOT NULL CHECK (number ~ '^[0-9]{16}$'), CHECK (luhn(number)));
CREATE TABLE holders (id bigint PRIMARY KEY, name text NOT NULL);
