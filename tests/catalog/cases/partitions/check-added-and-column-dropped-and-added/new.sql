create table p (id int not null, k text not null, at date not null, w bigint default 5 not null, check (w > 0)) partition by list (k); create table p1 partition of p for values in ('a');
