create table w (id int, d json default '{}', x json); create view v as select d ->> 'a' as a from w; create index i on w ((d ->> 'a'));
