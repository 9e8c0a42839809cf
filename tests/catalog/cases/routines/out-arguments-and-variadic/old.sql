create function f(in a int, out b int, variadic c int[]) language sql as 'select 1';
