create recursive view r (n) as values (1) union all select n + 1 from r where n < 9;
create function f() returns setof r language sql begin atomic select * from r; end;
create view w as select * from f();
