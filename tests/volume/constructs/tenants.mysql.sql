-- Two composite keys that share the tenant, and uniques within it.
CREATE TABLE tenants (id int unsigned AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL UNIQUE) ENGINE=InnoDB;
CREATE TABLE people (
    tenant_id int unsigned NOT NULL, id int unsigned NOT NULL, email varchar(60) NOT NULL, PRIMARY KEY (tenant_id, id),
    UNIQUE KEY (tenant_id, email), FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) ENGINE=InnoDB;
CREATE TABLE messages (
    id bigint unsigned AUTO_INCREMENT PRIMARY KEY, tenant_id int unsigned NOT NULL, sender int unsigned NOT NULL,
    receiver int unsigned NOT NULL, reply_to bigint unsigned, CHECK (sender <> receiver),
    FOREIGN KEY (tenant_id, sender) REFERENCES people (tenant_id, id),
    FOREIGN KEY (tenant_id, receiver) REFERENCES people (tenant_id, id),
    FOREIGN KEY (reply_to) REFERENCES messages (id)
) ENGINE=InnoDB;
