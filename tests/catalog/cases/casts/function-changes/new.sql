create type m as (a int, b int); create function to_m(int) returns m language sql immutable as 'select row($1, $1)::m'; create cast (int as m) with function to_m(int);
