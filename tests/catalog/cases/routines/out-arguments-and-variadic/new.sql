create function f(in a int, out b int, out d text, variadic c int[]) language sql as $$ select 1, 'x' $$;
