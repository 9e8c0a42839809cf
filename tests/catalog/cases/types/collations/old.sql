create collation c1 (provider = icu, locale = 'de');
create table t (a text collate c1);
