create collation c (provider = libc, locale = 'C'); create table w (x text collate c); create index i on w (x collate c); create domain d as text collate c;
