create table p (id int not null, k text not null, at date not null, v int) partition by list (k); create table q (like p) partition by list (k); create table p1 partition of q for values in ('b');
