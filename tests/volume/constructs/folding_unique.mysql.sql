-- Texts that are equal whatever their case, accents and trailing spaces; one column that tells them apart.
CREATE TABLE users (
    id char(36) CHARACTER SET ascii NOT NULL PRIMARY KEY, email varchar(120) NOT NULL UNIQUE, nick varchar(3) NOT NULL UNIQUE,
    exact varchar(8) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL UNIQUE, long_text text NOT NULL,
    UNIQUE KEY prefixed (long_text(10))
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
CREATE TABLE tags (
    user_id char(36) CHARACTER SET ascii NOT NULL, tag varchar(20) NOT NULL, PRIMARY KEY (user_id, tag),
    FOREIGN KEY (user_id) REFERENCES users (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
