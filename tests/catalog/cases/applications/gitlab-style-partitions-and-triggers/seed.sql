insert into namespaces (type) values ('User');
insert into projects (namespace_id, name) values (1, 'x');
insert into audit_events (author_id, created_at) values (1, '2020-01-05');
