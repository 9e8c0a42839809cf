create function f(a int) returns int language plpgsql immutable strict security definer leakproof parallel safe cost 7 set search_path = public as 'begin return 2; end';
create procedure p(a int) language plpgsql as 'begin end';
