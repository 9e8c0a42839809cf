create table logs (id int not null, kind text not null) partition by range (id);
create table logs_a partition of logs for values from (0) to (10);
create table logs_b partition of logs for values from (10) to (20);
