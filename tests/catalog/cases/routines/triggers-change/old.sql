create table t (a int, b int);
create function tf() returns trigger language plpgsql as 'begin return null; end';
create trigger x before insert on t for each row execute function tf();
create trigger y after update or delete on t for each statement execute function tf('a', 'b');
create constraint trigger z after insert on t deferrable initially deferred for each row execute function tf();
create view v as select a from t;
create trigger w instead of insert on v for each row execute function tf();
