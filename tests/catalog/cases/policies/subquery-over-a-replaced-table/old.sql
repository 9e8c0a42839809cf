create table t (id int primary key, a text, b int);
create table m (u text, t_id int); create policy p on t using (exists (select from m where t_id = id and u = current_user));
