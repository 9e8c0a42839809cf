create collation c1 (provider = icu, locale = 'de', deterministic = false);
create collation c2 (locale = 'C');
create table t (a text collate c1, b text collate c2);
comment on collation c2 is 'x';
