create table m (a text, b int) partition by range (lower(a) collate "C" text_pattern_ops, (b + 1));
create table m1 partition of m for values from ('a', 1) to ('b', minvalue);
