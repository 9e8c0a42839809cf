create table t (a int, b text, c int[], d jsonb, e point, f tsvector);
create index i1 on t (a);
create index i2 on t (a desc nulls last, b);
create unique index i3 on t (b) where a > 0;
create index i4 on t using gin (c);
create index i5 on t using brin (a) with (pages_per_range = 10);
create index i6 on t (lower(b));
create index i7 on t (b text_pattern_ops) include (a);
