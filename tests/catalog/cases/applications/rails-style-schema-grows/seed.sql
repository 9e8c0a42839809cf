insert into accounts (username, created_at) values ('a', now()), ('b', now());
insert into statuses (account_id, text, tags) values (1, 'hello', '{x}');
