create table t (a int, b int);
create materialized view m with (fillfactor = 50) as select a, b from t;
create unique index on m (a) include (b);
comment on materialized view m is 'x';
alter materialized view m alter a set statistics 5;
alter materialized view m cluster on m_a_b_idx;
