insert into t (v) values ('a'), ('b');
insert into u (t_id) values (1);
