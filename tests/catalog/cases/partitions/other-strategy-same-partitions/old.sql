create table logs (id int not null, kind text not null) partition by list (kind);
create table logs_a partition of logs for values in ('a');
create table logs_b partition of logs for values in ('b');
