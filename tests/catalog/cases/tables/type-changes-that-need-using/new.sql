create table t (a int, b boolean, c date, d boolean, e text, f jsonb, g int[]);
