-- Texts by regular expression, LIKE, length and case.
CREATE TABLE codes (
    id bigint PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    sku char(8) NOT NULL CHECK (sku ~ '^[A-Z]{2}\d{6}$'),
    color text CHECK (color ~* '^#[0-9a-f]{6}$'),
    email text NOT NULL CHECK (email LIKE '%_@_%._%' AND email = lower(email)),
    iban varchar(34) NOT NULL CHECK (iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'),
    currency text NOT NULL CHECK (length(currency) = 3 AND currency = upper(currency)),
    name text NOT NULL CHECK (btrim(name) <> '' AND char_length(name) <= 60),
    url text CHECK (url ~ '^https?://'),
    word text NOT NULL CHECK (word !~ '[^a-z]' AND length(word) >= 3),
    version text NOT NULL CHECK (version SIMILAR TO '[0-9]+.[0-9]+(.[0-9]+)?'),
    tag text NOT NULL CHECK (tag NOT LIKE '% %' AND tag ILIKE 't%')
);
