-- The primary key is the reference, three levels deep; a NULL one that is unique too.
CREATE TABLE users (id uuid PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE profiles (user_id uuid PRIMARY KEY REFERENCES users, bio text NOT NULL);
CREATE TABLE pictures (user_id uuid PRIMARY KEY REFERENCES profiles, width integer NOT NULL CHECK (width > 0));
CREATE TABLE thumbnails (user_id uuid PRIMARY KEY REFERENCES pictures, file text NOT NULL);
CREATE TABLE passports (id bigint PRIMARY KEY, user_id uuid UNIQUE REFERENCES users, number char(9) NOT NULL);
