create type m as (a int); create function to_m(int) returns m language sql immutable as 'select row($1)::m'; create cast (int as m) with function to_m(int) as assignment;
