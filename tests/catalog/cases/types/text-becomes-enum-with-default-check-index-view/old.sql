create table w (x text not null default 'a' check (x in ('a','b'))); create index i on w (x); create view v as select x from w;
