-- A CHECK that may be beyond llmgen: it says so before the first row, or its rows hold it; the other table loads.
CREATE TABLE plain (id int PRIMARY KEY, name varchar(20) NOT NULL) ENGINE=InnoDB;
CREATE TABLE shaped (
    id int PRIMARY KEY, settings json NOT NULL, CHECK (json_length(settings) > 0 OR json_type(settings) = 'OBJECT')
) ENGINE=InnoDB;
