create table t (id int primary key, a text, b int);
create function f() returns trigger language plpgsql as 'begin return null; end'; create constraint trigger ct after insert or update of a on t deferrable initially deferred for each row when (new.b > 0) execute function f('x', '1'); create trigger a before truncate or insert on t execute function f(); alter table t enable always trigger a;
