create type ty as (a int, b text);
create table t of ty (primary key (a), b default 'x' not null);
create table u (a int);
