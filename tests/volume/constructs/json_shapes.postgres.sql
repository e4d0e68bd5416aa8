-- What a JSON column must hold.
CREATE TABLE documents (
    id bigint PRIMARY KEY,
    body jsonb NOT NULL CHECK (jsonb_typeof(body) = 'object'),
    tags jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tags) = 'array'),
    meta jsonb NOT NULL CHECK (meta ? 'version' AND (meta ->> 'version')::integer >= 1),
    point json CHECK (json_typeof(point -> 'x') = 'number'),
    kind text NOT NULL CHECK (kind IN ('a', 'b')),
    payload jsonb CHECK (kind <> 'a' OR payload IS NOT NULL)
);
