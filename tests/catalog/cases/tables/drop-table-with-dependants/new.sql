create table u (t_id int);
