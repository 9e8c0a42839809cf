create domain d as text default 'x' not null constraint short check (length(value) < 10) constraint filled check (value <> ''); create table w (x d, y d[]); create view v as select x from w;
