create table t (id int primary key, a text, b int);
create function f() returns trigger language plpgsql as 'begin return null; end'; create constraint trigger ct after insert on t deferrable for each row execute function f(); create trigger a before truncate on t execute function f();
