create function a(int) returns int language plpgsql as 'begin return b($1); end';
create function b(int) returns int language sql as 'select a($1)';
create view v as select a(1);
create function c() returns setof v language sql as 'select * from v';
