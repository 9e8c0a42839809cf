create table w (a text collate "C", b text collate "C" unique, c text collate "POSIX"); create index i on w (a);
