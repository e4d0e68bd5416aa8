-- CHECKs that may be beyond llmgen: it says so before the first row, or its rows hold them; the other table loads.
CREATE TABLE plain (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE dated (
    id INTEGER PRIMARY KEY, at DATETIME NOT NULL CHECK (typeof(at) = 'text'),
    starts TEXT NOT NULL CHECK (date(starts) IS NOT NULL)
);
