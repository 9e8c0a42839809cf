create table t (id int primary key, a text, b int);
create index i on t using brin (b int4_minmax_multi_ops) with (pages_per_range='32', autosummarize=on);
