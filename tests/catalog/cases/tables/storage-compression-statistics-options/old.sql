create table t (a text, b text, c text);
alter table t alter a set storage external;
alter table t alter b set statistics 100;
alter table t alter c set (n_distinct = 10);
