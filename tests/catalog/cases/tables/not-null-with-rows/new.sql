create table t (a int not null, b int, c text not null default 'y', d int not null default 7);
