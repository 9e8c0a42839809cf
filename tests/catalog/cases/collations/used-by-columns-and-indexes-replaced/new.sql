create collation c (provider = libc, locale = 'POSIX'); create table w (x text collate c); create index i on w (x collate c); create domain d as text collate c;
