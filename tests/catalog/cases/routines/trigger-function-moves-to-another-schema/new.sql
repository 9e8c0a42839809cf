create table t (id int primary key, a text, b int);
create schema app; create function app.f() returns trigger language plpgsql as 'begin return new; end'; create trigger tr before insert on t for each row execute function app.f();
