create table p (id int not null, k text not null, at date not null, v int, check (v > 0)) partition by list (k); create table p1 partition of p for values in ('a');
