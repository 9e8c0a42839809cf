create type c as (a int, b text);
create type c2 as (x c, y int);
