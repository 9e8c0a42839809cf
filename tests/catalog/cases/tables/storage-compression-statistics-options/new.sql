create table t (a text, b text compression pglz, c text);
alter table t alter b set storage main;
alter table t alter c set (n_distinct_inherited = -0.5);
alter table t alter a set statistics 7;
