create extension pg_trgm;create table t (id int primary key, a text, b int);
create index i on t using gin (a gin_trgm_ops); create index j on t using gist (a gist_trgm_ops (siglen='64')); create index k on t (a text_pattern_ops, b);
