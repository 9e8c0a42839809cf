create type c as (b text);
create table t (x c, y c[]);
