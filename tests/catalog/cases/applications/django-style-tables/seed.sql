insert into auth_user (username, email, last_login) values ('u', 'e', now());
insert into orders (user_id, total, data) values (1, 5, '{}');
