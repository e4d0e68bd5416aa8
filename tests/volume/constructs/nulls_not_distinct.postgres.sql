-- NULL counts as a value: at most one row without a parent may have a name.
CREATE TABLE categories (
    id bigint PRIMARY KEY, parent_id bigint REFERENCES categories, name varchar(30) NOT NULL,
    UNIQUE NULLS NOT DISTINCT (parent_id, name)
);
CREATE TABLE settings (id bigint PRIMARY KEY, scope text, UNIQUE NULLS NOT DISTINCT (scope));
CREATE TABLE prices (
    category_id bigint NOT NULL REFERENCES categories, tier smallint CHECK (tier BETWEEN 1 AND 3), amount numeric(8, 2),
    UNIQUE NULLS NOT DISTINCT (category_id, tier)
);
