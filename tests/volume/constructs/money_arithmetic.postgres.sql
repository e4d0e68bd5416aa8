-- Sums, shares and bounds that several columns must meet at once.
CREATE TABLE bills (
    id bigint PRIMARY KEY,
    net numeric(12, 2) NOT NULL CHECK (net >= 0),
    tax numeric(12, 2) NOT NULL CHECK (tax >= 0),
    total numeric(12, 2) NOT NULL,
    discount_percent numeric(5, 2) NOT NULL CHECK (discount_percent BETWEEN 0 AND 100),
    paid numeric(12, 2) NOT NULL DEFAULT 0,
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price numeric(10, 2) NOT NULL CHECK (unit_price >= 0),
    line_total numeric(12, 2) NOT NULL,
    deposit money NOT NULL,
    CHECK (total = net + tax),
    CHECK (paid BETWEEN 0 AND total),
    CHECK (tax <= net * 0.25),
    CHECK (line_total = quantity * unit_price),
    CHECK (quantity % 5 = 0)
);
