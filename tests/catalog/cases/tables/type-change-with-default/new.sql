create table t (a text default 'five', b varchar(10) default 'x', c text default 'abc', d boolean default false);
