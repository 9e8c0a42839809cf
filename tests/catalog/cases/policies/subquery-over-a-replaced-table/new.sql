create table t (id int primary key, a text, b int);
create view m as select a as u, b as t_id from t; create policy p on t using (exists (select from m where t_id = id and u = current_user));
