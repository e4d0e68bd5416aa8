-- Every reference carries the tenant: two composite keys share a column, three levels deep.
CREATE TABLE tenants (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE projects (
    tenant_id uuid NOT NULL REFERENCES tenants, id bigint NOT NULL, name text NOT NULL,
    PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name)
);
CREATE TABLE members (
    tenant_id uuid NOT NULL REFERENCES tenants, id bigint NOT NULL, email text NOT NULL,
    PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, email)
);
CREATE TABLE tasks (
    tenant_id uuid NOT NULL, id bigint NOT NULL, project_id bigint NOT NULL, assignee_id bigint, title text NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, project_id, id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects,
    FOREIGN KEY (tenant_id, assignee_id) REFERENCES members
);
CREATE TABLE comments (
    tenant_id uuid NOT NULL, id bigint NOT NULL, project_id bigint NOT NULL, task_id bigint NOT NULL,
    author_id bigint NOT NULL, reviewer_id bigint,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, project_id, task_id) REFERENCES tasks (tenant_id, project_id, id),
    FOREIGN KEY (tenant_id, author_id) REFERENCES members,
    FOREIGN KEY (tenant_id, reviewer_id) REFERENCES members
);
